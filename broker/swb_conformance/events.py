"""What happens in a run, as values: the engine yields them, reporters listen.

A run is one `RunStarted`; for each case a `CaseStarted`, a `TargetBroke` where it did, and a
`CaseEnded`; and one `RunEnded`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swb_conformance.deviations import Deviation
    from swb_conformance.testing import Evidence

__all__ = [
    "NOT_TRIED",
    "CaseEnded",
    "CaseStarted",
    "Event",
    "Listener",
    "RunEnded",
    "RunStarted",
    "Standing",
    "TargetBroke",
]


NOT_TRIED: Final = "not tried: "
"""How the reason of a case begins that failed because the run was cut short before it."""


class Standing(StrEnum):
    """What a case counts as."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    DEVIATING = "deviating"
    """It failed, as a known deviation says it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run begins.

    Attributes:
        profile: What is claimed.
        target: As it was named on the command line.
        description: What the target says of itself; empty where it did not.
        at: When, in UTC.
        seed: From which everything is drawn that is drawn.
        seed_drawn: Whether the seed itself was drawn for this run, and not given.
        samples: How many national files were given.
        shard: ``I/N``; ``1/1`` is all.
        only: What the run was narrowed to; empty is all.
        cases: How many will be tried.
        again: Words of the command that starts such a run again, without what it was narrowed to;
            empty where no command started it.
    """

    profile: str
    target: str
    description: Mapping[str, Any]
    at: datetime
    seed: int = 0
    seed_drawn: bool = False
    samples: int = 0
    shard: str = "1/1"
    only: tuple[str, ...] = ()
    cases: int
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStarted:
    """A case begins."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBroke:
    """The target died, hung, flooded or talked nonsense.

    Attributes:
        name: Of the case; empty where it could not even be started.
        reason: What was expected and what was found.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEnded:
    """A case came to its end.

    Attributes:
        name: Of the case.
        requirements: Ids of what it is about.
        negative: Whether something wrong was put to the target.
        standing: What it counts as.
        reason: What was expected and what was found; empty where it passed.
        deviation: What is known of its failing, where something is.
        evidence: What was asked and answered, where it failed.
        seconds: How long it took.
        told_at: When it ended in an earlier sitting of a run that is kept; None where it was tried
            in this one.
        declared: Whether it was skipped for what the target says of itself; see `Result`.
    """

    name: str
    requirements: tuple[str, ...]
    negative: bool
    standing: Standing
    reason: str = ""
    deviation: Deviation | None = None
    evidence: tuple[Evidence, ...] = field(default=())
    seconds: float = 0
    declared: bool = False
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """A run came to its end.

    Attributes:
        at: When, in UTC.
        seconds: How long it took.
        cut_short: Why cases were not tried any more; empty where all were.
    """

    at: datetime
    seconds: float
    cut_short: str = ""


Event = RunStarted | CaseStarted | TargetBroke | CaseEnded | RunEnded


class Listener(Protocol):
    """A reporter."""

    def hear(self, event: Event) -> None:
        """Take note of an event."""
        ...
