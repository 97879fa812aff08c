"""Validation: libxml2 decides, and xmlschema explains for people."""

from __future__ import annotations

from typing import Final

import pytest

from swb_schemas.catalogue import CATALOGUE, DocumentType
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.xml import encode, load_schema, parse_xml, validate_xml
from tests.certificates import make_certificate

SCHEMA: Final = "certificate-of-origin-1.xsd"

EXPLAINED: Final = {
    "a text": (
        ("<Place>Bangkok<", "<Place>Bang\u202ekok<"),
        "CertificateOfOrigin/Certification/Place",
        "expected one line of text, without space at its ends",
    ),
    "a number with a unit": (
        ('unit="KGM">1200.5<', 'unit="KGM">1200.50<'),
        "CertificateOfOrigin/Item[1]/Quantity",
        "expected a decimal of at most 15 digits",
    ),
    "an attribute": (
        ('unit="KGM">1200.5<', 'unit="kilogram">1200.5<'),
        "CertificateOfOrigin/Item[1]/Quantity/@unit",
        "expected a UN/ECE Recommendation 20 code",
    ),
    "a day that there is not": (
        ("<DepartureDate>2026-11-03<", "<DepartureDate>2026-02-30<"),
        "CertificateOfOrigin/Transport/DepartureDate",
        "expected a day and a time of the day that there are",
    ),
    "a choice": (
        ("<CopyType>ORIGINAL<", "<CopyType>COPY<"),
        "CertificateOfOrigin/CopyType",
        "value must be one of ['ORIGINAL', 'DUPLICATE', 'TRIPLICATE']",
    ),
    "an element that is not known": (
        ("<Certification>", "<Other></Other><Certification>"),
        "CertificateOfOrigin",
        "expected 'Certification', found 'Other'",
    ),
    "an item among several": (
        ("<SequenceNumber>2<", "<SequenceNumber>0<"),
        "CertificateOfOrigin/Item[2]/SequenceNumber",
        "expected a whole number from 1",
    ),
}


@pytest.mark.parametrize(("spoil", "path", "message"), EXPLAINED.values(), ids=EXPLAINED)
def test_explains(spoil: tuple[str, str], path: str, message: str) -> None:
    good = encode(make_certificate(items=2)).decode()
    assert spoil[0] in good
    with pytest.raises(RefusedError) as caught:
        validate_xml(parse_xml(good.replace(*spoil, 1).encode()), SCHEMA)
    assert caught.value.code == "xml.schema"
    (finding,) = caught.value.findings
    assert finding.code == "xml.schema"
    assert finding.severity is Severity.REFUSE
    assert finding.path == path
    assert finding.message.startswith(message)
    assert path in str(caught.value)


def test_explains_at_most_twenty_faults() -> None:
    spoiled = encode(make_certificate(items=30)).replace(b">KGM", b">kg").replace(b"CT<", b"ct<")
    with pytest.raises(RefusedError) as caught:
        validate_xml(parse_xml(spoiled), SCHEMA)
    assert len(caught.value.findings) == 20
    assert {each.path for each in caught.value.findings} == {
        f"CertificateOfOrigin/Item[{place}]/Package[1]/TypeCode" for place in range(1, 21)
    }


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_the_engine_that_explains_knows_every_schema_too(entry: DocumentType) -> None:
    root = f'<{entry.model.__name__} xmlns="{entry.model.namespace}"/>'.encode()
    assert load_schema(entry.schema).explain(parse_xml(root)) != ()


def test_both_engines_take_a_good_document() -> None:
    good = parse_xml(encode(make_certificate()))
    assert load_schema(SCHEMA).accepts(good)
    assert load_schema(SCHEMA).explain(good) == ()


def test_points_at_the_fault_of_a_large_document_without_walking_it_for_seconds() -> None:
    spoiled = encode(make_certificate(items=1000)).replace(b">999<", b">0999<", 1)
    with pytest.raises(RefusedError) as caught:
        validate_xml(parse_xml(spoiled), SCHEMA)
    (finding,) = caught.value.findings
    assert finding.path == "CertificateOfOrigin/Item[999]/SequenceNumber"
    assert finding.message == f"expected what {SCHEMA} says, found a value of another form"
    good = parse_xml(encode(make_certificate(items=1000)))
    assert load_schema(SCHEMA).explain(good) == ()
