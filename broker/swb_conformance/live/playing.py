"""A play: one live case, before it is bound to a stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb_conformance.live.acts import ActError, CannotActError
from swb_conformance.live.hearing import UnmetError
from swb_conformance.live.wire import WireError
from swb_conformance.target import BrokenTargetError
from swb_conformance.testing import Result, Status, SuiteCase

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_conformance.live.stage import Stage
    from swb_conformance.target import Target

__all__ = ["Play", "Plays", "bind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One live case.

    Attributes:
        name: ``PROFILE/GROUP/NAME``.
        requirements: What it tests.
        negative: Whether something wrong is sent, or said to the gateway.
        acts: Whether it needs the national side.
        run: Plays it; raises `UnmetError` where something expected does not come true.
    """

    name: str
    requirements: tuple[str, ...]
    negative: bool
    acts: bool
    run: Callable[[Stage], None]


@dataclass
class Plays:
    """The plays of one module, in their order.

    Attributes:
        group: ``PROFILE/GROUP``.
        plays: What was added.
    """

    group: str
    plays: list[Play] = field(default_factory=list)

    def add(
        self, *requirements: str, negative: bool = False, acts: bool = False
    ) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """Add a function as a play: its name, with hyphens, is the play's."""

        def keep(run: Callable[[Stage], None]) -> Callable[[Stage], None]:
            name = run.__name__.replace("_", "-")
            self.plays.append(
                Play(
                    name=f"{self.group}/{name}",
                    requirements=requirements,
                    negative=negative,
                    acts=acts,
                    run=run,
                )
            )
            return run

        return keep


def bind(play: Play, stage: Stage | None) -> SuiteCase:
    """Make a case of a play.

    Args:
        play: Which.
        stage: Where it is played; None where cases are only listed.
    """

    def try_on(target: Target) -> Result:
        del target  # the stage is before it
        if stage is None:
            message = "expected a stage"
            raise BrokenTargetError(message)
        return _try(play, stage)

    return SuiteCase(
        name=play.name,
        requirements=play.requirements,
        negative=play.negative,
        try_on=try_on,
    )


def _try(play: Play, stage: Stage) -> Result:
    try:
        stage.begin()
        play.run(stage)
    except UnmetError as unmet:
        return Result(status=Status.FAILED, reason=str(unmet), evidence=unmet.evidence)
    except CannotActError as reason:
        return Result(status=Status.SKIPPED, reason=str(reason))
    except ActError as reason:
        return Result(status=Status.FAILED, reason=str(reason), evidence=stage.unmet("").evidence)
    except WireError as reason:
        stage.wire.close()
        message = f"the line: {reason}"
        raise BrokenTargetError(message) from reason
    return Result(status=Status.PASSED)
