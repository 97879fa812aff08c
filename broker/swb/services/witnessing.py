"""Witnessing: a gateway watches the region's log, cosigns what continues it, and nothing else.

One step looks at what the log shows its witnesses:

* the checkpoint that was cosigned last: done, or the cosignature is sent once more where the log
  does not show it;
* a larger one that provably continues it: accepted on disk, cosigned, sent to the router;
* a smaller one, another one of the same size, a larger one that does not continue it: refused.
  Both checkpoints are kept, with the proof where there is one, and health tells of it.

What the log shows besides its signed checkpoint is used only as far as it verifies.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.ports import LogIncident
from swb.services.log_conviction import keep_if_proven
from swb.services.log_view import PENDING
from swb.services.sealing import Route
from swb_schemas.documents import LogCosignature
from swb_schemas.documents.elements import Digest
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.ledger.checkpoint import parse_checkpoint, verify_checkpoint
from swb_schemas.wire.ledger.faults import encode_fork, encode_rewrite, keep_log_lines
from swb_schemas.wire.ledger.merkle import roots_from_consistency, verify_consistency
from swb_schemas.wire.ledger.notes import (
    cosignature_input,
    parse_note_signature,
    sign_as_cosigner,
)

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import (
        Clock,
        CosignedCheckpoint,
        Signer,
        Transport,
        TrustSource,
        WitnessStore,
    )
    from swb.services.log_view import LogView
    from swb.services.sealing import Sealer
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.ledger.checkpoint import Checkpoint

__all__ = ["FORKED", "REWRITTEN", "ROLLED_BACK", "WitnessService"]

FORKED: Final = "ledger.forked"
REWRITTEN: Final = "ledger.rewritten"
ROLLED_BACK: Final = "ledger.rolled_back"

_log = structlog.get_logger("swb.witness")

_SEND_AGAIN_AFTER: Final = timedelta(seconds=30)
"""How long a cosignature may be on its way before it is sent once more."""


class WitnessService:
    """The witness of one state.

    Args:
        state: Whose gateway it is.
        environment: What it serves.
        origin: The log that is watched.
        view: Where it is published.
        store: What was cosigned.
        signer: The gateway's key for cosignatures.
        sealer: Seals what is sent to the router.
        line: The gateway's line.
        trust: Whose key the log's is.
        clock: The present.
    """

    def __init__(
        self,
        *,
        state: str,
        environment: Environment,
        origin: str,
        view: LogView,
        store: WitnessStore,
        signer: Signer,
        sealer: Sealer,
        line: Transport,
        trust: TrustSource,
        clock: Clock,
    ) -> None:
        self._gateway = PartyId(state, GATEWAY)
        self._environment = environment
        self._origin = origin
        self._view = view
        self._store = store
        self._signer = signer
        self._sealer = sealer
        self._line = line
        self._trust = trust
        self._clock = clock
        self._sent: tuple[int, datetime] | None = None

    async def look(self) -> int:
        """Take one step.

        Returns:
            0: it looks again after a rest.

        Raises:
            RefusedError: ``ledger.forked``, ``ledger.rewritten``, ``ledger.rolled_back``: the log
                contradicts what was cosigned; ``ledger.*`` where what it shows is no checkpoint
                of it.
            UndeterminedError: ``ledger.unproven``: the published tiles do not lead to the signed
                root; ``trust.*``.
            UnavailableError: ``ledger.unreachable``, ``ledger.unavailable``, ``transport.*``,
                ``signer.*``.
        """
        shown = await self._view.fetch_note(PENDING)
        if shown is None:
            return 0
        trust, now = await self._trust.fetch(), self._clock.now()
        raw = keep_log_lines(shown)
        found = verify_checkpoint(raw, trust=trust, at=now, witnesses=0, origin=self._origin)
        last = await self._store.find_last(self._origin)
        checkpoint = found.checkpoint
        if checkpoint.size == 0:
            return 0
        if last is None or checkpoint.size > last.size:
            await self._check_continues(last, checkpoint, raw)
            if not await self._store.accept(
                self._origin,
                before=last.size if last else 0,
                size=checkpoint.size,
                note=raw,
                at=now,
            ):
                return 0  # another process of this gateway did
            last = await self._store.find_last(self._origin)
        else:
            await self._check_same(last, checkpoint, raw)
        if last is not None:
            await self._tell(last, shown)
        return 0

    async def check(self) -> None:
        """Say whether the log was caught.

        Raises:
            RefusedError: ``ledger.forked``, ``ledger.rewritten``: there is proof, for good.
        """
        for incident in await self._store.list_incidents(self._origin):
            if incident.proof:
                message = f"the log {self._origin} contradicts itself; see swb ledger checkpoint"
                raise RefusedError(incident.code, message, actor=Actor.OPERATOR)

    # --- what fits -----------------------------------------------------------------------------

    async def _check_same(
        self, last: CosignedCheckpoint, checkpoint: Checkpoint, raw: bytes
    ) -> None:
        """Require a checkpoint that is not larger to be the one that was cosigned last."""
        before = parse_checkpoint(last.note)[0]
        if checkpoint.size < before.size:
            await self._refuse(ROLLED_BACK, last.note, raw, b"")
            message = f"expected size {before.size} or more, found {checkpoint.size}"
            raise RefusedError("ledger.rolled_back", message, actor=Actor.OPERATOR)
        if checkpoint.root != before.root:
            await self._refuse(FORKED, last.note, raw, encode_fork(last.note, raw))
            message = f"expected the tree of size {before.size} that was cosigned, found another"
            raise RefusedError("ledger.forked", message, actor=Actor.OPERATOR)

    async def _check_continues(
        self, last: CosignedCheckpoint | None, checkpoint: Checkpoint, raw: bytes
    ) -> None:
        """Require a larger checkpoint to continue the one that was cosigned last."""
        if last is None:
            return
        before = parse_checkpoint(last.note)[0]
        try:
            hashes = await self._view.prove_consistency(before.size, checkpoint.size)
            verify_consistency(
                first=before.size,
                first_root=before.root,
                second=checkpoint.size,
                second_root=checkpoint.root,
                proof=hashes,
            )
        except RefusedError as refusal:
            proof = await self._prove_rewriting(last, before, checkpoint, raw)
            if proof is None:
                message = (
                    f"expected tiles of size {checkpoint.size} that continue size {before.size}: "
                    f"{refusal.code}"
                )
                raise UndeterminedError("ledger.unproven", message) from refusal
            await self._refuse(REWRITTEN, last.note, raw, proof)
            message = (
                f"expected the tree of size {checkpoint.size} to begin with the {before.size} "
                f"entries that were cosigned, found others"
            )
            raise RefusedError("ledger.rewritten", message, actor=Actor.OPERATOR) from refusal

    async def _prove_rewriting(
        self, last: CosignedCheckpoint, before: Checkpoint, checkpoint: Checkpoint, raw: bytes
    ) -> bytes | None:
        """Prove by the log's own tiles that its tree begins with other entries; None if not so."""
        try:
            root = await self._view.read_root(before.size, size=checkpoint.size)
            hashes = await self._view.prove_consistency(before.size, checkpoint.size)
            found = roots_from_consistency(before.size, checkpoint.size, hashes, root)
        except RefusedError:
            return None
        if found != (root, checkpoint.root) or root == before.root:
            return None
        return encode_rewrite(last.note, raw, root=root, hashes=hashes)

    async def _refuse(self, code: str, first: bytes, second: bytes, proof: bytes) -> None:
        trust, now = await self._trust.fetch(), self._clock.now()
        incident = LogIncident(
            origin=self._origin,
            code=code,
            first=first,
            second=second,
            proof=keep_if_proven(proof, trust=trust, at=now),
            seen_at=now,
        )
        if await self._store.keep_incident(incident):
            _log.error(
                "refused_to_cosign", origin=self._origin, code=code, proven=bool(incident.proof)
            )

    # --- what is said --------------------------------------------------------------------------

    async def _tell(self, last: CosignedCheckpoint, shown: bytes) -> None:
        """Cosign what was accepted, and send it until the log shows it."""
        line = last.line or await self._cosign(last)
        now = self._clock.now()
        if line.encode() in shown:
            return
        if self._sent and self._sent[0] == last.size and now - self._sent[1] < _SEND_AGAIN_AFTER:
            return
        await self._send(last, line)
        self._sent = (last.size, now)

    async def _cosign(self, last: CosignedCheckpoint) -> str:
        checkpoint, note = parse_checkpoint(last.note)
        seconds = int(self._clock.now().timestamp())
        signature = await self._signer.sign(cosignature_input(note.text, seconds))
        certificate = parse_certificate(self._signer.certificate)
        made = sign_as_cosigner(str(self._gateway), certificate, signature, seconds=seconds)
        await self._store.keep_line(self._origin, checkpoint.size, made.line)
        _log.info("cosigned", origin=self._origin, size=checkpoint.size)
        return made.line

    async def _send(self, last: CosignedCheckpoint, line: str) -> None:
        checkpoint = parse_checkpoint(last.note)[0]
        signature = parse_note_signature(line.removesuffix("\n"))
        document = LogCosignature(
            log=self._origin,
            tree_size=checkpoint.size,
            root_hash=Digest.of_sha256(checkpoint.root),
            cosignature=base64.b64encode(signature.key_id + signature.value).decode(),
        )
        router = PartyId(REGION, ROUTER)
        route = Route(
            issuing_party=self._gateway,
            receiving_party=router,
            sender=self._gateway,
            receiver=router,
            line=self._gateway.state,
            environment=self._environment,
        )
        sent = await self._sealer.seal(document, route)
        message = sent.outbound.message
        await self._line.publish(
            message.octets,
            message_id=message.message_id,
            message_type=message.message_type,
            environment=self._environment,
        )
