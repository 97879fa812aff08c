"""Model and XSD accept the same spellings of every simple type, tried near their borders.

Two things XSD 1.0 cannot state, and the model alone holds them: the Unicode normal form, and that
nothing stands around a number or a date (their white space is collapsed before patterns apply).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import TypeAdapter, ValidationError

from swb_schemas.documents import elements, sps
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.customs import Decision, ReceiptOutcome
from swb_schemas.documents.exchange import BucketPrefix
from swb_schemas.documents.origin_criterion import Basis
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.documents.retransmission import (
    RetransmissionOutcome,
    RetransmissionReason,
    Wanted,
)
from swb_schemas.documents.text import LINES_PATTERN
from swb_schemas.documents.values import SignedDecimal
from swb_schemas.documents.verification import (
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)
from swb_schemas.wire import seal_header
from tests.shapes import load_schemas, simple_of, unwrap
from tests.strategies import decimals, instants, lines, text

COMMON: Final[dict[str, Any]] = {
    name: getattr(elements, name)
    for name in (
        *("Text", "Lines", "ReferenceText", "Code", "OfficeCode", "Version", "DocumentVersion"),
        *("CountryCode", "CurrencyCode", "UnitCode", "PackageTypeCode", "PortCode", "HsCode"),
        *("TransportModeCode", "Uuid", "PartyUrn", "Environment", "NonNegativeDecimal"),
        *(
            "Percentage",
            "PositiveInt",
            "NonNegativeInt",
            "DigestValue",
            "Date",
            "Instant",
            "Boolean",
        ),
    )
}
TYPES: Final[dict[str, tuple[str, Any]]] = {
    **{name: ("common.xsd", kind) for name, kind in COMMON.items()},
    "SignedDecimal": ("common.xsd", SignedDecimal),
    "DigestAlgorithm": ("common.xsd", elements.DigestAlgorithm),
    "CopyType": ("certificate-of-origin-1.xsd", CopyType),
    "Basis": ("certificate-of-origin-1.xsd", Basis),
    "ReceiptOutcome": ("customs-receipt-1.xsd", ReceiptOutcome),
    "Decision": ("customs-response-1.xsd", Decision),
    "Outcome": ("transport-ack-1.xsd", Outcome),
    "Hop": ("transport-ack-1.xsd", Hop),
    "MessageTypeName": ("sealed-document-1.xsd", seal_header.MessageTypeName),
    "KeyThumbprint": ("sealed-document-1.xsd", seal_header.KeyThumbprint),
    "CertificateKey": ("sealed-document-1.xsd", seal_header.CertificateKeyText),
    "BucketPrefix": ("exchange-summary-1.xsd", BucketPrefix),
    "RetransmissionReason": ("retransmission-request-1.xsd", RetransmissionReason),
    "Wanted": ("retransmission-request-1.xsd", Wanted),
    "RetransmissionOutcome": ("retransmission-reply-1.xsd", RetransmissionOutcome),
    "OutageReason": ("outage-notice-1.xsd", OutageReason),
    "CancellationOutcome": ("cancellation-reply-1.xsd", CancellationOutcome),
    "VerificationGround": ("verification-request-1.xsd", VerificationGround),
    "VerificationFinding": ("verification-reply-1.xsd", VerificationFinding),
    "VerificationResult": ("verification-outcome-1.xsd", VerificationResult),
    **{
        name: ("sps.xsd", getattr(sps, name))
        for name in ("ClockTime", "UtcOffset", "Base64Text", "CertificateStatus")
    },
}
"""Every named simple type: where its XSD is, and the model's type."""


