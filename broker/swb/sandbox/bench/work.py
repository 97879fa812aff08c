"""How often the road does each step for one document, and so what a document should cost.

This is counting, not measuring: steps that were measured one by one, times how often each process
does them for one Form D with its three receipts. What a process uses beyond that is what lies
between the steps: the event loop, reading from the wire, logs, figures, the feeds' readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.picture import WorkFigures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.bench.picture import StepCase

__all__ = ["ROAD_WORK", "Work", "add_up_work"]

_ISSUE: Final = "CertificateIssue"
_RECEIPT: Final = "TransportAck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one process does for one document.

    Attributes:
        process: Its name in the figures of the road.
        document: Message type; a relay receipt counts as the receipt that it resembles.
        steps: By name, how often.
        secret: The same, where bodies are encrypted.
    """

    process: str
    document: str
    steps: dict[str, int]
    secret: dict[str, int]


ROAD_WORK: Final = (
    Work(
        process="gateway TH",
        document=_ISSUE,
        steps={"adapt": 1, "check": 1, "seal": 1, "sign": 1, "store": 1, "publish": 1},
        secret={"encrypt": 1},
    ),
    Work(
        process="gateway TH",
        document=_RECEIPT,
        steps={"verify_message": 3, "verify_seal": 3, "accept": 3},
        secret={},
    ),
    Work(
        process="router",
        document=_ISSUE,
        steps={"verify_message": 1, "accept": 1, "publish": 1},
        secret={},
    ),
    Work(
        process="router",
        document=_RECEIPT,
        steps={"verify_message": 2, "seal": 1, "sign": 1, "accept": 2, "publish": 3},
        secret={},
    ),
    Work(
        process="gateway VN",
        document=_ISSUE,
        steps={"verify_message": 1, "verify_seal": 1, "accept": 1, "render": 1},
        secret={"decrypt": 1},
    ),
    Work(
        process="gateway VN",
        document=_RECEIPT,
        steps={"seal": 2, "sign": 2, "accept": 1, "publish": 2},
        secret={},
    ),
)
"""Issue and relay receipt, AS2 and AS3, as docs/how-to/measure-the-road.md counts their hops."""


def add_up_work(cases: Sequence[StepCase]) -> tuple[WorkFigures, ...]:
    """Add up what a Form D costs of the processor, for each number of items that was measured."""
    receipts = [case for case in cases if case.document == _RECEIPT]
    return tuple(
        WorkFigures(
            items=case.items,
            protected=protected,
            cpu_seconds_per_document=_add_up(case, receipts[0], protected=protected),
        )
        for case in cases
        if case.document == _ISSUE and receipts
        for protected in (False, True)
    )


def _add_up(issue: StepCase, receipt: StepCase, *, protected: bool) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for work in ROAD_WORK:
        steps = (issue if work.document == _ISSUE else receipt).steps
        into = found.setdefault(work.process, {})
        for name, count in {**work.steps, **(work.secret if protected else {})}.items():
            seconds = steps[name].processor_microseconds * count / 1e6
            into[name] = round(into.get(name, 0.0) + seconds, 8)
    return found
