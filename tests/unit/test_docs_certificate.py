"""The page on the certificate of origin names every element, and its sample is a certificate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.catalogue import decode_document
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.xml import encode
from tests.services import ROOT
from tests.shapes import Complex, describe_model

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = (ROOT / "docs" / "reference" / "certificate-of-origin.md").read_text(encoding="utf-8")
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def elements_of(shape: Complex, above: str = "") -> Iterator[tuple[str, str]]:
    """Every element below a root, by its path, and how often it stands."""
    for each in shape.children:
        path = f"{above}{each.name}"
        times = (
            str(each.minimum) if each.minimum == each.maximum else f"{each.minimum}–{each.maximum}"
        )
        yield path, times
        if isinstance(each.type, Complex):
            yield from elements_of(each.type, f"{path}/")


def rows() -> Iterator[tuple[list[str], str]]:
    """The paths of each row of the table of boxes, and how often they stand."""
    table = PAGE.partition("## Boxes and elements")[2].partition("\n## ")[0]
    for line in table.splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if len(cells) == 4 and "`" in cells[1]:
            yield re.findall(r"`([^`]+)`", cells[1]), cells[2]


def test_the_table_names_every_element_as_often_as_it_stands() -> None:
    written = {path: times for paths, times in rows() for path in paths}
    shape = describe_model(CertificateOfOrigin)
    stated = dict(elements_of(shape))
    stated |= {f"@{name.replace(LANG, 'xml:lang')}": "1" for name, _ in shape.attributes}
    assert written == stated


def test_the_sample_is_a_certificate() -> None:
    (sample,) = re.findall(r"^```xml\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    raw = re.sub(r">\s+<", "><", sample).encode()
    certificate = decode_document(parse_canonical(raw))
    assert isinstance(certificate, CertificateOfOrigin)
    assert encode(certificate) == raw


@pytest.mark.parametrize(("agreement", "rows_of_it"), [("ATIGA", 6), ("AANZFTA", 5)])
def test_the_table_of_box_8_is_how_criteria_are_read(agreement: str, rows_of_it: int) -> None:
    section = PAGE.partition("## Box 8")[2].partition("\n## ")[0]
    table = section.partition(f"### {agreement}\n")[2].partition("\n### ")[0]
    found = re.findall(r"^\| (`.*?) \| (.*?) \| (\d*) *\|$", table, re.MULTILINE)
    assert len(found) == rows_of_it
    for spelled, bases, percentage in found:
        for text in re.findall(r"`([^`]+)`", spelled):
            expected = [text] if bases == "the same" else re.findall(r"`(\w+)`", bases)
            criterion = parse_criterion(text, agreement=agreement)
            assert list(criterion.bases) == expected
            assert str(criterion.percentage or "") == percentage
