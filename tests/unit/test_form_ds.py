"""Five thousand Form Ds over everything that one may say: valid; and each single fault is found.

Exactly the rules that a fault breaks fire, in every certificate in which it is made.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from swb.simulator.form_ds import FLAGS, DrawnFormD, draw_form_d
from swb_schemas.catalogue import decode_document
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.rulebook import RULES, Place, check_document, get_place_of_issue
from swb_schemas.rulebook.periods import OCP_OF_2021
from swb_schemas.xml import encode, parse_xml
from tests.rulebook.faults import FAULTS, Fault, break_form_d

if TYPE_CHECKING:
    from collections.abc import Sequence

UNTIL: Final = date(2026, 11, 22)
COUNT: Final = 5000
OF_EACH: Final = 160
"""Certificates in which each fault is made, from all over the five thousand, where so many fit."""
FEWEST: Final = 8

CRITERIA: Final = 2 + 4 + 12 + 4 + 1
"""WO and a share; four words; pairs of these; each with a share; partial cumulation."""


@pytest.fixture(scope="module")
def drawn() -> Sequence[DrawnFormD]:
    return [draw_form_d(serial, seed=1, until=UNTIL) for serial in range(COUNT)]


def test_draws_five_thousand_form_ds_that_break_no_rule(drawn: Sequence[DrawnFormD]) -> None:
    """Nor is there a warning, where they are issued on the day of issue."""
    for each in drawn:
        certificate = each.certificate
        place = get_place_of_issue(certificate)
        day = certificate.certification.date
        assert check_document(certificate, at=day, place=place, related=each.related) == ()


def test_the_importer_is_warned_of_a_copy_made_after_an_original_has_expired(
    drawn: Sequence[DrawnFormD],
) -> None:
    """And of nothing else, on the day of issue."""
    warned = 0
    for each in drawn:
        certificate = each.certificate
        day = certificate.certification.date
        found = check_document(certificate, at=day, place=Place.IMPORTER)
        assert {finding.code for finding in found} <= {"rule.presented_late"}
        if found:
            warned += 1
            assert certificate.certification.original_issue_date is not None
            assert certificate.special_cases.back_to_back is not None
    assert warned


def test_draws_everything_that_a_form_d_may_say(drawn: Sequence[DrawnFormD]) -> None:
    certificates = [each.certificate for each in drawn]
    boxes = {
        tuple(getattr(each.special_cases, flag) is not None for flag in FLAGS)
        for each in certificates
    }
    assert len(boxes) == 2 ** len(FLAGS)
    pairs = {
        (each.issuing_country, each.exporter_declaration.importing_country) for each in certificates
    }
    assert len(pairs) == 90
    bases = {item.origin_criterion.bases for each in certificates for item in each.items}
    assert len(bases) == CRITERIA
    assert {each.certification.date >= OCP_OF_2021 for each in certificates} == {True, False}
    assert any(each.certification.original_issue_date for each in certificates)
    assert len({str(each.key) for each in certificates}) == COUNT


def test_draws_the_same_for_the_same_seed_and_others_for_another(
    drawn: Sequence[DrawnFormD],
) -> None:
    assert draw_form_d(77, seed=1, until=UNTIL) == drawn[77]
    assert draw_form_d(77, seed=2, until=UNTIL) != drawn[77]
    assert len(draw_form_d(77, seed=1, until=UNTIL, items=10).certificate.items) == 10


# --- faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_exactly_the_rules_that_a_fault_breaks_fire(
    drawn: Sequence[DrawnFormD], fault: Fault
) -> None:
    fit = [each for each in drawn if fault.needs(each.certificate)]
    assert len(fit) >= FEWEST
    for each in fit[:: max(1, len(fit) // OF_EACH)]:
        case = break_form_d(fault, each)
        found = check_document(case.document, at=case.at, place=case.place, related=case.related)
        assert {finding.code for finding in found} == fault.codes, each.certificate.key


def test_there_are_sixty_faults_at_least_and_every_rule_has_one() -> None:
    assert len(FAULTS) >= 60
    codes = {code for fault in FAULTS.values() for code in fault.codes}
    assert codes == {rule.code for rule in RULES if rule.model is CertificateOfOrigin}


@pytest.mark.parametrize("code", sorted({code for each in FAULTS.values() for code in each.codes}))
def test_a_fault_is_missed_without_its_rule(drawn: Sequence[DrawnFormD], code: str) -> None:
    rest = tuple(rule for rule in RULES if rule.code != code)
    fault = next(each for each in FAULTS.values() if code in each.codes)
    case = break_form_d(fault, next(each for each in drawn if fault.needs(each.certificate)))
    found = check_document(
        case.document, at=case.at, place=case.place, related=case.related, rules=rest
    )
    assert {finding.code for finding in found} == fault.codes - {code}


def test_a_broken_form_d_is_still_a_document(drawn: Sequence[DrawnFormD]) -> None:
    """Rules find what no schema can: every fault can be written down."""
    for fault in FAULTS.values():
        fit = next(each for each in drawn if fault.needs(each.certificate))
        document = break_form_d(fault, fit).document
        assert decode_document(parse_xml(encode(document))) == document
