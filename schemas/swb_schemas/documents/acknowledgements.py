"""Acknowledgements of messages, major version 1: `TransportAck` and `RelayReceipt`.

An acknowledgement names one or more messages by id and signed digest, each with an outcome, so a
refusal is a signed acknowledgement too. Acknowledgements are never acknowledged.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import (
    Aggregate,
    Code,
    Digest,
    Document,
    Extensions,
    Instant,
    Uuid,
)

__all__ = [
    "AcknowledgedMessage",
    "Hop",
    "Outcome",
    "RelayReceipt",
    "RelayedMessage",
    "TransportAck",
]


class Hop(StrEnum):
    """How far a message came (facts 3.3). AS1 is kept at home and never sent."""

    AS2 = "AS2"
    """The gateway of the importing state has it durably."""
    AS3 = "AS3"
    """The national single window of the importing state has it."""


class Outcome(StrEnum):
    """What became of a message at that hop."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class _Judged(Aggregate):
    """A judgement: with a code exactly when it is a refusal."""

    message_id: Uuid
    message_digest: Digest
    outcome: Outcome
    code: Code | None = None
    at: Instant

    @model_validator(mode="after")
    def _refusal_has_a_code(self) -> Self:
        if (self.outcome is Outcome.REFUSED) != (self.code is not None):
            msg = "expected a code with REFUSED and none with ACCEPTED"
            raise ValueError(msg)
        return self


class RelayedMessage(_Judged):
    """One message that the router judged."""


class AcknowledgedMessage(_Judged):
    """One message that a gateway judged, and the document in it.

    Attributes:
        document_id: The sealed document; absent when it could not be opened.
        document_digest: Its signed digest; absent when it could not be opened.
        hop: How far it came.
    """

    document_id: Uuid | None = None
    document_digest: Digest | None = None
    hop: Hop


class TransportAck(Document):
    """The importing side has, or refuses, messages: AS2 and AS3."""

    namespace: ClassVar[str] = "urn:swb:transport-ack:1"

    acknowledged: tuple[AcknowledgedMessage, ...] = Field(
        alias="Acknowledged", min_length=1, max_length=1000
    )
    extensions: Extensions | None = None


class RelayReceipt(Document):
    """The region's router has passed messages on, or refuses them. It is no AS code."""

    namespace: ClassVar[str] = "urn:swb:relay-receipt:1"

    relayed: tuple[RelayedMessage, ...] = Field(alias="Relayed", min_length=1, max_length=1000)
    extensions: Extensions | None = None
