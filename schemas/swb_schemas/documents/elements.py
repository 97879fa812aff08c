"""The data types that every canonical document is built from.

Each type has exactly one lexical form in XML; `swb_schemas.xml.codec` writes it and the XSD file
``xsd/common.xsd`` states it for everybody else. What XSD 1.0 cannot state (Unicode normalisation)
is stated here and in ``docs/reference/wire.md``.

* Decimals have no exponent, no trailing and no leading zeros: at most 15 digits before and 6
  after the point, never negative.
* Instants are in UTC and end in ``Z``, with at most microseconds and no trailing zeros. Business
  dates have no zone.
* Text is in Unicode normal form C, without control, bidirectional or private-use characters. A
  line feed may stand where a box of the form has lines. ZWSP, ZWNJ and ZWJ may stand anywhere:
  scripts of the region need them.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

__all__ = [
    "Aggregate",
    "Amount",
    "Code",
    "CommodityCode",
    "CountryCode",
    "CurrencyCode",
    "Date",
    "Digest",
    "Document",
    "Environment",
    "Extension",
    "Extensions",
    "HsCode",
    "Instant",
    "Lines",
    "LocalText",
    "Measure",
    "NonNegativeDecimal",
    "OfficeCode",
    "PackageTypeCode",
    "PartyUrn",
    "Percentage",
    "PortCode",
    "PositiveInt",
    "ReferenceText",
    "Text",
    "TradeParty",
    "TransportModeCode",
    "UnitCode",
    "Uuid",
    "Version",
    "fold_text",
]

SHA256_URI: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
"""Algorithm identifier of SHA-256 in XML signatures (XML Encryption, 5.7.2)."""

# --- text --------------------------------------------------------------------------------------

_ALLOWED_FORMAT_CHARACTERS: Final = "\u200b\u200c\u200d"
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def _find_forbidden(text: str) -> str | None:
    for character in text:
        if character in _ALLOWED_FORMAT_CHARACTERS:
            continue
        if unicodedata.category(character) in _FORBIDDEN_CATEGORIES or (
            ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF  # noqa: PLR2004 - noncharacters, Unicode 23.7
        ):
            return character
    return None


def _check_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        if text != text.strip(" "):
            msg = "expected text without space at its ends"
            raise ValueError(msg)
        return text
    if not unicodedata.is_normalized("NFC", text):
        msg = "expected text in Unicode normal form C (NFC)"
        raise ValueError(msg)
    forbidden = _find_forbidden(text)
    if forbidden is not None:
        msg = f"expected text without control or bidirectional characters, found U+{ord(forbidden):04X}"
        raise ValueError(msg)
    if text != text.strip():
        msg = "expected text without space at its ends"
        raise ValueError(msg)
    return text


def _check_lines(text: str) -> str:
    for line in text.split("\n"):
        if not line:
            msg = "expected lines that are not empty"
            raise ValueError(msg)
        _check_text(line)
    return text


def fold_text(text: str, *, lines: bool = False) -> str:
    """Bring text of foreign origin into the canonical form, without changing what it says.

    Normalises to NFC, turns runs of white space into one space, drops byte order marks and space
    at the ends, and joins or keeps lines. Characters that are forbidden stay where they are, so
    that the document's own check names them.

    Args:
        text: Text in any Unicode form.
        lines: Keep line breaks as line feeds instead of turning them into spaces.
    """
    normal = unicodedata.normalize("NFC", text.replace("\ufeff", ""))
    rows = (" ".join(row.split()) for row in re.split(r"\r\n|\r|\n", normal))
    return ("\n" if lines else " ").join(row for row in rows if row)


Text = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_check_text)]
"""One line of text."""
Lines = Annotated[
    str, Field(min_length=1, max_length=4000), AfterValidator(_check_lines)
]
"""Text in one or more lines, none of them empty, parted by line feeds."""
ReferenceText = Annotated[
    str, Field(min_length=1, max_length=35), AfterValidator(_check_text)
]
"""A number as spelled by whoever gave it: opaque, at most 35 characters (facts 2.7)."""

# --- codes -------------------------------------------------------------------------------------

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,34}$")]
"""A code from an open list."""
OfficeCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
"""Code that a state gives to one of its offices."""
Version = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}\.(0|[1-9][0-9]{0,2})$")]
"""``major.minor``."""
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217, alphabetic."""
UnitCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]
"""UN/ECE Recommendation 20."""
PackageTypeCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
"""UN/ECE Recommendation 21."""
PortCode = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
"""UN/LOCODE."""
TransportModeCode = Annotated[str, Field(pattern=r"^[1-9]$")]
"""UN/ECE Recommendation 19, first digit: 1 sea, 2 rail, 3 road, 4 air, 5 post, 8 inland water."""
HsCode = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{2}){0,2}$")]
"""Harmonized System: 6 digits, 8 of the AHTN, or 10 of a national tariff."""
LanguageTag = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")
]
"""BCP 47, restricted to language, script and region."""
Uuid = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
    ),
]
"""RFC 9562, lower case."""
PartyUrn = Annotated[
    str,
    Field(
        pattern=r"^urn:swb:party:([A-Z]{2}|REGION):[a-z][a-z-]{0,31}(:[A-Za-z0-9][A-Za-z0-9.-]{0,31})?$"
    ),
]
"""See `swb_schemas.parties`."""


