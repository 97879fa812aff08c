"""Sealing: a canonical document becomes a sealed document, and that a signed message.

Both are signed once; the octets made here are what every attempt sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.ports import Direction, DocumentRecord, MessageRecord, OutboundMessage
from swb_schemas.catalogue import DocumentType, Purpose, find_type_of, get_type
from swb_schemas.documents.elements import Digest
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.parties import REGION
from swb_schemas.wire.binding import bound_values
from swb_schemas.wire.encryption import EncryptedBody, encrypt_body, key_thumbprint
from swb_schemas.wire.limits import check_sealed_size
from swb_schemas.wire.message import ClearBody, MessageHeader, prepare_message
from swb_schemas.wire.seal_header import Adapter, Answers, SealHeader, Source
from swb_schemas.wire.sealed import prepare_sealed, read_kept_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb.ports import Clock, Signer, TrustSource
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment
    from swb_schemas.parties import PartyId

__all__ = ["Origin", "Route", "Sealer", "Sent", "route_to_gateway"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From whom to whom a document goes, and in which conversation.

    Attributes:
        issuing_party: Who answers for the document.
        receiving_party: Whom it is for.
        sender: The gateway or router that sends.
        receiver: The gateway that it is sent to.
        line: Transport line by which it leaves.
        environment: What the exchange is worth.
        protect: Whether the body is encrypted for the receiving gateway.
        conversation_id: None begins a conversation.
        answers: (Document id, signed digest) of what it replies to.
        correlation: Id of the message that it answers.
    """

    issuing_party: PartyId
    receiving_party: PartyId
    sender: PartyId
    receiver: PartyId
    line: str
    environment: Environment
    protect: bool = False
    conversation_id: str | None = None
    answers: tuple[str, str] | None = None
    correlation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The national payload that a document was made of, and how long the document holds.

    Attributes:
        payload_digest: ``sha-256:<hex>``.
        adapter: Name of the adapter.
        adapter_version: Its version.
        valid_from: First day.
        valid_until: Last day.
    """

    payload_digest: str
    adapter: str
    adapter_version: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What is to be committed of one sealed and wrapped document."""

    document: DocumentRecord
    outbound: OutboundMessage


