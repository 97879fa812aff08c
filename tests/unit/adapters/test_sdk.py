"""The parts of the SDK that mappings are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.sdk import (
    Losses,
    PathMap,
    attempt,
    build_document,
    derive_digits,
    derive_uuid,
    find_differences,
    fold_foreign_text,
    format_decimal,
    format_exact_criterion,
    is_mandatory,
    parse_decimal,
    parse_whole_number,
)
from swb_adapters.sdk.testing.strategies import certificates_of_origin, lines
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt
from swb_schemas.documents.elements import Extension, Extensions, LocalText
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from tests.unit.adapters.first_party import list_samples

PATHS = PathMap(
    [
        ("Doc/Item[*]/Invoice[*]/Date", "Form/Goods[*]/Bill[*]/Day"),
        ("Doc/Exporter/NationalName[1]", "Form/Seller/ThaiName"),
        ("Doc/Item[*]", "Form/Goods[*]"),
        ("Doc", "Form"),
    ]
)


def _extend(*, must_understand: bool) -> Extensions:
    element = '<a:note xmlns:a="urn:example:a">new</a:note>'
    return Extensions(extensions=(Extension(must_understand=must_understand, element=element),))


def _make_receipt() -> CustomsReceipt:
    subject = {"IssuingCountry": "TH", "IssuingOffice": "DFT", "ReferenceNumber": "D1"}
    at = datetime(2026, 1, 20, 8, tzinfo=UTC)
    return CustomsReceipt.model_validate({"Subject": subject, "Outcome": "REC", "At": at})


@pytest.mark.parametrize(
    ("canonical", "national"),
    [
        ("Doc/Item[3]/Invoice[12]/Date", "Form/Goods[3]/Bill[12]/Day"),
        ("Doc/Exporter/NationalName[1]", "Form/Seller/ThaiName"),
        ("Doc/Item[7]", "Form/Goods[7]"),
        ("Doc", "Form"),
    ],
)
def test_finds_the_path_of_the_other_side(canonical: str, national: str) -> None:
    assert PATHS.find_national(canonical, exact=True) == national
    assert PATHS.find_canonical(national, exact=True) == canonical


def test_falls_back_on_the_nearest_element_that_is_known() -> None:
    assert PATHS.find_national("Doc/Item[2]/GrossMeasure/@unit") == "Form/Goods[2]"
    assert PATHS.find_national("Doc/Item[2]/GrossMeasure", exact=True) == ""
    assert PATHS.find_national("Other/Item[2]") == ""


def test_falls_back_in_a_spelling_with_points_too() -> None:
    paths = PathMap([("Doc/Item[*]", "barang[*]"), ("Doc", "$")])
    assert paths.find_canonical("barang[2].barangDokumen[1].seri") == "Doc/Item[2]"
    assert paths.find_canonical("entitas[2].nama") == ""


def test_takes_a_missing_position_for_the_first() -> None:
    assert PATHS.find_canonical("Form/Goods/Bill[2]/Day") == "Doc/Item[1]/Invoice[2]/Date"


def test_refuses_a_pair_that_loses_a_position() -> None:
    with pytest.raises(ValueError, match=r"as many \[\*\]"):
        PathMap([("Doc/Item[*]", "Form/Goods")])


def test_reports_every_fault_with_both_paths_and_without_pydantic() -> None:
    paths = PathMap([("CustomsReceipt/At", "Note/When"), ("CustomsReceipt/Subject", "Note/Co")])
    values = {"Subject": {"IssuingCountry": "th"}, "Outcome": "REC", "At": attempt(_no_time, "x")}
    with pytest.raises(RefusedError) as refusal:
        build_document(CustomsReceipt, values, paths=paths)
    assert refusal.value.code == "adapter.value"
    found = {finding.path: finding for finding in refusal.value.findings}
    assert found["CustomsReceipt/At"].national_path == "Note/When"
    assert found["CustomsReceipt/At"].message == "expected noon, found 'x'"
    assert found["CustomsReceipt/Subject/IssuingCountry"].national_path == "Note/Co"
    assert "CustomsReceipt/Subject/ReferenceNumber" in found


def _no_time(text: str) -> str:
    raise RefusedError("adapter.value", f"expected noon, found {text!r}")


def test_lists_no_more_faults_than_the_limit() -> None:
    values: dict[str, object] = {"Item": [{} for _ in range(100)]}
    with pytest.raises(RefusedError, match="fault") as refusal:
        build_document(CertificateOfOrigin, values, paths=PathMap())
    assert len(refusal.value.findings) == 50


def test_names_a_position_in_the_paths_of_faults() -> None:
    sample = next(s for s in list_samples("form-d-plain") if s.adapter is THAILAND)
    before = b"<Invoice>\n          <Number>SEC-26/1102</Number>\n          <Date>2026-11-12"
    assert before in sample.raw
    with pytest.raises(RefusedError) as refusal:
        THAILAND.to_canonical(sample.raw.replace(before, before.replace(b"11-12", b"11-31")))
    (finding,) = refusal.value.findings
    assert finding.path == "CertificateOfOrigin/Item[2]/Invoice[2]/Date"
    assert finding.national_path == "Envelope/Body/FormD/GoodsItem[2]/Invoice[2]/Date"


# --- losses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "mandatory"),
    [
        ("CertificateOfOrigin/Item[2]/CommodityCode", True),
        ("CertificateOfOrigin/Item[2]/CommodityCode/@nomenclature", True),
        ("CertificateOfOrigin/Item[2]/Quantity", False),
        ("CertificateOfOrigin/Exporter/NationalName[1]", False),
        ("CertificateOfOrigin/Exporter/NationalName[1]/@xml:lang", True),
        ("CertificateOfOrigin/SpecialCases/BackToBack/Original[1]/ExpiryDate", False),
    ],
)
def test_tells_what_a_document_must_have(path: str, *, mandatory: bool) -> None:
    assert is_mandatory(CertificateOfOrigin, path) is mandatory


def test_refuses_to_lose_what_a_document_must_have() -> None:
    losses = Losses(CertificateOfOrigin)
    losses.drop("CertificateOfOrigin/Remarks", "no room")
    losses.drop("CertificateOfOrigin/Item[1]/Description", "no words")
    with pytest.raises(RefusedError, match="no words") as refusal:
        losses.declare()
    assert refusal.value.code == "adapter.mandatory_loss"
    assert [f.path for f in refusal.value.findings] == ["CertificateOfOrigin/Item[1]/Description"]


def test_refuses_a_document_that_lacks_what_the_format_demands() -> None:
    losses = Losses(CertificateOfOrigin)
    losses.lack("CertificateOfOrigin/Item[1]/MarksAndNumbers", "must have marks")
    with pytest.raises(RefusedError, match="must have marks") as refusal:
        losses.declare()
    assert refusal.value.code == "adapter.mandatory_loss"


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"version": "1.1"}, "CustomsReceipt/@version"),
        ({"lang": "th"}, "CustomsReceipt/@xml:lang"),
        ({"extensions": _extend(must_understand=True)}, "CustomsReceipt/Extensions/Extension[1]"),
    ],
)
def test_begins_with_a_refusal_of_what_no_plain_format_tells(
    changed: dict[str, object], path: str
) -> None:
    losses = Losses.begin(_make_receipt().model_copy(update=changed))
    with pytest.raises(RefusedError) as refusal:
        losses.declare()
    assert refusal.value.code == "adapter.mandatory_loss"
    assert [each.path for each in refusal.value.findings] == [path]


def test_begins_with_the_loss_of_extensions() -> None:
    receipt = _make_receipt()
    assert not Losses.begin(receipt).declare()
    extended = receipt.model_copy(update={"extensions": _extend(must_understand=False)})
    assert [each.path for each in Losses.begin(extended).declare()] == ["CustomsReceipt/Extensions"]


def test_rejects_a_loss_of_an_element_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="Colour"):
        Losses(CertificateOfOrigin).drop("CertificateOfOrigin/Item[1]/Colour", "no paint")


def test_takes_one_text_of_a_language_and_drops_the_others() -> None:
    texts = tuple(LocalText(lang=lang, value=lang) for lang in ("lo", "th", "th", "vi"))
    losses = Losses(CertificateOfOrigin)
    path = "CertificateOfOrigin/Exporter/NationalName"
    assert losses.take_text(texts, language="th", path=path) == "th"
    assert [loss.path for loss in losses.declare()] == [f"{path}[{n}]" for n in (1, 3, 4)]
    assert {loss.severity for loss in losses.declare()} == {Severity.LOSS}


def _loss(path: str) -> Finding:
    return Finding(code="adapter.loss", severity=Severity.LOSS, path=path, message="gone")


@given(document=certificates_of_origin())
@settings(max_examples=20, deadline=None)
def test_finds_no_difference_between_a_document_and_itself(document: CertificateOfOrigin) -> None:
    assert find_differences(document, document) == ()


def test_finds_differences_beyond_the_declared_losses() -> None:
    sample = next(s for s in list_samples("form-d-plain") if s.adapter is THAILAND)
    before = THAILAND.to_canonical(sample.raw).document
    assert isinstance(before, CertificateOfOrigin)
    first = before.items[0].model_copy(update={"quantity": None})
    exporter = before.exporter.model_copy(update={"national_names": ()})
    after = before.model_copy(update={"exporter": exporter, "items": (first, *before.items[1:])})
    lost_name = _loss("CertificateOfOrigin/Exporter/NationalName[1]")
    lost_quantity = _loss("CertificateOfOrigin/Item[1]/Quantity")
    assert set(find_differences(before, after)) == {
        "CertificateOfOrigin/Exporter/NationalName",
        "CertificateOfOrigin/Item[1]/Quantity",
    }
    assert find_differences(before, after, [lost_name]) == ("CertificateOfOrigin/Item[1]/Quantity",)
    assert find_differences(before, after, [lost_name, lost_quantity]) == ()


def test_moves_later_entries_up_where_one_of_several_is_lost() -> None:
    sample = next(s for s in list_samples("form-d-plain") if s.adapter is THAILAND)
    before = THAILAND.to_canonical(sample.raw).document
    assert isinstance(before, CertificateOfOrigin)
    after = before.model_copy(update={"items": before.items[2:]})
    losses = [_loss("CertificateOfOrigin/Item[1]"), _loss("CertificateOfOrigin/Item[2]")]
    assert find_differences(before, after, losses) == ()
    assert find_differences(before, after, losses[:1]) != ()


# --- values ------------------------------------------------------------------------------------


@given(text=lines())
def test_folds_nothing_that_is_canonical(text: str) -> None:
    assert fold_foreign_text(text, lines=True) == text


@pytest.mark.parametrize(
    ("foreign", "folded"),
    [
        ("  two  spaces, and more at the ends ", "two spaces, and more at the ends"),
        ("a\tb", "a b"),
        ("\ufeffmark", "mark"),
        ("e\u0301", "\u00e9"),
        ("two\r\nlines", "two lines"),
        ("two  spaces are kept", "two  spaces are kept"),
    ],
)
def test_folds_foreign_text_where_it_has_to(foreign: str, folded: str) -> None:
    assert fold_foreign_text(foreign) == folded


def test_keeps_lines_where_a_box_has_them() -> None:
    assert fold_foreign_text(" one \r\n\r\n two\r\n", lines=True) == "one\ntwo"


@given(number=st.decimals(0, 10**15 - 1, places=6))
def test_writes_decimals_exactly(number: Decimal) -> None:
    assert parse_decimal(format_decimal(number)) == number
    assert parse_decimal(format_decimal(number, places=2)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [("8400", "8400.00"), ("0.5", "0.50"), ("1.2345", "1.2345"), ("1E+3", "1000.00")],
)
def test_writes_money_with_two_places_at_least(number: str, text: str) -> None:
    assert format_decimal(Decimal(number), places=2) == text


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1e5", "1,000", "1.", ".5", "NaN", "١", "1.1234567"]
)
def test_refuses_a_number_that_would_have_to_be_guessed(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_decimal(text)
    if text != "1.1234567":
        with pytest.raises(RefusedError):
            parse_whole_number(text)


def test_refuses_a_criterion_that_the_form_cannot_spell() -> None:
    backwards = OriginCriterion(bases=("RVC", "CTH"), percentage=Decimal(40))
    path = "CertificateOfOrigin/Item[1]/OriginCriterion"
    with pytest.raises(RefusedError) as refusal:
        format_exact_criterion(backwards, path=path)
    assert refusal.value.findings[0].path == path


# --- derived ids -------------------------------------------------------------------------------


def test_derives_the_same_id_from_the_same_content_and_another_from_any_other() -> None:
    first = derive_uuid("message", b"content")
    assert first == derive_uuid("message", b"content")
    assert first != derive_uuid("message", b"other content")
    assert first != derive_uuid("conversation", b"content")
    assert first[14] == "8"
    assert first[19] in "89ab"


def test_derives_as_many_digits_as_asked_for() -> None:
    digits = {derive_digits("serial", bytes([n]), count=7) for n in range(100)}
    assert len(digits) == 100
    assert all(len(each) == 7 and each.isdecimal() for each in digits)


def test_a_value_that_a_message_advises_can_be_written_as_it_stands() -> None:
    """A code's letter is not made small at the beginning of what was expected."""
    named = next(each for each in list_samples("extract-of") if each.adapter is THAILAND)
    sample = named.raw
    mark = b"</DocumentControl>"
    said = mark + b"<ExporterConsent>%s</ExporterConsent>"
    with pytest.raises(RefusedError) as refusal:
        THAILAND.to_canonical(sample.replace(mark, said % b"y"))
    assert refusal.value.findings[0].message == "expected Y or N"
    assert THAILAND.to_canonical(sample.replace(mark, said % b"Y")).consent
