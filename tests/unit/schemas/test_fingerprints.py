"""Fingerprints of invoice and consignment: what is alike, looks so, or stays apart."""

from __future__ import annotations

import hmac
import re
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings

from swb.simulator.form_ds import draw_form_d
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.certificate_of_origin import (
    BackToBack,
    Invoice,
    OriginalProof,
    ThirdCountryInvoicing,
)
from swb_schemas.documents.customs import CustomsReceipt
from swb_schemas.documents.elements import CommodityCode, Measure
from swb_schemas.errors import RefusedError
from swb_schemas.fingerprints import (
    FeatureKind,
    FingerprintKey,
    Likeness,
    is_expected,
    judge_likeness,
    list_features,
    parse_fingerprint_key,
    spell_kinds,
    take_fingerprints,
)
from swb_schemas.fingerprints.folding import fold_exactly, fold_name, fold_number
from tests.services import ROOT
from tests.strategies import aggregates

if TYPE_CHECKING:
    from collections.abc import Callable

KEY: Final = FingerprintKey(key_id="2026-1", secret=bytes(range(32)))
OTHER: Final = FingerprintKey(key_id="2026-1", secret=bytes(range(1, 33)))
DAY: Final = date(2026, 10, 1)


def plain_form_d() -> CertificateOfOrigin:
    drawn = draw_form_d(0, seed=6, until=date(2026, 11, 1), items=2).certificate
    items = tuple(
        drawn.items[0].model_copy(
            update={
                "sequence_number": number,
                "commodity_code": CommodityCode(nomenclature="HS-2022", value=code),
                "quantity": Measure(unit="KGM", value=Decimal(amount)),
                "marks_and_numbers": "BOX 1-10",
                "invoices": (Invoice(number="INV-0042/26", date=DAY),),
            }
        )
        for number, (code, amount) in enumerate((("10063040", 900), ("080450", 100)), start=1)
    )
    transport = drawn.transport.model_copy(
        update={"means_name": "MV EXAMPLE", "journey_number": "012E", "departure_date": DAY}
    )
    return drawn.model_copy(update={"items": items, "transport": transport})


def with_invoice(number: str, day: date = DAY) -> Callable[[CertificateOfOrigin], dict[str, Any]]:
    invoice = Invoice(number=number, date=day)
    return lambda form: {
        "items": tuple(each.model_copy(update={"invoices": (invoice,)}) for each in form.items)
    }


def with_amounts(*amounts: int) -> Callable[[CertificateOfOrigin], dict[str, Any]]:
    return lambda form: {
        "items": tuple(
            each.model_copy(update={"quantity": Measure(unit="KGM", value=Decimal(amount))})
            for each, amount in zip(form.items, amounts, strict=True)
        )
    }


def with_codes(*codes: str) -> Callable[[CertificateOfOrigin], dict[str, Any]]:
    return lambda form: {
        "items": tuple(
            each.model_copy(
                update={"commodity_code": CommodityCode(nomenclature="HS-2022", value=code)}
            )
            for each, code in zip(form.items, codes, strict=True)
        )
    }


def with_ship(**values: object) -> Callable[[CertificateOfOrigin], dict[str, Any]]:
    return lambda form: {"transport": form.transport.model_copy(update=values)}


def of_exporter(name: str) -> Callable[[CertificateOfOrigin], dict[str, Any]]:
    return lambda form: {"exporter": form.exporter.model_copy(update={"name": name})}


def split_line(form: CertificateOfOrigin) -> dict[str, Any]:
    first, second = form.items
    halves = (
        first.model_copy(update={"quantity": Measure(unit="KGM", value=Decimal(amount))})
        for amount in (400, 500)
    )
    lines = (*halves, second)
    return {
        "items": tuple(
            each.model_copy(update={"sequence_number": number})
            for number, each in enumerate(lines, start=1)
        )
    }


