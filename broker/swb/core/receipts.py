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


def acknowledge(
    *,
    hop: Hop,
    message_id: str,
    message_digest: str,
    document: tuple[str, str] | None,
    at: datetime,
    refusal: SwbError | None = None,
) -> TransportAck:
    """Say that a gateway or national system has one message, or refuses it; see `judge_message`."""
    judged = judge_message(
        hop=hop,
        message_id=message_id,
        message_digest=message_digest,
        document=document,
        at=at,
        refusal=refusal,
    )
    return TransportAck(acknowledged=(judged,))


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


def receipt_relay(
    *,
    message_id: str,
    message_digest: str,
    at: datetime,
    refusal: SwbError | None = None,
    promise: LogPromise | None = None,
) -> RelayReceipt:
    """Say that the router has passed one message on, or refuses it; see `judge_relay`.

    A promise tells which log will hold it, where it is accepted and there is one.
    """
    judged = judge_relay(
        message_id=message_id, message_digest=message_digest, at=at, refusal=refusal
    )
    extensions = promise.extensions() if promise and refusal is None else None
    return RelayReceipt(relayed=(judged,), extensions=extensions)


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