def compile_type(file: str, name: str) -> etree.XMLSchema:
    """A schema whose one element ``V`` has the type."""
    schemas = load_schemas()
    target = schemas[file].get("targetNamespace", "")
    declared = f'xmlns="{target}" targetNamespace="{target}"' if target else ""
    parser = etree.XMLParser()
    parser.resolvers.add(_Package())
    wrapper = (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {declared} '
        f'elementFormDefault="qualified"><xs:include schemaLocation="swb:/{file}"/>'
        f'<xs:element name="V" type="{name}"/></xs:schema>'
    )
    return etree.XMLSchema(etree.fromstring(wrapper.encode(), parser, base_url="swb:/v.xsd"))


class _Package(etree.Resolver):
    """Finds schema files in the package."""

    def resolve(self, url: str, _public: str, context: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - lxml's own, its stubs are wrong
        octets = etree.tostring(load_schemas()[url.rpartition("/")[2]])
        return self.resolve_string(octets, context, base_url=url)


class Verdicts:
    """What XSD and model say of one spelling."""

    def __init__(self, name: str) -> None:
        file, kind = TYPES[name]
        self._schema = compile_type(file, name)
        namespace = load_schemas()[file].get("targetNamespace")
        self._tag = f"{{{namespace}}}V" if namespace else "V"
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)
        found = unwrap(kind)
        self.shape = simple_of(found.kind, found.metadata)

    def of_schema(self, spelling: str) -> bool:
        element = etree.Element(self._tag)
        try:
            element.text = spelling
        except ValueError:
            return False  # not a character of XML
        return self._schema.validate(element)

    def of_model(self, spelling: str) -> bool:
        try:
            self._adapter.validate_python(spelling)
        except ValidationError:
            return False
        return True

    def held_by_the_model_alone(self, spelling: str) -> bool:
        if self.shape.base == "string":
            return not unicodedata.is_normalized("NFC", spelling)
        return spelling != spelling.strip(" \t\r\n")


@lru_cache
def verdicts_of(name: str) -> Verdicts:
    return Verdicts(name)


@pytest.fixture(scope="module", params=TYPES)
def verdicts(request: pytest.FixtureRequest) -> Verdicts:
    return verdicts_of(request.param)


SPICE: Final = (
    "\t\n\r \u0000\u0001\u007f\u0085\u00a0\u00ad\u0301\u0600\u061c\u0660\u0e50\u1680\u180e\u2000"
    "\u200a\u200b\u200d\u200e\u202e\u2028\u2029\u202f\u205f\u2060\u2066\u3000\ud7ff\ue000\uf8ff"
    "\uf900\ufdd0\ufeff\ufff9\ufffd\U0001bca0\U0001d173\U0001f600\U0001fffe\U00030000\U00040000"
    "\U000e0001\U000e0100\U000f0000\U0010fffd+-.,:;eE_%=/<>&\"'aAzZ0123456789²٣๔TZ"
)
"""Characters at the borders of what a type takes."""


def near(shape: Any) -> st.SearchStrategy[str]:  # noqa: ANN401 - a Simple
    """Spellings of a type, and what becomes of them by a slip of the pen."""
    good: st.SearchStrategy[str] = st.one_of(
        st.from_regex(rf"\A(?:{shape.pattern})\Z", fullmatch=True)
        if shape.pattern and len(shape.pattern) < 200
        else text(40) | lines(),
        st.sampled_from(shape.enumeration or ("x",)),
        decimals().map(str),
        decimals().map(lambda value: f"{value:f}"),
        st.integers(-5, 10**10).map(str),
        st.dates().map(str),
        instants().map(lambda value: value.isoformat()),
        instants().map(lambda value: value.isoformat().replace("+00:00", "Z")),
    )

    def slip(spelling: str, place: int, character: str, kind: int) -> str:
        place %= len(spelling) + 1
        if kind == 0:
            return spelling[:place] + character + spelling[place:]
        if kind == 1:
            return spelling[:place] + character + spelling[place + 1 :]
        if kind == 2:
            return spelling[:place] + spelling[place + 1 :]
        return spelling[:place] + spelling[place : place + 1] * 2 + spelling[place + 1 :]

    slipped = st.builds(slip, good, st.integers(0, 600), st.sampled_from(SPICE), st.integers(0, 3))
    return good | slipped


