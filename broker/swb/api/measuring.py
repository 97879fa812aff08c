"""The API, measured: how many requests, by operation and status, and how long an answer takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from swb.metrics import NodeMeter

__all__ = ["Measured"]

_OTHER = "other"


class Measured:
    """Stands around an application; what that does stays as it is.

    Args:
        application: What answers.
        meter: Where to.
    """

    def __init__(self, application: ASGIApp, meter: NodeMeter) -> None:
        self._application = application
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it when its answer begins."""
        begun = time.perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                operation = getattr(scope.get("route"), "operation_id", None) or _OTHER
                status = str(message["status"])
                self._meter.counter("swb_api_requests_total", operation, status).inc()
                took = time.perf_counter() - begun
                self._meter.histogram("swb_api_seconds", operation).observe(took)
            await send(message)

        await self._application(scope, receive, send_counted)
