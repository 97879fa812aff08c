"""Rows for published formats: little room, presumed units, positions, elements told apart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINE,
    NUMBER,
    TEXT,
    Conversion,
    Group,
    Ignored,
    Position,
    Presumed,
    Row,
    Table,
    ToldApart,
    XmlSyntax,
    decimal,
    instant,
    line,
    number,
)
from swb_adapters.sdk.mapping.page import Line, list_lines
from swb_schemas.documents import CustomsReceipt, DeclarationExtract
from swb_schemas.errors import RefusedError


def _read_day(text: str) -> date:
    found: date = COMPACT_DATE.read(text[:8])
    return found


DAY: Final = Conversion(
    "day", _read_day, COMPACT_DATE.write, leaves=lambda text: "the time" if text[8:] else ""
)
EXTRACT: Final = Table(
    DeclarationExtract,
    *(Row(name, name) for name in ("ReferenceNumber", "IssuingCountry", "ImportingCountry")),
    Row("IssuingOffice", "Office", CODE),
    Row("AcceptanceDate", "Accepted", DAY),
    Row("Exporter/Name", "Exporter", line(10)),
    Row("Exporter/Name", "Statement(NAME)", spare=True),
    Row("Exporter/Name", "OldName", reads_only=True),
    Row("Exporter/Identifier", "ExporterNo"),
    *(Row(f"Consignee/{name}", f"Consignee{name}") for name in ("Name", "Address")),
    *(Row(f"DeclaringAgent/{name}", f"Agent{name}") for name in ("Name", "Identifier")),
    Row("Transport/DepartureDate", "Departure", DAY),
    Row("Transport/Mode", "Mode", CODE),
    Row("Transport/DischargePort/Name", "Port"),
    Group(
        "Transport/Equipment[*]",
        "Box[*]",
        Position("@no"),
        Row("Number", "Number"),
        Group("Seal[*]", "Seal[*]", Position("@no"), Row(".", TEXT)),
    ),
    Row("GrossMeasure", "Weight", DECIMAL),
    Row("GrossMeasure/@unit", "Weight/@unit", CODE),
    Presumed("GrossMeasure/@unit", "KGM", "all weights are in kilograms"),
    Group(
        "Item[*]",
        "Item[*]",
        Row("SequenceNumber", "@no", NUMBER),
        Row("CommodityCode/@nomenclature", "Class(HS)/@edition", CODE),
        Row("CommodityCode", "Class(HS)/ID", CODE),
        Ignored("Class(HS)/Kind", "tells it apart"),
        Row("Quantity", "Quantity", DECIMAL),
        Row("Quantity/@unit", "Quantity/@unit", CODE),
        Row("OriginCountry", "Origin", CODE),
        most=2,
    ),
)
SYNTAX: Final = XmlSyntax(
    {"X": "X"},
    told_apart={
        "Statement": ToldApart("Code", "Text"),
        "Class": ToldApart("Kind", needs={"HS": ("ID", "ID")}, names={"H": "HS"}),
    },
)


def _extract(**changes: Any) -> DeclarationExtract:  # noqa: ANN401 - values of any element
    item = {
        "SequenceNumber": 1,
        "CommodityCode": {"nomenclature": "HS-2022", "Value": "630533"},
        "Quantity": {"unit": "KGM", "Value": Decimal(5)},
        "OriginCountry": "TH",
    }
    values = {
        "ReferenceNumber": "E-1",
        "IssuingCountry": "TH",
        "IssuingOffice": "01",
        "ImportingCountry": "VN",
        "Exporter": {"Identifier": "1", "Name": "Specimen"},
        "Consignee": {"Name": "Example", "Address": "1 Example Road"},
        "DeclaringAgent": {"Identifier": "2", "Name": "Agent"},
        "Transport": {
            "DepartureDate": date(2026, 11, 22),
            "Mode": "1",
            "DischargePort": {"Name": "Hai Phong"},
            "Equipment": [{"Number": "B1", "Seal": ["S1", "S2"]}],
        },
        "GrossMeasure": {"unit": "KGM", "Value": Decimal(7)},
        "Item": [item],
    }
    return DeclarationExtract.model_validate({**values, **changes})


def _write(document: DeclarationExtract) -> bytes:
    tree, losses = EXTRACT.write(document)
    assert losses == ()
    return SYNTAX.write("X", tree, EXTRACT.shape)


def _read(raw: bytes) -> DeclarationExtract:
    kind, root = SYNTAX.recognise(raw)
    document = EXTRACT.read(SYNTAX.read(kind, root, EXTRACT.shape)).document
    assert isinstance(document, DeclarationExtract)
    return document


def test_what_does_not_fit_its_place_stands_in_the_spare_one_and_only_there() -> None:
    short = _write(_extract())
    assert b"<Exporter>Specimen</Exporter>" in short
    assert b"Statement" not in short
    document = _extract(Exporter={"Identifier": "1", "Name": "Specimen Export"})
    long = _write(document)
    assert b"<Statement><Code>NAME</Code><Text>Specimen Export</Text></Statement>" in long
    assert b"<Exporter>" not in long
    assert _read(long) == document
    assert EXTRACT.paths.find_national("DeclarationExtract/Exporter/Name") == "Exporter"


def test_what_is_only_read_is_never_written() -> None:
    raw = _write(_extract()).replace(b"Exporter>", b"OldName>")
    assert _read(raw) == _extract()
    assert b"OldName" not in _write(_read(raw))


def test_a_presumed_unit_is_read_where_none_is_said_and_always_written() -> None:
    raw = _write(_extract())
    assert b'<Weight unit="KGM">7</Weight>' in raw
    assert _read(raw.replace(b'<Weight unit="KGM">', b"<Weight>")) == _extract()
    other = _read(raw.replace(b'<Weight unit="KGM">', b'<Weight unit="TNE">'))
    assert other.gross_measure is not None
    assert other.gross_measure.unit == "TNE"
    none = _read(raw.replace(b'<Weight unit="KGM">7</Weight>', b""))
    assert none.gross_measure is None


def test_positions_are_written_and_not_read() -> None:
    raw = _write(_extract())
    assert b'<Box no="1"><Number>B1</Number><Seal no="1">S1</Seal><Seal no="2">S2</Seal>' in raw
    assert _read(raw.replace(b'<Seal no="2">', b'<Seal no="9">')) == _extract()
    path = "DeclarationExtract/Transport/Equipment[1]/Seal[2]"
    assert EXTRACT.paths.find_national(path) == "Box[1]/Seal[2]"


def test_more_than_there_is_room_for_is_refused() -> None:
    item = _extract().model_dump(by_alias=True)["Item"][0]
    items = [{**item, "SequenceNumber": n} for n in range(1, 4)]
    with pytest.raises(RefusedError) as caught:
        EXTRACT.write(_extract(Item=items))
    assert caught.value.code == "adapter.value"
    assert caught.value.findings[0].message == "expected at most 2, found 3"


def test_what_reading_leaves_out_of_a_text_is_a_loss() -> None:
    raw = _write(_extract()).replace(b">20261122<", b">20261122093000<")
    kind, root = SYNTAX.recognise(raw)
    reading = EXTRACT.read(SYNTAX.read(kind, root, EXTRACT.shape))
    assert reading.document == _extract()
    assert [(each.national_path, each.message) for each in reading.findings] == [
        ("Departure", "the time")
    ]


def test_elements_are_told_apart_by_the_code_in_them() -> None:
    raw = _write(_extract())
    assert b'<Class edition="HS-2022"><ID>630533</ID><Kind>HS</Kind></Class>' in raw
    other = b"<Class><ID>9</ID><Kind>ZZ</Kind></Class>"
    kind, root = SYNTAX.recognise(raw.replace(b"<Quantity", other + b"<Quantity"))
    reading = EXTRACT.read(SYNTAX.read(kind, root, EXTRACT.shape))
    assert [each.national_path for each in reading.findings] == ["Item[1]/Class"]
    assert _read(raw.replace(b"<Kind>HS<", b"<Kind>H<")) == _extract()


@pytest.mark.parametrize(
    "statement",
    [
        b"<Statement><Code>NAME</Code></Statement>",
        b'<Statement lang="th"><Code>NAME</Code><Text>x</Text></Statement>',
        b"<Statement><Code>NAME</Code><Text>x</Text><More>y</More></Statement>",
        b"<Statement><Code>OTHER</Code><Text>x</Text></Statement>",
    ],
    ids=["no text", "an attribute", "more inside", "another code"],
)
def test_what_cannot_be_told_apart_whole_is_a_loss(statement: bytes) -> None:
    raw = _write(_extract()).replace(b"<Exporter>", statement + b"<Exporter>")
    kind, root = SYNTAX.recognise(raw)
    reading = EXTRACT.read(SYNTAX.read(kind, root, EXTRACT.shape))
    assert [each.national_path for each in reading.findings] == ["Statement"]


def test_numbers_are_bounded_in_all_their_digits() -> None:
    bounded = decimal(15, 6, digits=16)
    assert bounded.write(Decimal(123456789012345)) == "123456789012345"
    assert bounded.words == "number, at most 15 digits and 6 after the point, 16 in all"
    with pytest.raises(RefusedError):
        bounded.write(Decimal("123456789012.12345"))
    assert number(most=3).write(12) == "12"
    with pytest.raises(RefusedError):
        number(most=3).write(1234)


_SUBJECT = {"IssuingCountry": "TH", "IssuingOffice": "01", "ReferenceNumber": "D-1"}


def test_a_refusal_of_all_places_is_that_of_the_spare_one() -> None:
    def never(_: object) -> str:
        raise refuse("adapter.value", "expected nothing")

    table = Table(
        CustomsReceipt,
        Group("Subject", "About", *(Row(name, name) for name in _SUBJECT)),
        Row("Outcome", "Outcome", CODE),
        Row("At", "At", instant()),
        Row("Office", "Office", line(1)),
        Row("Office", "Spare", Conversion("nothing", LINE.read, never), spare=True),
    )
    at = datetime(2026, 11, 22, tzinfo=UTC)
    told = {"Subject": _SUBJECT, "Outcome": "REC", "At": at, "Office": "long"}
    with pytest.raises(RefusedError) as caught:
        table.write(CustomsReceipt.model_validate(told))
    assert caught.value.findings[0].message == "expected nothing"


def test_the_page_tells_of_every_row() -> None:
    lines = list(list_lines(EXTRACT))
    assert (
        Line("Exporter/Name", "Statement(NAME)", "text", "where there is no room before") in lines
    )
    assert Line("Exporter/Name", "OldName", "text", "understood, not written") in lines
    presumed = "KGM where nothing is said"
    assert Line("GrossMeasure/@unit", "", presumed, "all weights are in kilograms") in lines
    assert Line("", "Box[*]/@no", "the position, counted from 1", "not read") in lines
