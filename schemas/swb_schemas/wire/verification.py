"""Verification: one numbered procedure per layer, the same numbers in docs/reference/wire.md.

`verify_message` judges the outer layer and is all that a router needs; `verify_sealed` judges the
inner one, also years later; `verify_delivery` judges both and that they say the same.

Which moment counts: a message is judged at the judging moment: it must not have expired, and the
transport certificate must hold at the signing time and now. A sealed document is evidence: the
sealing certificate must have held at ``SealedAt``, whenever it is judged.

What fails is *refused*, except a trust list that has expired and a decryption key that is listed
for the receiver but not at hand: those are *undetermined*. Nothing of an unverified file leaves
these functions but through the caller's `LayerRecord`, and there only once it is authenticated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import Commitment, Purpose, decode_document, get_type
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.parsing import DEFAULT_LIMITS, XmlLimits
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.binding import check_binding
from swb_schemas.wire.certificates import verify_ecdsa
from swb_schemas.wire.encryption import EncryptedBody, key_thumbprint
from swb_schemas.wire.evidence import (
    MAKER,
    LayerRecord,
    VerifiedDelivery,
    VerifiedMessage,
    VerifiedSealedDocument,
)
from swb_schemas.wire.extensions import check_extensions
from swb_schemas.wire.limits import check_message_size, check_sealed_size, check_tree_items
from swb_schemas.wire.message import (
    MESSAGE_CLOSING,
    ClearBody,
    MessageHeader,
    check_message_root,
    read_message_parts,
)
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.wire.sealed import SEALED_CLOSING, check_sealed_root, read_sealed_parts
from swb_schemas.wire.signature import read_signature
from swb_schemas.xml.codec import encode, format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swb_schemas.catalogue import DocumentType
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.encryption import DecryptionKey
    from swb_schemas.wire.seal_header import SealHeader
    from swb_schemas.wire.sealed import SealedParts
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["VerificationPolicy", "verify_delivery", "verify_message", "verify_sealed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """What the judging side allows. What a message says of itself never widens it.

    Attributes:
        skew: By how much clocks may differ.
        lifetime: Longest time from creation to expiry of a message.
        understood_extensions: Namespaces of extensions that the caller acts upon.
        limits: Size, depth and number of elements of either layer.
    """

    skew: timedelta = timedelta(minutes=5)
    lifetime: timedelta = timedelta(days=90)
    understood_extensions: frozenset[str] = frozenset()
    limits: XmlLimits = DEFAULT_LIMITS


DEFAULT_POLICY: Final = VerificationPolicy()

# --- the outer layer ---------------------------------------------------------------------------


def verify_message(
    raw: bytes,
    *,
    trust: TrustBundle,
    at: datetime,
    receiver: PartyId | None,
    received_at: datetime | None = None,
    proven_at: datetime | None = None,
    policy: VerificationPolicy = DEFAULT_POLICY,
    record: LayerRecord[MessageHeader] | None = None,
) -> VerifiedMessage:
    """Verify the outer layer of a message.

    M1.  The octets are not more than a message may have, well-formed XML within the limits, and
         their own canonical form.
    M2.  The root is a StandardBusinessDocument.
    M3.  There is exactly one signature, at its place, in the one shape, with allowed algorithms;
         its digests are those of the certificate, the signed properties and the file.
    M4.  Header and payload are valid and in their one spelling.
    M5.  The environment is one that the trust bundle serves.
    M6.  The certificate is listed for the sender and for transport, issued by a pinned root of
         the sender's state, holds at the signing time and now, and is neither revoked nor
         compromised; the sender is a gateway or a router.
    M7.  The signature is one by that certificate's key. From here on the header is authentic.
    M8.  The signer commits to having sent it.
    M9.  The signing time is the creation time; it is not in the future, the message has not
         expired and does not live longer than allowed.
    M10. The receiver is the one that judges (not where `receiver` is None).
    M11. Every extension that must be understood is understood.
    M12. The body is base64 of something, or a JWE whose key is named under the signature.

    Not checked here: whether sender and receiver may exchange this type (the connection's terms),
    and anything inside the body.

    Args:
        raw: What arrived.
        trust: Whom to trust.
        at: The judging moment.
        receiver: Who judges as recipient; None for a router, which authorises for itself.
        received_at: When it came, by the recipient's own record, where it could not be judged
            then: it must not have expired then, nor its certificate have ended. What is known
            against the certificate by the judging moment counts all the same.
        proven_at: For evidence: when the message is proven to have existed at the latest. Traffic
            is judged without. Evidence is not delivered: that it has expired means nothing, and
            the certificate must have held at the signing time (whether it had ended before it
            is proven is the caller's to ask).
        policy: What is allowed.
        record: Filled as far as the procedure comes.

    Raises:
        RefusedError: See docs/reference/wire.md for the codes of each step.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    record = LayerRecord() if record is None else record
    came_at = at if received_at is None else min(received_at, at)
    with record.step("M1", "canonical octets"):
        check_message_size(len(raw))
        root = parse_canonical(raw, limits=policy.limits)
    with record.step("M2", "is a message"):
        check_message_root(root)
    with record.step("M3", "one signature, digests"):
        found = read_signature(raw, root, closing=MESSAGE_CLOSING)
    with record.step("M4", "valid structure"):
        parts = read_message_parts(raw, root, signature_start=found.start)
        header = parts.claimed_header
    with record.step("M5", "environment"):
        _check_environment(header.environment, trust)
    with record.step("M6", "sender's certificate"):
        sender = parse_party_id(header.sender)
        _check_role(sender, frozenset({GATEWAY, ROUTER}), "sender of a message")
        signer = trust.judge_certificate(
            found.certificate,
            party=sender,
            purpose=Purpose.TRANSPORT,
            moments=(found.signed_at, came_at) if proven_at is None else (found.signed_at,),
            at=at,
            proven_at=proven_at,
        )
    with record.step("M7", "signature value"):
        verify_ecdsa(signer.certificate.public_key, found.value, found.to_be_signed)
    record.header, record.digest, record.signer = header, found.digest, signer
    with record.step("M8", "commitment"):
        _check_commitment(found.commitment, Commitment.SENDER)
    with record.step("M9", "time"):
        _check_message_times(
            header, found.signed_at, came_at, policy, is_evidence=proven_at is not None
        )
    with record.step("M10", "addressee"):
        if receiver is not None and header.receiver != str(receiver):
            message = f"expected a message for {receiver}, found one for {header.receiver}"
            raise RefusedError("message.misaddressed", message)
    with record.step("M11", "extensions"):
        check_extensions(parts.extensions, understood=policy.understood_extensions)
    with record.step("M12", "form of the body"):
        body = parts.read_body()
    return VerifiedMessage(
        MAKER,
        header=header,
        digest=found.digest,
        octets=raw,
        body=body,
        extensions=parts.extensions,
        signer=signer,
        steps=tuple(record.steps),
    )


# --- the inner layer ---------------------------------------------------------------------------


def verify_sealed(
    raw: bytes,
    *,
    trust: TrustBundle,
    at: datetime,
    proven_at: datetime | None = None,
    policy: VerificationPolicy = DEFAULT_POLICY,
    record: LayerRecord[SealHeader] | None = None,
) -> VerifiedSealedDocument:
    """Verify a sealed document, as it stands in a file or came in a message.

    S1.  The octets are not more than a sealed document may have, well-formed XML within the
         limits, and their own canonical form.
    S2.  The root is a SealedDocument, and the document in it has no more items than allowed.
    S3.  There is exactly one signature, at its place, in the one shape, with allowed algorithms;
         its digests are those of the certificate, the signed properties and the file.
    S4.  The seal header is valid and in its one spelling.
    S5.  The environment is one that the trust bundle serves.
    S6.  The message type is known; issuing and receiving party have roles that it allows.
    S7.  The certificate is listed for the issuing party and the type's seal purpose, issued by a
         pinned root of the issuing state, held at the signing time, and is neither revoked nor
         compromised since before the seal is proven to have existed.
    S8.  The seal is one by that certificate's key. From here on the header is authentic.
    S9.  The signer commits to what the type says a seal proves.
    S10. The signing time is SealedAt and not in the future.
    S11. The document is of that type, valid, and in its one spelling.
    S12. Seal header and document say the same (`binding` has the table).
    S13. Every extension that must be understood is understood.

    Not checked here: the document's own dates and the rules of its agreement; they are the rule
    book's, and never a reason for an importing side to refuse.

    Args:
        raw: The sealed document's octets.
        trust: Whom to trust.
        at: The judging moment.
        proven_at: When the seal is proven to have existed at the latest (a time assertion that
            covers it); what was sealed and evidenced before a revocation stays valid.
        policy: What is allowed.
        record: Filled as far as the procedure comes.

    Raises:
        RefusedError: See docs/reference/wire.md for the codes of each step.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    record = LayerRecord() if record is None else record
    with record.step("S1", "canonical octets"):
        check_sealed_size(len(raw))
        root = parse_canonical(raw, limits=policy.limits)
    with record.step("S2", "is a sealed document"):
        check_sealed_root(root)
        for element in root:
            check_tree_items(element)
    with record.step("S3", "one signature, digests"):
        found = read_signature(raw, root, closing=SEALED_CLOSING)
    with record.step("S4", "valid seal header"):
        parts = read_sealed_parts(raw, root, signature_start=found.start)
        header = parts.claimed_header
    with record.step("S5", "environment"):
        _check_environment(header.environment, trust)
    with record.step("S6", "type and roles"):
        kind = get_type(header.message_type)
        issuer = parse_party_id(header.issuing_party)
        _check_role(issuer, kind.issuers, f"issuer of {kind.message_type}")
        receiver = parse_party_id(header.receiving_party)
        _check_role(receiver, kind.receivers, f"receiver of {kind.message_type}")
    with record.step("S7", "sealing certificate"):
        signer = trust.judge_certificate(
            found.certificate,
            party=issuer,
            purpose=kind.seal_purpose,
            moments=(found.signed_at,),
            at=at,
            proven_at=proven_at,
        )
    with record.step("S8", "seal value"):
        verify_ecdsa(signer.certificate.public_key, found.value, found.to_be_signed)
    record.header, record.digest, record.signer = header, found.digest, signer
    with record.step("S9", "commitment"):
        _check_commitment(found.commitment, kind.commitment)
    with record.step("S10", "time"):
        _check_signing_time(header.sealed_at, found.signed_at, "SealedAt")
        _check_not_in_future(header.sealed_at, at, policy, code="seal.not_yet_valid")
    with record.step("S11", "valid document"):
        document = _read_document(parts, kind)
    with record.step("S12", "header and document agree"):
        check_binding(header, document)
    with record.step("S13", "extensions"):
        extensions = getattr(document, "extensions", None)
        check_extensions(extensions, understood=policy.understood_extensions)
    return VerifiedSealedDocument(
        MAKER,
        header=header,
        document=document,
        document_octets=parts.document_octets,
        kind=kind,
        digest=found.digest,
        octets=raw,
        signer=signer,
        commitment=found.commitment,
        sealed_at=found.signed_at,
        steps=tuple(step for step in record.steps if step.number.startswith("S")),
    )


# --- both layers -------------------------------------------------------------------------------


def verify_delivery(
    message: VerifiedMessage,
    *,
    trust: TrustBundle,
    at: datetime,
    decryption_keys: Mapping[str, DecryptionKey],
    policy: VerificationPolicy = DEFAULT_POLICY,
    record: LayerRecord[SealHeader] | None = None,
) -> VerifiedDelivery:
    """Verify what a verified message carries, and that both layers say the same.

    D1. A protected body is opened by a key of the receiver.
    D2. The sealed document is verified: S1 to S13.
    D3. Message and sealed document say the same:

        ================================  =====================
        Message                           Sealed document
        ================================  =====================
        DocumentIdentification/Type       MessageType
        DocumentIdentification/           MessageTypeVersion
        TypeVersion
        scope DOCUMENT                    DocumentId
        scope CONVERSATION                ConversationId
        scope ENVIRONMENT                 Environment
        Sender, its state                 IssuingParty, state
        Receiver, its state               ReceivingParty, state
        EncryptedContent/@recipientKey,   RecipientKey, or none
        or none
        CreationDateAndTime               not before SealedAt
        ================================  =====================

    Args:
        message: The outer layer, verified.
        trust: Whom to trust.
        at: The judging moment.
        decryption_keys: The receiver's, by thumbprint.
        policy: What is allowed.
        record: Filled for the inner layer as far as the procedure comes, D steps included.

    Raises:
        RefusedError: ``encryption.not_for_receiver``, ``encryption.failed``,
            ``layers.disagree``, and what `verify_sealed` raises.
        UndeterminedError: ``encryption.key_missing``, ``trust.list_expired``,
            ``certificate.status_unknown``.
    """
    record = LayerRecord() if record is None else record
    with record.step("D1", "open the body"):
        octets = _open(message, trust=trust, at=at, keys=decryption_keys)
    sealed = verify_sealed(octets, trust=trust, at=at, policy=policy, record=record)
    with record.step("D3", "layers agree"):
        _check_agreement(message, sealed.header, policy)
    return VerifiedDelivery(
        MAKER,
        message=message,
        sealed=sealed,
        was_encrypted=isinstance(message.body, EncryptedBody),
        steps=tuple(step for step in record.steps if step.number.startswith("D")),
    )


# --- steps -------------------------------------------------------------------------------------


def _check_environment(environment: Environment, trust: TrustBundle) -> None:
    if not trust.environment.includes(environment):
        message = f"expected an exchange that {trust.environment} roots serve, found {environment}"
        raise RefusedError("environment.wrong", message)


def _check_role(party: PartyId, roles: frozenset[str], what: str) -> None:
    if party.role not in roles:
        message = f"expected as {what} one of {', '.join(sorted(roles))}, found {party.role}"
        raise RefusedError("party.wrong_role", message)
    if (party.role == ROUTER) != (party.state == REGION):
        message = f"expected the region as router, and states in every other role, found {party}"
        raise RefusedError("party.wrong_role", message)


def _check_commitment(found: Commitment, expected: Commitment) -> None:
    if found is not expected:
        message = f"expected the commitment {expected}, found {found}"
        raise RefusedError("signature.commitment", message)


def _check_signing_time(stated: datetime, signed_at: datetime, name: str) -> None:
    if stated != signed_at:
        message = (
            f"expected SigningTime to be {name}, {format_instant(stated)}, "
            f"found {format_instant(signed_at)}"
        )
        raise RefusedError("signature.time", message)


def _check_not_in_future(
    moment: datetime, at: datetime, policy: VerificationPolicy, *, code: str
) -> None:
    if moment - at > policy.skew:
        message = f"expected a time not after {format_instant(at)}, found {format_instant(moment)}"
        raise RefusedError(code, message)


def _check_message_times(
    header: MessageHeader,
    signed_at: datetime,
    at: datetime,
    policy: VerificationPolicy,
    *,
    is_evidence: bool,
) -> None:
    _check_signing_time(header.created_at, signed_at, "CreationDateAndTime")
    _check_not_in_future(header.created_at, at, policy, code="message.not_yet_valid")
    if header.expires_at - header.created_at > policy.lifetime:
        message = f"expected a message that lives for at most {policy.lifetime.days} days"
        raise RefusedError("message.lifetime", message)
    if not is_evidence and at - header.expires_at > policy.skew:
        message = f"expected a message that has not expired, found {header.expires_at:%FT%TZ}"
        raise RefusedError("message.expired", message)


def _read_document(parts: SealedParts, kind: DocumentType) -> Document:
    if parts.document.tag != kind.root:
        message = f"expected the document {kind.root}, found {parts.document.tag[:120]}"
        raise RefusedError("seal.disagrees", message)
    document = decode_document(parts.document)
    octets = parts.document_octets
    if not octets.startswith(f'<{type(document).__name__} xmlns="'.encode()) or (
        b"xmlns:" in octets and encode(document) != octets
    ):
        message = "expected the document in its one spelling, without prefixes"
        raise RefusedError("xml.not_canonical", message)
    return document


def _open(
    message: VerifiedMessage,
    *,
    trust: TrustBundle,
    at: datetime,
    keys: Mapping[str, DecryptionKey],
) -> bytes:
    body = message.body
    if isinstance(body, ClearBody):
        return body.octets
    key = keys.get(body.recipient_key)
    if key is not None:
        return key.open(body)
    receiver = parse_party_id(message.header.receiver)
    listed = trust.list_certificates(receiver, Purpose.DECRYPTION, at)
    if body.recipient_key in {key_thumbprint(each.certificate.public_key) for each in listed}:
        text = f"expected the private key {body.recipient_key} to be at hand, found it missing"
        raise UndeterminedError("encryption.key_missing", text)
    text = f"expected a body for a key that is listed for {receiver}, found {body.recipient_key}"
    raise RefusedError("encryption.not_for_receiver", text)


def _check_agreement(
    message: VerifiedMessage, inner: SealHeader, policy: VerificationPolicy
) -> None:
    outer, body = message.header, message.body
    for name, stated, expected in (
        ("Type", outer.message_type, inner.message_type),
        ("TypeVersion", outer.message_type_version, inner.message_type_version),
        ("DOCUMENT", outer.document_id, inner.document_id),
        ("CONVERSATION", outer.conversation_id, inner.conversation_id),
        ("ENVIRONMENT", outer.environment, inner.environment),
        (
            "the state of Sender",
            parse_party_id(outer.sender).state,
            parse_party_id(inner.issuing_party).state,
        ),
        (
            "the state of Receiver",
            parse_party_id(outer.receiver).state,
            parse_party_id(inner.receiving_party).state,
        ),
        (
            "recipientKey",
            body.recipient_key if isinstance(body, EncryptedBody) else None,
            inner.recipient_key,
        ),
    ):
        if stated != expected:
            text = f"expected {name} as in the seal header: {expected!r}, found {stated!r}"
            raise RefusedError("layers.disagree", text)
    if inner.sealed_at - outer.created_at > policy.skew:
        text = "expected a message that was created after the document in it was sealed"
        raise RefusedError("layers.disagree", text)
