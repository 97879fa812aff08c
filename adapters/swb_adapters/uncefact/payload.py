"""UN/CEFACT's PreferentialCoO of D23B, with this project's extension members.

Members, types and repetition are those of the published JSON schema. It takes any member whose
name begins with ``x-``; what a certificate must say and the standard has no member or no code for
stands in members ``x-swb`` (README.md). Others' members of that kind are read over and named.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from swb_adapters.sdk import JsonDay, JsonMoment, JsonNumber, JsonPart, NoPlace

__all__ = ["PreferentialCoo"]


class StandardPart(JsonPart):
    """An object of the standard: closed, but for members whose names begin with ``x-``."""

    @model_validator(mode="after")
    def _only_extensions_are_unknown(self) -> StandardPart:
        for name in self.model_extra or {}:
            if not name.startswith("x-"):
                template = "expected a member of the standard or of x-, found {name}"
                raise PydanticCustomError("unknown_member", template, {"name": ascii(name[:60])})
        return self


class Identifier(StandardPart):
    """An identifier (UDT)."""

    content: str
    agency: Annotated[str | None, NoPlace("who keeps a list of identifiers")] = Field(
        None, alias="schemeAgencyId"
    )


class Code(StandardPart):
    """A code (UDT)."""

    content: str
    agency: Annotated[str | None, NoPlace("who keeps a list of codes")] = Field(
        None, alias="listAgencyId"
    )


class Words(StandardPart):
    """A text (UDT)."""

    content: str
    language: Annotated[str | None, NoPlace("the language of a text")] = Field(
        None, alias="languageId"
    )


# --- extension members -------------------------------------------------------------------------


class Extension(JsonPart):
    """An object of ours: below ``x-swb``, so the standard knows nothing of it."""


class MeasureMember(Extension):
    """A quantity with its unit (Recommendation 20)."""

    value: JsonNumber
    unit: str = Field(alias="unitCode")


class AmountMember(Extension):
    """Money with its currency (ISO 4217)."""

    value: JsonNumber
    currency: str = Field(alias="currencyCode")


class OriginalMember(Extension):
    """A certificate behind a back-to-back one."""

    country: str = Field(alias="issuingCountry")
    number: str = Field(alias="referenceNumber")
    issued: JsonDay = Field(alias="issueDate")
    expires: JsonDay | None = Field(None, alias="expiryDate")


class InvoicerMember(Extension):
    """Who invoices from a third country."""

    name: str
    country: str


class ExhibitionMember(Extension):
    """Where the goods were shown."""

    name: str
    address: str


class CasesMember(Extension):
    """Box 13: a ticked box is there."""

    invoicing: InvoicerMember | None = Field(None, alias="thirdCountryInvoicing")
    exhibition: ExhibitionMember | None = None
    accumulation: Literal[True] | None = None
    de_minimis: Literal[True] | None = Field(None, alias="deMinimis")
    back_to_back: list[OriginalMember] | None = Field(None, alias="backToBack")
    retroactive: Literal[True] | None = Field(None, alias="issuedRetroactively")
    partial: Literal[True] | None = Field(None, alias="partialCumulation")


class DeclarationMember(Extension):
    """Box 11."""

    country: str = Field(alias="countryOfProduction")
    importing: str = Field(alias="importingCountry")
    place: str | None = None
    day: JsonDay | None = Field(None, alias="date")
    signatory: str | None = Field(None, alias="signatoryName")


class CertificationMember(Extension):
    """Box 12, but for the date of issue."""

    authority: str | None = Field(None, alias="authorityName")
    place: str | None = None
    signatory: str | None = Field(None, alias="signatoryName")
    original: JsonDay | None = Field(None, alias="originalIssueDate")


class DocumentMembers(Extension):
    """Of the document."""

    edition: str
    copy_type: str = Field(alias="copyType")
    country: str = Field(alias="issuingCountry")
    declaration: DeclarationMember = Field(alias="exporterDeclaration")
    certification: CertificationMember
    cases: CasesMember | None = Field(None, alias="specialCases")
    remarks: str | None = None


class PartyMembers(Extension):
    """Of a trader."""

    name: str
    address: str
    country: str


class MovementMembers(Extension):
    """Of the journey."""

    departure: JsonDay | None = Field(None, alias="departureDate")
    mode: str | None = Field(None, alias="modeCode")
    route: str | None = None


class PlaceMembers(Extension):
    """Of a port."""

    name: str


class PackageMember(Extension):
    """Packages of one kind."""

    count: JsonNumber
    type_code: str | None = Field(None, alias="typeCode")
    weight: MeasureMember | None = Field(None, alias="grossMeasure")
    volume: MeasureMember | None = Field(None, alias="grossVolume")


class InvoiceMember(Extension):
    """Box 10."""

    number: str
    day: JsonDay = Field(alias="date")


class ItemMembers(Extension):
    """Of an item."""

    marks: str | None = Field(None, alias="marksAndNumbers")
    packages: list[PackageMember] | None = None
    description: str
    quantity: MeasureMember | None = None
    nomenclature: str
    manufacturer: str | None = Field(None, alias="manufacturerName")
    trademark: str | None = Field(None, alias="trademarkName")
    criterion: str = Field(alias="originCriterion")
    weight: MeasureMember | None = Field(None, alias="grossMeasure")
    fob: AmountMember | None = Field(None, alias="fobAmount")
    invoices: list[InvoiceMember]


# --- the standard ------------------------------------------------------------------------------


class Location(StandardPart):
    """A place by its code."""

    identifiers: list[Identifier] = Field([], alias="id", max_length=1)
    more: PlaceMembers | None = Field(None, alias="x-swb")


class Party(StandardPart):
    """A party by its number."""

    identifiers: list[Identifier] = Field([], alias="id", max_length=1)
    more: PartyMembers | None = Field(None, alias="x-swb")


class Issuer(StandardPart):
    """The issuing office by its code."""

    identifiers: list[Identifier] = Field([], alias="id", max_length=1)


class Signature(StandardPart):
    """An authentication of the whole, which no box is."""

    signed_at: Annotated[JsonMoment | None, NoPlace("a first authentication's moment")] = Field(
        None, alias="actualDateTime"
    )
    location: Annotated[Location | None, NoPlace("a first authentication's place")] = Field(
        None, alias="issueLogisticsLocation"
    )


class Document(StandardPart):
    """The head of the document."""

    number: Identifier | None = Field(None, alias="id")
    type_code: Code | None = Field(None, alias="typeCode")
    issued_at: JsonMoment | None = Field(None, alias="issueDateTime")
    signature: Signature | None = Field(None, alias="firstSignatoryDocumentAuthentication")
    issuer: Issuer | None = None
    more: DocumentMembers | None = Field(None, alias="x-swb")


class Means(StandardPart):
    """The vessel or aircraft."""

    type_code: Annotated[Code | None, NoPlace("the type of a means of transport")] = Field(
        None, alias="typeCode"
    )
    name: Words | None = None


class Movement(StandardPart):
    """The journey."""

    mode: Code | None = Field(None, alias="modeCode")
    identifier: Identifier | None = Field(None, alias="id")
    means: Means | None = Field(None, alias="usedLogisticsTransportMeans")
    more: MovementMembers | None = Field(None, alias="x-swb")


class Procedure(StandardPart):
    """The agreement."""

    agreement: Words | None = Field(None, alias="freeTradeAgreementName")


class Classification(StandardPart):
    """A tariff code."""

    code: Code | None = Field(None, alias="classCode")


class Product(StandardPart):
    """The goods."""

    classifications: list[Classification] = Field([], alias="designatedProductClassification")
    origins: Annotated[list[Any] | None, NoPlace("the origin of a single product")] = Field(
        None, alias="originTradeCountry"
    )


class Line(StandardPart):
    """A line of an item."""

    products: list[Product] = Field([], alias="specifiedTradeProduct")
    packages: Annotated[list[Any] | None, NoPlace("packages by their level of packing")] = Field(
        None, alias="physicalReferencedLogisticsPackage"
    )


class Item(StandardPart):
    """An item of the consignment."""

    identifiers: list[Identifier] = Field([], alias="id")
    lines: list[Line] = Field([], alias="includedTradeLineItem")
    more: ItemMembers | None = Field(None, alias="x-swb")


class Consignment(StandardPart):
    """The consignment."""

    identifiers: Annotated[list[Any] | None, NoPlace("the consignment's number")] = Field(
        None, alias="id"
    )
    consignor: Party | None = None
    consignee: Party | None = None
    items: list[Item] = Field([], alias="includedConsignmentItem")
    movements: list[Movement] = Field([], alias="mainCarriageLogisticsTransportMovement")
    associated: Annotated[list[Any] | None, NoPlace("a party of no box")] = None
    procedures: list[Procedure] = Field([], alias="applicableCrossBorderRegulatoryProcedure")
    unloading: Location | None = Field(None, alias="unloadingLogisticsLocation")
    loading: Location | None = Field(None, alias="loadingLogisticsLocation")


class PreferentialCoo(StandardPart):
    """The whole document."""

    document: Document | None = Field(None, alias="exchangedDocument")
    consignments: list[Consignment] = Field([], alias="specifiedConsignment", max_length=1)
