"""Collect: payloads that the national system put into its drop folder are submitted.

A payload is put aside only after its document is committed; a crash between the two submits it
again, and the store recognises it. What is refused is put aside with the reason beside it; what
could not be judged stays where it is.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from swb_schemas.errors import RefusedError, SwbError

if TYPE_CHECKING:
    from swb.ports import PayloadSource
    from swb.services.submit import SubmitService

__all__ = ["CollectService"]

_log = structlog.get_logger("swb.collect")


class CollectService:
    """Empties the inward door.

    Args:
        source: The door.
        submitting: What makes a document of a payload.
        batch: Payloads taken at a time.
    """

    def __init__(self, *, source: PayloadSource, submitting: SubmitService, batch: int) -> None:
        self._source = source
        self._submitting = submitting
        self._batch = batch

    async def collect_waiting(self) -> int:
        """Submit what waits, once.

        Returns:
            How many payloads were put aside; 0 when nothing waits, or nothing could be judged.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        waiting = await self._source.list_payloads(limit=self._batch)
        return sum(await asyncio.gather(*(self._collect(name) for name in waiting)))

    async def _collect(self, name: str) -> int:
        raw = await self._source.read(name)
        if raw is None:
            return 0  # taken back, or collected by another process
        try:
            accepted = await self._submitting.submit(raw)
        except RefusedError as refusal:
            _log.warning("payload_refused", payload=name, code=refusal.code)
            await self._source.put_aside_refused(name, refusal)
            return 1
        except SwbError as error:
            _log.warning("payload_waits", payload=name, code=error.code, reason=error.message)
            return 0
        await self._source.put_aside_accepted(name, document_id=accepted.document_id)
        _log.info(
            "submitted",
            payload=name,
            document_id=accepted.document_id,
            message_type=accepted.message_type,
            repeated=accepted.repeated,
        )
        return 1
