"""Vectors that are refused for what the outer layer says, or for the body: M4 to M12, D1, D3."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Question, Verdict
from swb_schemas.catalogue import Commitment, Purpose
from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.parties import ROUTER, PartyId
from swb_schemas.wire import EncryptedBody, key_thumbprint
from tests.vectors import documents
from tests.vectors.fixed_jwe import encrypt_fixed
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate
from tests.vectors.tampering import resign_message
from tests.vectors.world import (
    AT,
    CREATED_AT,
    HOLDERS,
    OTHER_ID,
    STANDARD_ENTRIES,
    TH_CUSTOMS,
    TH_GATEWAY,
    TH_ISSUING,
    VN_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)
from tests.vectors.writing import Vector

if TYPE_CHECKING:
    from tests.vectors.world import Holder

_EXTRA_OFFICE: Final = PartyId("TH", "gateway", "second")
_DAY: Final = timedelta(days=1)


def _vector(
    name: str,
    code: str,
    clause: str,
    why: str,
    subject: bytes,
    **more: Any,  # noqa: ANN401 - fields of Vector
) -> Vector:
    return Vector(
        name=f"refuses-{name}",
        question=more.pop("question", Question.MESSAGE),
        why=why,
        clause=clause,
        subject=subject,
        code=code,
        **more,
    )


def _message(
    by: Holder = HOLDERS[2], extensions: Extensions | None = None, **changes: object
) -> bytes:
    header = message_header(seal_header(documents.certificate()), **changes)
    return wrap(header, sealed_certificate(), by, extensions)


def structure_vectors() -> tuple[Vector, ...]:
    """M4 and M5."""
    message = clear_message()
    return (
        _vector(
            "two-receivers",
            "xml.schema",
            "M4",
            "The published SBDH schema allows several receivers; a message has exactly one.",
            resign_message(
                message,
                (
                    b"</Receiver>",
                    (
                        b'</Receiver><Receiver><Identifier Authority="urn:swb:party">'
                        b"urn:swb:party:LA:gateway</Identifier></Receiver>"
                    ),
                ),
            ),
        ),
        _vector(
            "an-unknown-element-in-the-header",
            "xml.schema",
            "M4",
            "A manifest is allowed by the published SBDH schema and unknown to this version.",
            resign_message(
                message,
                (b"<BusinessScope>", b"<Manifest></Manifest><BusinessScope>"),
            ),
        ),
        _vector(
            "a-scope-twice",
            "xml.not_canonical",
            "M4",
            "Two readers could take different ones of two conversations.",
            resign_message(
                message,
                (
                    b"<Scope><Type>DOCUMENT</Type>",
                    b"<Scope><Type>CONVERSATION</Type><InstanceIdentifier>"
                    + OTHER_ID.encode()
                    + b"</InstanceIdentifier></Scope><Scope><Type>DOCUMENT</Type>",
                ),
            ),
        ),
        _vector(
            "an-expiry-before-creation",
            "message.header",
            "M4",
            "A message that expired before it was created.",
            resign_message(message, (b"2026-04-01T03:04:06.25Z", b"2026-02-01T03:04:06.25Z")),
        ),
        _vector(
            "another-major-version",
            "xml.schema",
            "M4",
            "The payload element is of a version that does not exist.",
            resign_message(
                message,
                (
                    b'<Exchange xmlns="urn:swb:message:1" version="1.0">',
                    b'<Exchange xmlns="urn:swb:message:2" version="2.0">',
                ),
            ),
        ),
        _vector(
            "a-production-message-by-test-roots",
            "environment.wrong",
            "M5",
            "It says production and is judged by roots that stand for tests.",
            _message(environment="production"),
        ),
        _vector(
            "a-parallel-message-by-test-roots",
            "environment.wrong",
            "M5",
            "Parallel exchange uses the production roots.",
            _message(environment="parallel"),
        ),
    )


def signer_vectors() -> tuple[Vector, ...]:
    """M6: whose certificate it is."""
    second = holder(TH_GATEWAY, Purpose.TRANSPORT, label="second")
    foreign = holder(TH_GATEWAY, Purpose.TRANSPORT, label="foreign", issuer="VN")
    agreeing = holder(TH_GATEWAY, Purpose.TRANSPORT, label="agreeing", usage=Purpose.DECRYPTION)
    short = holder(
        TH_GATEWAY,
        Purpose.TRANSPORT,
        label="short",
        end=CREATED_AT.replace(microsecond=0) + timedelta(seconds=30),
    )
    later = holder(TH_GATEWAY, Purpose.TRANSPORT, label="later", begin=(AT + _DAY))
    fresh = holder(TH_GATEWAY, Purpose.TRANSPORT, label="fresh", begin=AT - timedelta(seconds=30))
    issuing = holder(TH_ISSUING, Purpose.TRANSPORT)
    stray = holder(PartyId("TH", ROUTER), Purpose.TRANSPORT)

    def with_entry(one: Holder, **changes: Any) -> bytes:  # noqa: ANN401 - arguments of entry_of
        entries = (*STANDARD_ENTRIES, entry_of(one, **changes))
        return bundle(list_form("TH", entries))

    return (
        _vector(
            "a-sender-that-is-no-gateway",
            "party.wrong_role",
            "M6",
            "The issuing authority has a transport certificate and sends by itself.",
            _message(issuing, sender=str(TH_ISSUING)),
            trust=with_entry(issuing),
        ),
        _vector(
            "a-router-that-is-not-the-regions",
            "party.wrong_role",
            "M6",
            "A state lists a router of its own; only the region has one.",
            _message(stray, sender=str(stray.party)),
            trust=with_entry(stray),
        ),
        _vector(
            "an-unknown-party",
            "party.unknown",
            "M6",
            "A second gateway that is not on its state's list.",
            _message(sender=str(_EXTRA_OFFICE)),
        ),
        _vector(
            "a-state-without-a-list",
            "party.unknown",
            "M6",
            "A gateway of a state for which nothing is pinned.",
            _message(sender="urn:swb:party:LA:gateway"),
        ),
        _vector(
            "an-unlisted-certificate",
            "certificate.unlisted",
            "M6",
            "Issued by the right root for the right party, and not on the list: it was never "
            "listed, or it was taken off because its key was stolen.",
            _message(second),
        ),
        _vector(
            "another-state-s-certificate",
            "certificate.unlisted",
            "M6",
            "The gateway of Viet Nam signs in the name of that of Thailand.",
            _message(holder(VN_GATEWAY, Purpose.TRANSPORT)),
        ),
        _vector(
            "a-receipt-seal-on-a-message",
            "certificate.wrong_purpose",
            "M6",
            "The gateway signs with its receipt seal instead of its transport key.",
            _message(holder(TH_GATEWAY, Purpose.RECEIPT_SEAL)),
        ),
        _vector(
            "a-certificate-of-another-root",
            "certificate.not_issued",
            "M6",
            "Listed by Thailand, but issued by the root of Viet Nam.",
            _message(foreign),
            trust=with_entry(foreign),
        ),
        _vector(
            "a-certificate-that-may-not-sign",
            "certificate.key_usage",
            "M6",
            "Its key usage is key agreement only.",
            _message(agreeing),
            trust=with_entry(agreeing),
        ),
        _vector(
            "a-certificate-that-expired",
            "certificate.expired",
            "M6",
            "It held when the message was signed, and does not hold when it is judged.",
            _message(short),
            trust=with_entry(short),
        ),
        _vector(
            "a-certificate-not-yet-valid",
            "certificate.not_yet_valid",
            "M6",
            "Its notBefore is tomorrow.",
            _message(later),
            trust=with_entry(later),
        ),
        _vector(
            "a-certificate-that-held-only-after-signing",
            "certificate.not_yet_valid",
            "M6",
            "It holds when the message is judged, and did not yet when the message was signed.",
            _message(fresh),
            trust=with_entry(fresh),
        ),
        _vector(
            "a-certificate-not-yet-listed",
            "certificate.not_yet_valid",
            "M6",
            "The certificate holds, and the state answers for it from tomorrow on.",
            _message(second),
            trust=with_entry(second, start=AT + _DAY),
        ),
        _vector(
            "a-certificate-no-longer-listed",
            "certificate.expired",
            "M6",
            "The certificate holds, and the state answered for it until yesterday.",
            _message(second),
            trust=with_entry(second, end=AT - _DAY),
        ),
        _vector(
            "to-judge-by-an-expired-list",
            "trust.list_expired",
            "M6",
            "The sender's list has expired: that says nothing of the message, which is judged "
            "again when a newer list is there.",
            clear_message(),
            trust=bundle(list_form("TH", expires=AT - _DAY)),
            verdict=Verdict.UNDETERMINED,
        ),
    )


def content_vectors() -> tuple[Vector, ...]:
    """M8 to M12."""
    message = clear_message()
    demanding = Extensions(
        extensions=(
            Extension(
                must_understand=True, element='<new:Rule xmlns:new="urn:example:new">1</new:Rule>'
            ),
        )
    )
    body = b"<Content>" + message.split(b"<Content>")[1].split(b"</Content>")[0] + b"</Content>"
    return (
        _vector(
            "a-message-that-commits-to-approval",
            "signature.commitment",
            "M8",
            "A transport key may say that it sent, never that anybody approved.",
            resign_message(message, commitment=Commitment.APPROVAL),
        ),
        _vector(
            "a-signing-time-beside-the-creation-time",
            "signature.time",
            "M9",
            "The signed signing time is a minute after the creation time in the header.",
            resign_message(message, at=CREATED_AT + timedelta(minutes=1)),
        ),
        _vector(
            "a-message-from-the-future",
            "message.not_yet_valid",
            "M9",
            "Created an hour after the judging moment.",
            _message(created_at=AT + timedelta(hours=1)),
        ),
        _vector(
            "an-expired-message",
            "message.expired",
            "M9",
            "Judged a day after it expired.",
            message,
            at=CREATED_AT.replace(microsecond=0) + timedelta(days=31),
        ),
        _vector(
            "a-message-that-lives-too-long",
            "message.lifetime",
            "M9",
            "Duplicate records outlive a message, so its life is bounded.",
            _message(expires_at=CREATED_AT + timedelta(days=91)),
        ),
        _vector(
            "a-message-for-somebody-else",
            "message.misaddressed",
            "M10",
            "It is addressed to Viet Nam, and Thailand judges.",
            message,
            receiver=str(TH_GATEWAY),
        ),
        _vector(
            "an-extension-that-must-be-understood",
            "extension.not_understood",
            "M11",
            "Its sender says that whoever does not understand it must refuse.",
            _message(extensions=demanding),
        ),
        _vector(
            "a-body-with-white-space",
            "message.body",
            "M12",
            "The base64 of the body is broken into lines. It is signed so.",
            resign_message(message, (body, body[:60] + b"\n" + body[60:])),
        ),
        _vector(
            "a-body-with-unused-bits",
            "xml.schema",
            "M4",
            "The last character of the base64 has bits behind the data: another spelling of the "
            "same octets.",
            resign_message(message, (body, _with_unused_bits(body))),
        ),
        _vector(
            "a-recipient-key-that-is-not-the-kid",
            "message.body",
            "M12",
            "The key that is named under the signature is not the one that the body names.",
            _other_recipient_key(),
        ),
        _vector(
            "a-compressed-body",
            "encryption.malformed",
            "M12",
            "The JWE header asks for compression, which it may not.",
            _encrypted(header={"zip": "DEF"}),
        ),
        _vector(
            "a-wrapped-content-key",
            "encryption.malformed",
            "M12",
            "Another key management algorithm than the one allowed.",
            _encrypted(header={"alg": "ECDH-ES+A256KW"}),
        ),
    )


def delivery_vectors() -> tuple[Vector, ...]:
    """D1 and D3."""
    sealed = sealed_certificate()
    disagreements: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("type", "message type", {"message_type": "CustomsReceipt"}),
        ("type-version", "version of the message type", {"message_type_version": "1.1"}),
        ("document-id", "document id", {"document_id": OTHER_ID}),
        ("conversation", "conversation", {"conversation_id": OTHER_ID}),
        (
            "creation-before-the-seal",
            "creation time, which is a day before the document was sealed",
            {"created_at": CREATED_AT - _DAY},
        ),
    )
    own = {"question": Question.DELIVERY}
    return (
        *(
            _vector(
                f"layers-that-disagree-in-{name}",
                "layers.disagree",
                "D3",
                f"Both layers are properly signed, but not in one mind: the message names another "
                f"{what}.",
                _message(**changes),
                **own,
            )
            for name, what, changes in disagreements
        ),
        _vector(
            "layers-that-disagree-in-the-issuing-state",
            "layers.disagree",
            "D3",
            "The gateway of Viet Nam sends a document that Thailand sealed as its own.",
            _message(holder(VN_GATEWAY, Purpose.TRANSPORT), sender=str(VN_GATEWAY)),
            **own,
        ),
        _vector(
            "layers-that-disagree-in-the-receiving-state",
            "layers.disagree",
            "D3",
            "A document for Viet Nam in a message to another gateway.",
            _message(receiver=str(TH_GATEWAY)),
            receiver=str(TH_GATEWAY),
            **own,
        ),
        _vector(
            "a-sealed-document-that-was-encrypted-again-for-another-key",
            "layers.disagree",
            "D3",
            "Its sealer bound it to one key, and it comes encrypted for another one "
            "that the receiver has, too: whoever opened it passed it on.",
            _bound(key_thumbprint(holder(TH_GATEWAY, Purpose.DECRYPTION).key.public_key())),
            **own,
        ),
        _vector(
            "an-encrypted-document-that-is-bound-to-no-key",
            "layers.disagree",
            "D3",
            "It was sealed to travel in clear, and somebody wrapped it into an encrypted body.",
            _bound(None),
            **own,
        ),
        _vector(
            "a-clear-document-that-is-bound-to-a-key",
            "layers.disagree",
            "D3",
            "It was sealed to travel encrypted, and comes in clear: on its way somebody read it.",
            _bound_in_clear(),
            **own,
        ),
        _vector(
            "a-body-that-was-altered",
            "encryption.failed",
            "D1",
            "One octet of the ciphertext differs; the sender signed it so.",
            _altered_ciphertext(),
            **own,
        ),
        _vector(
            "a-body-for-an-unlisted-key",
            "encryption.not_for_receiver",
            "D1",
            "Encrypted for a key that the receiver never listed.",
            _encrypted(recipient=holder(TH_CUSTOMS, Purpose.CUSTOMS_SEAL)),
            **own,
        ),
        _vector(
            "to-judge-without-the-key-at-hand",
            "encryption.key_missing",
            "D1",
            "Encrypted for a key that the receiver lists and does not hold here: that says "
            "nothing of the message.",
            encrypted_message(),
            has_key=False,
            verdict=Verdict.UNDETERMINED,
            **own,
        ),
        _vector(
            "something-else-than-a-sealed-document-inside",
            "xml.malformed",
            "S1",
            "The message holds, and carries octets that are no XML.",
            wrap(message_header(seal_header(documents.certificate())), b"not a document"),
            **own,
        ),
        _vector(
            "an-altered-document-inside",
            "signature.content_digest",
            "S3",
            "A dishonest gateway: it changed the document and signed the message over it.",
            wrap(
                message_header(seal_header(documents.certificate())),
                sealed.replace(b">2400<", b">2401<"),
            ),
            **own,
        ),
    )


def _with_unused_bits(body: bytes) -> bytes:
    text = body.removeprefix(b"<Content>").removesuffix(b"</Content>")
    padding = text.count(b"=")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    if not padding:
        message = "expected a body whose base64 is padded"
        raise ValueError(message)
    last = alphabet.index(text[-padding - 1])
    changed = text[: -padding - 1] + alphabet[last + 1 : last + 2] + b"=" * padding
    return b"<Content>" + changed + b"</Content>"


def _encrypted(
    *, recipient: Holder | None = None, header: dict[str, object] | None = None
) -> bytes:
    """A message whose body is encrypted in an unusual way."""
    one = recipient or holder(VN_GATEWAY, Purpose.DECRYPTION)
    jwe = encrypt_fixed(sealed_certificate(), one.key.public_key(), header=header)
    body = replace(EncryptedBody.of(encrypt_fixed(b"a", one.key.public_key())), jwe=jwe)
    return wrap(message_header(seal_header(documents.certificate())), body)


def _bound(recipient_key: str | None) -> bytes:
    """A message encrypted for the right key, with a seal that names another or none."""
    document = documents.certificate()
    header = seal_header(document, recipient_key=recipient_key)
    public = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    body = EncryptedBody.of(encrypt_fixed(seal(header, document), public))
    return wrap(message_header(header), body)


def _bound_in_clear() -> bytes:
    document = documents.certificate()
    public = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    header = seal_header(document, recipient_key=key_thumbprint(public))
    return wrap(message_header(header), seal(header, document))


def _other_recipient_key() -> bytes:
    public = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    other = holder(TH_GATEWAY, Purpose.DECRYPTION).key.public_key()
    named = EncryptedBody.of(encrypt_fixed(b"a", other))
    body = replace(named, jwe=encrypt_fixed(sealed_certificate(), public))
    return wrap(message_header(seal_header(documents.certificate())), body)


def _altered_ciphertext() -> bytes:
    public = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    parts = encrypt_fixed(sealed_certificate(), public).split(".")
    parts[3] = ("B" if parts[3][0] == "A" else "A") + parts[3][1:]
    body = EncryptedBody.of(".".join(parts))
    return wrap(message_header(seal_header(documents.certificate())), body)