def test_every_named_simple_type_is_tried() -> None:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    named = {
        node.get("name")
        for name, tree in load_schemas().items()
        if name not in {"message-1.xsd", "message-1-envelope.xsd"}
        for node in tree.iter(f"{xs}simpleType")
        if node.get("name")
    }
    assert named == set(TYPES)


@settings(max_examples=60)
@given(data=st.data())
def test_model_and_schema_accept_the_same_spellings(
    verdicts: Verdicts, data: st.DataObject
) -> None:
    spelling = data.draw(near(verdicts.shape))
    if verdicts.of_schema(spelling) != verdicts.of_model(spelling):
        assert verdicts.held_by_the_model_alone(spelling)
        assert not verdicts.of_model(spelling)


BORDERS: Final = {
    "empty": "",
    "one space": " ",
    "a line feed at the end": "x\n",
    "longest text": "x" * 512,
    "longer than text": "x" * 513,
    "longest text of characters beyond the first plane": "\U0001f600" * 512,
    "longest lines": "x" * 4000,
    "longer than lines": "x" * 4001,
    "longest reference": "x" * 35,
    "longer than a reference": "x" * 36,
    "many lines": "\n".join("x" * 1999),
    "many gaps": " ".join("x" * 1999),
    "zero": "0",
    "minus zero": "-0",
    "zero with places": "0.000000",
    "fifteen digits": "9" * 15,
    "sixteen digits": "9" * 16,
    "six places": "0.000001",
    "seven places": "0.0000001",
    "per cent": "100",
    "more than all": "100.000001",
    "nine digits": "999999999",
    "ten digits": "1000000000",
    "first day": "0001-01-01",
    "year zero": "0000-01-01",
    "last day": "9999-12-31",
    "leap day": "2024-02-29",
    "no leap day": "2026-02-29",
    "no leap day in a century": "1900-02-29",
    "a week date": "2026-W44-7",
    "basic format": "20261101",
    "first moment": "0001-01-01T00:00:00Z",
    "year zero's moment": "0000-12-31T23:59:59Z",
    "last moment": "9999-12-31T23:59:59.999999Z",
    "leap second": "2016-12-31T23:59:60Z",
    "midnight at the end": "2026-11-01T24:00:00Z",
    "an offset": "2026-11-01T08:00:00+07:00",
    "trailing zeros of the second": "2026-11-01T08:00:00.500Z",
    "seven places of the second": "2026-11-01T08:00:00.1234567Z",
    "a number as truth": "1",
    "truth in capitals": "True",
    "not a number": "NaN",
    "infinity": "-INF",
    "Thai digits": "\u0e51\u0e52",
    "Arabic digits": "2026-11-\u0660\u0661",
}


