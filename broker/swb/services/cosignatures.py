"""What the region's router does for its log on the road: it promises, and it takes cosignatures.

Both are quick and touch the log's own file at most; the log grows elsewhere (`sequencing`).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import structlog

from swb_schemas.documents import LogCosignature
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from swb_schemas.wire.ledger.checkpoint import judge_cosignature, parse_checkpoint
from swb_schemas.wire.ledger.notes import parse_note_signature
from swb_schemas.wire.ledger.promise import LogPromise

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from swb.ports import LedgerStore
    from swb_schemas.wire.evidence import VerifiedDelivery
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["LogDesk"]

_log = structlog.get_logger("swb.ledger")


class LogDesk:
    """The log as the road knows it.

    Args:
        origin: Of the log.
        ledger: Keeps cosignatures; None where another router of the same store keeps the log.
        merge_delay: How long it may take at most until something accepted is in the log.
    """

    def __init__(self, *, origin: str, ledger: LedgerStore | None, merge_delay: timedelta) -> None:
        self._origin = origin
        self._ledger = ledger
        self._merge_delay = merge_delay

    def promise(self, at: datetime) -> LogPromise:
        """Promise that what is accepted now will be in the log."""
        return LogPromise(log=self._origin, included_by=at + self._merge_delay)

    async def take(self, delivery: VerifiedDelivery, *, trust: TrustBundle, at: datetime) -> None:
        """Take a witness's cosignature; repeating it changes nothing.

        Raises:
            RefusedError: ``ledger.foreign_checkpoint``: this log has not signed what was cosigned;
                ``ledger.cosigner``, ``ledger.signature``, ``certificate.*``.
            UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
            UnavailableError: ``ledger.unavailable``; ``ledger.elsewhere``: this router has not the
                log, so the message is held until one that has it takes it from the store.
        """
        document = delivery.sealed.document
        assert isinstance(document, LogCosignature)  # noqa: S101 - nothing else may go to a router
        if self._ledger is None:
            message = "expected a router that keeps the log; this one promises only"
            raise UnavailableError("ledger.elsewhere", message)
        kept = await self._ledger.find_checkpoint(document.tree_size)
        checkpoint, note = parse_checkpoint(kept.note) if kept else (None, None)
        if (
            checkpoint is None
            or note is None
            or document.log != checkpoint.origin
            or base64.b64decode(document.root_hash.value) != checkpoint.root
        ):
            message = (
                f"expected a cosignature of what {self._origin} signed, found one of size "
                f"{document.tree_size} with root {document.root_hash.text}"
            )
            raise RefusedError("ledger.foreign_checkpoint", message, actor=Actor.OPERATOR)
        party = parse_party_id(delivery.sealed.header.issuing_party)
        signature = parse_note_signature(_line(party, document))
        found = judge_cosignature(signature, note.text, trust=trust, at=at)
        if found is None or party != PartyId(party.state, GATEWAY):
            message = (
                f"expected a cosignature by a key that {party.state} lists for log, of {party}"
            )
            raise RefusedError("ledger.cosigner", message)
        await self._ledger.add_cosignature(document.tree_size, signature, at)
        _log.info("cosigned", size=document.tree_size, witness=str(party))


def _line(party: PartyId, document: LogCosignature) -> str:
    try:
        octets = base64.b64decode(document.cosignature, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise RefusedError("ledger.note", "expected a cosignature in base64") from cause
    return f"\u2014 {party} {base64.b64encode(octets).decode()}"
