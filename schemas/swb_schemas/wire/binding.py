"""What a document itself says of the things that its seal header binds.

The one table of which header field must equal which part of the document:

====================  ========================  ==============================================
Seal header           what begins a             what is about a certificate
                      conversation
====================  ========================  ==============================================
MessageType           the document's type: its element in the catalogue (every document)
MessageTypeVersion    ``@version``              ``@version`` (every document)
Agreement             Agreement, if it has one  -
Edition               Edition, if it has one    -
CertificateKey        its key                   Subject
Revision              1 where it takes back     its number (ResponseNumber,
                      what was issued, else 0   CancellationNumber, RequestNumber)
IssuingParty, state   IssuingCountry            Subject/IssuingCountry, where the issuing
                                                authority seals such documents
ReceivingParty, state its destination, such as  Subject/IssuingCountry, where customs seals them
                      ImportingCountry
ValidFrom, if stated  its day of issue, of a    absent
                      true copy the original's
ValidUntil            the sealer's statement    absent
====================  ========================  ==============================================

Of a sanitary or phytosanitary certificate Agreement is that of its kind; the states are those of
ExportCountry and ImportCountry, and it has no Edition and no ValidUntil.

Acknowledgements speak of messages and bind nothing but their type and version. Whoever seals takes
the values from here, and verification compares with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import AboutCertificate, LeadingDocument
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.wire.seal_header import SealHeader

__all__ = ["BoundValues", "bound_values", "check_binding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundValues:
    """What a document states; None where it is silent and the header must be too.

    Attributes:
        message_type: Its type in the catalogue.
        message_type_version: Its version.
        agreement: Code of the agreement.
        edition: Code of the agreement's edition.
        certificate_key: The certificate that it is or speaks about.
        revision: Its number, 0 where its type has none.
        issuing_state: State of the issuing party; None where the document leaves it open.
        receiving_state: State of the receiving party; None where the document leaves it open.
        holds_from: First day of the document's validity; None where it has none.
    """

    message_type: str
    message_type_version: str
    agreement: str | None = None
    edition: str | None = None
    certificate_key: str | None = None
    revision: int = 0
    issuing_state: str | None = None
    receiving_state: str | None = None
    holds_from: date | None = None


def bound_values(document: Document) -> BoundValues:
    """Take from a document what its seal header must repeat."""
    kind = find_type_of(document)
    message_type = kind.message_type
    match document:
        case LeadingDocument():
            return BoundValues(
                message_type=message_type,
                message_type_version=document.version,
                agreement=getattr(document, "agreement", None),
                edition=getattr(document, "edition", None),
                certificate_key=str(document.key),
                revision=document.revision,
                issuing_state=document.issuing_country,
                receiving_state=document.destination,
                holds_from=document.issued_on,
            )
        case AboutCertificate():
            issuing, by_issuer = document.subject.issuing_country, kind.of_issuer
            return BoundValues(
                message_type=message_type,
                message_type_version=document.version,
                certificate_key=str(document.subject.key),
                revision=document.number,
                issuing_state=issuing if by_issuer else None,
                receiving_state=None if by_issuer else issuing,
            )
        case _:
            return BoundValues(message_type=message_type, message_type_version=document.version)


def check_binding(header: SealHeader, document: Document) -> None:
    """Require a seal header to say what the document says.

    Raises:
        RefusedError: ``seal.disagrees``.
    """
    bound = bound_values(document)
    issuing = parse_party_id(header.issuing_party)
    receiving = parse_party_id(header.receiving_party)
    for name, stated, expected in (
        ("MessageType", header.message_type, bound.message_type),
        ("MessageTypeVersion", header.message_type_version, bound.message_type_version),
        ("Agreement", header.agreement, bound.agreement),
        ("Edition", header.edition, bound.edition),
        ("CertificateKey", header.certificate_key, bound.certificate_key),
        ("ValidFrom", header.valid_from, header.valid_from and bound.holds_from),
        ("ValidUntil", header.valid_until, header.valid_until if bound.holds_from else None),
        ("Revision", header.revision, bound.revision),
        ("the state of IssuingParty", issuing.state, bound.issuing_state or issuing.state),
        ("the state of ReceivingParty", receiving.state, bound.receiving_state or receiving.state),
    ):
        if stated != expected:
            message = (
                f"expected {name} as in the document: {_show(expected)}, found {_show(stated)}"
            )
            raise RefusedError("seal.disagrees", message)


def _show(value: object) -> str:
    return "none" if value is None else repr(str(value))
