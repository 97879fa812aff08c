"""Extract of an export declaration, major version 1: the ASEAN Customs Declaration Document (ACDD).

What the exporting customs tells the importing one in advance about an accepted declaration. The
member states agreed on 15 mandatory information parameters (facts 4); they are what is mandatory
here, beside the three elements that name the declaration and the one that says where it goes:

==  ==================================  =======================================================
no  Parameter                           Element
==  ==================================  =======================================================
1   exporter's registration number      ``Exporter/Identifier``
2   exporter's name                     ``Exporter/Name``
3   consignee's name                    ``Consignee/Name``
4   consignee's address                 ``Consignee/Address``
5   declaring agent's number            ``DeclaringAgent/Identifier``
6   declaring agent's name              ``DeclaringAgent/Name``
7   departure date                      ``Transport/DepartureDate``
8   HS code of an item                  ``Item/CommodityCode``
9   HS quantity                         ``Item/Quantity``
10  unit of the HS quantity             ``Item/Quantity/@unit``
11  country of origin                   ``Item/OriginCountry``
12  outward mode of transport           ``Transport/Mode``
13  port of discharge                   ``Transport/DischargePort``
14  serial number of an item            ``Item/SequenceNumber``
15  number of the export permit         ``ReferenceNumber``
==  ==================================  =======================================================

Everything optional is what the WCO Data Model has beside them. Neither value nor weight is among
the 15. The exporter's consent, which the export of an extract needs, is not carried: it is between
the exporter and its own authority (``docs/adr/declaration-extract.md``). An extract claims no
preference and is no declaration in the importing state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.certificate_of_origin import Invoice, Package, Port
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
    PositiveInt,
    ReferenceText,
    Text,
    TransportModeCode,
)
from swb_schemas.documents.leading import LeadingDocument
from swb_schemas.documents.values import require_numbered_once
from swb_schemas.parties import CertificateKey

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "Agent",
    "Consignee",
    "DeclarationExtract",
    "DeclaredItem",
    "DeclaredTransport",
    "Exporter",
    "SupportingDocument",
    "TransportEquipment",
]


class Exporter(Aggregate):
    """Who exports.

    Attributes:
        identifier: Registration number in the exporting state (parameter 1).
        name: In the document's language (parameter 2).
        national_names: The same name in other languages and scripts.
        address: In lines.
    """

    identifier: ReferenceText
    name: Text
    national_names: tuple[LocalText, ...] = Field(default=(), alias="NationalName", max_length=8)
    address: Lines | None = None


class Consignee(Aggregate):
    """Whom the goods are for.

    Attributes:
        identifier: Registration number in the importing state, where the exporter knows it.
        name: In the document's language (parameter 3).
        national_names: The same name in other languages and scripts.
        address: In lines (parameter 4).
        country: Where it is established.
    """

    identifier: ReferenceText | None = None
    name: Text
    national_names: tuple[LocalText, ...] = Field(default=(), alias="NationalName", max_length=8)
    address: Lines
    country: CountryCode | None = None


class Agent(Aggregate):
    """Who declared: the exporter itself where there is no agent (parameters 5 and 6)."""

    identifier: ReferenceText
    name: Text


class TransportEquipment(Aggregate):
    """A container or the like (WCO: TransportEquipment).

    Attributes:
        number: Of the container, ISO 6346 where it is one.
        seals: Numbers of the seals on it.
    """

    number: ReferenceText
    seals: tuple[ReferenceText, ...] = Field(default=(), alias="Seal", max_length=20)


class DeclaredTransport(Aggregate):
    """How the goods leave (WCO: BorderTransportMeans).

    Attributes:
        departure_date: Parameter 7.
        mode: UN/ECE Recommendation 19 (parameter 12).
        means_name: Name of the vessel, or the like.
        journey_number: Voyage or flight.
        transport_document: Number of the bill of lading, air waybill or the like.
        loading_port: Where they leave.
        discharge_port: Parameter 13.
        equipment: Containers.
    """

    departure_date: Date
    mode: TransportModeCode
    means_name: Text | None = None
    journey_number: ReferenceText | None = None
    transport_document: ReferenceText | None = None
    loading_port: Port | None = None
    discharge_port: Port
    equipment: tuple[TransportEquipment, ...] = Field(default=(), alias="Equipment", max_length=500)


class DeclaredItem(Aggregate):
    """One item (WCO: GovernmentAgencyGoodsItem).

    Attributes:
        sequence_number: Parameter 14.
        commodity_code: As declared for export (parameter 8).
        quantity: In the unit of the tariff line (parameters 9 and 10).
        origin_country: Parameter 11.
        description: In words.
        national_descriptions: The same in other languages and scripts.
        packages: Number and type.
        gross_measure: With packing.
        net_measure: Without.
        fob_amount: Value free on board.
        invoices: On which it stands.
    """

    sequence_number: PositiveInt
    commodity_code: CommodityCode
    quantity: Measure
    origin_country: CountryCode
    description: Lines | None = None
    national_descriptions: tuple[LocalText, ...] = Field(
        default=(), alias="NationalDescription", max_length=8
    )
    packages: tuple[Package, ...] = Field(default=(), alias="Package", max_length=500)
    gross_measure: Measure | None = None
    net_measure: Measure | None = None
    fob_amount: Amount | None = None
    invoices: tuple[Invoice, ...] = Field(default=(), alias="Invoice", max_length=50)


class SupportingDocument(Aggregate):
    """A document that accompanies the consignment (WCO: AdditionalDocument).

    Attributes:
        message_type: Its type by its name in the catalogue, for example ``CertificateIssue``.
        issuing_country: Of its key.
        issuing_office: Of its key.
        reference_number: Of its key, as spelled.
    """

    message_type: Code
    issuing_country: CountryCode
    issuing_office: OfficeCode
    reference_number: ReferenceText

    @property
    def key(self) -> CertificateKey:
        """(Issuing state, office, number as spelled)."""
        return CertificateKey(self.issuing_country, self.issuing_office, self.reference_number)


class DeclarationExtract(LeadingDocument):
    """What the exporting customs tells of one accepted export declaration.

    Attributes:
        reference_number: Number of the export permit or declaration (parameter 15).
        issuing_country: The exporting state.
        issuing_office: Office of its customs that accepted the declaration.
        importing_country: For whose customs the extract is.
        acceptance_date: When the declaration was accepted.
        procedure: Code of the customs procedure (WCO: GovernmentProcedure).
        trader_reference: Unique consignment reference, UCR.
        gross_measure: Of the whole consignment.
        supporting_documents: What else accompanies it.
    """

    namespace: ClassVar[str] = "urn:swb:declaration-extract:1"
    destination_path: ClassVar[str] = "ImportingCountry"

    reference_number: ReferenceText
    issuing_country: CountryCode
    issuing_office: OfficeCode
    importing_country: CountryCode
    acceptance_date: Date | None = None
    procedure: Code | None = None
    trader_reference: ReferenceText | None = None
    exporter: Exporter
    consignee: Consignee
    declaring_agent: Agent
    transport: DeclaredTransport
    gross_measure: Measure | None = None
    items: tuple[DeclaredItem, ...] = Field(alias="Item", min_length=1, max_length=5000)
    supporting_documents: tuple[SupportingDocument, ...] = Field(
        default=(), alias="SupportingDocument", max_length=100
    )
    remarks: Lines | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _items_are_numbered_once(self) -> Self:
        require_numbered_once(item.sequence_number for item in self.items)
        return self

    @property
    def mentions(self) -> tuple[str, ...]:
        """Keys of the documents that accompany it."""
        return tuple(str(each.key) for each in self.supporting_documents)

    @property
    def destination(self) -> str:
        """The importing state."""
        return self.importing_country

    @property
    def issued_on(self) -> date | None:
        """The day of acceptance, where it is told."""
        return self.acceptance_date

    @property
    def exporter_number(self) -> str:
        """Parameter 1, by which consents are recorded."""
        return self.exporter.identifier

    @property
    def line_count(self) -> int:
        """Its items."""
        return len(self.items)
