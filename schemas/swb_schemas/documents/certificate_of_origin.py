"""Certificate of origin, major version 1: the ATIGA Form D, whole, and its relatives.

An agreement is a profile of this one document and not a fork of it
(``docs/adr/agreements-are-profiles.md``): what every agreement has is mandatory here, what only
some have is optional here, and that one of them demands it is a rule of the rule book
(`swb_schemas.rulebook.boxes`). The boxes of the Form D (ATIGA Annex 7) and where they stand:

====  ==========================================================================================
Box   Element
====  ==========================================================================================
head  ``ReferenceNumber``, ``IssuingCountry``, ``IssuingOffice``, ``CopyType``
1     ``Exporter``
2     ``Consignee``; with box 13 *Exhibition*: ``SpecialCases/Exhibition``
3     ``Transport``
4     not here: official use of the importing customs is a `CustomsResponse`
5     ``Item/SequenceNumber``
6     ``Item/MarksAndNumbers``
7     ``Item/Package``, ``Description``, ``Quantity``, ``CommodityCode``, ``ManufacturerName``,
      ``TrademarkName``; ``SpecialCases/ThirdCountryInvoicing``, ``SpecialCases/BackToBack``
8     ``Item/OriginCriterion``
9     ``Item/GrossMeasure``, ``Item/FobAmount``
10    ``Item/Invoice``
11    ``ExporterDeclaration``
12    ``Certification``
13    ``SpecialCases``: a ticked box is an element, and it holds the data that ticking requires
====  ==========================================================================================

A ticked box without its data cannot be written down. Whether the boxes agree with dates,
quantities and thresholds is the rule book's matter, not this module's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import (
    Aggregate,
    Amount,
    Code,
    CommodityCode,
    CountryCode,
    Date,
    Extensions,
    Lines,
    LocalText,
    Measure,
    OfficeCode,
    PackageTypeCode,
    PortCode,
    PositiveInt,
    ReferenceText,
    Text,
    TradeParty,
    TransportModeCode,
)
from swb_schemas.documents.leading import LeadingDocument
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.documents.values import require_numbered_once
from swb_schemas.parties import CertificateKey

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "BackToBack",
    "CertificateOfOrigin",
    "Certification",
    "CopyType",
    "Empty",
    "Exhibition",
    "ExporterDeclaration",
    "Invoice",
    "Item",
    "OriginalProof",
    "Package",
    "Port",
    "SpecialCases",
    "ThirdCountryInvoicing",
    "Transport",
]


class CopyType(StrEnum):
    """Which sheet of the set it is (ATIGA Annex 8, Rule 7)."""

    ORIGINAL = "ORIGINAL"
    DUPLICATE = "DUPLICATE"
    TRIPLICATE = "TRIPLICATE"


class Port(Aggregate):
    """A port, airport or place.

    Attributes:
        code: UN/LOCODE, where there is one.
        name: As written on the certificate.
    """

    code: PortCode | None = None
    name: Text


class Transport(Aggregate):
    """Box 3: means of transport and route, as far as known."""

    departure_date: Date | None = None
    mode: TransportModeCode | None = None
    means_name: Text | None = None
    journey_number: ReferenceText | None = None
    loading_port: Port | None = None
    discharge_port: Port | None = None
    route: Lines | None = None


class Package(Aggregate):
    """Number and type of packages, box 7.

    Attributes:
        count: How many.
        type_code: Of what kind; ATIGA demands it.
        gross_measure: What these packages weigh, where a certificate tells it for each.
        gross_volume: Their volume.
    """

    count: PositiveInt
    type_code: PackageTypeCode | None = None
    gross_measure: Measure | None = None
    gross_volume: Measure | None = None


class Invoice(Aggregate):
    """Number and date of an invoice, box 10."""

    number: ReferenceText
    date: Date


class Item(Aggregate):
    """One line of boxes 5 to 10."""

    sequence_number: PositiveInt
    marks_and_numbers: Lines | None = None
    packages: tuple[Package, ...] = Field(default=(), alias="Package", max_length=500)
    description: Lines
    national_descriptions: tuple[LocalText, ...] = Field(
        default=(), alias="NationalDescription", max_length=8
    )
    quantity: Measure | None = None
    commodity_code: CommodityCode
    manufacturer_name: Text | None = None
    trademark_name: Text | None = None
    origin_criterion: OriginCriterion
    gross_measure: Measure | None = None
    fob_amount: Amount | None = None
    invoices: tuple[Invoice, ...] = Field(alias="Invoice", min_length=1, max_length=50)


class ExporterDeclaration(Aggregate):
    """Box 11."""

    country_of_production: CountryCode
    importing_country: CountryCode
    place: Text | None = None
    date: Date | None = None
    signatory_name: Text | None = None


class Certification(Aggregate):
    """Box 12.

    Attributes:
        authority_name: Name of the issuing authority, as its stamp spells it.
        place: Where it was certified.
        date: When; the date of issue, from which validity runs (Rule 14).
        signatory_name: Who signed for the authority.
        original_issue_date: Makes this a CERTIFIED TRUE COPY of the certificate issued then
            (Rule 12).
    """

    authority_name: Text | None = None
    place: Text | None = None
    date: Date
    signatory_name: Text | None = None
    original_issue_date: Date | None = None


class Empty(Aggregate):
    """A ticked box that requires no data."""


class ThirdCountryInvoicing(Aggregate):
    """Who invoices from elsewhere (Rule 23); the country need not be a member."""

    company_name: Text
    company_country: CountryCode


class Exhibition(Aggregate):
    """Where the goods were shown (Rule 22)."""

    name: Text
    address: Lines


class OriginalProof(Aggregate):
    """A certificate that a back-to-back one rests upon (Rule 11).

    Attributes:
        issuing_country: The first exporting state.
        reference_number: As spelled on the original.
        issue_date: Of the original.
        expiry_date: Of the original, where it differs from twelve months after issue.
    """

    issuing_country: CountryCode
    reference_number: ReferenceText
    issue_date: Date
    expiry_date: Date | None = None

    @property
    def key(self) -> CertificateKey:
        """Of its office nothing is told."""
        return CertificateKey(self.issuing_country, "", self.reference_number)


class BackToBack(Aggregate):
    """The originals behind a back-to-back certificate (Rule 11)."""

    originals: tuple[OriginalProof, ...] = Field(alias="Original", min_length=1, max_length=50)


class SpecialCases(Aggregate):
    """Box 13: each ticked box with the data that it requires."""

    third_country_invoicing: ThirdCountryInvoicing | None = None
    exhibition: Exhibition | None = None
    accumulation: Empty | None = None
    de_minimis: Empty | None = None
    back_to_back: BackToBack | None = None
    issued_retroactively: Empty | None = None
    partial_cumulation: Empty | None = None


class CertificateOfOrigin(LeadingDocument):
    """A certificate of origin under one agreement."""

    namespace: ClassVar[str] = "urn:swb:certificate-of-origin:1"
    destination_path: ClassVar[str] = "ExporterDeclaration/ImportingCountry"

    agreement: Code
    edition: Code
    reference_number: ReferenceText
    issuing_country: CountryCode
    issuing_office: OfficeCode
    copy_type: CopyType = CopyType.ORIGINAL
    exporter: TradeParty
    consignee: TradeParty
    transport: Transport
    items: tuple[Item, ...] = Field(alias="Item", min_length=1, max_length=5000)
    exporter_declaration: ExporterDeclaration
    certification: Certification
    special_cases: SpecialCases = SpecialCases()
    remarks: Lines | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _items_are_numbered_once(self) -> Self:
        require_numbered_once(item.sequence_number for item in self.items)
        return self

    @property
    def mentions(self) -> tuple[str, ...]:
        """Keys of the originals of a back-to-back certificate."""
        back_to_back = self.special_cases.back_to_back
        return tuple(str(each.key) for each in back_to_back.originals) if back_to_back else ()

    @property
    def destination(self) -> str:
        """The importing country of box 11."""
        return self.exporter_declaration.importing_country

    @property
    def issued_on(self) -> date:
        """The day of issue; of a certified true copy, the original's (Rule 12)."""
        return self.certification.original_issue_date or self.certification.date

    @property
    def is_true_copy(self) -> bool:
        """Whether it repeats a certificate that was issued before, under its number (Rule 12)."""
        return self.certification.original_issue_date is not None

    @property
    def line_count(self) -> int:
        """Its items."""
        return len(self.items)