class Environment(StrEnum):
    """What an exchange is worth. Test has trust roots of its own; parallel never binds."""

    TEST = "test"
    PARALLEL = "parallel"
    PRODUCTION = "production"


# --- numbers and times -------------------------------------------------------------------------


def _check_decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        msg = "expected a finite number"
        raise ValueError(msg)
    normal = value.normalize()
    digits, exponent = normal.as_tuple().digits, int(normal.as_tuple().exponent)
    if -exponent > 6 or len(digits) + exponent > 15:  # noqa: PLR2004 - the limits of the module docstring
        msg = "expected at most 15 digits before and 6 after the point"
        raise ValueError(msg)
    return value


def _check_instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "expected an instant with a zone"
        raise ValueError(msg)
    return value.astimezone(UTC)


NonNegativeDecimal = Annotated[Decimal, Field(ge=0), AfterValidator(_check_decimal)]
Percentage = Annotated[Decimal, Field(ge=0, le=100), AfterValidator(_check_decimal)]
PositiveInt = Annotated[int, Field(ge=1, le=999_999_999)]
Date = date
Instant = Annotated[datetime, AfterValidator(_check_instant)]


# --- aggregates --------------------------------------------------------------------------------


class Aggregate(BaseModel):
    """A group of elements in a fixed order (UN/CEFACT: aggregate business information entity).

    Field order is element order, and a field's alias is its element's name. An aggregate that
    has a field ``value`` is an element with text, and its other fields are attributes.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_pascal,
        populate_by_name=True,
        validate_default=False,
    )


class LocalText(Aggregate):
    """Text in a language other than the document's.

    Attributes:
        lang: Language of the text; written as ``xml:lang``.
        value: The text.
    """

    lang: LanguageTag = Field(alias="{http://www.w3.org/XML/1998/namespace}lang")
    value: Lines


class Measure(Aggregate):
    """A quantity with its unit.

    Attributes:
        unit: UN/ECE Recommendation 20.
        value: How much.
    """

    unit: UnitCode = Field(alias="unit")
    value: NonNegativeDecimal


class Amount(Aggregate):
    """Money with its currency.

    Attributes:
        currency: ISO 4217.
        value: How much.
    """

    currency: CurrencyCode = Field(alias="currency")
    value: NonNegativeDecimal


class CommodityCode(Aggregate):
    """A tariff code with the nomenclature that it belongs to.

    Attributes:
        nomenclature: For example ``AHTN-2022`` or ``HS-2022``.
        value: The digits.
    """

    nomenclature: Code = Field(alias="nomenclature")
    value: HsCode


class Digest(Aggregate):
    """A digest that carries its algorithm.

    Attributes:
        algorithm: URI as in XML signatures.
        value: The digest in base64.
    """

    algorithm: str = Field(alias="algorithm", pattern=r"^http[!-~]{1,100}$")
    value: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")

    @property
    def text(self) -> str:
        """The form used outside XML: ``sha-256:<hex>``."""
        return f"sha-256:{base64.b64decode(self.value).hex()}"

    @classmethod
    def of_sha256(cls, octets: bytes) -> Self:
        """Wrap the 32 octets of a SHA-256 digest."""
        return cls(algorithm=SHA256_URI, value=base64.b64encode(octets).decode())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``sha-256:<hex>``.

        Raises:
            ValueError: It is not of that form.
        """
        name, _, hexadecimal = text.partition(":")
        try:
            octets = binascii.unhexlify(hexadecimal)
        except binascii.Error:
            octets = b""
        if name != "sha-256" or len(octets) != 32:  # noqa: PLR2004 - octets of SHA-256
            msg = f"expected sha-256:<64 hexadecimal digits>, found {text[:80]!r}"
            raise ValueError(msg)
        return cls.of_sha256(octets)


class TradeParty(Aggregate):
    """A trader.

    Attributes:
        identifier: Number by which the trader's own state knows it.
        name: In the document's language.
        national_names: The same name in other languages and scripts.
        address: In the document's language, in lines.
        national_addresses: The same address in other languages and scripts.
        country: Where it is established.
    """

    identifier: ReferenceText | None = None
    name: Text
    national_names: tuple[LocalText, ...] = Field(
        default=(), alias="NationalName", max_length=8
    )
    address: Lines
    national_addresses: tuple[LocalText, ...] = Field(
        default=(), alias="NationalAddress", max_length=8
    )
    country: CountryCode


class Extension(Aggregate):
    """One element of a foreign namespace.

    Attributes:
        must_understand: Refuse the document where this is not understood.
        element: The foreign element, in exclusive canonical form.
    """

    must_understand: bool = Field(alias="mustUnderstand")
    element: str


class Extensions(Aggregate):
    """The one place for what this version does not know."""

    extensions: tuple[Extension, ...] = Field(
        alias="Extension", min_length=1, max_length=16
    )


class Document(Aggregate):
    """Root element of a canonical document.

    Attributes:
        version: Of the document type; the major part stands in the namespace too.
    """

    namespace: ClassVar[str]

    version: Version = Field(default="1.0", alias="version")
    lang: LanguageTag = Field(
        default="en", alias="{http://www.w3.org/XML/1998/namespace}lang"
    )