OTHER_SHIP: Final = with_ship(means_name="MV OTHER", departure_date=date(2026, 10, 20))
LIKENESSES: Final = {
    "the same again, under another number": ([], Likeness.DUPLICATE),
    "in small letters, with spaces": ([with_invoice("inv-0042 /26")], Likeness.DUPLICATE),
    "a line split in two": ([split_line], Likeness.DUPLICATE),
    "on another ship": ([OTHER_SHIP], Likeness.DUPLICATE),
    "other punctuation": ([with_invoice("INV 0042.26")], Likeness.NEAR_DUPLICATE),
    "a leading zero less": ([with_invoice("INV-42/26")], Likeness.NEAR_DUPLICATE),
    "the letter O for a zero": ([with_invoice("INV-OO42/26")], Likeness.NEAR_DUPLICATE),
    "another day": ([with_invoice("INV-0042/26", date(2026, 10, 2))], Likeness.NEAR_DUPLICATE),
    "another seller": ([of_exporter("SOMEBODY ELSE PTE LTD")], Likeness.NEAR_DUPLICATE),
    "a part of the invoice": ([with_amounts(300, 40), OTHER_SHIP], Likeness.SHARED_INVOICE),
    "another part on the same ship": ([with_amounts(300, 40)], Likeness.SHARED_INVOICE),
    "the invoice for other goods": (
        [with_codes("851712", "847130"), OTHER_SHIP],
        Likeness.SHARED_INVOICE,
    ),
    "the consignment under another invoice": (
        [with_invoice("Z-9")],
        "fingerprint.shared_consignment",
    ),
    "other quantities under another invoice": (
        [with_invoice("Z-9"), with_amounts(1, 2)],
        "fingerprint.shared_consignment",
    ),
    "other goods under another invoice, on the same ship": (
        [with_invoice("Z-9"), with_codes("851712", "847130")],
        None,
    ),
    "the same goods the week after": ([with_invoice("INV-0043/26"), OTHER_SHIP], None),
}


def shared_kinds(
    one: CertificateOfOrigin, other: CertificateOfOrigin, keys: tuple[FingerprintKey, ...] = (KEY,)
) -> set[FeatureKind]:
    values = {each.value for each in take_fingerprints(one, KEY)}
    return {
        each.kind for key in keys for each in take_fingerprints(other, key) if each.value in values
    }


@pytest.mark.parametrize(("changes", "likeness"), LIKENESSES.values(), ids=LIKENESSES)
def test_judges_how_alike_two_certificates_are(
    changes: list[Callable[[CertificateOfOrigin], dict[str, Any]]], likeness: str | None
) -> None:
    first = plain_form_d()
    second = first
    for change in changes:
        second = second.model_copy(update=change(second))
    assert judge_likeness(shared_kinds(first, second)) == likeness


def test_nothing_is_alike_under_another_key() -> None:
    assert shared_kinds(plain_form_d(), plain_form_d(), (OTHER,)) == set()


def test_hashes_as_the_published_format_says() -> None:
    spelled = b"".join(
        len(each).to_bytes(4, "big") + each
        for each in (b"swb-fingerprint-1", b"invoice-day", b"1nv4226", b"2026-10-01")
    )
    expected = hmac.new(KEY.secret, spelled, sha256).hexdigest()[:32]
    taken = take_fingerprints(plain_form_d(), KEY)
    assert [each.value for each in taken if each.kind is FeatureKind.INVOICE_DAY] == [expected]
    assert expected == "0a1f684ced8080816000be2ccab9fd6b"


@settings(max_examples=25)
@given(aggregates(CertificateOfOrigin))
def test_takes_fingerprints_of_every_certificate_and_shows_nothing_of_it(
    certificate: CertificateOfOrigin,
) -> None:
    taken = take_fingerprints(certificate, KEY)
    assert all(len(each.value) == 32 and int(each.value, 16) >= 0 for each in taken)
    assert shared_kinds(certificate, certificate) == {each.kind for each in taken}
    assert repr(list_features(certificate)).count("Feature(") == len(list_features(certificate))
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)


@settings(max_examples=5)
@given(aggregates(CustomsReceipt))
def test_takes_none_of_what_has_no_invoice(receipt: CustomsReceipt) -> None:
    assert take_fingerprints(receipt, KEY) == ()


def test_the_page_of_the_format_says_the_same() -> None:
    page = (ROOT / "docs" / "reference" / "fingerprints.md").read_text(encoding="utf-8")
    taken = take_fingerprints(plain_form_d(), KEY)
    assert next(each.value for each in taken if each.kind is FeatureKind.INVOICE_DAY) in page
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]* \| [^|]* \|$", page, re.MULTILINE)
    assert rows == [each.value for each in FeatureKind]
    words = page.partition("The words are:")[2].partition("`")[2].partition("`")[0].split()
    assert words == sorted(words)
    assert all(fold_name(f"example {each}") == "example" for each in words)
    assert all(each.value in page for each in Likeness)


def test_a_transport_that_is_not_told_is_not_compared() -> None:
    form = plain_form_d()
    silent = form.model_copy(
        update={"transport": form.transport.model_copy(update={"departure_date": None})}
    )
    kinds = {each.kind for each in list_features(silent)}
    assert not kinds & {FeatureKind.CONSIGNMENT, FeatureKind.CARRIAGE}


