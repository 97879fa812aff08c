"""The AANZFTA certificate as its published JSON schema has it.

Members and what is required are the schema's; names of fields are this project's. The schema is
open: it forbids no member. What it says and nobody could mean is kept to the letter all the same,
such as a volume of every package: an empty text stands for what a certificate does not have.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from swb_adapters.sdk import JsonMoment, JsonNumber, JsonPart, NoPlace

__all__ = [
    "Address",
    "Certificate",
    "Consignment",
    "ConsignmentItem",
    "Line",
    "Movement",
    "Package",
    "Party",
    "Place",
]


Image = Annotated[str, NoPlace("an image of a signature by hand")]


class Authentication(JsonPart):
    """Who signed: box 11 the exporter, box 12 the issuing body."""

    signature: Image
    signed_at: JsonMoment | None = Field(None, alias="actualDateTime")


class Country(JsonPart):
    """A country by its name."""

    name: str


class Address(JsonPart):
    """Where a party is."""

    line1: str
    line2: str | None = None
    city: str = Field(alias="cityName")
    postcode: str
    subdivision: str | None = Field(None, alias="countrySubDivisionName")
    country: str = Field(alias="countryCode")


class Party(JsonPart):
    """The exporter of box 1 or the importer of box 2."""

    identifier: str = Field(alias="iD")
    name: str
    address: Address = Field(alias="postalAddress")


class ManufacturerAddress(JsonPart):
    """Where a manufacturer is; nothing of it need be there."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = Field(None, alias="cityName")
    postcode: str | None = None
    subdivision: str | None = Field(None, alias="countrySubDivisionName")
    country: str | None = Field(None, alias="countryCode")


class Manufacturer(JsonPart):
    """Who made the goods."""

    identifier: Annotated[str | None, NoPlace("the manufacturer's number")] = Field(
        None, alias="iD"
    )
    name: str | None = None
    address: Annotated[ManufacturerAddress | None, NoPlace("the manufacturer's address")] = Field(
        None, alias="postalAddress"
    )


class LoadingPlace(JsonPart):
    """Where the goods are loaded."""

    identifier: str | None = Field(None, alias="iD")
    name: str


class UnloadingPlace(JsonPart):
    """Where they are unloaded."""

    identifier: str = Field(alias="iD")
    name: str | None = None


Place = LoadingPlace | UnloadingPlace


class TransportMeans(JsonPart):
    """The vessel or aircraft."""

    identifier: str = Field(alias="iD")
    name: str | None = None


class Departure(JsonPart):
    """When the goods leave."""

    at: JsonMoment = Field(alias="departureDateTime")


class Movement(JsonPart):
    """The journey of box 3."""

    identifier: str | None = Field(None, alias="iD")
    information: str | None = None
    means: TransportMeans = Field(alias="usedTransportMeans")
    departure: Departure = Field(alias="departureEvent")


class Procedure(JsonPart):
    """Box 8."""

    criterion: str = Field(alias="originCriteriaText")


class File(JsonPart):
    """A file elsewhere."""

    uri: Annotated[str | None, NoPlace("the address of a copy of the invoice")] = Field(
        None, alias="uRI"
    )


class Invoice(JsonPart):
    """Box 10."""

    number: str = Field(alias="iD")
    issued_at: JsonMoment = Field(alias="issueDateTime")
    file: File | None = Field(None, alias="attachedBinaryFile")


class Classification(JsonPart):
    """The tariff code of box 7."""

    code: str | None = Field(None, alias="classCode")
    name: Annotated[str | None, NoPlace("the tariff's own words")] = Field(None, alias="className")


class OriginCountry(JsonPart):
    """Where a product originates."""

    code: str | None = None


class Product(JsonPart):
    """The goods of box 7."""

    identifier: Annotated[str | None, NoPlace("the product's number")] = Field(None, alias="iD")
    description: str
    classification: Classification | None = Field(None, alias="harmonisedTariffCode")
    origin: OriginCountry | None = Field(None, alias="originCountry")


class Package(JsonPart):
    """One package: marks and numbers of box 6, measures of box 9."""

    marks: str = Field(alias="iD")
    volume: str = Field(alias="grossVolume")
    weight: str = Field(alias="grossWeight")


class Line(JsonPart):
    """One item number of box 5."""

    number: JsonNumber = Field(alias="sequenceNumber")
    invoice: Invoice = Field(alias="invoiceReference")
    product: Product = Field(alias="tradeProduct")
    packages: list[Package] = Field(alias="transportPackages", max_length=500)


class ConsignmentItem(JsonPart):
    """Lines of one manufacturer and one criterion."""

    identifier: Annotated[str | None, NoPlace("the manufacturer's shipment number")] = Field(
        None, alias="iD"
    )
    information: str | None = None
    procedure: Procedure = Field(alias="crossBorderRegulatoryProcedure")
    manufacturer: Manufacturer | None = None
    lines: list[Line] = Field([], alias="tradeLineItems")


class Consignment(JsonPart):
    """What the certificate is about."""

    identifier: Annotated[str | None, NoPlace("the consignment's number")] = Field(None, alias="iD")
    information: str | None = None
    exporting: Country = Field(alias="exportCountry")
    importing: Country = Field(alias="importCountry")
    consignor: Party
    consignee: Party
    loading: LoadingPlace | None = Field(None, alias="loadingBaseportLocation")
    movement: Movement = Field(alias="mainCarriageTransportMovement")
    unloading: UnloadingPlace = Field(alias="unloadingBaseportLocation")
    items: list[ConsignmentItem] = Field([], alias="includedConsignmentItems")


class Certificate(JsonPart):
    """The certificate: the subject of the credential that carries it."""

    number: str | None = Field(None, alias="iD")
    issued_at: JsonMoment | None = Field(None, alias="issueDateTime")
    exporter_signature: Authentication = Field(alias="firstSignatoryAuthentication")
    issuer_signature: Authentication = Field(alias="secondSignatoryAuthentication")
    preference: Annotated[
        bool | None, NoPlace("box 4, which the importing customs fills in its response")
    ] = Field(None, alias="isPreferential")
    consignment: Consignment = Field(alias="supplyChainConsignment")
