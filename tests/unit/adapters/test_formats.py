"""What is particular to each of the two simulated formats."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from swb_adapters.sdk import Losses
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt
from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import EACH_ADAPTER, list_samples

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

SAMPLES = {str(sample): sample for sample in list_samples()}


class Change(NamedTuple):
    """A payload whose parts contradict each other, or ask for what is not handled."""

    why: str
    sample: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


TH = "Envelope/Body/FormD"
VN = "Envelope/Body/SendDocument/Envelope"
FORM = f"{VN}/Body/Content/CertificateFormD"
CHANGES = [
    Change(
        "a total that is not the number of items",
        "thailand/form-d-plain",
        "<TotalItems>3<",
        "<TotalItems>4<",
        "adapter.inconsistent",
        f"{TH}/DocumentControl/TotalItems",
    ),
    Change(
        "an action of another document",
        "thailand/form-d-plain",
        "<eb:Action>Issue<",
        "<eb:Action>Decide<",
        "adapter.inconsistent",
        "Envelope/Header/MessageHeader/Action",
    ),
    Change(
        "a manifest that refers to something else",
        "thailand/form-d-plain",
        'href="#TH0001"',
        'href="#TH0002"',
        "adapter.inconsistent",
        "Envelope/Body/Manifest/Reference/@href",
    ),
    Change(
        "a function that changes a certificate",
        "thailand/form-d-plain",
        "<FunctionCode>9<",
        "<FunctionCode>5<",
        "adapter.unsupported",
        f"{TH}/DocumentControl/FunctionCode",
    ),
    Change(
        "another form",
        "thailand/form-d-plain",
        "<FormType>D<",
        "<FormType>E<",
        "adapter.unsupported",
        f"{TH}/Certificate/FormType",
        "CertificateOfOrigin/Agreement",
    ),
    Change(
        "a year of the Common Era where the Buddhist one belongs",
        "thailand/form-d-plain",
        "<DepartureDate>20/11/2569<",
        "<DepartureDate>20/11/2026<",
        "adapter.value",
        f"{TH}/BorderTransport/DepartureDate",
        "CertificateOfOrigin/Transport/DepartureDate",
    ),
    Change(
        "a Buddhist year where the Common Era belongs",
        "thailand/form-d-back-to-back",
        "<IssueDate>2026-09-14<",
        "<IssueDate>2569-09-14<",
        "adapter.value",
        f"{TH}/Box13/BackToBack/Original[2]/IssueDate",
        "CertificateOfOrigin/SpecialCases/BackToBack/Original[2]/IssueDate",
    ),
    Change(
        "a criterion that ATIGA does not know",
        "thailand/form-d-plain",
        "<OriginCriterion>WO<",
        "<OriginCriterion>PE<",
        "adapter.value",
        f"{TH}/GoodsItem[3]/OriginCriterion",
        "CertificateOfOrigin/Item[3]/OriginCriterion",
    ),
    Change(
        "a result that is not the items' rolled up",
        "thailand/response-given",
        "<ResponseNumber>1</ResponseNumber>\n      <Result>Y<",
        "<ResponseNumber>1</ResponseNumber>\n      <Result>N<",
        "adapter.value",
        "Envelope/Body/CertificateResponse/Result",
        "CustomsResponse/Decision",
    ),
    Change(
        "an error without a reason",
        "vietnam/receipt-received",
        "<Function>2<",
        "<Function>99<",
        "adapter.value",
        f"{VN}/Body/Content/CustomsReceipt",
        "CustomsReceipt/Reason",
    ),
    Change(
        "a function of another document",
        "vietnam/form-d-plain",
        "<Function>1<",
        "<Function>99<",
        "adapter.unsupported",
        f"{VN}/Header/Subject/Function",
    ),
    Change(
        "a type of another document",
        "vietnam/form-d-plain",
        "<Type>CO01<",
        "<Type>CO02<",
        "adapter.inconsistent",
        f"{VN}/Header/Subject/Type",
    ),
    Change(
        "another version of the envelope",
        "vietnam/form-d-plain",
        "<Version>1.00<",
        "<Version>2.00<",
        "adapter.unsupported",
        f"{VN}/Header/Reference/Version",
    ),
    Change(
        "a header that speaks of another certificate",
        "vietnam/decision-given",
        "<Reference>D2026-0004711<",
        "<Reference>D2026-0004712<",
        "adapter.inconsistent",
        f"{VN}/Header/Subject/Reference",
    ),
    Change(
        "a certificate that is cancelled by status",
        "vietnam/form-d-plain",
        "<Status>0<",
        "<Status>2<",
        "adapter.unsupported",
        f"{FORM}/General/Status",
    ),
    Change(
        "a ticked box without its data",
        "vietnam/form-d-plain",
        "<ThirdCountryInvoicing>0<",
        "<ThirdCountryInvoicing>1<",
        "adapter.inconsistent",
        f"{FORM}/Flags/ThirdCountryInvoicing",
        "CertificateOfOrigin/SpecialCases/ThirdCountryInvoicing",
    ),
    Change(
        "data of a box that is not ticked",
        "vietnam/form-d-back-to-back-de-minimis",
        "<BackToBack>1<",
        "<BackToBack>0<",
        "adapter.inconsistent",
        f"{FORM}/Flags/BackToBack",
        "CertificateOfOrigin/SpecialCases/BackToBack",
    ),
    Change(
        "a quantity without its unit",
        "vietnam/form-d-plain",
        "<QuantityUnit>PR</QuantityUnit>",
        "",
        "adapter.value",
        f"{FORM}/GoodsList/Goods[1]/QuantityUnit",
        "CertificateOfOrigin/Item[1]/Quantity/@unit",
    ),
    Change(
        "a port's code without its name",
        "vietnam/form-d-plain",
        "<LoadingPortName>Ho Chi Minh City</LoadingPortName>",
        "",
        "adapter.value",
        f"{FORM}/Shipment/LoadingPortName",
        "CertificateOfOrigin/Transport/LoadingPort/Name",
    ),
    Change(
        "an element that the schema does not know",
        "vietnam/form-d-plain",
        "<Brand>",
        "<Colour>",
        "xml.malformed",
        "",
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=[f"{c.sample}: {c.why}" for c in CHANGES])
def test_refuses(change: Change) -> None:
    sample = SAMPLES[change.sample]
    text = sample.raw.decode()
    assert change.before in text
    with pytest.raises(RefusedError) as refusal:
        sample.adapter.to_canonical(text.replace(change.before, change.after, 1).encode())
    assert refusal.value.code == change.code
    if change.national_path:
        (finding,) = refusal.value.findings
        assert (finding.national_path, finding.path) == (change.national_path, change.path)


@pytest.mark.parametrize("default", [False, True], ids=["prefixed", "default namespace"])
def test_names_both_paths_of_a_fault_that_the_schema_finds(*, default: bool) -> None:
    sample = SAMPLES["vietnam/form-d-plain"]
    raw = sample.raw.replace(b">610<", b">six hundred<")
    if default:
        raw = raw.replace(b"xmlns:soap=", b"xmlns=").replace(b"soap:", b"")
    with pytest.raises(RefusedError) as refusal:
        sample.adapter.to_canonical(raw)
    assert refusal.value.code == "adapter.schema"
    finding = refusal.value.findings[0]
    assert finding.national_path == f"{FORM}/GoodsList/Goods[2]/GrossWeight"
    assert finding.path == "CertificateOfOrigin/Item[2]/GrossMeasure"


def _certificate(name: str) -> CertificateOfOrigin:
    document = SAMPLES[name].adapter.to_canonical(SAMPLES[name].raw).document
    assert isinstance(document, CertificateOfOrigin)
    return document


def test_counts_thai_dates_in_the_buddhist_era_and_foreign_ones_in_the_common_era() -> None:
    sample = SAMPLES["thailand/form-d-de-minimis-true-copy"]
    document = _certificate(str(sample))
    text = sample.raw.decode()
    assert document.certification.date == date(2026, 11, 2)
    assert document.certification.original_issue_date == date(2026, 7, 9)
    assert document.items[0].invoices[0].date == date(2026, 7, 2)
    dates = re.findall(r"<(\w+)>(\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2})<", text)
    assert dates == [
        ("DepartureDate", "11/07/2569"),
        ("Date", "2026-07-02"),
        ("Date", "08/07/2569"),
        ("Date", "02/11/2569"),
        ("TrueCopyOf", "09/07/2569"),
    ]


def test_says_that_the_value_in_baht_has_no_place() -> None:
    sample = SAMPLES["thailand/form-d-plain"]
    findings = sample.adapter.to_canonical(sample.raw).findings
    assert [finding.national_path for finding in findings] == [
        f"{TH}/DocumentControl/ExchangeRate",
        f"{TH}/DocumentControl/TotalFobBaht",
    ]


def test_says_that_vietnamese_times_have_whole_seconds() -> None:
    receipt = SAMPLES["thailand/receipt-accepted"]
    document = receipt.adapter.to_canonical(receipt.raw).document
    assert isinstance(document, CustomsReceipt)
    assert document.at == datetime(2026, 11, 21, 2, 30, 5, 250000, tzinfo=UTC)
    vietnam = SAMPLES["vietnam/form-d-plain"].adapter
    rendering = vietnam.from_canonical(document)
    assert [loss.path for loss in rendering.losses] == ["CustomsReceipt/At"]
    assert b"<ReceivedAt>2026-11-21 09:30:05</ReceivedAt>" in rendering.payload


def test_gives_a_certificate_and_its_answers_one_thai_conversation() -> None:
    thailand = SAMPLES["thailand/form-d-plain"].adapter
    certificate = _certificate("thailand/form-d-plain")
    answer = SAMPLES["vietnam/decision-given"]
    response = answer.adapter.to_canonical(answer.raw).document
    conversations = {
        re.findall(rb"<eb:ConversationId>(.+?)<", thailand.from_canonical(document).payload)[0]
        for document in (certificate, response)
    }
    assert len(conversations) == 1


def _extended(document: Document, *, must_understand: bool) -> Document:
    element = '<n:Note xmlns:n="urn:example:note">more</n:Note>'
    extension = Extension(must_understand=must_understand, element=element)
    return document.model_copy(update={"extensions": Extensions(extensions=(extension,))})


@EACH_ADAPTER
def test_drops_an_extension_and_says_so(adapter: Adapter) -> None:
    document = _extended(_certificate("thailand/form-d-plain"), must_understand=False)
    losses = adapter.from_canonical(document).losses
    assert "CertificateOfOrigin/Extensions" in {loss.path for loss in losses}


class Unwritable(NamedTuple):
    why: str
    document: Document
    code: str
    path: str


PLAIN = _certificate("vietnam/form-d-plain")
UNWRITABLE = [
    Unwritable(
        "an extension that must be understood",
        _extended(PLAIN, must_understand=True),
        "adapter.mandatory_loss",
        "CertificateOfOrigin/Extensions/Extension[1]",
    ),
    Unwritable(
        "a document in another language",
        PLAIN.model_copy(update={"lang": "vi"}),
        "adapter.mandatory_loss",
        "CertificateOfOrigin/@xml:lang",
    ),
    Unwritable(
        "a document of a later version",
        PLAIN.model_copy(update={"version": "1.1"}),
        "adapter.mandatory_loss",
        "CertificateOfOrigin/@version",
    ),
    Unwritable(
        "another agreement",
        PLAIN.model_copy(update={"agreement": "MARS"}),
        "adapter.unsupported",
        "CertificateOfOrigin/Agreement",
    ),
    Unwritable(
        "a date that neither format could read again",
        PLAIN.model_copy(
            update={
                "certification": PLAIN.certification.model_copy(update={"date": date(2569, 11, 2)})
            }
        ),
        "adapter.value",
        "CertificateOfOrigin/Certification/Date",
    ),
]


@EACH_ADAPTER
@pytest.mark.parametrize("case", UNWRITABLE, ids=[case.why for case in UNWRITABLE])
def test_refuses_to_write(adapter: Adapter, case: Unwritable) -> None:
    with pytest.raises(RefusedError) as refusal:
        adapter.from_canonical(case.document)
    assert refusal.value.code == case.code
    assert [finding.path for finding in refusal.value.findings] == [case.path]


def test_declares_nothing_where_nothing_is_lost() -> None:
    losses = Losses(CertificateOfOrigin)
    losses.drop_extensions(None)
    assert losses.declare() == ()