class Sealer:
    """Seals and wraps for one party.

    Args:
        signers: By purpose; a purpose without a signer cannot be sealed for.
        trust: Where recipients' keys are found, for protected bodies.
        clock: Gives the signing time.
        new_id: Makes UUIDv7 ids.
    """

    def __init__(
        self,
        *,
        signers: Mapping[Purpose, Signer],
        trust: TrustSource,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._signers = signers
        self._trust = trust
        self._clock = clock
        self._new_id = new_id

    def certificates(self) -> Iterator[tuple[Purpose, bytes]]:
        """Every certificate that it seals with, DER, by purpose."""
        for purpose, signer in self._signers.items():
            yield purpose, signer.certificate

    async def seal(self, document: Document, route: Route, origin: Origin | None = None) -> Sent:
        """Seal a document and wrap it into a message.

        Raises:
            RefusedError: ``seal.disagrees``, ``party.no_decryption_key``, ``document.too_large``.
            UndeterminedError: ``trust.*``: the bundle in force does not verify.
            UnavailableError: ``signer.missing``, ``signer.unavailable``, ``trust.unreachable``.
        """
        kind = find_type_of(document)
        at = self._clock.now()
        document_id = self._new_id()
        recipient = await self._find_recipient(route.receiver, at) if route.protect else None
        header = self._header(document, kind, route, origin, document_id, recipient, at)
        signer = self._signer(kind.seal_purpose)
        unsigned = prepare_sealed(header, document, certificate=signer.certificate)
        octets = unsigned.attach(await signer.sign(unsigned.to_be_signed))
        check_sealed_size(len(octets))
        record = DocumentRecord(
            document_id=document_id,
            message_type=kind.message_type,
            certificate_key=header.certificate_key or "",
            conversation_id=header.conversation_id,
            issuing_party=header.issuing_party,
            receiving_party=header.receiving_party,
            environment=header.environment,
            digest=unsigned.digest.text,
            direction=Direction.OUT,
            octets=octets,
            recorded_at=at,
            mentions=document.mentions,
        )
        message = await self._wrap(record, kind, route, recipient, at)
        return Sent(
            document=record,
            outbound=OutboundMessage(
                message=message, line=route.line, environment=route.environment
            ),
        )

    def _header(  # noqa: PLR0917 - everything that a seal binds
        self,
        document: Document,
        kind: DocumentType,
        route: Route,
        origin: Origin | None,
        document_id: str,
        recipient: ec.EllipticCurvePublicKey | None,
        at: datetime,
    ) -> SealHeader:
        bound = bound_values(document)
        return SealHeader(
            document_id=document_id,
            message_type=kind.message_type,
            message_type_version=bound.message_type_version,
            agreement=bound.agreement,
            profile=bound.agreement.lower() if bound.agreement else None,
            edition=bound.edition,
            issuing_party=str(route.issuing_party),
            receiving_party=str(route.receiving_party),
            recipient_key=key_thumbprint(recipient) if recipient else None,
            certificate_key=bound.certificate_key,
            conversation_id=route.conversation_id or document_id,
            revision=bound.revision,
            environment=route.environment,
            sealed_at=at,
            valid_from=origin.valid_from if origin else None,
            valid_until=origin.valid_until if origin else None,
            source=Source(
                payload_digest=Digest.parse(origin.payload_digest),
                adapter=Adapter(version=origin.adapter_version, value=origin.adapter),
            )
            if origin
            else None,
            answers=Answers(
                document_id=route.answers[0], document_digest=Digest.parse(route.answers[1])
            )
            if route.answers
            else None,
        )

    async def wrap_again(
        self, sealed: DocumentRecord, route: Route, *, retransmission_of: str | None
    ) -> OutboundMessage:
        """Wrap a document that was sealed before into a new message, byte for byte.

        Args:
            sealed: The document, as it is kept.
            route: To whom; its parties and protection are what the document itself says.
            retransmission_of: The message that carried it first, where it is known.

        Raises:
            RefusedError: ``retransmission.key_withdrawn``: it was sealed for a key that is not
                listed any more.
            UndeterminedError: ``trust.*``.
            UnavailableError: ``signer.*``, ``trust.unreachable``.
        """
        at = self._clock.now()
        header = read_kept_header(sealed.octets)
        recipient = None
        if header.recipient_key is not None:
            recipient = await self._find_listed(route.receiver, header.recipient_key, at)
        message = await self._wrap(
            sealed,
            get_type(sealed.message_type),
            route,
            recipient,
            at,
            version=header.message_type_version,
            retransmission_of=retransmission_of,
        )
        return OutboundMessage(message=message, line=route.line, environment=route.environment)

    async def _wrap(
        self,
        sealed: DocumentRecord,
        kind: DocumentType,
        route: Route,
        recipient: ec.EllipticCurvePublicKey | None,
        at: datetime,
        *,
        version: str = "",
        retransmission_of: str | None = None,
    ) -> MessageRecord:
        header = MessageHeader(
            message_id=self._new_id(),
            message_type=kind.message_type,
            message_type_version=version or kind.version,
            sender=str(route.sender),
            receiver=str(route.receiver),
            created_at=at,
            expires_at=at + kind.lifetime,
            environment=route.environment,
            conversation_id=sealed.conversation_id,
            document_id=sealed.document_id,
            retransmission_of=retransmission_of,
            correlation=route.correlation,
        )
        body: ClearBody | EncryptedBody = ClearBody(sealed.octets)
        if recipient is not None:
            body = encrypt_body(sealed.octets, recipient=recipient)
        signer = self._signer(Purpose.TRANSPORT)
        unsigned = prepare_message(header, body, certificate=signer.certificate)
        return MessageRecord(
            message_id=header.message_id,
            message_type=header.message_type,
            document_id=sealed.document_id,
            sender=header.sender,
            receiver=header.receiver,
            digest=unsigned.digest.text,
            direction=Direction.OUT,
            octets=unsigned.attach(await signer.sign(unsigned.to_be_signed)),
            expires_at=header.expires_at,
            recorded_at=at,
        )

    async def _find_recipient(self, receiver: PartyId, at: datetime) -> ec.EllipticCurvePublicKey:
        bundle = await self._trust.fetch()
        listed = bundle.find_certificate(receiver, Purpose.DECRYPTION, at)
        if listed is None:
            raise RefusedError(
                "party.no_decryption_key",
                f"expected a key for protected bodies on the trust list for {receiver}",
                actor=Actor.RECIPIENT,
            )
        return listed.certificate.public_key

    async def _find_listed(
        self, receiver: PartyId, thumbprint: str, at: datetime
    ) -> ec.EllipticCurvePublicKey:
        """Find the very key that a document was sealed for."""
        bundle = await self._trust.fetch()
        for listed in bundle.list_certificates(receiver, Purpose.DECRYPTION, at):
            key = listed.certificate.public_key
            if key_thumbprint(key) == thumbprint:
                return key
        raise RefusedError(
            "retransmission.key_withdrawn",
            f"expected the key {thumbprint} to be listed for {receiver} still, found it withdrawn",
            actor=Actor.RECIPIENT,
        )

    def _signer(self, purpose: Purpose) -> Signer:
        signer = self._signers.get(purpose)
        if signer is None:
            raise UnavailableError("signer.missing", f"expected a key for {purpose} in [keys]")
        return signer


def route_to_gateway(
    own: PartyId,
    receiver: PartyId,
    *,
    environment: Environment,
    conversation_id: str | None = None,
    correlation: str | None = None,
) -> Route:
    """Where a gateway's or the router's own word to a gateway goes.

    Args:
        own: Who says it; it seals and sends.
        receiver: The gateway that is told.
        environment: Of what is spoken of.
        conversation_id: Of what is answered; None begins a conversation.
        correlation: Id of the message that is answered; None where there is none, or several.
    """
    return Route(
        issuing_party=own,
        receiving_party=receiver,
        sender=own,
        receiver=receiver,
        line=receiver.state if own.state == REGION else own.state,
        environment=environment,
        conversation_id=conversation_id,
        correlation=correlation,
    )
