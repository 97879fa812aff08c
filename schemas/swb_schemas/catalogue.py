"""The only registry of document types: a new type is one entry here and one module.

An entry says which model and XSD a type has, who may issue and receive it, what answers it, under
which purpose it is sealed, and how long a message that carries it is worth delivering. The router
and the gateways read this table; nothing else in the project branches on a type's name. The module
is as long as that table: some fifteen lines for each type, which are read together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    AnimalHealthCertificate,
    Cancellation,
    CancellationReply,
    CertificateOfConformity,
    CertificateOfOrigin,
    CleanReportOfFindings,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
    DeclarationWithdrawal,
    ExchangeList,
    ExchangeSummary,
    FoodSafetyCertificate,
    LogCosignature,
    OutageNotice,
    PhytosanitaryCertificate,
    RelayReceipt,
    RetransmissionReply,
    RetransmissionRequest,
    TransportAck,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.errors import RefusedError
from swb_schemas.parties import (
    ANIMAL_HEALTH,
    CUSTOMS,
    FOOD_SAFETY,
    GATEWAY,
    ISSUING,
    PHYTOSANITARY,
    ROUTER,
)
from swb_schemas.xml.codec import decode
from swb_schemas.xml.validation import validate_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from swb_schemas.documents import Document

__all__ = [
    "CATALOGUE",
    "LEADING_TYPES",
    "Commitment",
    "DocumentType",
    "Purpose",
    "Withdrawal",
    "decode_document",
    "find_type_of",
    "get_type",
    "is_receipt",
    "may_acknowledge",
]


class Purpose(StrEnum):
    """What a certificate may be used for; each state's trust list says so."""

    ISSUING_SEAL = "issuing-seal"
    CUSTOMS_SEAL = "customs-seal"
    PHYTOSANITARY_SEAL = "phytosanitary-seal"
    ANIMAL_HEALTH_SEAL = "animal-health-seal"
    FOOD_SAFETY_SEAL = "food-safety-seal"
    RECEIPT_SEAL = "receipt-seal"
    TRANSPORT = "transport"
    DECRYPTION = "decryption"
    LOG = "log"
    TIME_STAMP = "time-stamp"


class Withdrawal(StrEnum):
    """How a document is taken back."""

    NEVER = "never"
    """What it says stays said; a later one may say something else."""
    MESSAGE = "message"
    """Its issuer asks for cancellation by a message about it, and the receiver replies."""
    STATUS = "status"
    """Its issuer sends the same document once more, with another status."""


class Commitment(StrEnum):
    """What a signature proves (ETSI EN 319 132-1, 5.2.3; identifiers of TS 119 172-1, Annex B)."""

    ORIGIN = "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin"
    RECEIPT = "http://uri.etsi.org/01903/v1.2.2#ProofOfReceipt"
    DELIVERY = "http://uri.etsi.org/01903/v1.2.2#ProofOfDelivery"
    SENDER = "http://uri.etsi.org/01903/v1.2.2#ProofOfSender"
    APPROVAL = "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """One document type of the region.

    Attributes:
        message_type: Its name in headers.
        version: Newest version that this code writes; every minor version of the same major one
            is read.
        model: The canonical document.
        schema: File name of its XSD.
        issuers: Roles that may seal it.
        receivers: Roles that it may be addressed to.
        answers: Message types that may answer it, or be about it: they travel under its connection,
            back where a receiver of it seals them, the same way where an issuer does.
        seal_purpose: Purpose of the certificate that seals it.
        commitment: What the seal proves.
        acknowledged: Whether gateways acknowledge it (AS2, AS3) and routers receipt it.
        national: Whether it is handed to the national single window.
        lifetime: How long a message that carries it is tried; its header's ``EXPIRES``.
        accompanies: Whether it speaks of the exchange between two states as a whole: it travels
            between their gateways under any connection of theirs, either way.
        needs_consent: Whether it leaves only with the exporter's consent, which the exporting
            side records and does not carry.
        of_issuer: Of what is about a document: whether the side that issued that seals it, so that
            it travels the way of that one and not back. Roles do not tell it: customs may be at
            both ends.
        withdrawn_by: How it is taken back.
    """

    message_type: str
    version: str
    model: type[Document]
    schema: str
    issuers: frozenset[str]
    receivers: frozenset[str]
    answers: tuple[str, ...]
    seal_purpose: Purpose
    commitment: Commitment
    acknowledged: bool
    national: bool
    lifetime: timedelta
    accompanies: bool = False
    needs_consent: bool = False
    of_issuer: bool = False
    withdrawn_by: Withdrawal = Withdrawal.NEVER

    @property
    def leads(self) -> bool:
        """Whether it begins a conversation: it is sealed by an authority and answers nothing."""
        return self.national and not any(self.message_type in entry.answers for entry in _ENTRIES)

    @property
    def issuing_role(self) -> str:
        """The role by which a state issues it: its issuing authority where that may."""
        return ISSUING if ISSUING in self.issuers else min(self.issuers)

    @property
    def receiving_role(self) -> str:
        """The role that a state receives it by: its customs where that may."""
        return CUSTOMS if CUSTOMS in self.receivers else min(self.receivers)

    @property
    def root(self) -> str:
        """The root element's qualified name, in Clark notation."""
        return f"{{{self.model.namespace}}}{self.model.__name__}"