class Border(NamedTuple):
    """Spellings on both sides of what a type takes."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]


SIDES: Final = {
    "SignedDecimal": Border(
        taken=("0", "-1", "-0.000001", "-0.5", "-" + "9" * 15, f"-{'9' * 15}.999999"),
        refused=(
            *("-0", "-0.0", "-0.000000", "-0.0000001", "-", "--1", "+1", "-01", "-.5", "-1."),
            *("-1.50", "-" + "9" * 16, "-1e3", "- 1", "\u22121"),
        ),
    ),
    "ClockTime": Border(
        taken=(
            *("00:00:00", "09:00:00", "19:59:00", "20:00:00", "23:59:59", "08:30:00.5"),
            *("08:30:00.000001", "23:59:59.999999"),
        ),
        refused=(
            *("24:00:00", "23:60:00", "23:59:60", "8:30:00", "08:30", "08:30:00.", "08:30:00.0"),
            *("08:30:00.50", "08:30:00.0000001", "08:30:00,5", "08:30:00Z", "083000", "-1:00:00"),
        ),
    ),
    "UtcOffset": Border(
        taken=("Z", "+01:00", "-01:00", "+05:45", "-03:30", "+12:15", "+14:00", "-14:00"),
        refused=(
            *("z", "+00:00", "-00:00", "+00:30", "+15:00", "-15:00", "+05:50", "+05:60", "07:00"),
            *("+0700", "+7:00", "+07", "\u221203:30", "Z+07:00", "+07:00Z"),
        ),
    ),
    "Base64Text": Border(
        taken=("QQ==", "QUI=", "QUJD", "+/+/"),
        refused=(
            *("=", "==", "QQ===", "QQ==QQ==", "=QQ=", "-_-_", "QQ ==", "QUJD\nQUJD"),
            "QU\u00adJD",
        ),
    ),
}
"""Of the types whose spellings are no list: what just is one, and what just is none."""
BORDERS.update(
    {
        f"{side} {name} {spelling!r}": spelling
        for name, border in SIDES.items()
        for side, spellings in border._asdict().items()
        for spelling in spellings
    }
)


@pytest.mark.parametrize("name", SIDES)
def test_a_border_is_where_it_is_said_to_be(name: str) -> None:
    both = verdicts_of(name)
    for taken, spellings in zip((True, False), SIDES[name], strict=True):
        for spelling in spellings:
            assert (spelling, both.of_model(spelling), both.of_schema(spelling)) == (
                spelling,
                taken,
                taken,
            )


LISTS: Final = [name for name, (_, kind) in TYPES.items() if isinstance(kind, type)]


@pytest.mark.parametrize("name", LISTS)
def test_every_word_of_a_list_is_taken_and_no_slip_of_it(name: str) -> None:
    both = verdicts_of(name)
    words = set(both.shape.enumeration)
    assert words
    slips = {
        slip
        for word in words
        for slip in (word.swapcase(), f" {word}", f"{word}\n", f"{word}S", word[:-1], word * 2)
    }
    for spelling in sorted(words | slips):
        expected = spelling in words
        assert (both.of_model(spelling), both.of_schema(spelling)) == (expected, expected), spelling


def test_what_travels_in_base64_is_bounded() -> None:
    """By itself: other types need long for so much text."""
    both = verdicts_of("Base64Text")
    for length, taken in ((4_000_000, True), (4_000_001, False)):
        spelling = "A" * length
        assert (both.of_model(spelling), both.of_schema(spelling)) == (taken, taken)


@pytest.mark.parametrize("spelling", BORDERS.values(), ids=BORDERS)
def test_model_and_schema_agree_at_the_border(spelling: str) -> None:
    each = {name: verdicts_of(name) for name in TYPES}
    assert {name for name, it in each.items() if it.of_schema(spelling)} == {
        name for name, it in each.items() if it.of_model(spelling)
    }


NAMED_IN_PATTERNS: Final = {ord(each) + step for each in LINES_PATTERN for step in (-1, 0, 1)}
"""The ends of every range, and their neighbours."""
SAMPLED: Final = NAMED_IN_PATTERNS | {*range(0x3100)} | {*range(0x3100, 0x110000, 101)}


def test_model_and_schema_agree_on_the_characters_of_unicode() -> None:
    both = verdicts_of("Text")
    differing = []
    for point in sorted(SAMPLED):
        word = f"a{chr(point)}a"
        if unicodedata.is_normalized("NFC", word) and both.of_model(word) != both.of_schema(word):
            differing.append(f"U+{point:04X}")
    assert differing == []


@pytest.mark.parametrize(
    "spelling",
    ["a" + " " * 3998 + "\u202e", "a " * 2000, "a\n" * 2000, ("a" + " " * 39) * 100],
    ids=["spaces", "gaps", "lines", "long gaps"],
)
def test_schema_refuses_long_text_without_backtracking(spelling: str) -> None:
    assert not Verdicts("Lines").of_schema(spelling)
