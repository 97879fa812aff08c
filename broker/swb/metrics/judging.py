"""Judging, measured: how long a received message takes, and what comes of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from swb.metrics.meter import known_code, known_type
from swb.services.noting import open_note
from swb_schemas.errors import RefusedError, SwbError

if TYPE_CHECKING:
    from datetime import datetime

    from swb.metrics.meter import NodeMeter
    from swb.services.inbox import Judge

__all__ = ["measure_judging"]

_IN: Final = "in"


def measure_judging(judge: Judge, meter: NodeMeter) -> Judge:
    """Stand around a judgement; what it decides and raises stays as it is."""

    async def measured(raw: bytes, line: str, received_at: datetime | None) -> None:
        begun = time.perf_counter()
        outcome = "faulted"
        with open_note() as noted:
            try:
                await judge(raw, line, received_at)
                outcome = noted.outcome or "new"
            except SwbError as error:
                outcome = _outcome_of(error)
                meter.counter("swb_failures_total", "judge", known_code(error.code)).inc()
                raise
            finally:
                labels = (line, _IN, known_type(noted.message_type), outcome)
                meter.counter("swb_messages_total", *labels).inc()
                meter.counter("swb_message_octets_total", *labels).inc(len(raw))
                meter.histogram("swb_judging_seconds", line).observe(time.perf_counter() - begun)

    return measured


def _outcome_of(error: SwbError) -> str:
    """What the inbox makes of what the judgement raises; see `swb.services.inbox`."""
    if isinstance(error, RefusedError):
        return "refused" if not error.code.endswith(".conflict") else "conflict"
    if error.code.startswith("store.") and not error.final:
        return "released"
    return "held"