def test_what_is_masked_is_not_compared() -> None:
    form = plain_form_d()
    masked = form.model_copy(update=with_invoice("***")(form))
    kinds = {each.kind for each in list_features(masked)}
    assert not kinds & {FeatureKind.INVOICE, FeatureKind.INVOICE_NUMBER, FeatureKind.INVOICE_DAY}
    nameless = form.model_copy(update=of_exporter("***")(form))
    kinds = {each.kind for each in list_features(nameless)}
    assert kinds == {FeatureKind.INVOICE_DAY, FeatureKind.CONSIGNMENT}


def test_a_short_number_is_compared_with_its_seller_alone() -> None:
    form = plain_form_d()
    short = form.model_copy(update=with_invoice("7")(form))
    kinds = {each.kind for each in list_features(short)}
    assert FeatureKind.INVOICE_NUMBER in kinds
    assert FeatureKind.INVOICE_DAY not in kinds


FOLDED: Final = {
    "Thai digits": (fold_number, "๑๒๓-๔", "1234"),
    "full width": (fold_number, "ＡＢ－００７", "ab7"),
    "zeros alone": (fold_number, "000", "0"),
    "zeros of a later part": (fold_number, "A/001/002", "a12"),
    "punctuation alone": (fold_number, "-/-", ""),
    "space and case": (fold_exactly, "Inv 7 ", "inv7"),
    "legal forms": (fold_name, "Example Exporter Co., Ltd.", "exampleexporter"),
    "legal forms spelled out": (fold_name, "EXAMPLE EXPORTER COMPANY LIMITED", "exampleexporter"),
    "a ship": (fold_name, "M.V. Example Star", "examplestar"),
    "Vietnamese": (fold_name, "Công ty TNHH Đường Biển", "congtyduongbien"),
    "Thai vowels stay": (fold_name, "บริษัท ก", "บริษัทก"),
    "legal forms alone": (fold_name, "PT Co", "ptco"),
    "a masked name": (fold_name, "***", ""),
}


@pytest.mark.parametrize(("fold", "spelled", "expected"), FOLDED.values(), ids=FOLDED)
def test_folds_spellings(fold: Callable[[str], str], spelled: str, expected: str) -> None:
    assert fold(spelled) == expected


def test_the_seller_of_an_invoice_is_who_invoices_from_a_third_country() -> None:
    form = plain_form_d()
    named = {
        form.exporter.name: form,
        "EXAMPLE TRADING HOUSE": form.model_copy(
            update={
                "special_cases": form.special_cases.model_copy(
                    update={
                        "third_country_invoicing": ThirdCountryInvoicing(
                            company_name="EXAMPLE TRADING HOUSE", company_country="HK"
                        )
                    }
                )
            }
        ),
    }
    for name, document in named.items():
        sellers = {
            each.values[-1]
            for each in list_features(document)
            if each.kind in {FeatureKind.INVOICE, FeatureKind.INVOICE_NUMBER}
        }
        assert sellers == {fold_name(name)}


def test_what_a_certificate_rests_upon_is_expected_to_be_alike() -> None:
    form = plain_form_d()
    proof = OriginalProof(issuing_country="MY", reference_number="MY 1", issue_date=DAY)
    second = form.model_copy(
        update={
            "special_cases": form.special_cases.model_copy(
                update={"back_to_back": BackToBack(originals=(proof,))}
            )
        }
    )
    assert is_expected(form, str(form.key))
    assert is_expected(second, "MY:KL:MY%201")
    assert not is_expected(second, "MY:KL:MY%202")
    assert not is_expected(second, "no key")
    assert not is_expected(form, "MY:KL:MY%201")


def test_says_what_is_alike_without_what_goes_without_saying() -> None:
    assert spell_kinds(set(FeatureKind)) == "invoice; transport, goods and marks"


KEYS_REFUSED: Final = {"short": "ab" * 31, "odd": "a" * 65, "no digits": "g" * 64, "empty": ""}


@pytest.mark.parametrize("secret", KEYS_REFUSED.values(), ids=KEYS_REFUSED)
def test_refuses_a_key_that_could_be_searched_for_and_does_not_repeat_it(secret: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_fingerprint_key("2026-1", secret)
    assert refusal.value.code == "fingerprint.key_malformed"
    assert not secret or secret not in str(refusal.value)


def test_reads_a_key() -> None:
    assert parse_fingerprint_key("2026-1", bytes(range(32)).hex()) == KEY
