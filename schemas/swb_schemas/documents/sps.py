"""What sanitary and phytosanitary certificates share, major version 1.

The base is UN/CEFACT's SPSCertificate as IPPC's ePhyto exchanges it; each kind of certificate is a
module with a namespace, an agreement and type codes of its own, and no element of its own. What a
kind demands (ISPM 12 for plants) is a rule of the rule book, not the model's: a certificate that
lacks it must be readable before it can be found wanting.

==========================  ===================================================================
SPSCertificate              here
==========================  ===================================================================
``SPSExchangedDocument``    ``Name`` to ``Authentication``
``SPSConsignment``          ``Consignor`` to ``Carriage``
``IncludedSPSTradeLineItem``  ``Item``, with the number of the consignment item that it is in
==========================  ===================================================================

A certificate is never cancelled by another message: it is sent once more with another ``Status``
(*withdrawn by status*), and one that replaces another names it among its ``Reference``s or notes.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from swb_schemas.documents.elements import (
    Aggregate,
    Code,
    CountryCode,
    Date,
    Extensions,
    Lines,
    LocalText,
    Measure,
    NonNegativeDecimal,
    NonNegativeInt,
    PositiveInt,
    ReferenceText,
    Text,
    TransportModeCode,
    UnitCode,
)
from swb_schemas.documents.leading import LeadingDocument
from swb_schemas.documents.values import SignedDecimal

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "Attachment",
    "Authentication",
    "CertificateStatus",
    "Classification",
    "Clause",
    "Country",
    "Location",
    "Moment",
    "Movement",
    "Note",
    "OriginCountry",
    "PartyIdentifier",
    "ReferencedDocument",
    "SignedMeasure",
    "SpsCertificate",
    "SpsPackage",
    "SpsParty",
    "TradeLine",
    "TransportEquipment",
    "Treatment",
    "TreatmentCharacteristic",
]

ClockTime = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{0,5}[1-9])?$")
]
"""A time of the day."""
UtcOffset = Annotated[str, Field(pattern=r"^(Z|[+-]((0[1-9]|1[0-3]):(00|15|30|45)|14:00))$")]
"""How far a place's clock is from UTC."""
Base64Text = Annotated[str, Field(max_length=4_000_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
"""Octets in base64, spelled as they came, without white space."""


class Moment(Aggregate):
    """A point in time as its place counts it: the authority's own day must not shift.

    Attributes:
        day: The day there.
        time: The time there, where it is known.
        offset: From UTC, where it is known.
    """

    day: Date
    time: ClockTime | None = None
    offset: UtcOffset | None = None


class CertificateStatus(StrEnum):
    """What has become of a certificate (codes of ePhyto in brackets)."""

    APPROVED = "APPROVED"
    """Approved, and not issued yet (39)."""
    ISSUED = "ISSUED"
    """In force (70)."""
    WITHDRAWN = "WITHDRAWN"
    """No longer in force: its authority took it back, or replaced it (40)."""
    REJECTED = "REJECTED"
    """Refused by the importing side (41)."""


class Country(Aggregate):
    """A country, and its name where the certificate spells it."""

    code: CountryCode
    name: Text | None = None


class Note(Aggregate):
    """A statement: an additional declaration, a mark, a remark.

    Attributes:
        subject: Code of what it is about, from ePhyto's list (``ADEDL``, ``DMCL``) or another.
        content: What it says; the language ``und`` where none was named.
    """

    subject: Text | None = None
    content: LocalText | None = None


class Attachment(Aggregate):
    """A file that travels within the certificate.

    Attributes:
        file_name: As its sender named it; nothing is ever stored under this name.
        content: Its octets.
    """

    file_name: Text | None = None
    content: Base64Text


class ReferencedDocument(Aggregate):
    """A document that the certificate rests upon, replaces or is accompanied by.

    Attributes:
        issued: When it was issued.
        type_code: UNTDID 1001.
        relationship_code: UNTDID 1153: how it is related.
        reference_number: As spelled by its issuer.
        information: In words.
        attachment: The document itself.
    """

    issued: Moment | None = None
    type_code: Code | None = None
    relationship_code: Code | None = None
    reference_number: Text | None = None
    information: LocalText | None = None
    attachment: Attachment | None = None


class Clause(Aggregate):
    """A statement that the signature is put under."""

    number: NonNegativeInt
    content: Lines | None = None


class Authentication(Aggregate):
    """Who signed for the authority, when and where."""

    signed: Moment | None = None
    place: Text | None = None
    authority_name: Text | None = None
    signatory_name: Text | None = None
    clauses: tuple[Clause, ...] = Field(default=(), alias="Clause", max_length=50)


class PartyIdentifier(Aggregate):
    """A number by which some register knows a party."""

    scheme: Text | None = None
    number: Text


class SpsParty(Aggregate):
    """Consignor or consignee."""

    name: Text | None = None
    identifiers: tuple[PartyIdentifier, ...] = Field(default=(), alias="Identifier", max_length=20)
    address_lines: tuple[Text, ...] = Field(default=(), alias="AddressLine", max_length=5)


class Location(Aggregate):
    """A place: UN/LOCODE or another code, and its name."""

    code: Code | None = None
    name: Text | None = None


class Movement(Aggregate):
    """One leg of the main carriage."""

    journey_number: Text | None = None
    mode: TransportModeCode
    means_name: Text | None = None


class TransportEquipment(Aggregate):
    """A container or the like, and its seal."""

    number: Text | None = None
    seal_number: Text | None = None


class Classification(Aggregate):
    """A class of one system: HS, EPPO codes, IPPC's lists of commodities and conditions."""

    system_name: Text | None = None
    class_code: Text | None = None
    class_names: tuple[LocalText, ...] = Field(default=(), alias="ClassName", max_length=8)


class SpsPackage(Aggregate):
    """Packages of one level: 1 the outermost."""

    level_code: Code | None = None
    type_code: Code | None = None
    count: NonNegativeDecimal


class OriginCountry(Aggregate):
    """Where the goods were grown or produced, as exactly as is asked for."""

    code: CountryCode | None = None
    name: Text | None = None
    subdivision_name: Text | None = None
    subdivision_level: Code | None = None


class SignedMeasure(Aggregate):
    """A quantity that may be below zero, as temperatures are.

    Attributes:
        unit: UN/ECE Recommendation 20.
        value: How much.
    """

    unit: UnitCode = Field(alias="unit")
    value: SignedDecimal


class TreatmentCharacteristic(Aggregate):
    """One figure of a treatment: the chemical, its concentration, a temperature."""

    descriptions: tuple[LocalText, ...] = Field(default=(), alias="Description", max_length=20)
    measure: SignedMeasure | None = None


class Treatment(Aggregate):
    """What was done to the goods: disinfestation, disinfection, cooling."""

    type_code: Code | None = None
    started: Moment | None = None
    ended: Moment | None = None
    duration: Measure | None = None
    characteristics: tuple[TreatmentCharacteristic, ...] = Field(
        default=(), alias="Characteristic", max_length=50
    )


class TradeLine(Aggregate):
    """One kind of goods in the consignment.

    Attributes:
        sequence_number: As the certificate numbers it; some count from 0.
        consignment_item: Number of the consignment item that it is in, from 1.
        cargo_type_code: Nature of that consignment item's cargo.
    """

    sequence_number: NonNegativeInt
    consignment_item: PositiveInt
    cargo_type_code: Text | None = None
    descriptions: tuple[LocalText, ...] = Field(default=(), alias="Description", max_length=20)
    common_names: tuple[LocalText, ...] = Field(default=(), alias="CommonName", max_length=20)
    scientific_names: tuple[LocalText, ...] = Field(
        default=(), alias="ScientificName", max_length=20
    )
    intended_uses: tuple[LocalText, ...] = Field(default=(), alias="IntendedUse", max_length=20)
    net_weight: Measure | None = None
    gross_weight: Measure | None = None
    net_volume: Measure | None = None
    gross_volume: Measure | None = None
    notes: tuple[Note, ...] = Field(default=(), alias="Note", max_length=500)
    classifications: tuple[Classification, ...] = Field(
        default=(), alias="Classification", max_length=100
    )
    packages: tuple[SpsPackage, ...] = Field(default=(), alias="Package", max_length=100)
    origins: tuple[OriginCountry, ...] = Field(default=(), alias="Origin", max_length=50)
    treatments: tuple[Treatment, ...] = Field(default=(), alias="Treatment", max_length=50)


class SpsCertificate(LeadingDocument):
    """What every kind of sanitary or phytosanitary certificate is made of; never one by itself.

    Attributes:
        agreement: Under which all certificates of the kind are issued.
        authority: Stands for the state's one authority of the kind: numbers of a state are one
            series, and the certificate names no office.
        type_codes: UNTDID 1001: what the kind may call itself.
    """

    destination_path: ClassVar[str] = "ImportCountry/Code"
    issuer_path: ClassVar[str] = "ExportCountry/Code"
    agreement: ClassVar[str]
    authority: ClassVar[str]
    type_codes: ClassVar[frozenset[str]]

    name: Text | None = None
    reference_number: ReferenceText
    type_code: Code
    status: CertificateStatus
    issued: Moment
    issuer_name: Text | None = None
    notes: tuple[Note, ...] = Field(default=(), alias="Note", max_length=500)
    references: tuple[ReferencedDocument, ...] = Field(
        default=(), alias="Reference", max_length=100
    )
    authentication: Authentication | None = None
    consignor: SpsParty | None = None
    consignee: SpsParty | None = None
    export_country: Country
    import_country: Country
    transit_countries: tuple[Country, ...] = Field(
        default=(), alias="TransitCountry", max_length=50
    )
    port_of_entry: Location | None = None
    examination_place: Text | None = None
    carriage: tuple[Movement, ...] = Field(default=(), alias="Carriage", max_length=20)
    equipment: TransportEquipment | None = None
    items: tuple[TradeLine, ...] = Field(alias="Item", min_length=1, max_length=5000)
    extensions: Extensions | None = None

    @property
    def issuing_country(self) -> str:
        """The state whose authority issued it."""
        return self.export_country.code

    @property
    def issuing_office(self) -> str:
        """The state's one authority of this kind."""
        return self.authority

    @property
    def destination(self) -> str:
        """The state that it is for."""
        return self.import_country.code

    @property
    def line_count(self) -> int:
        """How many lines of goods it has."""
        return len(self.items)

    @property
    def issued_on(self) -> date:
        """The day of issue, as the authority counts it."""
        return self.issued.day

    @property
    def takes_back(self) -> bool:
        """Whether its status takes back the certificate that was issued under its key."""
        return self.status in {CertificateStatus.WITHDRAWN, CertificateStatus.REJECTED}


_GENUS: Final = re.compile(r"[^\W\d_]{2,}")


def names_a_genus(text: str) -> bool:
    """Whether a text can be the botanical name of a plant: at least its genus, a word."""
    return _GENUS.search(text) is not None
