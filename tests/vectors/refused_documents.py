"""Vectors that are refused for what the seal header, the seal or the document says: S4 to S13."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Question, Verdict
from swb_schemas.catalogue import Commitment, Purpose
from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.wire import digest_of
from swb_schemas.xml.codec import encode, encode_element
from tests.vectors import documents
from tests.vectors.positive import sealed_certificate
from tests.vectors.tampering import resign_sealed
from tests.vectors.world import (
    AT,
    BEGIN,
    END,
    HOLDERS,
    SEALED_AT,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    TH_ISSUING,
    VN_CUSTOMS,
    VN_GATEWAY,
    bounded_authority,
    bundle,
    bundle_with_root,
    entry_of,
    holder,
    holder_under,
    list_form,
    seal,
    seal_header,
)
from tests.vectors.writing import Vector

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from swb_schemas.parties import PartyId
    from tests.vectors.world import Holder

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
        question=Question.SEALED_DOCUMENT,
        why=why,
        clause=clause,
        subject=subject,
        code=code,
        **more,
    )


def _header(old: bytes, new: bytes) -> bytes:
    """The sealed Form D, sealed again with another header."""
    return resign_sealed(sealed_certificate(), (old, new))


def header_vectors() -> tuple[Vector, ...]:
    """S4 to S6."""
    return (
        _vector(
            "an-unknown-element-in-the-seal-header",
            "xml.schema",
            "S4",
            "What the seal header binds is closed: an unknown element is refused there.",
            _header(b"<Revision>", b"<Priority>high</Priority><Revision>"),
        ),
        _vector(
            "a-seal-header-out-of-order",
            "xml.schema",
            "S4",
            "Two elements of the seal header have changed places.",
            _header(
                b"<Revision>0</Revision><Environment>test</Environment>",
                b"<Environment>test</Environment><Revision>0</Revision>",
            ),
        ),
        _vector(
            "a-digest-without-its-algorithm",
            "xml.schema",
            "S4",
            "Digests carry their algorithm.",
            _header(
                b'<PayloadDigest algorithm="http://www.w3.org/2001/04/xmlenc#sha256">',
                b"<PayloadDigest>",
            ),
        ),
        _vector(
            "a-validity-that-ends-before-it-begins",
            "document.invalid",
            "S4",
            "ValidUntil is before ValidFrom.",
            _header(
                b"</SealedAt>",
                b"</SealedAt><ValidFrom>2026-03-02</ValidFrom><ValidUntil>2026-03-01</ValidUntil>",
            ),
        ),
        _vector(
            "a-production-document-by-test-roots",
            "environment.wrong",
            "S5",
            "It says production and is judged by roots that stand for tests.",
            _header(b"<Environment>test<", b"<Environment>production<"),
        ),
        _vector(
            "an-unknown-message-type",
            "catalogue.unknown_type",
            "S6",
            "A type that is not in the catalogue.",
            _header(b"<MessageType>CertificateIssue<", b"<MessageType>PostcardIssue<"),
        ),
        _vector(
            "an-issuer-without-the-role",
            "party.wrong_role",
            "S6",
            "Customs may not issue a certificate of origin in a state whose customs is no issuing "
            "authority.",
            _header(b">urn:swb:party:TH:issuing<", b">urn:swb:party:TH:customs<"),
        ),
        _vector(
            "a-receiver-without-the-role",
            "party.wrong_role",
            "S6",
            "A certificate of origin is for customs.",
            _header(b">urn:swb:party:VN:customs<", b">urn:swb:party:VN:phytosanitary<"),
        ),
    )


def seal_vectors() -> tuple[Vector, ...]:
    """S7, S9 and S10."""
    document = documents.certificate()
    header = seal_header(document)
    second = holder(TH_ISSUING, Purpose.ISSUING_SEAL, label="second")
    short = holder(
        TH_ISSUING, Purpose.ISSUING_SEAL, label="short", end=SEALED_AT - timedelta(seconds=1)
    )
    later = holder(TH_ISSUING, Purpose.ISSUING_SEAL, label="later", begin=SEALED_AT + _DAY)
    ended = bounded_authority(BEGIN, SEALED_AT - timedelta(seconds=1))
    coming = bounded_authority(SEALED_AT + _DAY, END)
    under_ended, under_coming = (
        holder_under(root, TH_ISSUING, Purpose.ISSUING_SEAL) for root in (ended, coming)
    )

    def with_entry(*one: Any, **changes: Any) -> bytes:  # noqa: ANN401 - arguments of entry_of
        return bundle(list_form("TH", (*STANDARD_ENTRIES, entry_of(*one, **changes))))

    return (
        _vector(
            "an-issuing-office-that-is-not-listed",
            "party.unknown",
            "S7",
            "An office of the issuing authority that is not on its state's list.",
            _header(b">urn:swb:party:TH:issuing<", b">urn:swb:party:TH:issuing:CNX01<"),
        ),
        _vector(
            "a-transport-key-as-a-seal",
            "certificate.unlisted",
            "S7",
            "The gateway seals in the name of the issuing authority. A gateway that is broken "
            "into can send nonsense, but issue nothing.",
            seal(header, document, HOLDERS[2]),
        ),
        _vector(
            "an-unlisted-seal",
            "certificate.unlisted",
            "S7",
            "Issued by the right root for the right party, and not on the list.",
            seal(header, document, second),
        ),
        _vector(
            "a-customs-seal-on-a-certificate",
            "certificate.wrong_purpose",
            "S7",
            "A party with two seals, as where customs issues certificates, used the wrong one.",
            seal(header, document, second),
            trust=with_entry(second, purpose=Purpose.CUSTOMS_SEAL),
        ),
        _vector(
            "a-seal-after-its-certificate-expired",
            "certificate.expired",
            "S7",
            "The certificate expired a second before SealedAt.",
            seal(header, document, short),
            trust=with_entry(short),
        ),
        _vector(
            "a-seal-before-its-certificate-held",
            "certificate.not_yet_valid",
            "S7",
            "The certificate holds from a day after SealedAt.",
            seal(header, document, later),
            trust=with_entry(later),
        ),
        _vector(
            "a-seal-after-its-root-expired",
            "certificate.expired",
            "S7",
            "Certificate and listing hold on; the pinned root that issued it ended a second "
            "before SealedAt.",
            seal(header, document, under_ended),
            trust=bundle_with_root(ended, entry_of(under_ended)),
        ),
        _vector(
            "a-seal-before-its-root-held",
            "certificate.not_yet_valid",
            "S7",
            "Certificate and listing hold already; the pinned root that issued it holds from a day "
            "after SealedAt.",
            seal(header, document, under_coming),
            trust=bundle_with_root(coming, entry_of(under_coming)),
        ),
        _vector(
            "to-judge-a-seal-by-an-expired-list",
            "trust.list_expired",
            "S7",
            "The issuing state's list has expired: that says nothing of the document.",
            sealed_certificate(),
            trust=bundle(list_form("TH", expires=AT - _DAY)),
            verdict=Verdict.UNDETERMINED,
        ),
        _vector(
            "a-seal-that-proves-another-thing",
            "signature.commitment",
            "S9",
            "A certificate of origin is approved, not received.",
            resign_sealed(sealed_certificate(), commitment=Commitment.RECEIPT),
        ),
        _vector(
            "a-signing-time-beside-sealed-at",
            "signature.time",
            "S10",
            "The signed signing time is a second after SealedAt in the header.",
            resign_sealed(sealed_certificate(), at=SEALED_AT + timedelta(seconds=1)),
        ),
        _vector(
            "a-seal-from-the-future",
            "seal.not_yet_valid",
            "S10",
            "Sealed an hour after the judging moment.",
            seal(seal_header(document, sealed_at=AT + timedelta(hours=1)), document),
        ),
    )


def _under_another_name(
    named: Document, other: Document, by: Holder, receiver: PartyId, *changes: tuple[bytes, bytes]
) -> bytes:
    """Seal a document, and put one of another type in its place under the same header."""
    header = seal_header(
        named, issuing_party=str(by.party), receiving_party=str(receiver), source=None
    )
    return resign_sealed(
        seal(header, named, by),
        (encode(named), encode(other)),
        *changes,
        by=by,
        commitment=Commitment.RECEIPT,
    )


def _with_validity(document: Document, by: Holder) -> bytes:
    """Seal an answer to Thailand, and say then until when it holds."""
    header = seal_header(
        document, issuing_party=str(by.party), receiving_party=str(TH_ISSUING), source=None
    )
    return resign_sealed(
        seal(header, document, by),
        (b"</SealedAt>", b"</SealedAt><ValidUntil>2027-03-02</ValidUntil>"),
        by=by,
        commitment=Commitment.RECEIPT,
    )


def document_vectors() -> tuple[Vector, ...]:
    """S11 to S13."""
    document = documents.certificate()
    sealed = sealed_certificate()
    form = encode(document)
    receipt = encode(documents.receipt())
    demanding = Extensions(
        extensions=(
            Extension(
                must_understand=True, element='<new:Rule xmlns:new="urn:example:new">1</new:Rule>'
            ),
        )
    )
    extension = encode_element(demanding, "Extensions")
    state_tags = b"<IssuingCountry>%b</IssuingCountry><IssuingOffice>"
    disagreements: tuple[tuple[str, str, bytes, bytes], ...] = (
        ("version", "version", b"<MessageTypeVersion>1.0<", b"<MessageTypeVersion>1.1<"),
        (
            "agreement",
            "agreement",
            b"<Agreement>ATIGA</Agreement><Profile>",
            b"<Agreement>AANZFTA</Agreement><Profile>",
        ),
        (
            "edition",
            "edition",
            b"<Edition>2020</Edition><IssuingParty>",
            b"<Edition>2016</Edition><IssuingParty>",
        ),
        ("certificate-key", "certificate key", b"%2F000042<", b"%2F000043<"),
        ("revision", "revision", b"<Revision>0<", b"<Revision>1<"),
        (
            "validity",
            "first day of validity, which is the day of issue",
            b"</SealedAt>",
            b"</SealedAt><ValidFrom>2026-03-03</ValidFrom><ValidUntil>2027-03-03</ValidUntil>",
        ),
        ("receiving-state", "receiving state", b":VN:customs<", b":LA:customs<"),
    )
    return (
        _vector(
            "a-document-of-another-type",
            "seal.disagrees",
            "S11",
            "The header says CertificateIssue, and a customs receipt follows.",
            resign_sealed(sealed, (form, receipt)),
        ),
        _vector(
            "a-relay-receipt-under-the-name-of-a-transport-acknowledgement",
            "seal.disagrees",
            "S11",
            "The header says TransportAck and agrees with the document in all that it binds: of "
            "both types it binds the version alone. But the document is a RelayReceipt.",
            _under_another_name(
                documents.acknowledgement(digest_of(b"message"), digest_of(b"document")),
                documents.relay_receipt(digest_of(b"message")),
                holder(VN_GATEWAY, Purpose.RECEIPT_SEAL),
                TH_GATEWAY,
            ),
        ),
        _vector(
            "a-customs-response-under-the-name-of-a-customs-receipt",
            "seal.disagrees",
            "S11",
            "The header says CustomsReceipt, and key, states and even the response's number are "
            "those of the document.",
            _under_another_name(
                documents.receipt(),
                documents.response(),
                holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL),
                TH_ISSUING,
                (b"<Revision>0<", b"<Revision>1<"),
            ),
        ),
        _vector(
            "a-document-that-breaks-its-schema",
            "xml.schema",
            "S11",
            "A code that is none where the schema asks for one.",
            resign_sealed(sealed, (b"<LoadingPort><Code>THLCH<", b"<LoadingPort><Code>Laem<")),
        ),
        _vector(
            "a-document-that-xsd-cannot-refuse",
            "document.invalid",
            "S11",
            "Text that is not in Unicode normal form C, which XSD 1.0 cannot state.",
            resign_sealed(sealed, (b"Fresh durians", b"Fresh duria\xcc\x83ns")),
        ),
        _vector(
            "a-schema-instance-attribute",
            "xml.not_canonical",
            "S11",
            "XSD processors allow xsi attributes everywhere; a canonical document has none.",
            resign_sealed(
                sealed,
                (
                    b"<Certification>",
                    (
                        b'<Certification xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                        b'xsi:schemaLocation="urn:a http://example.com/a.xsd">'
                    ),
                ),
            ),
        ),
        *(
            _vector(
                f"a-header-that-disagrees-in-{name}",
                "seal.disagrees",
                "S12",
                f"Seal header and document were sealed together and name a different {what}.",
                _header(old, new),
            )
            for name, what, old, new in disagreements
        ),
        _vector(
            "a-true-copy-that-holds-from-its-own-day",
            "seal.disagrees",
            "S12",
            "A certified true copy holds from the day on which its original was issued.",
            resign_sealed(
                sealed,
                (
                    b"</SealedAt>",
                    b"</SealedAt><ValidFrom>2026-03-02</ValidFrom>",
                ),
                (
                    b"</Certification>",
                    b"<OriginalIssueDate>2026-02-27</OriginalIssueDate></Certification>",
                ),
            ),
        ),
        _vector(
            "a-validity-of-a-customs-receipt",
            "seal.disagrees",
            "S12",
            "Only a certificate has a validity.",
            _with_validity(documents.receipt(), holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL)),
        ),
        _vector(
            "a-header-that-disagrees-in-issuing-state",
            "seal.disagrees",
            "S12",
            "Thailand seals a certificate that says it was issued in Lao PDR.",
            resign_sealed(
                sealed,
                (state_tags % b"TH", state_tags % b"LA"),
                (b"<CertificateKey>TH:", b"<CertificateKey>LA:"),
            ),
        ),
        _vector(
            "a-document-extension-that-must-be-understood",
            "extension.not_understood",
            "S13",
            "Its issuer says that whoever does not understand it must refuse.",
            resign_sealed(
                sealed, (b"</CertificateOfOrigin>", extension + b"</CertificateOfOrigin>")
            ),
        ),
    )


__all__ = ["document_vectors", "header_vectors", "seal_vectors"]
