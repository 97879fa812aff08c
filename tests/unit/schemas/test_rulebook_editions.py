"""States and editions are data: who joins, what is asked and what another text changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.rulebook import (
    CURRENT,
    RULES,
    Place,
    build_rules,
    check_document,
    read_pack,
)
from swb_schemas.rulebook.goods import is_fob_asked
from swb_schemas.rulebook.periods import EDITIONS, OCP_OF_2021
from swb_schemas.rulebook.reasons import REASONS
from swb_schemas.rulebook.state_table import FobRow
from tests.rulebook.case import TODAY, plain, response

if TYPE_CHECKING:
    from swb_schemas.rulebook import Rule

JOINS: Final = b"""
title = "Timor-Leste joins"
[states.TL]
live_since = 2027-01-01
party_since = { ATIGA = 2027-01-01 }
"""


def find(rules: tuple[Rule, ...], *, at: date = TODAY, **changes: Any) -> list[str]:  # noqa: ANN401 - as `plain`
    document = plain(**changes)
    return [each.code for each in check_document(document, at=at, rules=rules)]


def of_timor_leste(day: str = "2026-11-02") -> dict[str, Any]:
    return {
        "issuing_country": "TL",
        "issuing_office": "DIL",
        "exporter__country": "TL",
        "exporter_declaration__country_of_production": "TL",
        "exporter_declaration__importing_country": "VN",
        "items__0__fob_amount": None,
        "items__1__fob_amount": None,
        "certification__date": day,
        "transport__departure_date": day,
    }


# --- a state that joins ------------------------------------------------------------------------


def test_timor_leste_is_configured_and_not_live() -> None:
    row = CURRENT.states.states["TL"]
    assert (row.live_since, row.find_first_day("ATIGA")) == (None, None)
    assert find(RULES, **of_timor_leste()) == ["rule.state_not_a_party", "rule.produced_elsewhere"]
    (finding, _) = check_document(plain(**of_timor_leste()), at=TODAY)
    assert finding.message == (
        "expected a party to ATIGA, found 'TL' which is configured and not live"
    )


def test_timor_leste_joins_by_data_alone() -> None:
    rules = build_rules(read_pack(JOINS))
    assert find(rules, at=date(2027, 1, 1), **of_timor_leste("2027-01-01")) == []
    before = find(rules, at=date(2026, 12, 31), **of_timor_leste("2026-12-31"))
    assert before == ["rule.state_not_a_party", "rule.produced_elsewhere"]
    assert [rule.id for rule in rules] == [rule.id for rule in RULES]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(of_timor_leste("2027-01-01"), id="from a state that is not live"),
        pytest.param(
            {
                "exporter_declaration__importing_country": "TL",
                "certification__date": "2027-01-01",
                "transport__departure_date": "2027-01-01",
            },
            id="for a state that is not live",
        ),
    ],
)
@pytest.mark.parametrize("live", ["", "live_since = 2027-01-02"])
def test_a_party_that_is_not_live_yet_exchanges_nothing(changes: dict[str, Any], live: str) -> None:
    pack = f"title = 'party'\n[states.TL]\nparty_since = {{ ATIGA = 2027-01-01 }}\n{live}"
    rules = build_rules(read_pack(pack.encode()))
    found = check_document(plain(**changes), at=date(2027, 1, 1), rules=rules)
    assert "rule.state_not_a_party" in {each.code for each in found}
    assert "which is configured and not live" in found[0].message
    later = check_document(plain(**changes), at=date(2027, 1, 2), rules=rules)
    assert ("rule.state_not_a_party" in {each.code for each in later}) is not bool(live)


def test_a_state_that_nobody_heard_of_joins_in_the_same_way() -> None:
    pack = (
        b"title = 'more'\n[states.PG]\nname = 'Papua New Guinea'\n"
        b"party_to = ['ATIGA']\nlive_since = 2026-01-01"
    )
    changes = {**of_timor_leste(), "issuing_country": "PG", "exporter__country": "PG"}
    changes["exporter_declaration__country_of_production"] = "PG"
    assert find(build_rules(read_pack(pack)), **changes) == []
    assert find(RULES, **changes) == ["rule.state_not_a_party", "rule.produced_elsewhere"]


def test_what_one_state_asks_is_asked_of_another_by_data() -> None:
    pack = b"""
title = "limits"
[states.TH]
most_items = { items = 1, clause = "a limit of Thailand" }
invoices_until_submission = { clause = "as Singapore" }
"""
    rules = build_rules(read_pack(pack))
    (finding,) = check_document(plain(), at=TODAY, rules=rules)
    assert (finding.code, finding.clause) == ("rule.too_many_items", "a limit of Thailand")
    late: dict[str, Any] = {"items__0__invoices__0__date": "2026-12-24", "items": 1}
    assert [r.severity for r in check_document(plain(**late), at=TODAY, rules=rules)] == ["refuse"]
    assert [r.severity for r in check_document(plain(**late), at=TODAY)] == ["warn"]


def test_prices_that_a_state_asks_for_from_a_day_are_not_held_against_others() -> None:
    pack = b"""
