"""The picture of one run: every figure of every part, as `swb bench --json` writes it.

Names and units are those of the JSON. A part that was not measured is missing. A picture of an
older or newer version may have more; what is not known here is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from swb_schemas.errors import Actor, RefusedError, UnavailableError

__all__ = [
    "PARTS",
    "STORED",
    "DemoFigures",
    "Latency",
    "Machine",
    "PeerFigures",
    "Picture",
    "RoadCase",
    "Run",
    "SideFigures",
    "StartFigures",
    "StepCase",
    "StepFigures",
    "WorkFigures",
    "load_picture",
]

PARTS: Final = ("road", "peers", "steps", "start", "demo", "growth")
"""What is measured, in the order in which it is."""
STORED: Final = Path(__file__).with_name("baseline.json")
"""The picture that `swb bench --compare` compares with, and docs/reference/performance.md shows."""


class Figures(BaseModel):
    """Figures do not change any more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Machine(Figures):
    """Where it was measured.

    Attributes:
        processors: How many this process may use.
        processor: What the system calls them.
        memory_megabytes: Of the machine; None where the system cannot tell.
        system: Its name and the kind of processor.
        python: Version.
        software: Version by name of what the figures rest on.
    """

    processors: int
    processor: str
    memory_megabytes: int | None
    system: str
    python: str
    software: dict[str, str]


class Run(Figures):
    """How it was measured.

    Attributes:
        command: As a person would type it.
        began_at: Instant.
        seconds: How long all of it took.
    """

    command: str
    began_at: str
    seconds: float


class Latency(Figures):
    """Seconds from the door to the receipt: medians over the turns, and the median of each turn."""

    median_seconds: float
    p95_seconds: float
    p99_seconds: float
    medians: tuple[float, ...] = ()


class SideFigures(Figures):
    """The road, or the pipe.

    Attributes:
        documents_per_second: Median over the turns.
        runs: The rate of each turn.
        latency_at_half_load: At half of each turn's own full rate.
        latency_at_full_load: While everything waits at the door from the beginning.
        cpu_seconds_per_document: Of the processor, by process; medians over the turns.
        ratio_to_bare_pipe: Of the rates, pair by pair; the median. None of the pipe itself.
        ratio_to_grouping_pipe: The same to a pipe that answers as many documents by one receipt as
            the road did at full load; None where the road answers each alone.
        latency_ratio_to_bare_pipe: The same of latency at half load, by percentile.
    """

    documents_per_second: float
    runs: tuple[float, ...]
    latency_at_half_load: Latency
    latency_at_full_load: Latency
    cpu_seconds_per_document: dict[str, float]
    ratio_to_bare_pipe: float | None = None
    ratio_to_grouping_pipe: float | None = None
    latency_ratio_to_bare_pipe: dict[str, float] | None = None


class RoadCase(Figures):
    """Road and pipe with one size and one secrecy.

    Attributes:
        documents: Of each measurement.
        items: Of each document.
        protected: Whether bodies were encrypted.
        evidence: Whether time-stamps and the log were made beside the traffic.
        store: ``sqlite`` or ``postgres``.
        runs: How often road and pipe took turns.
        road: The road.
        bare_pipe: The pipe.
        sizes: Octets of a message by message type; of receipts those of one document.
        messages_per_document: Of the road, by message type: one receipt may answer several
            documents there. The pipe sends one of each for every document, as counted in hops.
    """

    documents: int
    items: int
    protected: bool
    evidence: bool
    store: str = "sqlite"
    runs: int
    road: SideFigures
    bare_pipe: SideFigures
    sizes: dict[str, int]
    messages_per_document: dict[str, float] = {}


class PeerFigures(Figures):
    """Another way to do a part of it.

    Attributes:
        what: What it did.
        documents_per_second: Of all processes together; the median over the turns.
        runs: The rate of each turn.
        processes: How many worked at once.
        octets: Of the document.
        software: Version by name.
        remark: What had to be mended, if anything.
    """

    what: str
    documents_per_second: float
    runs: tuple[float, ...]
    processes: int
    octets: int
    software: dict[str, str]
    remark: str = ""


