"""Sequencing: what the router recorded gets into the evidence log, beside the traffic.

One step takes everything that was committed since the last one, in this order, each on disk before
the next begins:

1. entries and the position up to which the message store was read, in one transaction;
2. a signed checkpoint of the committed tree;
3. the published tiles, then ``pending`` (for witnesses) and ``checkpoint`` (what enough of them
   cosigned).

So a process that dies anywhere leaves nothing twice and nothing out, and no checkpoint is seen
that the next one could contradict. Only the holder of the lease takes steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb.services.log_view import CHECKPOINT, PENDING
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.ledger.checkpoint import parse_checkpoint
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.notes import Note, sign_as_log
from swb_schemas.wire.ledger.tiles import TILE_WIDTH, list_new_tiles

if TYPE_CHECKING:
    from datetime import timedelta

    from swb.ports import (
        Clock,
        CommitFeed,
        KeptCheckpoint,
        LedgerStore,
        LogFolder,
        LogState,
        Recorded,
        Signer,
    )

__all__ = ["SequencingService"]

_log = structlog.get_logger("swb.ledger")

_BATCHES: Final = 20
"""Batches in one step, before what they brought is signed."""


class SequencingService:
    """Grows, signs and publishes one log.

    Args:
        owner: Names this process among those that could sequence.
        store: What is to be logged.
        ledger: The log.
        folder: Where it is published.
        signer: The region's key for its log.
        clock: Dates leases and checkpoints.
        merge_delay: What relay receipts promise.
        batch: Records in one transaction.
        lease_for: How long this process sequences without saying so again.
        witnesses: States whose cosignatures a published checkpoint has.
    """

    def __init__(
        self,
        *,
        owner: str,
        store: CommitFeed,
        ledger: LedgerStore,
        folder: LogFolder,
        signer: Signer,
        clock: Clock,
        merge_delay: timedelta,
        batch: int,
        lease_for: timedelta,
        witnesses: int,
    ) -> None:
        self._owner = owner
        self._store = store
        self._ledger = ledger
        self._folder = folder
        self._signer = signer
        self._clock = clock
        self._merge_delay = merge_delay
        self._batch = batch
        self._lease_for = lease_for
        self._witnesses = witnesses

    async def sequence_due(self) -> int:
        """Take one step.

        Returns:
            How many records are left over for the next step: 0, unless there were very many.

        Raises:
            UnavailableError: ``ledger.*``, ``store.unavailable``, ``signer.unavailable``.
        """
        if not await self._ledger.claim(self._owner, self._clock.now(), lease_for=self._lease_for):
            return 0
        before = await self._ledger.load()
        await self._check_store(before)
        shown = await self._find_shown(PENDING)
        state, left = await self._integrate(before)
        await self._sign(state)
        await self._publish(shown.size if shown else 0)
        if state.checkpoint.size > before.checkpoint.size:
            _log.info("integrated", size=state.checkpoint.size, position=state.position)
        return left

    async def check(self) -> None:
        """Say whether the log keeps its promise.

        Raises:
            UnavailableError: ``ledger.late``: something waits for longer than half of what the
                receipts promise; ``ledger.unavailable``, ``store.unavailable``.
        """
        state = await self._ledger.load()
        waiting = await self._store.list_recorded(after=state.position, limit=1)
        latest = await self._ledger.find_latest()
        now = self._clock.now()
        since = [each.recorded_at for each in waiting]
        if latest is not None and latest.size < state.checkpoint.size:
            since.append(latest.signed_at)
        if any(now - each > self._merge_delay / 2 for each in since):
            message = f"expected what was recorded to be in the log within {self._merge_delay}"
            raise UnavailableError("ledger.late", message)

    async def check_witnesses(self) -> None:
        """Say whether members watch.

        Raises:
            UnavailableError: ``ledger.unwitnessed``: the latest checkpoint has been waiting for
                enough cosignatures for longer than the receipts' delay; ``ledger.unavailable``.
        """
        latest = await self._ledger.find_latest()
        if latest is None or len(latest.witnesses) >= self._witnesses:
            return
        if self._clock.now() - latest.signed_at > self._merge_delay:
            message = (
                f"expected {self._witnesses} members to cosign size {latest.size}, "
                f"found {len(latest.witnesses)}"
            )
            raise UnavailableError("ledger.unwitnessed", message)

    async def release(self) -> None:
        """Let somebody else sequence at once."""
        await self._ledger.release(self._owner)

    async def _check_store(self, state: LogState) -> None:
        """Require the message store to be the one that was read so far."""
        if not state.position:
            return
        found = await self._store.list_recorded(after=state.position - 1, limit=1)
        if not found or (
            found[0].position == state.position and found[0].message_id != state.last_message_id
        ):
            message = (
                f"expected message {state.last_message_id} at position {state.position} of the "
                f"store that the log is fed from"
            )
            raise UnavailableError("ledger.other_store", message)

    async def _integrate(self, state: LogState) -> tuple[LogState, int]:
        for _ in range(_BATCHES):
            found = await self._store.list_recorded(after=state.position, limit=self._batch)
            if not found:
                return state, 0
            state = await self._ledger.append(
                self._owner,
                after=state.position,
                entries=[_entry(each) for each in found],
                position=found[-1].position,
            )
        return state, len(await self._store.list_recorded(after=state.position, limit=1))

    async def _sign(self, state: LogState) -> None:
        """Sign the committed tree, where that was not done yet."""
        checkpoint = state.checkpoint
        if not checkpoint.size or await self._ledger.find_checkpoint(checkpoint.size) is not None:
            return
        signature = await self._signer.sign(checkpoint.text.encode())
        certificate = parse_certificate(self._signer.certificate)
        line = sign_as_log(checkpoint.origin, certificate, signature)
        note = Note(text=checkpoint.text, signatures=(line,)).encode()
        await self._ledger.keep_checkpoint(note, size=checkpoint.size, at=self._clock.now())

    async def _publish(self, before: int) -> None:
        """Show what was signed: tiles first, then who signed for them.

        Args:
            before: Size of the tree that is published.
        """
        latest = await self._ledger.find_latest()
        if latest is None:
            return
        for tile in list_new_tiles(before, latest.size):
            await self._folder.put(tile.path, await self._ledger.read_tile(tile))
            if tile.width == TILE_WIDTH:
                await self._folder.discard(f"{tile.path}.p")
        await self._show(PENDING, latest)
        witnessed = await self._ledger.find_latest(witnesses=self._witnesses)
        if witnessed is not None:
            await self._show(CHECKPOINT, witnessed)

    async def _show(self, name: str, checkpoint: KeptCheckpoint) -> None:
        if await self._folder.fetch(name) != checkpoint.note:
            await self._folder.put(name, checkpoint.note)
            if name == CHECKPOINT:
                _log.info("witnessed", size=checkpoint.size, witnesses=checkpoint.witnesses)

    async def _find_shown(self, name: str) -> KeptCheckpoint | None:
        """Find what is published under a name; it has to be one that this log remembers.

        Raises:
            UnavailableError: ``ledger.contradicted``: it would be contradicted from now on, for
                example after the log's file was put back to an older state.
        """
        raw = await self._folder.fetch(name)
        if raw is None:
            return None
        checkpoint, note = parse_checkpoint(raw)
        kept = await self._ledger.find_checkpoint(checkpoint.size)
        if kept is None or parse_checkpoint(kept.note)[1].text != note.text:
            message = (
                f"expected the published {name} of size {checkpoint.size} to be one that this log "
                f"signed and remembers"
            )
            raise UnavailableError("ledger.contradicted", message)
        return kept


def _entry(recorded: Recorded) -> LogEntry:
    return LogEntry(message_id=recorded.message_id, sender=recorded.sender, digest=recorded.digest)
