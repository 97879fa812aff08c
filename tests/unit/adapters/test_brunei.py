"""The simulated Bruneian forms: the contract of every adapter, and what is their own."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from swb_adapters.brunei import ADAPTER
from swb_adapters.brunei.malay import MALAY
from swb_adapters.brunei.template import NEUTRAL_FORM_D, TEMPLATE_FORM_D
from swb_adapters.sdk.sheets import Sheet, read_csv, read_workbook, write_csv, write_workbook
from swb_adapters.sdk.testing import check_document, check_refusals, mutate_payload
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.nasty import NASTY_TEXTS
from swb_schemas.documents import DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

if TYPE_CHECKING:
    from swb_adapters.sdk.mapping import Shape

PACKAGE = files("swb_adapters.brunei")
SAMPLES = PACKAGE / "samples"
WORKBOOKS = Path(__file__).parent / "workbooks"
CERTIFICATE = "CertificateOfOrigin"


class TestBrunei(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    golden = GOLDEN / "brunei"
    syntax = ""


def read_sample(name: str = "form-d-plain") -> str:
    return (SAMPLES / f"{name}.csv").read_bytes().decode("utf-8-sig")


def as_workbook(text: str) -> bytes:
    found = {row.number: row.cells for row in read_csv(text.encode(), heading="Form")}
    rows = [found.get(number, ()) for number in range(1, max(found) + 1)]
    return write_workbook([Sheet(name="Form", rows=rows)])


class Fault(NamedTuple):
    """One change of a good form, and what must be said of it."""

    why: str
    before: str
    after: str
    code: str
    place: str
    path: str
    message: str
    sample: str = "form-d-plain"


QUOTES = ": a value with a comma in it stands in quotation marks"
POWER_OF_TEN = "a reference number that became a power of ten"
ITEM = f"{CERTIFICATE}/Item"
FAULTS = [
    Fault(
        "an HS code that lost its zero",
        "AHTN-2022,69111000",
        "AHTN-2022,9012120",
        "adapter.value",
        'row 48, column "HS code"',
        f"{ITEM}[1]/CommodityCode",
        "expected 6, 8 or 10 digits, found 7; a leading zero may be gone: "
        "format the cell as text and type it again",
    ),
    Fault(
        "an HS code of five digits",
        "AHTN-2022,10063030",
        "AHTN-2022,10063",
        "adapter.value",
        'row 51, column "HS code"',
        f"{ITEM}[3]/CommodityCode",
        "expected 6, 8 or 10 digits, found 5",
    ),
    Fault(
        "an HS code with dots",
        "AHTN-2022,69111000",
        "AHTN-2022,6911.10.00",
        "adapter.value",
        'row 48, column "HS code"',
        f"{ITEM}[1]/CommodityCode",
        "without dots or spaces, found '6911.10.00'",
    ),
    Fault(
        POWER_OF_TEN,
        "Reference number,BN-2026-0004711",
        "Reference number,1.2E+10",
        "adapter.value",
        'row 6, "Reference number"',
        f"{CERTIFICATE}/ReferenceNumber",
        "which a spreadsheet program made of a long number",
    ),
    Fault(
        "a local date",
        "Departure date,2026-11-20",
        "Departure date,20/11/2026",
        "adapter.value",
        'row 18, "Departure date"',
        f"{CERTIFICATE}/Transport/DepartureDate",
        "a reader cannot be sure what is day and what is month",
    ),
    Fault(
        "a date as a number",
        "SEC-26/1103,2026-11-12",
        "SEC-26/1103,46338",
        "adapter.value",
        'row 51, column "Invoice date"',
        f"{ITEM}[3]/Invoice[1]/Date",
        "the number 46338, by which a spreadsheet program counts days",
    ),
    Fault(
        "separators between thousands",
        "WO,5100,KGM",
        'WO,"5,100.0",KGM',
        "adapter.value",
        'row 51, column "Gross weight"',
        f"{ITEM}[3]/GrossMeasure",
        "found '5,100.0' with separators between thousands",
    ),
    Fault(
        "a decimal comma",
        "WO,5100,KGM",
        'WO,"5100,5",KGM',
        "adapter.value",
        'row 51, column "Gross weight"',
        f"{ITEM}[3]/GrossMeasure",
        "expected a number with a point, such as 1200.5, found '5100,5' with a comma",
    ),
    Fault(
        "a country by name",
        "Importing country,VN",
        "Importing country,Viet Nam",
        "adapter.value",
        'row 29, "Importing country"',
        f"{CERTIFICATE}/ExporterDeclaration/ImportingCountry",
        "expected two capital letters of ISO 3166-1, such as BN",
    ),
    Fault(
        "a label that is missing",
        "Exporter name,Specimen Ceramics Sdn Bhd\r\n",
        "",
        "adapter.value",
        'row "Exporter name", which is missing',
        f"{CERTIFICATE}/Exporter/Name",
        "expected a value, found none",
    ),
    Fault(
        "a cell of a further row that is missing",
        "SEC-26/1102,2026-11-12",
        "SEC-26/1102,",
        "adapter.value",
        'row 50, column "Invoice date"',
        f"{ITEM}[2]/Invoice[2]/Date",
        "expected a value, found none",
    ),
    Fault(
        "a count that is not the items'",
        "Number of items,3",
        "Number of items,2",
        "adapter.inconsistent",
        'row 27, "Number of items"',
        "",
        "expected 3, found '2'",
    ),
    Fault(
        "a mark that is none",
        "De minimis,No",
        "De minimis,x",
        "adapter.value",
        'row 40, "De minimis"',
        f"{CERTIFICATE}/SpecialCases/DeMinimis",
        "expected 'Yes' or 'No', found 'x'",
    ),
    Fault(
        "data of a box that is not ticked",
        "Back-to-back CO,Yes",
        "Back-to-back CO,No",
        "adapter.inconsistent",
        'row 36, "Back-to-back CO"',
        f"{CERTIFICATE}/SpecialCases/BackToBack",
        "expected 'Yes' where there are data for it",
        "form-d-back-to-back",
    ),
    Fault(
        "another layout",
        "Layout,BN-1",
        "Layout,BN-2",
        "adapter.unsupported",
        'row 3, "Layout"',
        "",
        "expected 'BN-1', found 'BN-2'",
    ),
    Fault(
        "a label twice",
        "Agreement,ATIGA",
        "Agreement,ATIGA\r\nAgreement,ATIGA",
        "adapter.schema",
        'row 4 and row 5, "Agreement"',
        f"{CERTIFICATE}/Agreement",
        "expected it once, found it 2 times",
    ),
    Fault(
        "a value with a comma in it that is not quoted",
        'Route,"Muara to Hai Phong, direct"',
        "Route,Muara to Hai Phong, direct",
        "adapter.schema",
        'row 26, column "C"',
        "",
        f"a remark that begins with #, found more{QUOTES}",
    ),
    Fault(
        "an item's own cell in a further row",
        "2,,,,,,,,,,,,,,2,PX",
        "2,,Mugs,,,,,,,,,,,,2,PX",
        "adapter.schema",
        'row 50, column "Description"',
        "",
        "expected nothing in a further row of '2', which begins in row 49, found a value",
    ),
    Fault(
        "a row without its item",
        "2,,,,,,,,,,,,,,2,PX",
        ",,,,,,,,,,,,,,2,PX",
        "adapter.schema",
        'row 50, column "Item no"',
        "",
        "expected what this row belongs to, found nothing",
    ),
    Fault(
        "a cell beyond the headings",
        "SEC-26/1102,2026-11-12,,",
        "SEC-26/1102,2026-11-12,,,more",
        "adapter.schema",
        'row 50, column "Y"',
        "",
        "expected a heading over this cell, found none",
    ),
    Fault(
        "a heading twice",
        "Marks and numbers,Description,",
        "Description,Description,",
        "adapter.schema",
        'row 47, column "Description"',
        "",
        "expected each heading once, found it twice",
    ),
    Fault(
        "the key of a table missing",
        "Item no,Marks",
        "Line,Marks",
        "adapter.schema",
        'row 47, table "Items"',
        "",
        "expected the heading 'Item no', found none",
    ),
    Fault(
        "a file that broke off",
        "End of form",
        "",
        "adapter.schema",
        "last row",
        "",
        "is the file whole?",
    ),
    Fault(
        "more below the end",
        "End of form",
        "End of form\r\nRemarks,more",
        "adapter.schema",
        "row 62",
        "",
        "expected nothing below 'End of form', found more",
    ),
    Fault(
        "another form",
        "Form,Form D",
        "Form,Form E",
        "adapter.unsupported",
        'row 2, column "B"',
        "",
        "expected one of Form D, Export declaration extract",
    ),
    Fault(
        "a box that is ticked in the cell of its label",
        "De minimis,No",
        "De minimis: Yes",
        "adapter.schema",
        'row 40, column "A"',
        "",
        "expected the value of 'De minimis' in column B, found it beside its label",
    ),
    Fault(
        "a value behind an equals sign in the cell of its label",
        "Declared at,Bandar Seri Begawan",
        "declared at = Bandar Seri Begawan",
        "adapter.schema",
        'row 30, column "A"',
        "",
        "expected the value of 'Declared at' in column B",
    ),
    Fault(
        "a title that is none of the form's",
        "\r\nItems\r\n",
        "\r\nItem\r\n",
        "adapter.schema",
        'row 46, column "A"',
        "",
        "expected the title of the table below, 'Items', found 'Item'",
    ),
    Fault(
        "a title of a further table that is none of the form's",
        "Exporter name in other languages",
        "Exporter name in other language",
        "adapter.schema",
        'row 53, column "A"',
        "",
        "expected the title of the table below, 'Exporter name in other languages' or",
    ),
]


# Of a workbook's cell its kind says that it holds a number: see test_sheets.
CASES = [(f, k) for f in FAULTS for k in ("csv", "xlsx") if (f.why, k) != (POWER_OF_TEN, "xlsx")]


@pytest.mark.parametrize(("fault", "kind"), CASES, ids=[f"{k}, {f.why}" for f, k in CASES])
def test_a_fault_is_told_in_plain_words_with_its_row(fault: Fault, kind: str) -> None:
    text = read_sample(fault.sample)
    assert fault.before in text
    changed = text.replace(fault.before, fault.after, 1)
    raw = as_workbook(changed) if kind == "xlsx" else changed.encode()
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    assert len(caught.value.findings) == 1 or fault.code == "adapter.value"
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.place,
        fault.path,
    )
    message = fault.message
    if kind == "xlsx":
        message = message.replace(QUOTES, "")
    assert message in finding.message
    assert (QUOTES in finding.message) is (QUOTES in message)
    assert finding.message in caught.value.message


@pytest.mark.parametrize("name", ["form-d-plain", "response-not-given", "check"])
def test_reads_the_same_from_a_workbook_and_from_csv_of_either_separator(name: str) -> None:
    text = read_sample(name)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    expected = ADAPTER.to_canonical((SAMPLES / f"{name}.csv").read_bytes())
    for raw in (as_workbook(text), out.getvalue().encode(), text.replace("\r\n", "\n").encode()):
        assert ADAPTER.to_canonical(raw).document == expected.document


def test_a_finding_on_the_document_leads_to_its_row() -> None:
    paths = ADAPTER.to_canonical((SAMPLES / "form-d-plain.csv").read_bytes()).paths
    assert paths.find_national(f"{ITEM}[3]/CommodityCode") == 'row 51, column "HS code"'
    assert paths.find_national(f"{ITEM}[2]/Package[2]/Count") == (
        'row 50, column "Number of packages"'
    )
    assert paths.find_national(f"{CERTIFICATE}/Exporter/Name") == 'row 11, "Exporter name"'
    assert paths.find_canonical('row 51, column "HS code"') == f"{ITEM}[3]/CommodityCode"


def test_what_the_form_does_not_know_is_told_with_its_row() -> None:
    text = read_sample()
    more = text.replace("Sheet,Original", "Sheet,Original\r\nColour,blue", 1)
    reading = ADAPTER.to_canonical(more.encode())
    assert [each.national_path for each in reading.findings] == ['row 10, "Colour"']
    assert reading.document == ADAPTER.to_canonical(text.encode()).document


def test_text_alone_in_the_column_of_labels_is_told_with_its_row() -> None:
    text = read_sample()
    more = text.replace("Sheet,Original", "Sheet,Original\r\nPart two\r\nPacked: dry", 1)
    for raw in (more.encode(), as_workbook(more)):
        reading = ADAPTER.to_canonical(raw)
        found = [each.national_path for each in reading.findings]
        assert found == ['row 10, "Part two"', 'row 11, "Packed: dry"']


def test_a_row_of_remarks_alone_is_none() -> None:
    more = read_sample().replace("Sheet,Original", "Sheet,Original\r\n,,# a remark", 1)
    assert ADAPTER.to_canonical(more.encode()).findings == ()


def test_the_first_cell_may_have_a_colon_too() -> None:
    text = read_sample().replace("Form,Form D", "Form:,Form D", 1)
    for raw in (text.encode(), as_workbook(read_sample().replace("Form,", "FORM :,"))):
        assert ADAPTER.to_canonical(raw).findings == ()


def test_malay_labels_titles_and_headings_are_read() -> None:
    text = read_sample()
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [MALAY.get(cell, cell) for cell in row] for row in csv.reader(io.StringIO(text))
    )
    assert "Nama pengeksport" in out.getvalue()
    assert ADAPTER.to_canonical(out.getvalue().encode()).document == (
        ADAPTER.to_canonical(text.encode()).document
    )


def list_names(shape: Shape) -> set[str]:
    below = (list_names(each) for each in shape.children.values())
    return set(shape.children).union(*below)


def test_every_label_title_and_heading_has_a_malay_name() -> None:
    names = set().union(*(list_names(table.shape) for table in ADAPTER.tables.values()))
    joined = {"Packages", "Invoices", "Descriptions"}  # of an item: their columns have names
    assert names - set(MALAY) - joined == {"De minimis"}
    assert set(MALAY) <= names


def test_labels_are_told_whatever_their_case_and_with_a_colon() -> None:
    text = read_sample().replace("Exporter name,", "EXPORTER  NAME:,", 1)
    assert ADAPTER.to_canonical(text.encode()).document.exporter.name.startswith("Specimen")  # type: ignore[attr-defined]  # of a certificate


def test_an_empty_template_is_refused_with_everything_that_is_missing() -> None:
    raw = (PACKAGE / "templates" / "template-form-d.csv").read_bytes()
    for each in (raw, TEMPLATE_FORM_D.write_workbook()):
        with pytest.raises(RefusedError) as caught:
            ADAPTER.to_canonical(each)
        places = [finding.national_path for finding in caught.value.findings]
        assert 'row 10, "Reference number"' in places
        assert 'row 55, table "Items"' in places


def test_the_template_is_made_of_the_table() -> None:
    raw = (PACKAGE / "templates" / "template-form-d.csv").read_bytes()
    assert raw == TEMPLATE_FORM_D.write_csv()
    assert TEMPLATE_FORM_D.write_workbook() == TEMPLATE_FORM_D.write_workbook()


def test_the_neutral_template_is_made_of_the_table_and_names_no_state() -> None:
    raw = (PACKAGE / "templates" / "template-form-d-neutral.csv").read_bytes()
    assert raw == NEUTRAL_FORM_D.write_csv()
    rows = [line for line in raw.decode().splitlines() if not line.startswith("Importing country,")]
    text = "\n".join(rows)
    for foreign in (
        "such as BN",
        "one of BN",
        "BSB01",
        "BN-2026",
        "BNMUA",
        "Sdn Bhd",
        *MALAY.values(),
    ):
        assert foreign not in text


def test_every_choice_of_the_template_is_one_that_is_read() -> None:
    text = read_sample()
    rows = read_csv(text.encode(), heading="Form")
    labels = {row.cells[0] for row in rows if row.cells}
    headings = {cell for row in rows for cell in row.cells if "Item no" in row.cells}
    assert set(TEMPLATE_FORM_D.choices) <= labels | headings


def test_a_template_that_somebody_filled_in_with_another_program_is_read() -> None:
    raw = (WORKBOOKS / "form-d-saved-by-openpyxl.xlsx").read_bytes()
    reading = ADAPTER.to_canonical(raw)
    item = reading.document.items[0]  # type: ignore[attr-defined]  # of a certificate
    assert (item.commodity_code.value, str(item.gross_measure.value)) == ("69120000", "1200.1")
    assert item.invoices[0].date.isoformat() == "2026-11-20"
    assert reading.findings == ()


def test_every_damaged_workbook_is_read_or_refused_properly() -> None:
    raw = as_workbook(read_sample())
    for changed in mutate_payload(raw, count=300):
        assert not check_refusals(ADAPTER, changed, may_read=True)
    for tenth in range(1, 10):
        assert not check_refusals(ADAPTER, raw[: len(raw) * tenth // 10])


def test_every_cell_with_nasty_text_is_read_or_refused_properly() -> None:
    rows = [list(row) for row in csv.reader(io.StringIO(read_sample("form-d-back-to-back")))]
    places = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    for number, (r, c) in enumerate(places * 2):
        changed = [list(row) for row in rows]
        changed[r][c] = NASTY_TEXTS[number % len(NASTY_TEXTS)]
        raw = write_csv(changed)
        assert not check_refusals(ADAPTER, raw, may_read=True), raw


def test_a_name_that_is_a_formula_is_written_as_text_and_read_as_the_same() -> None:
    document = ADAPTER.to_canonical((SAMPLES / "form-d-plain.csv").read_bytes()).document
    name = '=HYPERLINK("http://example.org";"+1");=1+1'
    exporter = document.exporter.model_copy(update={"name": name})  # type: ignore[attr-defined]  # of a certificate
    changed = document.model_copy(update={"exporter": exporter})
    payload = ADAPTER.from_canonical(changed).payload
    assert ADAPTER.to_canonical(payload).document == changed
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(payload.decode("utf-8-sig")), delimiter=delimiter):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    rows = read_workbook(as_workbook(payload.decode("utf-8-sig")), sheet="Form")
    assert any(name in row.cells for row in rows)


def test_a_number_that_begins_like_a_remark_is_none() -> None:
    raw = (SAMPLES / "extract-of-an-export-declaration.csv").read_bytes()
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, DeclarationExtract)
    container = document.transport.equipment[0].model_copy(update={"number": "#1 of 2"})
    transport = document.transport.model_copy(update={"equipment": (container,)})
    assert not check_document(ADAPTER, document.model_copy(update={"transport": transport}))