title = "prices"
[states.VN]
fob_shown = [{ agreement = "ATIGA", from = 2026-06-01, until = 2026-12-31 }]
"""
    edition = read_pack(pack)
    spans = [
        (each.states, each.valid_from, each.valid_until) for each in edition.states.list_fob_rows()
    ]
    three = frozenset({"ID", "KH", "LA"})
    assert spans == [
        (three, date(2020, 12, 21), date(2026, 5, 31)),
        (three | {"VN"}, date(2026, 6, 1), date(2026, 12, 31)),
        (three, date(2027, 1, 1), None),
    ]
    to_viet_nam: dict[str, Any] = {"exporter_declaration__importing_country": "VN"}
    rules = build_rules(edition)
    assert find(rules, **to_viet_nam) == []
    assert find(rules) == []
    assert find(RULES, **to_viet_nam) == ["rule.fob_not_asked", "rule.fob_not_asked"]


NOTICES: Final = b"""
title = "notices"
[states.ID]
electronic_signature = false
[[states.ID.opted_out]]
what = "CustomsResponse"
clause = "another notice"
[[states.ID.opted_out]]
what = "CertificateOfOrigin/Item/Package/GrossVolume"
clause = "a notice"
from = 2026-11-02
"""


VOLUME: Final[dict[str, Any]] = {
    "items__1__packages": [
        {"count": 99, "type_code": "CT"},
        {"count": 1, "type_code": "CT", "gross_volume": {"unit": "MTQ", "value": "1"}},
    ]
}
TO_SINGAPORE: Final[dict[str, Any]] = {
    "exporter_declaration__importing_country": "SG",
    "items__0__fob_amount": None,
    "items__1__fob_amount": None,
}


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        (VOLUME, ["Item[2]/Package[2]/GrossVolume"]),
        ({**VOLUME, "certification__date": "2026-11-01"}, []),
        ({**VOLUME, **TO_SINGAPORE}, []),
    ],
    ids=["without it", "with it", "before the notice", "between others"],
)
def test_a_notice_of_opting_out_is_a_row(changes: dict[str, Any], paths: list[str]) -> None:
    found = check_document(plain(**changes), at=TODAY, rules=build_rules(read_pack(NOTICES)))
    told = [each for each in found if each.code == "rule.state_opted_out"]
    assert [each.path for each in told] == [f"CertificateOfOrigin/{path}" for path in paths]
    assert {each.severity for each in told} <= {"warn"}


def test_a_message_that_a_state_takes_no_part_in_is_refused_where_it_is_sealed() -> None:
    rules = build_rules(read_pack(NOTICES))
    (refused,) = check_document(response(issuing_country="ID"), at=TODAY, rules=rules)
    assert (refused.code, refused.severity) == ("rule.state_opted_out", "refuse")
    assert refused.path == "CustomsResponse/Subject/IssuingCountry"
    assert refused.clause == "another notice"
    assert check_document(response(), at=TODAY, rules=rules) == ()
    at_importer = check_document(
        response(issuing_country="ID"), at=TODAY, place=Place.IMPORTER, rules=rules
    )
    assert at_importer == ()


def test_warns_where_the_law_of_the_importer_takes_no_applied_signature() -> None:
    rules = build_rules(read_pack(NOTICES))
    (warned,) = check_document(plain(), at=TODAY, rules=rules)
    assert warned.code == "rule.electronic_signature_not_recognised"
    assert (warned.severity, warned.clause) == ("warn", "ATIGA Annex 8 Rule 7, footnote 4")
    assert find(rules, **TO_SINGAPORE) == []


FOB_DAYS: Final = {
    "the day before": (date(2026, 2, 28), False),
    "the first day": (date(2026, 3, 1), True),
    "the last day": (date(2026, 3, 31), True),
    "the day after": (date(2026, 4, 1), False),
}


@pytest.mark.parametrize(("day", "asked"), FOB_DAYS.values(), ids=FOB_DAYS)
def test_a_fob_price_is_asked_from_the_first_day_to_the_last(day: date, *, asked: bool) -> None:
    row = FobRow(
        agreement="ATIGA",
        states=frozenset({"ID"}),
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 3, 31),
    )
    assert is_fob_asked(issuing="TH", importing="ID", on=day, rows=(row,)) is asked
    assert not is_fob_asked(issuing="TH", importing="VN", on=day, rows=(row,))


# --- editions ----------------------------------------------------------------------------------


def test_an_edition_that_changes_nothing_is_this_version() -> None:
    rules = build_rules(read_pack(b"title = 'the same'"))
    assert [(r.id, r.severity, r.clause, r.valid_from, r.valid_until) for r in rules] == [
        (r.id, r.severity, r.clause, r.valid_from, r.valid_until) for r in RULES
    ]


def test_an_edition_changes_figures_weights_dates_and_lines() -> None:
    pack = b"""
