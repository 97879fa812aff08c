"""How often the road does each step for one document, and so what a document should cost.

This is counting, not measuring: steps that were measured one by one, times how often each process
does them for one Form D and its receipts. Where the run measured the road, receipts are counted as
that road sent them: one of them may answer several documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.picture import WorkFigures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb.sandbox.bench.picture import RoadCase, StepCase

__all__ = ["BETWEEN", "ROAD_WORK", "Work", "add_up_work", "find_rest"]

BETWEEN: Final = (
    "commits and claims that fewer share than in the steps, the event loop and threads, looks that "
    "find nothing, what a receipt of several documents is larger than one of a single document, "
    "connections and trust looked up, evidence (time-stamps, the log and its readers), figures, "
    "garbage"
)
"""What a process does between the steps."""
_ISSUE: Final = "CertificateIssue"
_RELAYED: Final = "RelayReceipt"
_RECEIPT: Final = "TransportAck"
_SENT: Final = {_ISSUE: 1.0, _RELAYED: 1.0, _RECEIPT: 2.0}
"""Messages of a document, by type, where each receipt answers one document: AS2 and AS3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one process does for one message of a document.

    Attributes:
        process: Its name in the figures of the road.
        message_type: Of the message; a relay receipt costs what a receipt of its size costs.
        steps: By name, how often.
        secret: The same, where bodies are encrypted.
    """

    process: str
    message_type: str
    steps: Mapping[str, int]
    secret: Mapping[str, int] = field(default_factory=dict)


_RECEIVED: Final = {"receive": 1, "verify_message": 1, "accept": 1, "log": 1}
_SENDS: Final = {"claim_outbound": 1, "publish": 1, "mark_published": 1}
_SEALED: Final = {"seal": 1, "sign": 1}

ROAD_WORK: Final = (
    Work(
        process="gateway TH",
        message_type=_ISSUE,
        steps={"collect": 1, "adapt": 1, "check": 1, **_SEALED, "store": 1, "log": 1, **_SENDS},
        secret={"encrypt": 1},
    ),
    Work(
        process="gateway TH",
        message_type=_RELAYED,
        steps={**_RECEIVED, "verify_seal": 1},
    ),
    Work(
        process="gateway TH",
        message_type=_RECEIPT,
        steps={**_RECEIVED, "verify_seal": 1},
    ),
    Work(process="router", message_type=_ISSUE, steps={**_RECEIVED, **_SENDS}),
    Work(process="router", message_type=_RELAYED, steps={**_SEALED, **_SENDS}),
    Work(process="router", message_type=_RECEIPT, steps={**_RECEIVED, **_SENDS}),
    Work(
        process="gateway VN",
        message_type=_ISSUE,
        steps={
            **_RECEIVED,
            "verify_seal": 1,
            "claim_deliveries": 1,
            "check": 1,
            "render": 1,
            "deliver": 1,
            "complete": 1,
            "log": 2,
        },
        secret={"decrypt": 1},
    ),
    Work(process="gateway VN", message_type=_RECEIPT, steps={**_SEALED, **_SENDS}),
)
"""Issue and relay receipt, AS2 and AS3, as docs/how-to/measure-the-road.md counts their hops."""


def add_up_work(
    cases: Sequence[StepCase], road: Sequence[RoadCase] = ()
) -> tuple[WorkFigures, ...]:
    """Add up what a Form D costs of the processor, for each number of items that was measured.

    Args:
        cases: Steps; one that was not measured is not counted.
        road: Says how many messages of each type a document took; where it does not, each receipt
            is counted as if it answered one document.
    """
    receipts = [case for case in cases if case.document == _RECEIPT]
    sent = {(case.items, case.protected): case.messages_per_document for case in road}
    return tuple(
        _add_up(
            case, receipts[0], protected=protected, sent=sent.get((case.items, protected)) or _SENT
        )
        for case in cases
        if case.document == _ISSUE and receipts
        for protected in (False, True)
    )


def _add_up(
    issue: StepCase, receipt: StepCase, *, protected: bool, sent: Mapping[str, float]
) -> WorkFigures:
    found: dict[str, dict[str, float]] = {}
    for work in ROAD_WORK:
        steps = (issue if work.message_type == _ISSUE else receipt).steps
        into = found.setdefault(work.process, {})
        for name, count in {**work.steps, **(work.secret if protected else {})}.items():
            if name in steps:
                times = count * sent.get(work.message_type, 0.0)
                seconds = steps[name].processor_microseconds * times / 1e6
                into[name] = round(into.get(name, 0.0) + seconds, 8)
    return WorkFigures(
        items=issue.items,
        protected=protected,
        messages_per_document=dict(sent),
        cpu_seconds_per_document=found,
    )


def find_rest(work: WorkFigures, case: RoadCase) -> dict[str, float]:
    """What each process used between the steps, in seconds a document.

    Below nothing where a step was dearer alone than on the road.
    """
    used = case.road.cpu_seconds_per_document
    return {
        process: used[process] - sum(steps.values())
        for process, steps in work.cpu_seconds_per_document.items()
        if process in used
    }
