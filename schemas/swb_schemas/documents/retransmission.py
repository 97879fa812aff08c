"""Asking for what was lost, major version 1: `RetransmissionRequest` and its reply.

OCP Rule 29(3) of ATIGA's Annex 8: a receiver that lost data asks for them again. What comes then is
a new message with the same sealed document (scope ``RETRANSMISSION_OF``); a `RetransmissionReply`
says of each document what became of the request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import Aggregate, Digest, Document, Extensions, Uuid

__all__ = [
    "AnsweredDocument",
    "RequestedDocument",
    "RetransmissionOutcome",
    "RetransmissionReason",
    "RetransmissionReply",
    "RetransmissionRequest",
    "Wanted",
]


class RetransmissionReason(StrEnum):
    """Why something is asked for again."""

    LOST = "LOST"
    """It is not there, or never came."""
    RESTORED = "RESTORED"
    """The store was restored to a moment before it came."""
    UNREADABLE = "UNREADABLE"
    """It is there, and its octets are not those that were sealed."""


class Wanted(StrEnum):
    """What of a document is asked for."""

    DOCUMENT = "DOCUMENT"
    """The sealed document, of whoever sent it."""
    ACKNOWLEDGEMENTS = "ACKNOWLEDGEMENTS"
    """The acknowledgements, of whoever received it."""


class RetransmissionOutcome(StrEnum):
    """What became of a request."""

    SENT = "SENT"
    """It is on its way again."""
    ERASED = "ERASED"
    """It was erased here; its id and digest are all that is left."""
    UNKNOWN = "UNKNOWN"
    """No such document went between the two."""
    KEY_WITHDRAWN = "KEY_WITHDRAWN"
    """It was sealed for a decryption key of the asker's that is not listed any more."""


class RequestedDocument(Aggregate):
    """One document that is asked for, or whose acknowledgements are."""

    document_id: Uuid
    document_digest: Digest
    wanted: Wanted


class RetransmissionRequest(Document):
    """What the sealing gateway asks the receiving one to send again."""

    namespace: ClassVar[str] = "urn:swb:retransmission-request:1"

    reason: RetransmissionReason
    requested: tuple[RequestedDocument, ...] = Field(
        alias="Requested", min_length=1, max_length=1000
    )
    extensions: Extensions | None = None


class AnsweredDocument(Aggregate):
    """What became of the request for one document.

    Attributes:
        document_id: As it was asked for.
        outcome: What became of it.
        message_id: With `SENT`: the message that brings the document again.
    """

    document_id: Uuid
    outcome: RetransmissionOutcome
    message_id: Uuid | None = None

    @model_validator(mode="after")
    def _only_what_was_sent_has_a_message(self) -> Self:
        if self.message_id is not None and self.outcome is not RetransmissionOutcome.SENT:
            msg = "expected MessageId with SENT only"
            raise ValueError(msg)
        return self


class RetransmissionReply(Document):
    """What became of a `RetransmissionRequest`, document by document."""

    namespace: ClassVar[str] = "urn:swb:retransmission-reply:1"

    answered: tuple[AnsweredDocument, ...] = Field(alias="Answered", min_length=1, max_length=1000)
    extensions: Extensions | None = None