title = "tried out"
[figures]
least_share = 45
grace_days = 3
[rules."rule.share_below_threshold:general"]
severity = "warn"
clause = "the upgraded agreement"
from = 2026-01-01
[rules."rule.retroactive_without_cause"]
off = true
"""
    rules = build_rules(read_pack(pack))
    low: dict[str, Any] = {"items__0__origin_criterion": {"bases": ["RVC"], "percentage": "44"}}
    (finding,) = check_document(plain(**low), at=TODAY, rules=rules)
    assert (finding.severity, finding.clause) == ("warn", "the upgraded agreement")
    assert not Place.ISSUER.refuses(finding)
    assert find(RULES, **low) == []
    after_departure: dict[str, Any] = {"transport__departure_date": "2026-10-30"}
    assert find(rules, **after_departure) == []
    assert find(RULES, **after_departure) == ["rule.retroactive_not_ticked"]
    assert len(rules) == len(RULES) - 1


UPGRADED: Final = b"""
title = "tried out"
[[texts]]
name = "the upgraded agreement"
from = 2026-06-01
figures = { least_share = 45, grace_days = 3 }
"""


def test_a_dated_text_has_its_figures_on_its_days_alone() -> None:
    rules = build_rules(read_pack(UPGRADED))
    low: dict[str, Any] = {"items__0__origin_criterion": {"bases": ["RVC"], "percentage": "44"}}
    (finding,) = check_document(plain(**low), at=TODAY, rules=rules)
    assert (finding.code, finding.clause) == (
        "rule.share_below_threshold",
        "ATIGA Art. 28; the upgraded agreement",
    )
    for day, expected in {
        "2019-05-31": [],
        "2026-05-31": [],
        "2026-06-01": ["rule.share_below_threshold"],
    }.items():
        dated = {**low, "certification__date": day, "transport__departure_date": day}
        before = find(RULES, at=date.fromisoformat(day), **dated)
        assert find(rules, at=date.fromisoformat(day), **dated) == [*before, *expected]
    after_departure: dict[str, Any] = {"transport__departure_date": "2026-10-30"}
    assert find(rules, **after_departure) == []
    assert find(RULES, **after_departure) == ["rule.retroactive_not_ticked"]
    assert "rule.share_below_threshold:general:2026-06-01" in {rule.id for rule in rules}


def test_what_was_before_a_dated_text_is_so_again_behind_it() -> None:
    pack = UPGRADED.replace(b"figures", b"until = 2026-10-31\nfigures")
    rules = build_rules(read_pack(pack))
    low: dict[str, Any] = {"items__0__origin_criterion": {"bases": ["RVC"], "percentage": "44"}}
    on: dict[str, Any] = {
        "certification__date": "2026-10-31",
        "transport__departure_date": "2026-10-31",
    }
    assert find(rules, **low) == []
    assert find(rules, **low, **on) == ["rule.share_below_threshold"]


def test_a_text_has_the_figures_of_its_edition_where_it_has_none_of_its_own() -> None:
    edition = read_pack(
        b"title = 'x'\n[figures]\nleast_share = 41\ngrace_days = 2\n"
        b"[[texts]]\nname = 'y'\nfrom = 2026-01-01\nuntil = 2026-06-30\n"
        b"[[texts]]\nname = 'z'\nfrom = 2026-07-01\nfigures = { grace_days = 5 }\n"
    )
    told = [(each.figures.least_share, each.figures.grace_days) for each in edition.texts]
    assert told == [(Decimal(41), 2), (Decimal(41), 5)]


def test_a_text_may_be_of_one_day_and_the_next_begin_behind_it() -> None:
    pack = (
        b"title = 'x'\n[[texts]]\nname = 'y'\nfrom = 2026-01-01\nuntil = 2026-01-01\n"
        b"[[texts]]\nname = 'z'\nfrom = 2026-01-02"
    )
    assert [each.name for each in read_pack(pack).texts] == ["y", "z"]
    with pytest.raises(RefusedError, match="expected z to begin after y has ended"):
        read_pack(pack.replace(b"2026-01-02", b"2026-01-01"))


@pytest.mark.parametrize(
    "figures", ["least_share = 100", "partial_from = 0", "grace_days = 366", "grace_days = 0"]
)
def test_a_figure_may_be_as_large_and_as_small_as_it_means_something(figures: str) -> None:
    assert read_pack(f"title = 'x'\n[figures]\n{figures}".encode()).title == "x"


REFUSED: Final = {
    "texts that are no tables": b"title = 'x'\ntexts = [3]",
    "figures of a text that are none": (
        b"title = 'x'\n[[texts]]\nname = 'x'\nfrom = 2026-01-02\nfigures = 3"
    ),
    "days of more than a year": b"title = 'x'\n[figures]\ngrace_days = 367",
    "days below none": b"title = 'x'\n[figures]\ngrace_days = -1",
    "truth as days": b"title = 'x'\n[figures]\ngrace_days = true",
    "figures that are none": b"title = 'x'\nfigures = 3",
    "a text without a name": b"title = 'x'\n[[texts]]\nname = ''\nfrom = 2026-01-01",
    "a text without a first day": b"title = 'x'\n[[texts]]\nname = 'x'",
    "a text that ends before it begins": (
        b"title = 'x'\n[[texts]]\nname = 'x'\nfrom = 2026-01-02\nuntil = 2026-01-01"
    ),
    "two texts for one day": (
        b"title = 'x'\n[[texts]]\nname = 'x'\nfrom = 2026-01-01\n"
        b"[[texts]]\nname = 'y'\nfrom = 2026-02-01"
    ),
    "texts that are none": b"title = 'x'\ntexts = 3",
    "no TOML": b"title = ",
    "no text": b"\xff",
    "no title": b"",
    "a member that there is not": b"title = 'x'\n[countries]",
    "a share above the whole": b"title = 'x'\n[figures]\nleast_share = 450",
    "a share below none": b"title = 'x'\n[figures]\npartial_from = -1",
    "a share as a text": b"title = 'x'\n[figures]\nleast_share = '45'",
    "days as a text": b"title = 'x'\n[figures]\ngrace_days = '3'",
    "a figure that there is not": b"title = 'x'\n[figures]\nleast = 3",
    "a state without a name": b"title = 'x'\n[states.XX]\nparty_to = ['ATIGA']",
    "an agreement that there is not": b"title = 'x'\n[states.TL]\nparty_to = ['MARS']",
    "a state that is no state": b"title = 'x'\n[states.Thailand]\nname = 'Thailand'",
    "a table that is none": b"title = 'x'\nstates = 3",
    "a line that the book does not have": b"title = 'x'\n[rules.'rule.nothing']\noff = true",
    "a weight that there is not": b"title = 'x'\n[rules.'rule.fob_missing']\nseverity = 'mild'",
    "too large": b"#" * 300_000,
    "a process that there is not": (
        b"title = 'x'\n[states.TH]\nopted_out = [{ what = 'x', clause = 'y' }]"
    ),
    "a process between gateways": (
        b"title = 'x'\n[states.TH]\nopted_out = [{ what = 'TransportAck', clause = 'y' }]"
    ),
    "an element that there is not": (
        b"title = 'x'\n[states.TH]\n"
        b"opted_out = [{ what = 'CertificateOfOrigin/Item/Price', clause = 'y' }]"
    ),
}


def test_a_pack_of_a_quarter_mebibyte_is_read_and_one_of_an_octet_more_is_not() -> None:
    title = b"title = 'long'\n"
    full = title + b"#" * (256 * 1024 - len(title))
    assert read_pack(full).title == "long"
    with pytest.raises(RefusedError, match="at most 262144 octets, found 262145"):
        read_pack(full + b"#")


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_refuses_a_pack_that_is_none(raw: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        build_rules(read_pack(raw))
    assert caught.value.code == "rules.pack_malformed"


TOLD: Final = {
    "a share above the whole": "figures/least_share: expected a number of at most 100, found 450",
    "a share as a text": "figures/least_share: expected a number, found '45'",
    "a figure that there is not": "figures/least: expected no such key, found one",
    "a state that is no state": (
        "states/Thailand: expected two capital letters (ISO 3166-1 alpha-2), found 'Thailand'"
    ),
    "a weight that there is not": (
        "rules/rule.fob_missing/severity: expected refuse, warn or loss, found 'mild'"
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_says_of_a_pack_what_is_wrong_in_its_own_words(name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        build_rules(read_pack(REFUSED[name]))
    assert caught.value.message == TOLD[name]


def test_the_upgraded_agreement_has_a_place_and_no_rules() -> None:
    older, current, upgraded = EDITIONS
    assert (older.valid_until, current.valid_from) == (date(2021, 9, 7), OCP_OF_2021)
    assert (upgraded.in_force, upgraded.valid_from) == (False, None)


# --- reasons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_tied_to_rules_or_says_what_finds_it(code: str) -> None:
    ground = REASONS[code]
    assert ground.clause
    assert bool(ground.rules) is not bool(ground.beside)
    assert set(ground.rules) <= {rule.code for rule in RULES}
