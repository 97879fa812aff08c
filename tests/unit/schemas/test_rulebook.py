"""Rules find what is wrong and nothing else, by date, place and agreement, and never raise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_schemas.documents.origin_criterion import (
    OriginCriterion,
    format_criterion,
    parse_criterion,
)
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.rulebook import (
    RULES,
    Context,
    Place,
    Rule,
    check_document,
    get_place_of_issue,
)
from tests.rulebook import (
    codes,
    crossing,
    dates,
    exchanging,
    extract,
    origin,
    register,
    sps,
    states,
)
from tests.rulebook.case import ORIGINAL, TODAY, plain, receipt, response
from tests.rulebook.table import CASES, FURTHER
from tests.strategies import aggregates

if TYPE_CHECKING:
    from tests.rulebook.case import Case

ADVICE: Final = {
    "exchange.cancellation_unanswered",
    "exchange.denied_early",
    "exchange.refusal_late",
    "exchange.reply_late",
    "exchange.verification_late",
    "rule.decided_in_future",
    "rule.description_not_english",
    "rule.extract_below_certified_quantity",
    "rule.extract_departs_before_acceptance",
    "rule.extract_lacks_certified_goods",
    "rule.fob_not_asked",
    "rule.issued_in_future",
    "rule.made_before_issue",
    "rule.made_in_future",
    "rule.net_above_gross",
    "rule.original_for_another_state",
    "rule.original_of_other_goods",
    "rule.original_unit_differs",
    "rule.package_not_listed",
    "rule.partial_share_not_whole",
    "rule.place_not_listed",
    "rule.preference_for_partial_cumulation",
    "rule.presented_late",
    "rule.produced_elsewhere",
    "rule.reason_not_listed",
    "rule.retroactive_without_cause",
    "rule.subheading_not_known",
    "rule.sps_conveyance_missing",
    "rule.sps_entry_missing",
    "rule.sps_goods_of_another_kind",
    "rule.sps_packages_missing",
    "rule.sps_treated_after_issue",
    "rule.third_country_not_third",
    "rule.unit_not_listed",
    "rule.utilised_after_expiry",
    "rule.utilised_beyond_item",
}
"""Codes that never refuse."""


@pytest.mark.parametrize("case", [*CASES.values(), *FURTHER.values()], ids=[*CASES, *FURTHER])
def test_finds_exactly(case: Case) -> None:
    root = type(case.document).__name__
    assert [(each.code, each.path) for each in case.find()] == [
        (code, f"{root}/{path}" if path else root) for code, path in case.findings
    ]


def test_no_case_hides_another_of_the_same_name() -> None:
    tables = (
        codes.CASES,
        dates.CASES,
        exchanging.CASES,
        origin.CASES,
        register.CASES,
        crossing.CASES,
        states.CASES,
        extract.CASES,
        sps.CASES,
    )
    assert len(CASES) == sum(len(each) for each in tables)


IDS: Final = [f"{place} {rule.code}" for place, rule in enumerate(RULES, 1)]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_rule_fires_in_a_case_and_holds_in_another(rule: Rule) -> None:
    fired = held = False
    for case in CASES.values():
        context = Context.of(case.document, at=case.at, place=case.place, related=case.related)
        if rule.applies_to(case.document, context):
            found = any(rule.find(case.document, context))
            fired, held = fired or found, held or not found
    assert (fired, held) == (True, True)


def test_what_is_usage_or_not_known_for_certain_only_warns() -> None:
    warning = {rule.code for rule in RULES if rule.severity is Severity.WARN}
    refusing = {rule.code for rule in RULES if rule.severity is Severity.REFUSE}
    assert warning - refusing == ADVICE
    # Singapore refuses it, the agreement does not say; beside a criterion a share is assumed.
    # A destination's demand warns where only others report it.
    assert warning & refusing == {
        "rule.demanded_document_missing",
        "rule.invoice_after_submission",
        "rule.share_below_threshold",
    }


def test_every_line_of_the_book_has_an_id_of_its_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith(rule.code) for rule in RULES)


def test_a_line_is_the_same_as_itself_alone() -> None:
    assert all(rule == rule and replace(rule) != rule for rule in RULES)  # noqa: PLR0124 - the point


def test_every_rule_says_what_it_means_and_what_asks_for_it() -> None:
    for rule in RULES:
        assert rule.meaning.endswith(".")
        assert rule.clause or rule.code == "rule.agreement_not_known"
        assert rule.places


def test_a_finding_says_what_was_expected_and_by_which_clause() -> None:
    (finding,) = check_document(plain(items__1__fob_amount__currency="RMB"), at=TODAY)
    assert finding.clause == "ISO 4217"
    assert finding.message == ("expected a code of ISO 4217 that holds on 2026-11-02, found 'RMB'")


@pytest.mark.parametrize(
    ("amount", "found"), [(None, "none"), ({"value": "0", "currency": "USD"}, "0")]
)
def test_says_whether_a_price_is_missing_or_nothing(
    amount: dict[str, str] | None, found: str
) -> None:
    (finding,) = check_document(plain(items__1__fob_amount=amount), at=TODAY)
    assert finding.message.endswith(f"regional value content, found {found}")


@pytest.mark.parametrize(("earlier", "left"), [("1000", "1401.0"), ("9999", "0")])
def test_of_originals_is_told_what_they_have_left_and_never_less_than_none(
    earlier: str, left: str
) -> None:
    (finding,) = crossing.after(
        [crossing.taken(earlier)], items__0__quantity__value="3000.5"
    ).find()
    assert finding.message == (
        f"expected at most {left} KGM of 630533, as the originals have left, found 4201.0"
    )


# --- who, when, where --------------------------------------------------------------------------


def test_a_rule_applies_between_its_dates_at_its_places_under_its_agreements() -> None:
    rule = replace(
        RULES[0],
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        places=frozenset({Place.ISSUER}),
        agreements=frozenset({"ATIGA"}),
        issuing_states=frozenset({"TH"}),
    )
    certificate = plain(exporter__country="XX")

    def applies(
        day: date, place: Place = Place.ISSUER, agreement: str = "ATIGA", state: str = "TH"
    ) -> bool:
        changes = {"agreement": agreement, "issuing_country": state}
        document = certificate.model_copy(update=changes)
        context = Context(at=TODAY, issued_on=day, place=place)
        assert any(rule.find(document, context)) == rule.applies_to(document, context)
        return rule.applies_to(document, context)

    assert applies(date(2026, 1, 1))
    assert applies(date(2026, 12, 31))
    assert not applies(date(2025, 12, 31))
    assert not applies(date(2027, 1, 1))
    assert not applies(date(2026, 6, 1), place=Place.IMPORTER)
    assert not applies(date(2026, 6, 1), agreement="AANZFTA")
    assert not applies(date(2026, 6, 1), state="SG")
    assert not rule.applies_to(receipt(), Context.of(receipt(), at=TODAY, place=Place.ISSUER))


def test_a_certificate_is_judged_by_its_day_of_issue_and_others_by_the_day_of_judgement() -> None:
    certificate = Context.of(plain(), at=TODAY, place=Place.IMPORTER)
    assert certificate.issued_on == date(2026, 11, 2)
    assert Context.of(receipt(), at=TODAY, place=Place.IMPORTER).issued_on == TODAY


def test_the_side_that_issues_refuses_and_the_side_that_imports_is_advised() -> None:
    broken = plain(agreement="MARS", items__0__quantity__unit="KG")
    for place in Place:
        found = check_document(broken, at=TODAY, place=place)
        refusing = [each.code for each in found if place.refuses(each)]
        assert {each.code for each in found} == {"rule.agreement_not_known", "rule.unit_not_listed"}
        assert refusing == ([] if place is Place.IMPORTER else ["rule.agreement_not_known"])


def test_a_back_to_back_certificate_is_issued_by_the_intermediate_state() -> None:
    assert get_place_of_issue(plain()) is Place.ISSUER
    upon = plain(special_cases__back_to_back={"originals": [ORIGINAL]})
    assert get_place_of_issue(upon) is Place.INTERMEDIATE_ISSUER
    assert get_place_of_issue(response()) is Place.ISSUER


@settings(max_examples=120)
@given(aggregates(OriginCriterion), st.sampled_from(["ATIGA", "AANZFTA"]))
def test_a_criterion_is_of_the_form_that_can_spell_it(
    criterion: OriginCriterion, agreement: str
) -> None:
    """The rule asks once for many percentages, and says what asking for each would."""
    spelled = format_criterion(criterion, agreement=agreement)
    try:
        same = parse_criterion(spelled, agreement=agreement) == criterion
    except RefusedError:
        same = False
    certificate = plain(items=1, agreement=agreement)
    (item,) = certificate.items
    item = item.model_copy(update={"origin_criterion": criterion})
    found = check_document(certificate.model_copy(update={"items": (item,)}), at=TODAY)
    assert ("rule.criterion_not_of_agreement" in {each.code for each in found}) is not same
