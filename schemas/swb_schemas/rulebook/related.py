"""What is known beside the document: the register's certificates that bear upon it.

Values only. Whoever judges looks them up (a gateway in its store, a test in a table) and hands
them over; a rule that needs what is not here says nothing, because not knowing is no fault of the
document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from swb_schemas.documents import (
        CertificateOfOrigin,
        CustomsResponse,
        DeclarationExtract,
        LeadingDocument,
    )
    from swb_schemas.exchanges import Exceeded

__all__ = [
    "NOTHING_KNOWN",
    "KnownCertificate",
    "KnownDocument",
    "KnownExtract",
    "Related",
    "list_in_force",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCertificate:
    """A certificate that the register holds.

    Attributes:
        certificate: What it says.
        cancelled: Whether it has been cancelled, or is being cancelled together with the document
            that is judged.
        document_id: Of its sealed document, where it has one.
    """

    certificate: CertificateOfOrigin
    cancelled: bool = False
    document_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document of any type that the register holds.

    Attributes:
        message_type: Its name in the catalogue.
        document: What it says.
        taken_back: Whether its authority took it back.
    """

    message_type: str
    document: LeadingDocument
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExtract:
    """An extract of an export declaration that the register holds, and that names a certificate.

    Attributes:
        extract: What it says.
        beside: The other certificates of origin that it names, as far as they are known.
    """

    extract: DeclarationExtract
    beside: tuple[KnownCertificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What the register knows that bears upon one document.

    Attributes:
        same_number: Other certificates under the same key (state, office, number).
        originals: Certificates that a back-to-back one names as its originals (Rule 11), and those
            that the certificates in `drawn_upon` name beside them.
        replaced: Certificates that this one takes the place of (Rule 29(4)). The certificate has
            no element that says so; the exchange does, which links the new one to the
            cancellation of the old.
        replacements: Other certificates in force that take the place of one of those, too.
        drawn_upon: Other back-to-back certificates in force of the intermediate state that rest
            upon some of the same originals, or upon what those rest upon (Rule 11(1): what is
            re-exported is added up).
        subject: The certificate that an answer of customs speaks about.
        responses: Other responses of customs on that certificate.
        taken_back: Whether its authority took the certificate back, although that came first.
        exceeded: Limits of the exchange that passed before the document was made, which it ends.
        cut_short: Limits that the document did not wait for, though it left somebody no time.
        same_key: Ids of other documents under the same key, where it is no certificate of origin.
        certificates: Certificates of origin that an extract of a declaration names.
        extracts: Extracts of declarations that name this certificate of origin.
        supporting: Documents that the register holds of those that the document names.
    """

    same_number: tuple[KnownCertificate, ...] = ()
    originals: tuple[KnownCertificate, ...] = ()
    replaced: tuple[KnownCertificate, ...] = ()
    replacements: tuple[KnownCertificate, ...] = ()
    drawn_upon: tuple[KnownCertificate, ...] = ()
    subject: KnownCertificate | None = None
    responses: tuple[CustomsResponse, ...] = ()
    taken_back: bool = False
    exceeded: tuple[Exceeded, ...] = ()
    cut_short: tuple[Exceeded, ...] = ()
    same_key: tuple[str, ...] = ()
    certificates: tuple[KnownCertificate, ...] = ()
    extracts: tuple[KnownExtract, ...] = ()
    supporting: tuple[KnownDocument, ...] = ()


NOTHING_KNOWN: Final = Related()
"""The register was not asked, or holds nothing."""


def list_in_force(known: Iterable[KnownCertificate]) -> list[CertificateOfOrigin]:
    """List the certificates that are not cancelled, each once: a true copy is its original."""
    found: dict[tuple[object, date], CertificateOfOrigin | None] = {}
    for each in known:
        one = (each.certificate.key, each.certificate.issued_on)
        found[one] = None if each.cancelled else found.get(one, each.certificate)
    return [each for each in found.values() if each is not None]
