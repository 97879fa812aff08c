"""The ASYCUDA family: what every state of it holds, and what tells one from another."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from swb_adapters.cambodia import ADAPTER as CAMBODIA
from swb_adapters.laos import ADAPTER as LAOS
from swb_adapters.philippines import ADAPTER as PHILIPPINES
from swb_adapters.sdk.asycuda import short_date
from swb_adapters.sdk.testing import check_between
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.timor_leste import ADAPTER as TIMOR_LESTE
from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

STATES: Final = {
    "cambodia": CAMBODIA,
    "laos": LAOS,
    "timor_leste": TIMOR_LESTE,
    "philippines": PHILIPPINES,
}


def _load(name: str, state: str = "cambodia") -> bytes:
    return (files(f"swb_adapters.{state}") / "samples" / f"{name}.xml").read_bytes()


class TestCambodia(AdapterContract):
    adapter = CAMBODIA
    samples = files("swb_adapters.cambodia") / "samples"
    golden = GOLDEN / "cambodia"


class TestLaos(AdapterContract):
    adapter = LAOS
    samples = files("swb_adapters.laos") / "samples"
    golden = GOLDEN / "laos"
    mutations = 30


class TestTimorLeste(AdapterContract):
    adapter = TIMOR_LESTE
    samples = files("swb_adapters.timor_leste") / "samples"
    golden = GOLDEN / "timor_leste"
    mutations = 30


class TestPhilippines(AdapterContract):
    adapter = PHILIPPINES
    samples = files("swb_adapters.philippines") / "samples"
    golden = GOLDEN / "philippines"


# --- faults ------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """One change of a good payload, and what must be said of it."""

    why: str
    sample: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


CERTIFICATE = "CertificateOfOrigin"
EXTRACT = "DeclarationExtract"
INVOICE = "Attached_documents[Attached_document_code='380']"
FAULTS = [
    Fault(
        "another certificate",
        "form-d-plain",
        "<Type_of_certificate>FORM D<",
        "<Type_of_certificate>FORM E<",
        "adapter.unsupported",
        "Identification/Type/Type_of_certificate",
    ),
    Fault(
        "an import",
        "extract-of-an-export-declaration",
        "<Sad_flow>E<",
        "<Sad_flow>I<",
        "adapter.unsupported",
        "Property/Sad_flow",
    ),
    Fault(
        "a count that is not the items'",
        "form-d-plain",
        "<Total_number_of_items>3<",
        "<Total_number_of_items>2<",
        "adapter.inconsistent",
        "Property/Nbers/Total_number_of_items",
    ),
    Fault(
        "a count that is not the packages'",
        "extract-of-an-export-declaration",
        "<Total_number_of_packages>100<",
        "<Total_number_of_packages>99999<",
        "adapter.inconsistent",
        "Property/Nbers/Total_number_of_packages",
    ),
    Fault(
        "a mark of containers that is none",
        "extract-of-an-export-declaration",
        "<Container_flag>true<",
        "<Container_flag>banana<",
        "adapter.inconsistent",
        "Transport/Container_flag",
        f"{EXTRACT}/Transport",
    ),
    Fault(
        "no containers where some stand",
        "extract-of-an-export-declaration",
        "<Container_flag>true<",
        "<Container_flag>false<",
        "adapter.inconsistent",
        "Transport/Container_flag",
        f"{EXTRACT}/Transport",
    ),
    Fault(
        "an invoice's date of no calendar",
        "form-d-plain",
        "<Attached_document_date>11/12/26<",
        "<Attached_document_date>31/12/26<",
        "adapter.value",
        f"Item[2]/{INVOICE}[2]/Attached_document_date",
        f"{CERTIFICATE}/Item[2]/Invoice[2]/Date",
    ),
    Fault(
        "a year of three digits",
        "extract-of-an-export-declaration",
        "<Date_of_exit>11/3/26<",
        "<Date_of_exit>11/3/026<",
        "adapter.value",
        "Export_release/Date_of_exit",
        f"{EXTRACT}/Transport/DepartureDate",
    ),
    Fault(
        "a null where a value must be",
        "extract-of-an-export-declaration",
        "<Exporter_code>0990000000017<",
        "<Exporter_code><null/><",
        "adapter.value",
        "Traders/Exporter/Exporter_code",
        f"{EXTRACT}/Exporter/Identifier",
    ),
    Fault(
        "a consignee without an address",
        "extract-of-an-export-declaration",
        "Saigon Example Import JSC\n1 Le Loi\nHo Chi Minh City",
        "Saigon Example Import JSC",
        "adapter.value",
        "Traders/Consignee/Consignee_name",
        f"{EXTRACT}/Consignee/Address",
    ),
    Fault(
        "a tariff code in the wrong pieces",
        "form-d-plain",
        "<Precision_1><null/><",
        "<Precision_1>900<",
        "adapter.value",
        "Item[1]/Tarification/HScode/Commodity_code",
        f"{CERTIFICATE}/Item[1]/CommodityCode",
    ),
    Fault(
        "a part of a package",
        "form-d-plain",
        "<Number_of_packages>120<",
        "<Number_of_packages>0.06<",
        "adapter.value",
        "Item[1]/Packages[1]/Number_of_packages",
        f"{CERTIFICATE}/Item[1]/Package[1]/Count",
    ),
    Fault(
        "a thousands separator",
        "form-d-plain",
        "<Gross_weight_itm>1250.5<",
        "<Gross_weight_itm>1,250.5<",
        "adapter.value",
        "Item[1]/Valuation_item/Weight_itm/Gross_weight_itm",
        f"{CERTIFICATE}/Item[1]/GrossMeasure",
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        "<Back_to_back>false<",
        "<Back_to_back>true<",
        "adapter.value",
        "Special_cases/Original_certificate[1]",
        f"{CERTIFICATE}/SpecialCases/BackToBack/Original",
    ),
    Fault(
        "data of a box that is not ticked",
        "form-d-exhibition-issued-retroactively",
        "<Exhibition>true<",
        "<Exhibition>false<",
        "adapter.inconsistent",
        "Special_cases/Exhibition",
        f"{CERTIFICATE}/SpecialCases/Exhibition",
    ),
    Fault(
        "a mark that is none",
        "form-d-plain",
        "<De_minimis>false<",
        "<De_minimis>no<",
        "adapter.value",
        "Special_cases/De_minimis",
        f"{CERTIFICATE}/SpecialCases/DeMinimis",
    ),
    Fault(
        "a criterion of another agreement",
        "form-d-plain",
        "<Origin_criterion>CTH<",
        "<Origin_criterion>PE<",
        "adapter.value",
        "Item[2]/Tarification/Origin_criterion",
        f"{CERTIFICATE}/Item[2]/OriginCriterion",
    ),
    Fault(
        "a decision that is none",
        "response-given",
        "<Preference>1<",
        "<Preference>9<",
        "adapter.value",
        "Preference",
        "CustomsResponse/Decision",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    finding = _refuse(CAMBODIA, fault, "cambodia")
    assert finding == (fault.code, fault.national_path, fault.path)


ENVELOPE_FAULTS = [
    Fault(
        "a date in the file",
        "form-d-plain",
        "<Date_of_departure>11/20/26<",
        "<Date_of_departure>20/11/26<",
        "adapter.value",
        "Body/ASYCUDA_certificate/Transport/Date_of_departure",
        f"{CERTIFICATE}/Transport/DepartureDate",
    ),
    Fault(
        "another type of message",
        "form-d-plain",
        "<Message_type>CO-D<",
        "<Message_type>SAD-E<",
        "adapter.inconsistent",
        "Header/Message_type",
    ),
    Fault(
        "no sender",
        "form-d-plain",
        "<Sender>EXAMPLE-VASP<",
        "<Sender> <",
        "adapter.schema",
        "Header/Sender",
    ),
    Fault(
        "a second type",
        "form-d-plain",
        "</Header>",
        "<Message_type>CO-D</Message_type></Header>",
        "adapter.schema",
        "Header",
    ),
    Fault("two files", "check", "<Body>", "<Body><ASYCUDA/>", "adapter.schema", "Body"),
    Fault("a second body", "check", "</Body>", "</Body><Body/>", "adapter.schema", "VASP_message"),
]


@pytest.mark.parametrize("fault", ENVELOPE_FAULTS, ids=[fault.why for fault in ENVELOPE_FAULTS])
def test_a_fault_of_an_envelope_is_told_with_its_place(fault: Fault) -> None:
    finding = _refuse(PHILIPPINES, fault, "philippines")
    assert finding == (fault.code, fault.national_path, fault.path)


def _refuse(adapter: Adapter, fault: Fault, state: str) -> tuple[str, str, str]:
    raw = _load(fault.sample, state).decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        adapter.to_canonical(raw.replace(fault.before, fault.after).encode())
    finding = caught.value.findings[0]
    return finding.code, finding.national_path, finding.path


# --- what is peculiar to the format ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day", "again"),
    [
        ("11/3/26", date(2026, 11, 3), "11/3/26"),
        ("1/18/00", date(2000, 1, 18), "1/18/00"),
        ("12/31/99", date(2099, 12, 31), "12/31/99"),
        ("01/08/2026", date(2026, 1, 8), "1/8/26"),
        ("2/29/1996", date(1996, 2, 29), "2/29/1996"),
        ("1/1/2100", date(2100, 1, 1), "1/1/2100"),
    ],
)
def test_two_digits_of_a_year_mean_one_century(text: str, day: date, again: str) -> None:
    conversion = short_date()
    assert conversion.read(text) == day
    assert conversion.write(day) == again


def test_a_dialect_says_which_hundred_years_it_means() -> None:
    conversion = short_date(1950)
    assert conversion.read("1/1/50") == date(1950, 1, 1)
    assert conversion.read("12/31/49") == date(2049, 12, 31)
    assert conversion.write(date(2050, 1, 1)) == "1/1/2050"


@pytest.mark.parametrize("text", ["2/29/26", "13/1/26", "1/1/126", "1-1-26", "1/1/1899", "٣/1/26"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="expected"):
        short_date().read(text)


def test_null_and_nothing_are_the_same_as_no_element() -> None:
    raw = _load("form-d-plain").decode()
    document = CAMBODIA.to_canonical(raw.encode()).document
    assert "<null/>" in raw
    for blank in ("", "<null></null>", " \n <null /> \n "):
        assert CAMBODIA.to_canonical(raw.replace("<null/>", blank).encode()).document == document
    group = "<Delivery_terms><Code><null/></Code><Place/></Delivery_terms></Transport>"
    reading = CAMBODIA.to_canonical(raw.replace("</Transport>", group).encode())
    assert (reading.document, reading.findings) == (document, ())


def test_blanks_are_written_as_a_state_writes_them() -> None:
    document = CAMBODIA.to_canonical(_load("extract-of-an-export-declaration")).document
    ways = {
        name: adapter.from_canonical(document).payload.partition(b"<HScode>")[2][:80]
        for name, adapter in STATES.items()
    }
    code = b"<Commodity_code>63053310</Commodity_code>"
    assert ways["cambodia"].startswith(code + b"<Precision_1><null/></Precision_1>")
    assert ways["laos"].startswith(code + b"<Precision_1/>")
    assert ways["philippines"].startswith(code + b"</HScode>")


def test_an_item_is_counted_in_its_first_unit_and_further_ones_are_told() -> None:
    raw = _load("extract-of-an-export-declaration").decode()
    second = (
        "</Supplementary_unit><Supplementary_unit><Suppplementary_unit_code>C62</"
        "Suppplementary_unit_code></Supplementary_unit><Supplementary_unit/>"
    )
    reading = CAMBODIA.to_canonical(raw.replace("</Supplementary_unit>", second, 1).encode())
    assert reading.document == CAMBODIA.to_canonical(raw.encode()).document
    assert [finding.national_path for finding in reading.findings] == [
        "Item[1]/Tarification/Supplementary_unit[2]"
    ]


def test_of_attached_documents_only_invoices_are_of_the_document() -> None:
    raw = _load("extract-of-an-export-declaration").decode()
    bill = "<Attached_documents><Attached_document_code>705</Attached_document_code>"
    more = raw.replace("<Attached_documents>", f"{bill}</Attached_documents><Attached_documents>")
    reading = CAMBODIA.to_canonical(more.encode())
    assert reading.document == CAMBODIA.to_canonical(raw.encode()).document
    assert [finding.national_path for finding in reading.findings] == ["Item[1]/Attached_documents"]


def test_items_without_a_number_have_their_position() -> None:
    raw = _load("form-d-plain").decode()
    for number in (1, 2, 3):
        raw = raw.replace(f"<Item_number>{number}</Item_number>", "")
    document = CAMBODIA.to_canonical(raw.encode()).document
    assert isinstance(document, CertificateOfOrigin)
    assert [item.sequence_number for item in document.items] == [1, 2, 3]


def test_ten_digits_of_a_tariff_code_stand_in_two_places() -> None:
    raw = _load("extract-of-an-export-declaration")
    more = raw.replace(b"<Precision_1><null/>", b"<Precision_1>01")
    document = CAMBODIA.to_canonical(more).document
    assert isinstance(document, DeclarationExtract)
    assert document.items[0].commodity_code.value == "6305331001"
    assert b"<Precision_1>01<" in CAMBODIA.from_canonical(document).payload


def test_a_serial_letter_is_part_of_the_number() -> None:
    raw = _load("extract-of-an-export-declaration")
    more = raw.replace(b"<Serial_number><null/>", b"<Serial_number>E")
    document = CAMBODIA.to_canonical(more).document
    assert isinstance(document, DeclarationExtract)
    assert document.reference_number == "E KH-X-0001"


@pytest.mark.parametrize(("answer", "consent"), [("true", True), ("false", False)])
def test_the_consent_of_the_exporter_is_read_and_never_written(answer: str, consent: bool) -> None:
    raw = _load("extract-of-an-export-declaration").decode()
    said = f"<Exchange_consent>{answer}</Exchange_consent></Property>"
    reading = CAMBODIA.to_canonical(raw.replace("</Property>", said).encode())
    assert reading.consent is consent
    assert b"Exchange_consent" not in CAMBODIA.from_canonical(reading.document).payload


def test_what_the_format_does_not_know_is_told_as_a_loss() -> None:
    raw = _load("form-d-plain")
    more = raw.replace(b"</Transport>", b"<Tonnage>12</Tonnage></Transport>")
    reading = CAMBODIA.to_canonical(more)
    assert [each.national_path for each in reading.findings] == ["Transport/Tonnage"]
    assert reading.document == CAMBODIA.to_canonical(raw).document


def test_a_state_that_spells_otherwise_is_told_so_in_its_own_spelling() -> None:
    raw = _load("extract-of-an-export-declaration", "timor_leste")
    assert b"<Supplementary_unit_quantity>2401<" in raw
    with pytest.raises(RefusedError) as caught:
        TIMOR_LESTE.to_canonical(raw.replace(b"_quantity>2401<", b"_quantity>2,401<"))
    finding = caught.value.findings[0]
    assert finding.national_path == (
        "Item[1]/Tarification/Supplementary_unit/Supplementary_unit_quantity"
    )
    assert finding.path == f"{EXTRACT}/Item[1]/Quantity"


def test_a_file_of_another_kind_in_the_envelope_is_refused() -> None:
    raw = _load("check-answer", "philippines").replace(b"ASYCUDA_check_answer>", b"ASYCUDA_reply>")
    with pytest.raises(RefusedError) as caught:
        PHILIPPINES.to_canonical(raw)
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.unsupported", "Body")


def test_the_same_document_is_the_same_message() -> None:
    document = PHILIPPINES.to_canonical(_load("check", "philippines")).document
    payload = PHILIPPINES.from_canonical(document).payload
    other = document.model_copy(update={"request_number": 2})
    reference = b"<Message_reference>"
    assert (
        payload.partition(reference)[2][:36]
        == (PHILIPPINES.from_canonical(document).payload.partition(reference)[2][:36])
    )
    assert (
        payload.partition(reference)[2][:36]
        != (PHILIPPINES.from_canonical(other).payload.partition(reference)[2][:36])
    )


@pytest.mark.parametrize("first", STATES)
@pytest.mark.parametrize("second", STATES)
def test_a_certificate_goes_from_each_state_to_each(first: str, second: str) -> None:
    assert not check_between(STATES[first], STATES[second], _load("form-d-plain", first))
