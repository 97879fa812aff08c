"""The table of bad inputs: what somebody does, in which format, and what must come of it.

Each case says one thing that is wrong with a payload that is good otherwise. `test_refusals.py`
takes every case through the real door, and `test_page.py` prints what was said as
``docs/reference/refusals.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import DEFAULT_LIMITS
from swb_schemas.errors import Actor
from tests.refusals.doors import FORMATS, draw_good, write
from tests.refusals.payloads import (
    IS_XML,
    SPOTS,
    bomb,
    change,
    declare,
    draw_receipt_of,
    good,
    put_in,
    with_items,
    xml_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["CASES", "Case"]

ALL: Final = tuple(FORMATS)
XML: Final = tuple(name for name in FORMATS if IS_XML[name])
JSON: Final = tuple(name for name in FORMATS if not IS_XML[name])
NATIONAL_XML: Final = ("thailand", "vietnam")
ANSWERING: Final = ("thailand", "vietnam", "indonesia", "canonical")
"""Formats in which customs says what it decided."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bad input.

    Attributes:
        group: Heading on the page.
        what: What somebody does.
        format: The gateway's format.
        make: Makes the payload.
        code: What it is refused with; empty where it is accepted.
        actor: Who must act.
        has_place: Whether a finding names a place in the payload.
        before: Makes payloads that the gateway took before.
    """

    group: str
    what: str
    format: str
    make: Callable[[], bytes]
    code: str
    actor: Actor = Actor.SENDER
    has_place: bool = True
    before: tuple[Callable[[], bytes], ...] = ()

    def __str__(self) -> str:
        return f"{self.format}: {self.what}"


def _code_of(code: str | Mapping[str, str], name: str) -> str:
    if isinstance(code, str):
        return code
    return code.get(name) or code["xml" if IS_XML[name] else "json"]


def _each(
    group: str,
    what: str,
    build: Callable[[str], bytes],
    code: str | Mapping[str, str],
    *,
    formats: tuple[str, ...] = ALL,
    has_place: bool | tuple[str, ...] = True,
    actor: Actor = Actor.SENDER,
    before: Callable[[str], bytes] | None = None,
) -> Iterator[Case]:
    """One case for each format; `has_place` may name the formats in which there is one."""
    for name in formats:
        yield Case(
            group=group,
            what=what,
            format=name,
            make=partial(build, name),
            code=_code_of(code, name),
            actor=actor,
            has_place=has_place if isinstance(has_place, bool) else name in has_place,
            before=(partial(before, name),) if before else (),
        )


_SYNTAX: Final = {"xml": "xml.malformed", "json": "adapter.malformed"}
_CHARSET: Final = "adapter.malformed"
_SHAPE: Final = {
    "xml": "adapter.schema",
    "canonical": "xml.schema",
    "json": "adapter.schema",
}
_VALUE: Final = {**_SHAPE, "json": "adapter.value"}
_MEASURED: Final = {**_SHAPE, "json": "adapter.value", "indonesia": "adapter.schema"}
_TEXT: Final = {"xml": "adapter.value", "canonical": "xml.schema", "json": "adapter.value"}


def _no_payload() -> Iterator[Case]:
    each = partial(_each, "Files that are no payload")
    no_place = partial(each, has_place=False)
    yield from no_place("hands in an empty file", lambda _: b"", _SYNTAX)
    yield from no_place("hands in white space only", lambda _: b" \r\n", _SYNTAX)
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
    yield from no_place("hands in a PDF document", lambda _: pdf, _SYNTAX)
    archive = b"PK\x03\x04\x14\0\0\0\x08\0form-d.xml" + bytes(64)
    yield from no_place("hands in a ZIP archive", lambda _: archive, _SYNTAX)
    yield from no_place("hands in a compressed file", lambda _: b"\x1f\x8b\x08\0\0\0\0\0", _SYNTAX)
    table = b"number;country\r\nTH-VN 26/03/00001;VN\r\n"
    yield from no_place("hands in a table with semicolons", lambda _: table, _SYNTAX)
    page = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n"
    html = {"xml": "xml.doctype", "json": "adapter.malformed"}
    yield from each(
        "hands in a page that a web server answered", lambda _: page, html, has_place=XML
    )
    yield from each(
        "hands in a payload of another state's format",
        lambda n: good(NATIONAL_XML[NATIONAL_XML[0] == n]),
        "adapter.unsupported",
        formats=NATIONAL_XML,
    )
    yield from each(
        "hands in a payload of another state's format",
        lambda _: good("vietnam"),
        "adapter.unsupported",
        formats=("canonical",),
    )
    yield from each(
        "hands in a payload of another system's format",
        lambda name: good("uncefact" if name == "indonesia" else "indonesia"),
        {"indonesia": "adapter.malformed", "aanzfta": "adapter.schema", "json": "adapter.schema"},
        formats=JSON,
        has_place=("indonesia", "aanzfta"),
    )
    yield from no_place(
        "hands in JSON where XML is spoken", lambda _: good("indonesia"), _SYNTAX, formats=XML
    )
    yield from no_place(
        "hands in XML where JSON is spoken", lambda _: good("thailand"), _SYNTAX, formats=JSON
    )


def _damaged() -> Iterator[Case]:
    each = partial(_each, "Damaged payloads")
    yield from each(
        "hands in a payload that was cut off", lambda n: good(n)[: len(good(n)) * 2 // 3], _SYNTAX
    )
    yield from each("hands in two payloads in one file", lambda n: good(n) + good(n), _SYNTAX)
    xml = partial(each, formats=XML)
    yield from xml("writes a bare `&`", lambda n: SPOTS[n].consignee("A & B"), "xml.malformed")
    yield from xml(
        "closes another element than was opened",
        lambda n: change(n, "</Name>", "</Nome>"),
        "xml.malformed",
    )
    yield from xml(
        "uses a prefix that is not declared",
        lambda n: change(n, "<Exporter>", "<x:Exporter>"),
        "xml.malformed",
    )
    json = partial(each, formats=JSON)
    yield from json(
        "writes a comma too many", lambda n: good(n).rstrip()[:-1] + b",}", "adapter.malformed"
    )
    yield from json("writes a comment", lambda n: b"/* draft */" + good(n), "adapter.malformed")
    yield from json(
        "writes single quotes", lambda n: good(n).replace(b'"', b"'"), "adapter.malformed"
    )
    yield from json(
        "puts the payload into a list", lambda n: b"[" + good(n) + b"]", "adapter.malformed"
    )


def _entities() -> Iterator[Case]:
    each = partial(_each, "Entities, document types and other doors of XML", formats=XML)
    doctype = "xml.doctype"
    yield from each("sends a billion laughs", lambda n: bomb(n, "laughs"), doctype)
    yield from each("sends a quadratic blow-up", lambda n: bomb(n, "quadratic"), doctype)
    yield from each("asks for a file by an external entity", lambda n: bomb(n, "file"), doctype)
    yield from each("asks for a page by a parameter entity", lambda n: bomb(n, "page"), doctype)
    yield from each("names an external DTD", lambda n: bomb(n, "external"), doctype)
    yield from each("declares a document type only", lambda n: bomb(n, "plain"), doctype)
    yield from each(
        "uses an entity that is not declared",
        lambda n: SPOTS[n].consignee("A&nbsp;B"),
        "xml.malformed",
    )
    yield from each(
        "writes a processing instruction",
        lambda n: b'<?xml-stylesheet href="a.xsl"?>' + xml_body(n),
        "xml.processing_instruction",
    )
    yield from each(
        "includes a file by XInclude",
        lambda n: put_in(
            n, b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
        ),
        {**_SHAPE, "canonical": "xml.not_canonical"},
    )


def _characters() -> Iterator[Case]:
    each = partial(_each, "Character sets and characters")
    yield from each(
        "writes UTF-16, undeclared",
        lambda n: (
            b"\xff\xfe" + good(n).decode().partition("?>")[2].encode("utf-16-le")
            if n in NATIONAL_XML
            else b"\xff\xfe" + good(n).decode().encode("utf-16-le")
        ),
        _CHARSET,
        has_place=False,
    )
    yield from each(
        "writes UTF-16, declared",
        lambda n: declare(n, "UTF-16").decode().encode("utf-16"),
        _CHARSET,
        formats=XML,
        has_place=False,
    )
    yield from each(
        "writes ISO 8859-1, declared",
        lambda n: declare(n, "ISO-8859-1").replace(b"EXAMPLE", b"EX\xc4MPLE", 1),
        _CHARSET,
        formats=XML,
    )
    yield from each(
        "writes Windows 874, declared",
        lambda n: declare(n, "windows-874").replace(b"EXAMPLE", b"EX\xa1MPLE", 1),
        _CHARSET,
        formats=XML,
    )
    yield from each(
        "writes octets of ISO 8859-1 into UTF-8",
        lambda n: change(n, b"EXAMPLE", b"EX\xc4MPLE"),
        _CHARSET,
    )
    bom = b"\xef\xbb\xbf"
    yield from each(
        "begins with a byte order mark",
        lambda n: bom + good(n),
        {"canonical": "xml.not_canonical", "json": "adapter.malformed"},
        formats=("canonical", *JSON),
    )
    spots = SPOTS
    yield from each(
        "hides the order of a name by U+202E", lambda n: spots[n].consignee("A\u202eDTL"), _TEXT
    )
    yield from each(
        "puts a private-use character into a name",
        lambda n: spots[n].consignee("A\ue000B"),
        _TEXT,
    )
    yield from each(
        "puts a C1 control character into a name", lambda n: spots[n].consignee("A\x9bB"), _TEXT
    )
    yield from each(
        "puts a control character into a name", lambda n: spots[n].consignee("A\x07B"), _SYNTAX
    )
    yield from each(
        "puts a control character into a name, escaped",
        lambda n: spots[n].consignee("A&#7;B" if IS_XML[n] else "A\\u0007B"),
        {"xml": "xml.malformed", "json": "adapter.value"},
    )
    yield from each(
        "puts an octet of zero into a name", lambda n: spots[n].consignee("A\0B"), _CHARSET
    )
    yield from each(
        "puts half of a surrogate pair into a name",
        lambda n: spots[n].consignee("A\\ud800B"),
        "adapter.malformed",
        formats=JSON,
    )


def _json() -> Iterator[Case]:
    each = partial(_each, "JSON of two meanings", formats=JSON)
    malformed = "adapter.malformed"
    name = {"indonesia": "kodeNegara", "aanzfta": "countryCode", "uncefact": "country"}
    yield from each(
        "gives a name twice in one object",
        lambda n: change(n, f'"{name[n]}":"', f'"{name[n]}":"XX","{name[n]}":"'),
        malformed,
    )
    numbers = ("indonesia", "uncefact")
    for value, what in (
        ("NaN", "writes `NaN` for a weight"),
        ("Infinity", "writes `Infinity` for a weight"),
        ("1e999999999", "writes a weight with a huge exponent"),
        ("9" * 5000, "writes a weight of 5,000 digits"),
        ("1.234,56", "writes a weight with a decimal comma"),
        ("007", "writes a weight with leading zeros"),
    ):
        yield from each(what, partial(_weight, value), malformed, formats=numbers)
    yield from each(
        "writes a weight in quotes", partial(_weight, '"12.5"'), "adapter.schema", formats=numbers
    )
    yield from each(
        "writes `null` for a name",
        lambda n: change(n, f'"{draw_good(n).consignee.name}"', "null"),
        "adapter.schema",
    )


def _weight(value: str, name: str) -> bytes:
    return SPOTS[name].weight(value)


_WEIGHT: Final = re.compile(rb"(<Gross(?:Weight|Measure)[^>]*>)(?=[0-9])")


def _sizes() -> Iterator[Case]:
    each = partial(_each, "Sizes")
    padding = b" " * DEFAULT_LIMITS.octets
    yield from each(
        "hands in more than 7 MB",
        lambda n: good(n) + padding,
        "document.too_large",
        has_place=False,
    )
    yield from each(
        "writes a text of 6 MB",
        lambda n: SPOTS[n].consignee("A" * 6_000_000),
        _MEASURED,
    )
    yield from each(
        "writes a name of 513 characters",
        lambda n: SPOTS[n].consignee("A" * 513),
        _MEASURED,
    )
    yield from each(
        "nests elements 10,000 deep",
        lambda n: put_in(n, b"<a>" * 10_000 + b"</a>" * 10_000),
        "xml.too_deep",
        formats=XML,
    )
    yield from each(
        "nests elements 100 deep",
        lambda n: put_in(n, b"<a>" * 100 + b"</a>" * 100),
        "xml.too_deep",
        formats=XML,
    )
    yield from each(
        "writes more than 300,000 elements",
        lambda n: put_in(n, b"<a/>" * 400_000),
        "xml.too_many_elements",
        formats=XML,
        has_place=False,
    )
    yield from each(
        "nests lists 100,000 deep",
        lambda _: b"[" * 100_000,
        "adapter.malformed",
        formats=JSON,
        has_place=False,
    )
    yield from each(
        "nests objects 100 deep",
        lambda n: put_in(n, b'{"a":' * 100 + b"1" + b"}" * 100),
        "adapter.malformed",
        formats=JSON,
        has_place=False,
    )
    yield from each(
        "writes more than 300,000 values",
        lambda n: put_in(n, b"[" + b"0," * DEFAULT_LIMITS.elements + b"0]"),
        "adapter.malformed",
        formats=JSON,
        has_place=False,
    )
    yield from each(
        "certifies 5,001 items",
        lambda n: with_items(n, 5001),
        "document.too_many_items",
    )
    yield from each(
        "certifies more items than the other side takes",
        lambda n: write(n, draw_good(n, items=51)),
        {
            "uncefact": "submission.rule_broken",
            "canonical": "submission.rule_broken",
            "xml": "connection.items",
            "json": "connection.items",
        },
    )
    yield from each(
        "adds an unknown element to a certificate of 2,000 items",
        lambda n: with_items(n, 2000).replace(b"<Exporter>", b"<Fax>1</Fax><Exporter>", 1),
        _SHAPE,
        formats=XML,
    )
    yield from each(
        "writes a weight below zero into a certificate of 2,000 items",
        lambda n: _WEIGHT.sub(rb"\g<1>-", with_items(n, 2000), count=1),
        _SHAPE,
        formats=XML,
    )
    yield from each(
        "certifies no item",
        lambda n: with_items(n, 0),
        _MEASURED,
    )


def _boxes() -> Iterator[Case]:
    each = partial(_each, "Boxes")
    yield from each(
        "writes another namespace",
        lambda n: good(n).replace(b"urn:swb", b"urn:other"),
        "adapter.unsupported",
        formats=XML,
    )
    yield from each(
        "leaves the namespace out",
        lambda n: good(n).replace(b' xmlns="urn:', b' about="urn:'),
        "adapter.unsupported",
        formats=XML,
    )
    yield from each(
        "writes an element that the format does not have",
        lambda n: change(n, "<Exporter>", "<Fax>1</Fax><Exporter>"),
        _SHAPE,
        formats=XML,
    )
    yield from each(
        "leaves the consignee's name out", lambda n: SPOTS[n].without_consignee(), _SHAPE
    )
    yield from each(
        "leaves the consignee's name empty",
        lambda n: SPOTS[n].consignee(""),
        _MEASURED,
    )
    yield from each(
        "writes spaces for the consignee's name", lambda n: SPOTS[n].consignee("   "), _TEXT
    )
    unknown = "submission.rule_broken"
    yield from each(
        "names a country that does not exist", lambda n: SPOTS[n].country("XX"), unknown
    )
    yield from each(
        "writes a country in words",
        lambda n: SPOTS[n].country("Atlantis"),
        _MEASURED,
    )
    yield from each(
        "sends to a country that does not exist",
        lambda n: SPOTS[n].importing("Atlantis" if n == "aanzfta" else "XX"),
        {"xml": unknown, "json": unknown, "aanzfta": "adapter.value"},
    )
    yield from each(
        "writes a day that no calendar has",
        lambda n: SPOTS[n].day(_NO_DAY.get(n, "2026-02-30")),
        _TEXT,
    )
    yield from each(
        "writes a day as another country does",
        lambda n: SPOTS[n].day("11/20/26"),
        {**_SHAPE, "json": "adapter.value"},
    )
    yield from each(
        "writes a year of the Common Era into a Thai date",
        lambda n: SPOTS[n].day("20/11/2026"),
        "adapter.value",
        formats=("thailand",),
    )
    yield from each("writes a weight below zero", partial(_weight, "-5"), _VALUE)
    yield from each(
        "writes a weight with a decimal comma",
        partial(_weight, "1.234,56"),
        _VALUE,
        formats=(*XML, "aanzfta"),
    )
    yield from each(
        "writes `NaN` for a weight", partial(_weight, "NaN"), _VALUE, formats=(*XML, "aanzfta")
    )
    yield from each(
        "writes the consignee's name where a weight belongs",
        lambda n: SPOTS[n].weight(draw_good(n).consignee.name),
        _VALUE,
        formats=(*XML, "aanzfta"),
    )
    yield from each(
        "writes the consignee's name where a day belongs",
        lambda n: SPOTS[n].day(draw_good(n).consignee.name),
        {**_SHAPE, "json": "adapter.value"},
    )
    yield from each(
        "writes the consignee's name where the origin criterion belongs",
        lambda n: SPOTS[n].criterion(draw_good(n).consignee.name),
        {
            "thailand": "adapter.value",
            **_SHAPE,
            "json": "adapter.value",
            "indonesia": "adapter.schema",
        },
    )
    yield from each(
        "names an agreement that the format does not carry",
        lambda n: change(n, *_OTHER_AGREEMENT[n]),
        {
            "xml": "adapter.unsupported",
            "json": "adapter.unsupported",
            "indonesia": "adapter.schema",
            "canonical": "submission.rule_broken",
        },
        formats=tuple(_OTHER_AGREEMENT),
    )


_NO_DAY: Final = {
    "thailand": "31/02/2569",
    "vietnam": "31/02/2026",
    "aanzfta": "2026-02-30T00:00:00Z",
}
_OTHER_AGREEMENT: Final = {
    "thailand": ("<FormType>D<", "<FormType>E<"),
    "vietnam": ("<FormType>D<", "<FormType>E<"),
    "indonesia": ('"kodeFasilitas":"06"', '"kodeFasilitas":"07"'),
    "uncefact": ('"ATIGA"', '"ACFTA"'),
    "canonical": (">ATIGA<", ">ACFTA<"),
}


def _standing() -> Iterator[Case]:
    each = partial(_each, "Good payloads at the wrong time or place")
    yield from each(
        "hands in the certificate of another state",
        lambda n: write(
            n,
            draw_good(
                n,
                pair=FORMATS[n]._replace(
                    exporting=FORMATS[n].importing, importing=FORMATS[n].exporting
                ),
            ),
        ),
        "submission.foreign_issuer",
    )
    yield from each(
        "sends to a state that is not connected",
        lambda n: SPOTS[n].importing("New Zealand" if n == "aanzfta" else "PH"),
        "connection.none",
        actor=Actor.OPERATOR,
    )
    yield from each("hands in the same payload twice", good, "", before=good, has_place=False)
    yield from each(
        "hands in a changed payload under the same number",
        lambda n: SPOTS[n].consignee("ANOTHER EXAMPLE LTD"),
        "submission.certificate_exists",
        before=good,
    )
    yield from each(
        "answers a certificate that never came",
        lambda n: write(n, draw_receipt_of(n)),
        "submission.unknown_certificate",
        formats=ANSWERING,
    )
    yield from each(
        "answers its own certificate",
        lambda n: write(n, draw_receipt_of(n, own=True)),
        "submission.unknown_certificate",
        formats=ANSWERING,
        before=good,
    )


CASES: Final = tuple(
    case
    for group in (
        _no_payload,
        _damaged,
        _entities,
        _characters,
        _json,
        _sizes,
        _boxes,
        _standing,
    )
    for case in group()
)
