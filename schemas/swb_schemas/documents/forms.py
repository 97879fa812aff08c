"""What the patterns of documents mean, in the words of a sentence that begins with "expected"."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, get_args

from swb_schemas.documents.elements import (
    Code,
    CountryCode,
    CurrencyCode,
    DigestValue,
    DocumentVersion,
    HsCode,
    LanguageTag,
    OfficeCode,
    PackageTypeCode,
    PartyUrn,
    PortCode,
    TransportModeCode,
    UnitCode,
    Uuid,
    Version,
)
from swb_schemas.documents.origin_criterion import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMS"]


def _get_pattern(kind: object) -> str:
    return next(
        str(each.pattern)
        for field in get_args(kind)[1:]
        for each in getattr(field, "metadata", ())
        if getattr(each, "pattern", None)
    )


_WORDS: Final = (
    (Code, "a code of at most 35 letters, digits, points, underscores and hyphens"),
    (OfficeCode, "the code of an office, at most 32 letters, digits, points and hyphens"),
    (Version, "a version such as 1.0"),
    (DocumentVersion, "a version such as 1.0"),
    (CountryCode, "two capital letters of ISO 3166-1, such as VN"),
    (CurrencyCode, "three capital letters of ISO 4217, such as USD"),
    (UnitCode, "a unit of UN/ECE Recommendation 20, such as KGM"),
    (PackageTypeCode, "a type of UN/ECE Recommendation 21, such as CT"),
    (PortCode, "a UN/LOCODE, such as VNHPH"),
    (TransportModeCode, "one digit, a mode of transport of UN/ECE Recommendation 19"),
    (HsCode, "6, 8 or 10 digits without dots or spaces"),
    (LanguageTag, "a language code, such as ms"),
    (Uuid, "a UUID in lower case"),
    (PartyUrn, "the URN of a party, such as urn:swb:party:VN:nsw"),
    (DigestValue, "a digest in base64"),
    (Basis, "a basis of origin, such as WO or CTH"),
)
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {_get_pattern(kind): words for kind, words in _WORDS}
)
"""Pattern, as pydantic tells it of a fault, to what it means."""
