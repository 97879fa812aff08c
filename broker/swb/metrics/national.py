"""The doors of a national system, measured: what goes out by them, and what was taken in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from swb.metrics.meter import known_code, known_type
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.metrics.meter import NodeMeter
    from swb.ports import NationalGateway, PayloadSource, WaitingPayload
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding

__all__ = ["MeasuredNational", "MeasuredSource"]


class MeasuredNational:
    """`swb.ports.NationalGateway` around another; what that does stays as it is.

    Args:
        national: The door outward.
        meter: Where to.
    """

    def __init__(self, national: NationalGateway, meter: NodeMeter) -> None:
        self._inner = national
        self._meter = meter
        self._took = meter.histogram("swb_hand_over_seconds")

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        """See `NationalGateway.deliver`."""
        begun, outcome = time.perf_counter(), "failed"
        try:
            await self._inner.deliver(
                payload,
                delivery_id=delivery_id,
                message_type=message_type,
                file_suffix=file_suffix,
                binding=binding,
                findings=findings,
            )
            outcome = "done"
        except SwbError as error:
            self._meter.counter("swb_failures_total", "hand over", known_code(error.code)).inc()
            raise
        finally:
            self._took.observe(time.perf_counter() - begun)
            self._meter.counter("swb_handed_over_total", known_type(message_type), outcome).inc()


class MeasuredSource:
    """`swb.ports.PayloadSource` around another; what that does stays as it is.

    Args:
        source: The door inward.
        meter: Where to.
    """

    def __init__(self, source: PayloadSource, meter: NodeMeter) -> None:
        self._inner = source
        self._meter = meter

    async def list_payloads(self, *, limit: int) -> Sequence[WaitingPayload]:
        """See `PayloadSource.list_payloads`."""
        return await self._inner.list_payloads(limit=limit)

    async def read(self, name: str) -> bytes | None:
        """See `PayloadSource.read`."""
        return await self._inner.read(name)

    async def put_aside_accepted(
        self, name: str, *, document_id: str, findings: Sequence[Finding]
    ) -> None:
        """See `PayloadSource.put_aside_accepted`."""
        await self._inner.put_aside_accepted(name, document_id=document_id, findings=findings)
        self._meter.counter("swb_payloads_total", "accepted").inc()

    async def put_aside_refused(self, name: str, refusal: RefusedError) -> None:
        """See `PayloadSource.put_aside_refused`."""
        await self._inner.put_aside_refused(name, refusal)
        self._meter.counter("swb_payloads_total", "refused").inc()
        self._meter.counter("swb_failures_total", "submit", known_code(refusal.code)).inc()
