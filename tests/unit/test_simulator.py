"""What the simulator draws is plausible: the same for the same seed, and no rule is broken."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from swb.simulator.agreements import Pair, draw_under, list_pairs
from swb.simulator.customs import Answer, Manner, draw_answers, draw_conduct
from swb.simulator.goods import GOODS, STATES, list_goods
from swb.simulator.issuing import draw_certificate
from swb_schemas.catalogue import decode_document
from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.documents.certificate_of_origin import SpecialCases
from swb_schemas.documents.customs import CustomsReceipt, CustomsResponse, Decision
from swb_schemas.findings import Severity
from swb_schemas.rulebook import KnownCertificate, Related, check_document
from swb_schemas.rulebook.goods import CHAPTERS
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PAIRS = [("TH", "VN"), ("VN", "TH")]


def draw(exporting: str, importing: str, serial: int, seed: int = 1) -> CertificateOfOrigin:
    return draw_certificate(
        exporting=exporting, importing=importing, serial=serial, seed=seed, on=ON
    )


@pytest.mark.parametrize(("exporting", "importing"), PAIRS)
def test_draws_certificates_that_break_no_rule(exporting: str, importing: str) -> None:
    for serial in range(200):
        assert check_document(draw(exporting, importing, serial), at=ON) == ()


@pytest.mark.parametrize("pair", [*list_pairs(tuple(STATES))], ids="-".join)
def test_of_every_pair_it_draws_certificates_that_nobody_refuses_of_the_states_own_goods(
    pair: Pair,
) -> None:
    own = {(each.description, each.hs[:6]) for each in list_goods(pair.exporting)}
    shipped = set()
    for serial in range(100):
        certificate = draw_under(pair, serial=serial, seed=1, on=ON)
        findings = check_document(certificate, at=ON)
        assert [each for each in findings if each.severity is Severity.REFUSE] == []
        shipped |= {(item.description, item.commodity_code.value[:6]) for item in certificate.items}
    assert shipped == own


def test_each_state_ships_at_least_five_kinds_and_none_of_another_region() -> None:
    kinds = {state: {each.hs for each in list_goods(state)} for state in STATES}
    assert min(map(len, kinds.values())) >= 5
    assert not kinds["SG"] & kinds["AU"]
    assert not (kinds["SG"] | kinds["AU"]) & (kinds["TH"] | kinds["VN"] | kinds["ID"])
    assert all("WO" not in each.criteria for each in list_goods("SG"))


def test_goods_are_coded_as_the_code_lists_have_it() -> None:
    for each in GOODS:
        assert each.hs[:2] in CHAPTERS
        assert (len(each.hs), each.hs[6:]) == (8, "00")
        assert load_code_list(ListName.UNITS).holds(each.unit, at=ON)
        assert load_code_list(ListName.PACKAGES).holds(each.package, at=ON)
    assert len({each.hs for each in GOODS}) == len(GOODS)


def test_draws_the_same_for_the_same_seed_and_other_things_for_another() -> None:
    assert draw("TH", "VN", 7) == draw("TH", "VN", 7)
    assert draw("TH", "VN", 7) != draw("TH", "VN", 7, seed=2)


def test_ticks_every_box_sooner_or_later() -> None:
    ticked: Counter[str] = Counter()
    for serial in range(300):
        special = draw("VN", "TH", serial).special_cases
        ticked.update(name for name in SpecialCases.model_fields if getattr(special, name))
    assert set(ticked) == set(SpecialCases.model_fields)


def test_decides_everything_that_customs_may_decide() -> None:
    drawn = [draw_conduct(draw("TH", "VN", serial), seed=1) for serial in range(300)]
    assert {each.decision for each in drawn} == {*Decision, None}
    assert {each.manner for each in drawn} == set(Manner)
    assert {each.fails_first for each in drawn} == {True, False}


def test_never_gives_preference_to_partial_cumulation() -> None:
    partial = [
        certificate
        for certificate in (draw("TH", "VN", serial) for serial in range(300))
        if certificate.special_cases.partial_cumulation is not None
    ]
    assert partial
    assert {draw_conduct(each, seed=1).decision for each in partial} <= {Decision.NOT_GIVEN, None}


def answers(certificate: CertificateOfOrigin) -> list[Answer]:
    return list(draw_answers(certificate, state="VN", seed=1, at=AT, patience=timedelta(seconds=2)))


def test_answers_with_valid_documents_that_break_no_rule() -> None:
    """By the XSD, as whatever is decoded, and by the rule book, with the certificate known."""
    for serial in range(100):
        certificate = draw("TH", "VN", serial)
        related = Related(subject=KnownCertificate(certificate=certificate))
        for answer in answers(certificate):
            assert decode_document(parse_xml(encode(answer.document))) == answer.document
            findings = check_document(answer.document, at=AT.date(), related=related)
            assert findings == ()


@pytest.mark.parametrize("manner", Manner)
def test_conducts_itself_as_drawn(manner: Manner) -> None:
    for serial in range(300):
        certificate = draw("TH", "VN", serial)
        conduct = draw_conduct(certificate, seed=1)
        if conduct.manner is not manner:
            continue
        said = answers(certificate)
        responses = [each.document for each in said if isinstance(each.document, CustomsResponse)]
        receipts = [each.document for each in said if isinstance(each.document, CustomsReceipt)]
        assert [each.outcome for each in receipts] == ["NOT"] * conduct.fails_first + ["REC"]
        numbers = [each.response_number for each in responses]
        expected = {
            Manner.NEVER: [],
            Manner.TWICE: [1, 1, 2],
            Manner.ITEM_BY_ITEM: [1, 2],
        }
        assert numbers == expected.get(manner, [1])
        if responses:
            assert responses[-1].decision is conduct.decision
        if manner is Manner.LATE:
            assert said[-1].after > timedelta(seconds=1)
        return
    pytest.fail(f"never drawn: {manner}")
