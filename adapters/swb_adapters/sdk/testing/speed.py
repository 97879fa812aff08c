"""How fast an adapter is, beside the canonical document in the same process.

A rate tells more of the machine than of the adapter, so what is judged is a ratio: how many times
as long as the same document in its canonical octets a payload takes, to be read and written again.
The smallest of several times is taken, which a busy machine disturbs least.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import decode_document
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_adapters.sdk.contract import Adapter

__all__ = ["SLOWEST", "Speed", "check_speed", "measure_speed"]

SLOWEST: Final = 40.0
"""Times as long as the canonical document; an adapter of tables takes one to six times as long."""
_MEASURE_FOR: Final = 0.005
"""Seconds of each direction of each side, or as long as the rounds take."""
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Of one payload.

    Attributes:
        reads: Payloads read in a second.
        writes: Documents written in a second; None where the adapter does not write it.
        ratio: How many times as long as the canonical document it takes, there and back together.
    """

    reads: float
    writes: float | None
    ratio: float


def measure_speed(adapter: Adapter, raw: bytes) -> Speed:
    """Measure an adapter on one payload that it reads.

    Args:
        adapter: The adapter.
        raw: The payload.
    """
    document = adapter.to_canonical(raw).document
    canonical = encode(document)
    reading = _find_least(lambda: adapter.to_canonical(raw))
    beside = _find_least(lambda: decode_document(parse_xml(canonical)))
    if not any(m.writes and m.model is type(document) for m in adapter.info.messages):
        return Speed(reads=1 / reading, writes=None, ratio=reading / beside)
    writing = _find_least(lambda: adapter.from_canonical(document))
    beside += _find_least(lambda: encode(document))
    return Speed(reads=1 / reading, writes=1 / writing, ratio=(reading + writing) / beside)


def check_speed(speed: Speed, *, slowest: float = SLOWEST) -> tuple[str, ...]:
    """Check that an adapter takes no more than a multiple of what the canonical document takes.

    Args:
        speed: As measured.
        slowest: The multiple; a ratio, never a time.
    """
    if speed.ratio <= slowest:
        return ()
    found = f"{speed.ratio:.0f} times"
    return (f"expected at most {slowest:g} times as long as the canonical document, found {found}",)


def _find_least(call: Callable[[], object]) -> float:
    """Find the least time of a call, in seconds."""
    least, rounds, until = float("inf"), 0, time.perf_counter() + _MEASURE_FOR
    while rounds < _ROUNDS or time.perf_counter() < until:
        begun = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - begun)
        rounds += 1
    return max(least, 1e-9)