_ENTRIES: Final = (
    DocumentType(
        message_type="CertificateIssue",
        version="1.0",
        model=CertificateOfOrigin,
        schema="certificate-of-origin-1.xsd",
        issuers=frozenset({ISSUING}),
        receivers=frozenset({CUSTOMS}),
        answers=(
            "TransportAck",
            "RelayReceipt",
            "CustomsReceipt",
            "CustomsResponse",
            "Cancellation",
            "CancellationReply",
            "VerificationRequest",
            "VerificationReply",
            "VerificationOutcome",
        ),
        seal_purpose=Purpose.ISSUING_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        withdrawn_by=Withdrawal.MESSAGE,
    ),
    DocumentType(
        message_type="DeclarationExtract",
        version="1.0",
        model=DeclarationExtract,
        schema="declaration-extract-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({CUSTOMS}),
        answers=(
            "TransportAck",
            "RelayReceipt",
            "CustomsReceipt",
            "DeclarationWithdrawal",
            "CancellationReply",
        ),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        needs_consent=True,
        withdrawn_by=Withdrawal.MESSAGE,
    ),
    DocumentType(
        message_type="CertificateOfConformity",
        version="1.0",
        model=CertificateOfConformity,
        schema="certificate-of-conformity-1.xsd",
        issuers=frozenset({ISSUING}),
        receivers=frozenset({CUSTOMS}),
        answers=("TransportAck", "RelayReceipt", "CustomsReceipt"),
        seal_purpose=Purpose.ISSUING_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="CleanReportOfFindings",
        version="1.0",
        model=CleanReportOfFindings,
        schema="clean-report-of-findings-1.xsd",
        issuers=frozenset({ISSUING}),
        receivers=frozenset({CUSTOMS}),
        answers=("TransportAck", "RelayReceipt", "CustomsReceipt"),
        seal_purpose=Purpose.ISSUING_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="CustomsReceipt",
        version="1.0",
        model=CustomsReceipt,
        schema="customs-receipt-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({ISSUING, CUSTOMS}),
        answers=(),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="CustomsResponse",
        version="1.0",
        model=CustomsResponse,
        schema="customs-response-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({ISSUING}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="Cancellation",
        version="1.0",
        model=Cancellation,
        schema="cancellation-1.xsd",
        issuers=frozenset({ISSUING}),
        receivers=frozenset({CUSTOMS}),
        answers=("TransportAck", "RelayReceipt", "CancellationReply"),
        seal_purpose=Purpose.ISSUING_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        of_issuer=True,
    ),
    DocumentType(
        message_type="DeclarationWithdrawal",
        version="1.0",
        model=DeclarationWithdrawal,
        schema="declaration-withdrawal-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({CUSTOMS}),
        answers=("TransportAck", "RelayReceipt", "CancellationReply"),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        of_issuer=True,
    ),
    DocumentType(
        message_type="CancellationReply",
        version="1.0",
        model=CancellationReply,
        schema="cancellation-reply-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({ISSUING, CUSTOMS}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="VerificationRequest",
        version="1.0",
        model=VerificationRequest,
        schema="verification-request-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({ISSUING}),
        answers=("TransportAck", "RelayReceipt", "VerificationReply"),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.ORIGIN,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="VerificationReply",
        version="1.0",
        model=VerificationReply,
        schema="verification-reply-1.xsd",
        issuers=frozenset({ISSUING}),
        receivers=frozenset({CUSTOMS}),
        answers=("TransportAck", "RelayReceipt", "VerificationOutcome"),
        seal_purpose=Purpose.ISSUING_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        of_issuer=True,
    ),
    DocumentType(
        message_type="VerificationOutcome",
        version="1.0",
        model=VerificationOutcome,
        schema="verification-outcome-1.xsd",
        issuers=frozenset({CUSTOMS}),
        receivers=frozenset({ISSUING}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.CUSTOMS_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="PhytosanitaryCertificate",
        version="1.0",
        model=PhytosanitaryCertificate,
        schema="phytosanitary-certificate-1.xsd",
        issuers=frozenset({PHYTOSANITARY}),
        receivers=frozenset({PHYTOSANITARY}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.PHYTOSANITARY_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        withdrawn_by=Withdrawal.STATUS,
    ),
    DocumentType(
        message_type="AnimalHealthCertificate",
        version="1.0",
        model=AnimalHealthCertificate,
        schema="animal-health-certificate-1.xsd",
        issuers=frozenset({ANIMAL_HEALTH}),
        receivers=frozenset({ANIMAL_HEALTH}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.ANIMAL_HEALTH_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        withdrawn_by=Withdrawal.STATUS,
    ),
    DocumentType(
        message_type="FoodSafetyCertificate",
        version="1.0",
        model=FoodSafetyCertificate,
        schema="food-safety-certificate-1.xsd",
        issuers=frozenset({FOOD_SAFETY}),
        receivers=frozenset({FOOD_SAFETY}),
        answers=("TransportAck", "RelayReceipt"),
        seal_purpose=Purpose.FOOD_SAFETY_SEAL,
        commitment=Commitment.APPROVAL,
        acknowledged=True,
        national=True,
        lifetime=timedelta(days=30),
        withdrawn_by=Withdrawal.STATUS,
    ),
    DocumentType(
        message_type="TransportAck",
        version="1.0",
        model=TransportAck,
        schema="transport-ack-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="RelayReceipt",
        version="1.0",
        model=RelayReceipt,
        schema="relay-receipt-1.xsd",
        issuers=frozenset({ROUTER}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="LogCosignature",
        version="1.0",
        model=LogCosignature,
        schema="log-cosignature-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({ROUTER}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
    ),
    DocumentType(
        message_type="ExchangeSummary",
        version="1.0",
        model=ExchangeSummary,
        schema="exchange-summary-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
        accompanies=True,
    ),
    DocumentType(
        message_type="ExchangeList",
        version="1.0",
        model=ExchangeList,
        schema="exchange-list-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
        accompanies=True,
    ),
    DocumentType(
        message_type="RetransmissionRequest",
        version="1.0",
        model=RetransmissionRequest,
        schema="retransmission-request-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.ORIGIN,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
        accompanies=True,
    ),
    DocumentType(
        message_type="RetransmissionReply",
        version="1.0",
        model=RetransmissionReply,
        schema="retransmission-reply-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.RECEIPT,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
        accompanies=True,
    ),
    DocumentType(
        message_type="OutageNotice",
        version="1.0",
        model=OutageNotice,
        schema="outage-notice-1.xsd",
        issuers=frozenset({GATEWAY}),
        receivers=frozenset({GATEWAY}),
        answers=(),
        seal_purpose=Purpose.RECEIPT_SEAL,
        commitment=Commitment.ORIGIN,
        acknowledged=False,
        national=False,
        lifetime=timedelta(days=30),
        accompanies=True,
    ),
)

CATALOGUE: Final[Mapping[str, DocumentType]] = MappingProxyType(
    {entry.message_type: entry for entry in _ENTRIES}
)

LEADING_TYPES: Final = tuple(entry.message_type for entry in _ENTRIES if entry.leads)
"""Certificates, declarations and the like, as opposed to what only speaks about one."""

_BY_MODEL: Final = {entry.model: entry for entry in _ENTRIES}
_BY_ROOT: Final = {entry.root: entry for entry in _ENTRIES}


def get_type(message_type: str) -> DocumentType:
    """Get a type by name.

    Raises:
        RefusedError: ``catalogue.unknown_type``.
    """
    found = CATALOGUE.get(message_type)
    if found is None:
        message = f"expected one of {', '.join(CATALOGUE)}, found {message_type[:60]!r}"
        raise RefusedError("catalogue.unknown_type", message)
    return found


def may_acknowledge(message_type: str) -> bool:
    """Tell whether a message of this type may be answered by an acknowledgement or a receipt.

    A type that nobody knows may: acknowledgements are never acknowledged, and they are known.
    """
    found = CATALOGUE.get(message_type)
    return found is None or found.acknowledged


def is_receipt(message_type: str) -> bool:
    """Tell whether it says of messages how far they came: of one, or of several conversations'."""
    return message_type in {TransportAck.__name__, RelayReceipt.__name__}


def find_type_of(document: Document) -> DocumentType:
    """Find the type of a canonical document; every model has exactly one."""
    return _BY_MODEL[type(document)]


def decode_document(element: etree._Element) -> Document:
    """Read a canonical document of any type from a parsed element.

    The caller holds the octets to be canonical (`swb_schemas.xml.canonical_octets`).

    Raises:
        RefusedError: ``catalogue.unknown_type``, ``xml.schema``, ``document.invalid``,
            ``xml.not_canonical``.
    """
    found = _BY_ROOT.get(element.tag)
    if found is None:
        message = f"expected a document type of the catalogue, found {element.tag[:120]!r}"
        raise RefusedError("catalogue.unknown_type", message)
    validate_xml(element, found.schema)
    return decode(found.model, element)
