"""The hand of everybody whom the suite plays: seals documents and signs messages.

Rightly, and, where a case asks for it, wrongly in one named way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from os import urandom
from typing import TYPE_CHECKING
from uuid import UUID

from swb_schemas.catalogue import Commitment, Purpose, find_type_of
from swb_schemas.documents import LeadingDocument
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire import (
    Answers,
    ClearBody,
    EncryptedBody,
    MessageHeader,
    SealHeader,
    bound_values,
    encrypt_body,
    key_thumbprint,
    prepare_message,
    prepare_sealed,
)
from swb_schemas.wire.message import MESSAGE_CLOSING
from swb_schemas.wire.sealed import SEALED_CLOSING
from swb_schemas.wire.signature import prepare_signature

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb_conformance.live.material import Material, SigningKey
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Digest, Extensions

__all__ = ["Hand", "Sealed", "Sent", "new_id"]


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562, 5.7)."""
    drawn = int.from_bytes(urandom(10))
    number = (time.time_ns() // 1_000_000) << 80 | drawn
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed document.

    Attributes:
        header: Its seal header.
        document: The canonical document.
        digest: Its signed digest.
        octets: The file.
        recipient: The key that its message's body is for; None travels in clear.
    """

    header: SealHeader
    document: Document
    digest: Digest
    octets: bytes
    recipient: ec.EllipticCurvePublicKey | None

    @property
    def named(self) -> tuple[str, str]:
        """Its id and signed digest, as acknowledgements and answers name it."""
        return self.header.document_id, self.digest.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that the suite made.

    Attributes:
        header: Its header.
        digest: Its signed digest.
        octets: The file.
        sealed: What is in it.
    """

    header: MessageHeader
    digest: Digest
    octets: bytes
    sealed: Sealed

    @property
    def named(self) -> tuple[str, str]:
        """Its id and signed digest."""
        return self.header.message_id, self.digest.text

    @property
    def leading(self) -> LeadingDocument:
        """The document in it, where it begins a conversation.

        Raises:
            TypeError: There is none.
        """
        document = self.sealed.document
        if not isinstance(document, LeadingDocument):
            message = f"expected what begins a conversation, found {type(document).__name__}"
            raise TypeError(message)
        return document


class Hand:
    """Seals and signs for every state that the suite plays, and for the region's router.

    Args:
        material: Whose keys.
    """

    def __init__(self, material: Material) -> None:
        self._material = material

    def seal(
        self,
        document: Document,
        *,
        by: str,
        to: str,
        at: datetime,
        conversation_id: str | None = None,
        answers: Answers | None = None,
        protect: bool | None = None,
        key: SigningKey | None = None,
        **changes: object,
    ) -> Sealed:
        """Seal a document.

        Args:
            document: The canonical document.
            by: State whose authority seals, or ``REGION``.
            to: State that it is for.
            at: The signing time.
            conversation_id: None begins a conversation.
            answers: What it replies to.
            protect: Whether it is to travel encrypted; None where its type is handed to a national
                system, as connections agree by default.
            key: What signs in the place of the right key.
            changes: Fields of the header that say something else.
        """
        kind = find_type_of(document)
        bound = bound_values(document)
        document_id = new_id()
        roles = kind.receivers
        receiving = "issuing" if not kind.leads and "issuing" in roles else kind.receiving_role
        encrypts = kind.national if protect is None else protect
        recipient = self._material.recipient(to, at) if encrypts else None
        header = SealHeader(
            document_id=document_id,
            message_type=kind.message_type,
            message_type_version=bound.message_type_version,
            agreement=bound.agreement,
            profile=bound.agreement.lower() if bound.agreement else None,
            edition=bound.edition,
            issuing_party=str(PartyId(by, kind.issuing_role)),
            receiving_party=str(PartyId(to, receiving)),
            recipient_key=key_thumbprint(recipient) if recipient else None,
            certificate_key=bound.certificate_key,
            conversation_id=conversation_id or document_id,
            revision=bound.revision,
            environment=self._material.trust.environment,
            sealed_at=at,
            answers=answers,
        ).model_copy(update=changes)
        signing = key or self._material.signing_key(by, kind.seal_purpose)
        unsigned = prepare_sealed(header, document, certificate=signing.certificate)
        return Sealed(
            header=header,
            document=document,
            digest=unsigned.digest,
            octets=unsigned.attach(signing.sign(unsigned.to_be_signed)),
            recipient=recipient,
        )

    def sign(
        self,
        sealed: Sealed,
        *,
        by: str,
        to: str,
        at: datetime,
        lives_for: timedelta = timedelta(days=30),
        correlation: str | None = None,
        retransmission_of: str | None = None,
        key: SigningKey | None = None,
        body: ClearBody | EncryptedBody | None = None,
        extensions: Extensions | None = None,
        **changes: object,
    ) -> Sent:
        """Wrap a sealed document into a signed message.

        Args:
            sealed: What is in it.
            by: State whose gateway sends, or ``REGION`` for the router.
            to: State whose gateway it is for.
            at: The signing time.
            lives_for: Until it expires.
            correlation: The message that it answers.
            retransmission_of: The message that carried the document first.
            key: What signs in the place of the right key.
            body: What stands there in the place of the right body.
            extensions: What a later version might add.
            changes: Fields of the header that say something else.
        """
        if body is None and sealed.recipient is not None:
            body = encrypt_body(sealed.octets, recipient=sealed.recipient)
        sender = PartyId(by, ROUTER if by == REGION else GATEWAY)
        header = MessageHeader(
            message_id=new_id(),
            message_type=sealed.header.message_type,
            message_type_version=sealed.header.message_type_version,
            sender=str(sender),
            receiver=str(PartyId(to, GATEWAY)),
            created_at=at,
            expires_at=at + lives_for,
            environment=sealed.header.environment,
            conversation_id=sealed.header.conversation_id,
            document_id=sealed.header.document_id,
            retransmission_of=retransmission_of,
            correlation=correlation,
        ).model_copy(update=changes)
        signing = key or self._material.signing_key(by, Purpose.TRANSPORT)
        unsigned = prepare_message(
            header,
            body or ClearBody(sealed.octets),
            certificate=signing.certificate,
            extensions=extensions,
        )
        return Sent(
            header=header,
            digest=unsigned.digest,
            octets=unsigned.attach(signing.sign(unsigned.to_be_signed)),
            sealed=sealed,
        )

    def reseal(self, sealed: Sealed, old: bytes, new: bytes) -> Sealed:
        """Write other octets into a sealed document, and seal it again with the right key."""
        header = sealed.header
        kind = find_type_of(sealed.document)
        by = parse_party_id(header.issuing_party).state
        signing = self._material.signing_key(by, kind.seal_purpose)
        unsigned = prepare_signature(
            _cut(sealed.octets).replace(old, new, 1),
            SEALED_CLOSING,
            certificate=signing.certificate,
            at=header.sealed_at,
            commitment=kind.commitment,
        )
        octets = unsigned.attach(signing.sign(unsigned.to_be_signed))
        return replace(sealed, octets=octets, digest=unsigned.digest)

    def resign(self, sent: Sent, old: bytes, new: bytes) -> Sent:
        """Write other octets into a message, and sign it again with the right key."""
        by = parse_party_id(sent.header.sender).state
        signing = self._material.signing_key(by, Purpose.TRANSPORT)
        unsigned = prepare_signature(
            _cut(sent.octets).replace(old, new, 1),
            MESSAGE_CLOSING,
            certificate=signing.certificate,
            at=sent.header.created_at,
            commitment=Commitment.SENDER,
        )
        octets = unsigned.attach(signing.sign(unsigned.to_be_signed))
        return replace(sent, octets=octets, digest=unsigned.digest)


def _cut(octets: bytes) -> bytes:
    """Everything before the signature."""
    return octets[: octets.rfind(b"<ds:Signature ")]
