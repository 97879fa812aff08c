"""The data types that every canonical document is built from.

Each type has exactly one lexical form in XML; `swb_schemas.xml.codec` writes it and the XSD file
``xsd/common.xsd`` states it for everybody else. What text may hold is in `documents.text`, the
forms of numbers and times are in `documents.values`.
"""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_pascal

from swb_schemas.documents.text import (
    LINES_PATTERN,
    TEXT_PATTERN,
    check_lines,
    check_text,
    fold_text,
)
from swb_schemas.documents.values import (
    Boolean,
    Date,
    Instant,
    Lexical,
    NonNegativeDecimal,
    NonNegativeInt,
    Percentage,
    PositiveInt,
)
from swb_schemas.foreign import check_foreign_element

__all__ = [
    "Aggregate",
    "Amount",
    "Boolean",
    "Code",
    "CommodityCode",
    "CountryCode",
    "CurrencyCode",
    "Date",
    "Digest",
    "DigestAlgorithm",
    "Document",
    "Environment",
    "Extension",
    "Extensions",
    "HsCode",
    "Instant",
    "LanguageTag",
    "Lexical",
    "Lines",
    "LocalText",
    "Measure",
    "NonNegativeDecimal",
    "NonNegativeInt",
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

Text = Annotated[str, Field(max_length=512), AfterValidator(check_text), Lexical(TEXT_PATTERN)]
"""One line of text."""
Lines = Annotated[str, Field(max_length=4000), AfterValidator(check_lines), Lexical(LINES_PATTERN)]
"""Text in one or more lines, none of them empty, parted by line feeds."""
ReferenceText = Annotated[
    str, Field(max_length=35), AfterValidator(check_text), Lexical(TEXT_PATTERN)
]
"""A number as spelled by whoever gave it: opaque, at most 35 characters (facts 2.7)."""

# --- codes -------------------------------------------------------------------------------------

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,34}$")]
"""A code from an open list."""
OfficeCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
"""Code that a state gives to one of its offices."""
Version = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}\.(0|[1-9][0-9]{0,2})$")]
"""``major.minor``."""
DocumentVersion = Annotated[str, Field(pattern=r"^1\.(0|[1-9][0-9]{0,2})$")]
"""Version of a document whose namespace ends in ``:1``; every minor version."""
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
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
"""BCP 47, restricted to language, script and region."""
Uuid = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
]
"""RFC 9562, lower case."""
PartyUrn = Annotated[
    str,
    Field(
        pattern=r"^urn:swb:party:([A-Z]{2}|REGION):[a-z][a-z-]{0,31}(:[A-Za-z0-9][A-Za-z0-9.-]{0,31})?$"
    ),
]
"""See `swb_schemas.parties`."""

DigestValue = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{85}[AQgw]==)$"
    ),
]
"""The 32, 48 or 64 octets of a digest in base64, spelled in the one way."""


class DigestAlgorithm(StrEnum):
    """Digest algorithms by their identifiers in XML signatures (RFC 9231, 2.1)."""

    SHA256 = SHA256_URI
    SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

    @property
    def short_name(self) -> str:
        """Its name outside XML, such as ``sha-256``."""
        return f"sha-{self.name.removeprefix('SHA')}"


_DIGEST_OCTETS: Final = {
    DigestAlgorithm.SHA256: 32,
    DigestAlgorithm.SHA384: 48,
    DigestAlgorithm.SHA512: 64,
}


class Environment(StrEnum):
    """What an exchange is worth. Test has trust roots of its own; parallel never binds."""

    TEST = "test"
    PARALLEL = "parallel"
    PRODUCTION = "production"

    def includes(self, other: Environment) -> bool:
        """Whether who serves this one takes exchanges of another: production does parallel ones."""
        return other is self or (self is Environment.PRODUCTION and other is Environment.PARALLEL)


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
        # A document's values never stand in an error, and so never in a log.
        hide_input_in_errors=True,
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


_SHORT_DIGEST: Final = re.compile(
    "(?:(sha-256):([0-9a-f]{64})|(sha-384):([0-9a-f]{96})|(sha-512):([0-9a-f]{128}))"
)


class Digest(Aggregate):
    """A digest that carries its algorithm.

    SHA-256 is what is written; the stronger ones of its family are understood, so that a policy
    can ask for them without a new major version.

    Attributes:
        algorithm: URI as in XML signatures.
        value: The digest in base64.
    """

    algorithm: DigestAlgorithm = Field(alias="algorithm")
    value: DigestValue

    @model_validator(mode="after")
    def _length_is_the_algorithms(self) -> Self:
        expected = _DIGEST_OCTETS[self.algorithm]
        if len(base64.b64decode(self.value)) != expected:
            msg = f"expected {expected} octets of {self.algorithm.short_name}"
            raise ValueError(msg)
        return self

    @property
    def text(self) -> str:
        """The form used outside XML: ``sha-256:<hex>``."""
        return f"{self.algorithm.short_name}:{base64.b64decode(self.value).hex()}"

    @classmethod
    def of_sha256(cls, octets: bytes) -> Self:
        """Wrap the 32 octets of a SHA-256 digest."""
        return cls(algorithm=DigestAlgorithm.SHA256, value=base64.b64encode(octets).decode())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``sha-256:<hex>``, or another algorithm's name in its place.

        Raises:
            ValueError: It is not of that form.
        """
        match = _SHORT_DIGEST.fullmatch(text)
        if match is None:
            msg = f"expected sha-256:<64 hexadecimal digits>, found {text[:80]!r}"
            raise ValueError(msg)
        name, hexadecimal = (part for part in match.groups() if part)
        value = base64.b64encode(bytes.fromhex(hexadecimal)).decode()
        return cls(algorithm=DigestAlgorithm[name.replace("-", "").upper()], value=value)


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
    national_names: tuple[LocalText, ...] = Field(default=(), alias="NationalName", max_length=8)
    address: Lines
    national_addresses: tuple[LocalText, ...] = Field(
        default=(), alias="NationalAddress", max_length=8
    )
    country: CountryCode


class Extension(Aggregate):
    """One element of a foreign namespace.

    Attributes:
        must_understand: Refuse the document where this is not understood.
        element: The foreign element, in exclusive canonical form, as it stands in the document:
            the default namespace around it is the document's.
    """

    must_understand: Boolean = Field(alias="mustUnderstand")
    element: str

    @field_validator("element")
    @classmethod
    def _is_one_foreign_element(cls, text: str) -> str:
        return check_foreign_element(text, around="urn:swb:any")


class Extensions(Aggregate):
    """The one place for what this version does not know."""

    extensions: tuple[Extension, ...] = Field(alias="Extension", min_length=1, max_length=16)


class Document(Aggregate):
    """Root element of a canonical document.

    Attributes:
        version: Of the document type; the major part stands in the namespace too.
        lang: Language of the document's own text; written as ``xml:lang``.
    """

    namespace: ClassVar[str]

    version: DocumentVersion = Field(default="1.0", alias="version")
    lang: LanguageTag = Field(default="en", alias="{http://www.w3.org/XML/1998/namespace}lang")

    @property
    def mentions(self) -> tuple[str, ...]:
        """Keys of other documents that it rests upon or goes with, by which it can be found.

        ``STATE:office:number``; ``STATE::number`` where it does not tell the office.
        """
        return ()

    @model_validator(mode="after")
    def _extensions_are_foreign(self) -> Self:
        extensions: Extensions | None = getattr(self, "extensions", None)
        for extension in extensions.extensions if extensions else ():
            check_foreign_element(extension.element, around=self.namespace)
        return self
