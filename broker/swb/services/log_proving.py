"""Proving: the inclusion proof of one message is made of the published log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.services.log_view import CHECKPOINT
from swb_schemas.wire.ledger.checkpoint import parse_checkpoint
from swb_schemas.wire.ledger.proof import LogProof

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from swb.services.log_view import LogView

__all__ = ["prove_message", "prove_messages"]


async def prove_message(view: LogView, message_id: str) -> LogProof | None:
    """Make the proof of a message under the published checkpoint; nothing of it is verified.

    The entries are read until the message is found.

    Returns:
        None where the checkpoint's tree has no such message.

    Raises:
        RefusedError: ``ledger.*``: what is published is no log.
        UnavailableError: ``ledger.no_checkpoint``, ``ledger.unreachable``.
    """
    raw = await view.get_note(CHECKPOINT)
    size = parse_checkpoint(raw)[0].size
    index = 0
    async for entry in view.read_log_entries(size):
        if entry.message_id == message_id:
            hashes = await view.prove_inclusion(index, size)
            return LogProof(entry=entry, index=index, hashes=tuple(hashes), checkpoint=raw)
        index += 1
    return None


async def prove_messages(view: LogView, message_ids: Collection[str]) -> Mapping[str, LogProof]:
    """Make the proofs of several messages under one checkpoint; see `prove_message`.

    The entries are read once.

    Returns:
        By message id; without those that the checkpoint's tree has not.

    Raises:
        RefusedError: ``ledger.*``: what is published is no log.
        UnavailableError: ``ledger.no_checkpoint``, ``ledger.unreachable``.
    """
    raw = await view.get_note(CHECKPOINT)
    size = parse_checkpoint(raw)[0].size
    found: dict[str, LogProof] = {}
    index = 0
    async for entry in view.read_log_entries(size):
        if entry.message_id in message_ids and entry.message_id not in found:
            hashes = await view.prove_inclusion(index, size)
            found[entry.message_id] = LogProof(
                entry=entry, index=index, hashes=tuple(hashes), checkpoint=raw
            )
            if len(found) == len(message_ids):
                break
        index += 1
    return found
