"""Acknowledgements as documents: what is said of one message, and nothing is sent here.

They travel in clear, so they hold ids, digests and codes alone: what a refusal quotes of a document
stays with whoever refused it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.documents import RelayReceipt, TransportAck
from swb_schemas.documents.acknowledgements import (
    AcknowledgedMessage,
    Hop,
    Outcome,
    RelayedMessage,
)
from swb_schemas.documents.elements import Digest

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.errors import SwbError
    from swb_schemas.wire.ledger.promise import LogPromise

__all__ = ["acknowledge", "judge_message", "judge_relay", "receipt_relay"]


def acknowledge(*judged: AcknowledgedMessage) -> TransportAck:
    """Say what a gateway or national system has judged."""
    return TransportAck(acknowledged=judged)


def judge_message(
    *,
    hop: Hop,
    message_id: str,
    message_digest: str,
    document: tuple[str, str] | None,
    at: datetime,
    refusal: SwbError | None = None,
) -> AcknowledgedMessage:
    """Say that a gateway or national system has a message, or refuses it.

    Args:
        hop: AS2 or AS3.
        message_id: Of the message.
        message_digest: Its signed digest, ``sha-256:<hex>``.
        document: Id and signed digest of the document in it; None when it could not be opened.
        at: When it was judged.
        refusal: Why not, when it is refused.
    """
    return AcknowledgedMessage(
        message_id=message_id,
        message_digest=Digest.parse(message_digest),
        outcome=Outcome.ACCEPTED if refusal is None else Outcome.REFUSED,
        code=None if refusal is None else refusal.code,
        at=at,
        document_id=document[0] if document else None,
        document_digest=Digest.parse(document[1]) if document else None,
        hop=hop,
    )


def receipt_relay(*judged: RelayedMessage, promise: LogPromise | None = None) -> RelayReceipt:
    """Say what the router has judged.

    Args:
        judged: Messages that were passed on, all of them, or one that was refused.
        promise: Tells which log will hold them, and is given of what was passed on alone.
    """
    accepted = all(each.outcome is Outcome.ACCEPTED for each in judged)
    extensions = promise.extensions() if promise and accepted else None
    return RelayReceipt(relayed=judged, extensions=extensions)


def judge_relay(
    *, message_id: str, message_digest: str, at: datetime, refusal: SwbError | None = None
) -> RelayedMessage:
    """Say that the router has passed a message on, or refuses it.

    Args:
        message_id: Of the message.
        message_digest: Its signed digest, ``sha-256:<hex>``.
        at: When it was judged.
        refusal: Why not, when it is refused.
    """
    return RelayedMessage(
        message_id=message_id,
        message_digest=Digest.parse(message_digest),
        outcome=Outcome.ACCEPTED if refusal is None else Outcome.REFUSED,
        code=None if refusal is None else refusal.code,
        at=at,
    )
