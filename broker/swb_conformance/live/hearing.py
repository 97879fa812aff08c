"""What the suite heard of the gateway, verified as a recipient verifies it, and what it missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_conformance.testing import Evidence, UnmetError
from swb_schemas.documents import LeadingDocument, RelayReceipt, TransportAck
from swb_schemas.errors import SwbError
from swb_schemas.parties import GATEWAY, parse_party_id
from swb_schemas.wire import verify_delivery, verify_message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from swb_conformance.live.material import Material
    from swb_schemas.documents.acknowledgements import AcknowledgedMessage
    from swb_schemas.wire import (
        MessageHeader,
        SealHeader,
        VerifiedDelivery,
        VerifiedMessage,
        VerifiedSealedDocument,
    )

__all__ = ["Heard", "hear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message that the gateway submitted.

    Attributes:
        octets: As it came.
        message: Its outer layer; None where that does not verify.
        delivery: Both layers; None where they do not verify, and of what is for the router.
        fault: Why not.
    """

    octets: bytes
    message: VerifiedMessage | None = None
    delivery: VerifiedDelivery | None = None
    fault: SwbError | None = None

    @property
    def message_type(self) -> str:
        """Its type; empty where nothing is verified."""
        return self.message.header.message_type if self.message else ""

    @property
    def named(self) -> tuple[str, str]:
        """Id and signed digest of the message."""
        if self.message is None:
            return "", ""
        return self.message.header.message_id, self.message.digest.text

    @property
    def document_named(self) -> tuple[str, str]:
        """Id and signed digest of the sealed document."""
        if self.delivery is None:
            return "", ""
        return self.delivery.sealed.header.document_id, self.delivery.sealed.digest.text

    @property
    def header(self) -> MessageHeader:
        """What the outer layer says.

        Raises:
            UnmetError: It does not verify.
        """
        if self.message is None:
            raise UnmetError(f"expected a message that verifies, found {self.fault}")
        return self.message.header

    @property
    def sealed(self) -> VerifiedSealedDocument:
        """The sealed document.

        Raises:
            UnmetError: It does not verify.
        """
        if self.delivery is None:
            raise UnmetError(f"expected layers that verify, found {self.fault}")
        return self.delivery.sealed

    @property
    def seal(self) -> SealHeader:
        """What the seal binds. Raises as `sealed`."""
        return self.sealed.header

    @property
    def was_encrypted(self) -> bool:
        """Whether its body was protected."""
        return self.delivery is not None and self.delivery.was_encrypted

    @property
    def leading(self) -> LeadingDocument:
        """The document in it, where it begins a conversation.

        Raises:
            UnmetError: There is none.
        """
        document = self.sealed.document
        if not isinstance(document, LeadingDocument):
            raise UnmetError(
                f"expected what begins a conversation, found {type(document).__name__}"
            )
        return document

    def acknowledged(self) -> Iterator[AcknowledgedMessage]:
        """What it acknowledges."""
        if self.delivery and isinstance(self.delivery.sealed.document, TransportAck):
            yield from self.delivery.sealed.document.acknowledged

    @property
    def is_receipt(self) -> bool:
        """Whether it is an acknowledgement."""
        sealed = self.delivery.sealed.document if self.delivery else None
        return isinstance(sealed, TransportAck | RelayReceipt)

    def evidence(self, name: str) -> Evidence:
        """Keep it."""
        return Evidence(name=name, octets=self.octets)


def hear(octets: bytes, *, material: Material, at: datetime) -> Heard:
    """Verify a message as the router does, and as the gateway does that it is for."""
    try:
        message = verify_message(octets, trust=material.trust, at=at, receiver=None)
    except SwbError as error:
        return Heard(octets=octets, fault=error)
    receiver = parse_party_id(message.header.receiver)
    if receiver.role != GATEWAY or receiver.state not in material.played:
        return Heard(octets=octets, message=message)
    try:
        delivery = verify_delivery(
            message,
            trust=material.trust,
            at=at,
            decryption_keys=material.decryption_keys(receiver.state),
        )
    except SwbError as error:
        return Heard(octets=octets, message=message, fault=error)
    return Heard(octets=octets, message=message, delivery=delivery)
