"""What the code on a printed certificate says: its fields, and how a certificate gives them.

How they are written into a code is said in `print_code`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.elements import CountryCode, Environment, HsCode, PartyUrn
from swb_schemas.documents.origin_criterion import format_criterion
from swb_schemas.documents.values import format_decimal

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.documents.elements import Digest, TradeParty
    from swb_schemas.wire.seal_header import SealHeader

__all__ = ["PrintedFields", "PrintedItem", "PrintedParty", "print_item", "printed_fields"]

_WEIGHED: Final = 2
"""The version that says what an item weighs."""
_LONGEST_NAME: Final = 160
"""Octets of a name in UTF-8; a longer one is cut, and its digest stands beside it."""
_DECIMAL: Final = r"^[0-9]{1,15}(\.[0-9]{1,6})?$"
_UNIT: Final = r"^[A-Z0-9]{2,3}$"


class _Printed(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, ser_json_bytes="base64"
    )


class PrintedParty(_Printed):
    """Exporter or consignee.

    Attributes:
        country: Where it is established.
        name: Its name, or the beginning of a long one.
        digest: SHA-256 of the whole name in UTF-8, where `name` is only the beginning.
    """

    country: CountryCode
    name: str = Field(min_length=1)
    digest: bytes | None = Field(default=None, min_length=32, max_length=32)


class PrintedItem(_Printed):
    """One line of the certificate.

    Attributes:
        sequence_number: Box 5.
        commodity_code: Digits of the tariff code, box 7.
        quantity: Box 7, a decimal in its one spelling, where there is one.
        unit: Its unit, UN/ECE Recommendation 20.
        criterion: As box 8 has it.
        gross_measure: Box 9, what it weighs, where it has no quantity and the certificate says so.
        gross_unit: Its unit.
    """

    sequence_number: int = Field(ge=1)
    commodity_code: HsCode
    quantity: str | None = Field(pattern=_DECIMAL)
    unit: str | None = Field(pattern=_UNIT)
    criterion: str = Field(min_length=1, max_length=64)
    gross_measure: str | None = Field(default=None, pattern=_DECIMAL)
    gross_unit: str | None = Field(default=None, pattern=_UNIT)

    @model_validator(mode="after")
    def _weighs_in_place_of_a_quantity(self) -> PrintedItem:
        if (self.gross_measure is None) != (self.gross_unit is None) or (
            self.gross_measure is not None and self.quantity is not None
        ):
            message = "expected a weight with its unit, and in place of a quantity alone"
            raise ValueError(message)
        return self


class PrintedFields(_Printed):
    """What one code says.

    Attributes:
        document_id: Of the sealed document.
        digest: SHA-256 digest that its seal is over, 32 octets.
        certificate_key: ``STATE:office:number``.
        issuing_party: URN of who sealed the document, and signed the code.
        environment: What the certificate is worth.
        copy_type: Which sheet of the set.
        issued_on: The day of issue.
        sealed_at: When the document was sealed; whole seconds.
        signed_at: When the code was signed; whole seconds.
        destination: The importing country.
        exporter: Box 1.
        consignee: Box 2.
        sheet: Number of this sheet, from 1.
        sheets: How many sheets the print has.
        item_count: How many items the certificate has, on all sheets.
        items: Those on this sheet.
        valid_until: Last day, where the seal says so.
        first_issued_on: Of a certified true copy, when the original was issued.
    """

    document_id: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    digest: bytes = Field(min_length=32, max_length=32)
    certificate_key: str
    issuing_party: PartyUrn
    environment: Environment
    copy_type: CopyType
    issued_on: date
    sealed_at: datetime
    signed_at: datetime
    destination: CountryCode
    exporter: PrintedParty
    consignee: PrintedParty
    sheet: int = Field(ge=1)
    sheets: int = Field(ge=1)
    item_count: int = Field(ge=1)
    items: tuple[PrintedItem, ...] = ()
    valid_until: date | None = None
    first_issued_on: date | None = None

    @property
    def version(self) -> int:
        """The one version of the form in which this is written."""
        return _WEIGHED if any(each.gross_measure for each in self.items) else 1

    @model_validator(mode="after")
    def _require_counts(self) -> PrintedFields:
        """Require that the sheet is one of the print, and that it has no more items than all."""
        if self.sheet > self.sheets or len(self.items) > self.item_count:
            message = "expected a sheet of the print, with items of the certificate"
            raise ValueError(message)
        return self


def printed_fields(
    header: SealHeader, document: CertificateOfOrigin, digest: Digest, *, signed_at: datetime
) -> PrintedFields:
    """Take the fields of a sealed certificate that every sheet's code has: sheet 1 of 1, no items.

    Args:
        header: The seal header.
        document: The certificate.
        digest: What its seal is over.
        signed_at: When the code is signed; whole seconds are kept.
    """
    return PrintedFields(
        document_id=header.document_id,
        digest=bytes.fromhex(digest.text.partition(":")[2]),
        certificate_key=str(document.key),
        issuing_party=header.issuing_party,
        environment=header.environment,
        copy_type=document.copy_type,
        issued_on=document.certification.date,
        sealed_at=header.sealed_at.astimezone(UTC).replace(microsecond=0),
        signed_at=signed_at.astimezone(UTC).replace(microsecond=0),
        destination=document.destination,
        exporter=_print_party(document.exporter),
        consignee=_print_party(document.consignee),
        sheet=1,
        sheets=1,
        item_count=len(document.items),
        valid_until=header.valid_until,
        first_issued_on=document.certification.original_issue_date,
    )


def print_item(item: Item, agreement: str) -> PrintedItem:
    """Take the fields of one item.

    Raises:
        RefusedError: ``agreement.unknown``.
    """
    quantity = item.quantity
    gross = None if quantity else item.gross_measure
    return PrintedItem(
        sequence_number=item.sequence_number,
        commodity_code=item.commodity_code.value,
        quantity=format_decimal(quantity.value) if quantity else None,
        unit=quantity.unit if quantity else None,
        criterion=format_criterion(item.origin_criterion, agreement=agreement),
        gross_measure=format_decimal(gross.value) if gross else None,
        gross_unit=gross.unit if gross else None,
    )


def _print_party(party: TradeParty) -> PrintedParty:
    octets = party.name.encode()
    if len(octets) <= _LONGEST_NAME:
        return PrintedParty(country=party.country, name=party.name)
    beginning = octets[:_LONGEST_NAME].decode(errors="ignore")
    return PrintedParty(country=party.country, name=beginning, digest=sha256(octets).digest())
