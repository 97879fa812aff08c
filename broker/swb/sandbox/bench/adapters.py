"""How many Form Ds a second an adapter reads and writes on one core, and how that grows.

The floor is the canonical document alone: its octets parsed, validated and decoded, and a document
encoded. Every adapter does at least that much with a Form D's elements, in another spelling. Both
take turns in one process, over the same document; seconds are those of the processor. The collector
of garbage runs as in a gateway; what the process held before is left out of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.comparing import set_garbage_aside
from swb.simulator.form_ds import draw_form_d
from swb_schemas.catalogue import decode_document
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from swb_adapters.sdk import Adapter

__all__ = ["AdapterRates", "Way", "carries_form_ds", "run_adapter_bench"]

_TURN: Final = 0.15
"""Seconds of one turn of one side."""
_STEP: Final = 10
"""The largest document has so many times the items of the one that it is compared with."""
_LARGE_TURNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One direction.

    Attributes:
        per_second: Documents, of each turn.
        floor_per_second: The same of the canonical document alone.
        seconds_per_item: Of the largest document; None where the format refuses one so large.
        growth: Seconds an item of the largest document, over those of one with a tenth of its
            items: 1 is linear. None as above.
    """

    per_second: tuple[float, ...]
    floor_per_second: tuple[float, ...]
    seconds_per_item: float | None = None
    growth: float | None = None

    @property
    def rate(self) -> float:
        """Documents a second: the median."""
        return median(self.per_second)

    @property
    def ratio_to_floor(self) -> float:
        """Of this rate to the floor's: the median of the turns."""
        pairs = zip(self.per_second, self.floor_per_second, strict=True)
        return median(one / other for one, other in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterRates:
    """What was measured of one adapter.

    Attributes:
        adapter: Its name.
        octets: Of its payload.
        reading: Payload to document.
        writing: Document to payload.
        refused: Why it takes no document of the largest size; empty where it does.
    """

    adapter: str
    octets: int
    reading: Way
    writing: Way
    refused: str = ""


def carries_form_ds(adapter: Adapter) -> bool:
    """Whether an adapter reads and writes certificates under ATIGA."""
    return any(
        each.model is CertificateOfOrigin
        and each.reads
        and each.writes
        and "ATIGA" in (each.agreements or ("ATIGA",))
        for each in adapter.info.messages
    )


def run_adapter_bench(
    adapter: Adapter, *, items: int, largest: int, turns: int, until: date
) -> AdapterRates:
    """Measure one adapter.

    Args:
        adapter: It must carry Form Ds both ways.
        items: Of the Form D whose rate is told.
        largest: Items of the largest one.
        turns: Runs of each side.
        until: Last day of issue.

    Raises:
        RefusedError: It does not carry the Form D of few items.
    """
    document = _draw(items, until)
    payload = adapter.from_canonical(document).payload
    octets = encode(document)
    with set_garbage_aside():
        reading = _take_turns(
            lambda: adapter.to_canonical(payload), lambda: decode_document(parse_xml(octets)), turns
        )
        writing = _take_turns(
            lambda: adapter.from_canonical(document), lambda: encode(document), turns
        )
        refused = ""
        try:
            small, large = (
                _time_items(adapter, _draw(count, until)) for count in (largest // _STEP, largest)
            )
        except RefusedError as refusal:
            refused = str(refusal)
        else:
            reading = replace(reading, seconds_per_item=large[0], growth=large[0] / small[0])
            writing = replace(writing, seconds_per_item=large[1], growth=large[1] / small[1])
    return AdapterRates(
        adapter=adapter.info.name,
        octets=len(payload),
        reading=reading,
        writing=writing,
        refused=refused,
    )


def _draw(items: int, until: date) -> CertificateOfOrigin:
    """Draw a Form D, its goods repeated up to so many items."""
    certificate = draw_form_d(1, seed=1, until=until, items=min(items, 50)).certificate
    known = certificate.items
    repeated = tuple(
        known[number % len(known)].model_copy(update={"sequence_number": number + 1})
        for number in range(items)
    )
    return certificate.model_copy(update={"items": repeated})


def _take_turns(adapter: Callable[[], object], floor: Callable[[], object], turns: int) -> Way:
    """Rates of both, turn by turn; each is called once before, which loads what it needs."""
    adapter(), floor()
    pairs = [(_count(adapter), _count(floor)) for _ in range(turns)]
    return Way(
        per_second=tuple(each for each, _ in pairs),
        floor_per_second=tuple(each for _, each in pairs),
    )


def _count(call: Callable[[], object]) -> float:
    calls, begun, passed = 0, time.process_time(), 0.0
    while passed < _TURN:
        call()
        calls += 1
        passed = time.process_time() - begun
    return calls / passed


def _time_items(adapter: Adapter, document: CertificateOfOrigin) -> tuple[float, float]:
    """Seconds an item of reading and of writing, the least of a few turns."""
    reads, writes = [], []
    for _ in range(_LARGE_TURNS):
        begun = time.process_time()
        payload = adapter.from_canonical(document).payload
        written = time.process_time()
        adapter.to_canonical(payload)
        reads.append(time.process_time() - written)
        writes.append(written - begun)
    count = len(document.items)
    return min(reads) / count, min(writes) / count