class StepFigures(Figures):
    """One step beside its floor; medians over the turns.

    Attributes:
        microseconds: Of the processor; where a disk or a server is waited for, of the clock.
        processor_microseconds: Of the processor, in this process.
        floor: What nobody can do without.
        floor_microseconds: What that takes.
        ratio: Step by floor, pair by pair; the median.
    """

    microseconds: float
    processor_microseconds: float
    floor: str
    floor_microseconds: float
    ratio: float


class StepCase(Figures):
    """The steps of one kind of document.

    Attributes:
        document: Message type.
        items: Of the document; 0 of a receipt.
        octets: Of each of its forms.
        steps: By name.
    """

    document: str
    items: int
    octets: dict[str, int]
    steps: dict[str, StepFigures]


class WorkFigures(Figures):
    """What one document should cost by its steps: counted out of `StepCase`, not measured again.

    Attributes:
        items: Of the document.
        protected: Whether its body is encrypted.
        cpu_seconds_per_document: By process, and there by step.
    """

    items: int
    protected: bool
    cpu_seconds_per_document: dict[str, dict[str, float]]


class StartFigures(Figures):
    """How long it takes to begin; medians, seconds of the clock.

    Attributes:
        python_seconds: ``python -c pass``.
        help_seconds: ``swb --help``.
        help_ratio_to_python: Pair by pair; the median.
        demo_first_document_seconds: From the start of ``swb demo`` until the first certificate is
            in the other state's register.
        demo_seconds: Until that demonstration has ended.
        runs: Pairs.
    """

    python_seconds: float
    help_seconds: float
    help_ratio_to_python: float
    demo_first_document_seconds: float
    demo_seconds: float
    runs: int


class DemoFigures(Figures):
    """The demonstration on either transport.

    Attributes:
        documents: Of each.
        embedded_documents_per_second: Median over the turns.
        rabbitmq_documents_per_second: Median over the turns.
        embedded_ratio_to_rabbitmq: Pair by pair; the median.
        runs: Pairs.
    """

    documents: int
    embedded_documents_per_second: float
    rabbitmq_documents_per_second: float
    embedded_ratio_to_rabbitmq: float
    runs: int


class Picture(Figures):
    """All of one run.

    Attributes:
        kind: What this is.
        version: Of this form.
        machine: Where.
        run: How.
        road: One case for each size, clear and encrypted.
        peers: By name.
        steps: One case for each kind of document.
        work: One for each case of the road whose steps were measured.
        start: Beginnings.
        demo: Transports.
        growth: As `swb bench growth` tells it.
    """

    kind: Literal["swb-bench"] = "swb-bench"
    version: Literal[1] = 1
    machine: Machine
    run: Run
    road: tuple[RoadCase, ...] = ()
    peers: dict[str, PeerFigures] = {}
    steps: tuple[StepCase, ...] = ()
    work: tuple[WorkFigures, ...] = ()
    start: StartFigures | None = None
    demo: DemoFigures | None = None
    growth: dict[str, Any] | None = None


def load_picture(file: Path) -> Picture:
    """Read what `swb bench --json` wrote.

    Raises:
        RefusedError: ``bench.no_picture``: it is something else.
        UnavailableError: ``bench.unreadable``.
    """
    try:
        raw = file.read_bytes()
    except OSError as cause:
        message = f"expected figures of an earlier run in {file}: {cause.strerror}"
        raise UnavailableError("bench.unreadable", message) from cause
    try:
        return Picture.model_validate_json(raw)
    except ValidationError as cause:
        first = cause.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = (
            f"{file}: expected what swb bench --json writes, found at {where or 'its beginning'}: "
            f"{first['msg']}"
        )
        raise RefusedError("bench.no_picture", message, actor=Actor.OPERATOR) from cause
