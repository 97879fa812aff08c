"""Certificates of inspection that gate an import, major version 1.

`CertificateOfConformity` says that goods conform to the standards that the destination names, as
Kenya's verification of conformity before export (PVoC) asks for; `CleanReportOfFindings` that an
inspection before shipment found quantity, quality and value as stated, as Nigeria asks for. An
inspection body inspects; the exporting state's issuing authority seals what it reports, so that
the destination need not know the keys of every such body. Elements are this project's own: neither
certificate has a published data set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.certificate_of_origin import Invoice
from swb_schemas.documents.elements import (
    Aggregate,
    Amount,
    Code,
    CommodityCode,
    CountryCode,
    Date,
    Extensions,
    Lines,
    Measure,
    OfficeCode,
    PositiveInt,
    ReferenceText,
    Text,
    TradeParty,
)
from swb_schemas.documents.leading import LeadingDocument
from swb_schemas.documents.values import require_numbered_once

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "CertificateOfConformity",
    "CleanReportOfFindings",
    "ConformingItem",
    "InspectedItem",
    "Inspection",
    "InspectionCertificate",
]


class Inspection(Aggregate):
    """Who inspected, where and when.

    Attributes:
        body_name: The inspection body.
        body_accreditation: Number of its accreditation or of its appointment by the destination.
        programme: Code of the destination's programme, for example ``PVOC``.
        place: Where.
        date: When.
    """

    body_name: Text
    body_accreditation: ReferenceText | None = None
    programme: Code
    place: Text
    date: Date


class ConformingItem(Aggregate):
    """Goods that conform.

    Attributes:
        sequence_number: Of the line.
        commodity_code: Tariff code.
        description: In words.
        quantity: How much was assessed.
        brand: Brand and model.
        standards: That they conform to, as the destination names them.
        test_report: Number of the report behind it.
    """

    sequence_number: PositiveInt
    commodity_code: CommodityCode
    description: Lines
    quantity: Measure | None = None
    brand: Text | None = None
    standards: tuple[Text, ...] = Field(alias="Standard", min_length=1, max_length=50)
    test_report: ReferenceText | None = None


class InspectedItem(Aggregate):
    """Goods that were inspected.

    Attributes:
        sequence_number: Of the line.
        commodity_code: Tariff code, as the inspection found it.
        description: In words.
        quantity: As found.
        assessed_value: As assessed.
        origin_country: As found.
    """

    sequence_number: PositiveInt
    commodity_code: CommodityCode
    description: Lines
    quantity: Measure
    assessed_value: Amount
    origin_country: CountryCode


class InspectionCertificate(LeadingDocument):
    """What both certificates do alike; each states its elements in its own order."""

    destination_path: ClassVar[str] = "ImportingCountry"

    if TYPE_CHECKING:
        importing_country: CountryCode
        issue_date: Date
        expiry_date: Date | None
        exporter: TradeParty
        importer: TradeParty
        items: tuple[ConformingItem | InspectedItem, ...]

    @model_validator(mode="after")
    def _items_are_numbered_once(self) -> Self:
        require_numbered_once(item.sequence_number for item in self.items)
        return self

    @property
    def destination(self) -> str:
        """The importing state."""
        return self.importing_country

    @property
    def issued_on(self) -> date | None:
        """The day of issue."""
        return self.issue_date

    @property
    def expires_on(self) -> date | None:
        """Its expiry date."""
        return self.expiry_date

    @property
    def commodity_codes(self) -> tuple[CommodityCode, ...]:
        """Of its items."""
        return tuple(item.commodity_code for item in self.items)

    @property
    def line_count(self) -> int:
        """Its items."""
        return len(self.items)


class CertificateOfConformity(InspectionCertificate):
    """Goods conform to the standards that the destination names."""

    namespace: ClassVar[str] = "urn:swb:certificate-of-conformity:1"

    reference_number: ReferenceText
    issuing_country: CountryCode
    issuing_office: OfficeCode
    importing_country: CountryCode
    issue_date: Date
    expiry_date: Date | None = None
    inspection: Inspection
    exporter: TradeParty
    importer: TradeParty
    items: tuple[ConformingItem, ...] = Field(alias="Item", min_length=1, max_length=5000)
    invoices: tuple[Invoice, ...] = Field(default=(), alias="Invoice", max_length=50)
    remarks: Lines | None = None
    extensions: Extensions | None = None


class CleanReportOfFindings(InspectionCertificate):
    """An inspection before shipment found the goods as stated.

    Attributes:
        import_application: Number of the importer's application at the destination.
    """

    namespace: ClassVar[str] = "urn:swb:clean-report-of-findings:1"

    reference_number: ReferenceText
    issuing_country: CountryCode
    issuing_office: OfficeCode
    importing_country: CountryCode
    issue_date: Date
    expiry_date: Date | None = None
    import_application: ReferenceText | None = None
    inspection: Inspection
    exporter: TradeParty
    importer: TradeParty
    items: tuple[InspectedItem, ...] = Field(alias="Item", min_length=1, max_length=5000)
    invoices: tuple[Invoice, ...] = Field(default=(), alias="Invoice", max_length=50)
    remarks: Lines | None = None
    extensions: Extensions | None = None
