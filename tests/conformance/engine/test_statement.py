"""A statement is made of whole runs that passed, and says what its reports say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.backends.softkey import Authority
from swb_conformance.deviations import Deviation
from swb_conformance.events import Standing
from swb_conformance.report import encode_report
from swb_conformance.report_reading import parse_report
from swb_conformance.statement import (
    Claimant,
    build_statement,
    check_reports,
    encode_statement,
    require_in_force,
    verify_statement,
)
from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws
from tests.conformance.engine.doubles import AT, DESCRIPTION, ended, report_of

if TYPE_CHECKING:
    from collections.abc import Callable

CLAIMANT = Claimant(organisation="Example Customs", product="Example Window", version="4.2")
ALICE, MALLORY = (
    Authority(
        state,
        "test",
        begin=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2036, 1, 1, tzinfo=UTC),
        seed=state.encode(),
    )
    for state in ("TH", "VN")
)
SIGNER = parse_certificate(ALICE.root_der)
KNOWN = Deviation(case="rules/b", reason="it rounds", until=date(2026, 11, 23))
DEVIATING = ended("b", Standing.DEVIATING, reason="wrong", deviation=KNOWN)
CARRIES = {**DESCRIPTION, "messages": [{"message_type": "CertificateIssue", "writes": False}]}


def report(*cases: Any, **more: Any) -> bytes:  # noqa: ANN401 - cases, fields of a run
    return encode_report(report_of(cases or (ended("a"), DEVIATING), **more))


def state(*reports: bytes) -> tuple[Any, bytes]:
    statement = build_statement(reports, claimant=CLAIMANT, stated_at=AT)
    payload = encode_statement(statement)
    return statement, assemble_jws(payload, {ALICE.thumbprint: ALICE.sign(payload)})


def code_of(call: Any) -> str:  # noqa: ANN401 - a function
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value.code


def test_a_statement_says_who_what_and_when() -> None:
    raw = report()
    statement, signed = state(raw)
    found = verify_statement(signed, signers=[SIGNER])
    assert found == statement
    check_reports(found, [raw])
    assert (found.profile, found.passed, found.claimant) == ("rules", 1, CLAIMANT)
    assert [(each.case, each.reason, each.until) for each in found.deviations] == [
        ("rules/b", "it rounds", KNOWN.until)
    ]
    assert found.types == ()


def test_a_statement_says_which_document_types_were_tried() -> None:
    raw = report(description=CARRIES)
    statement, _ = state(raw)
    (found,) = statement.types
    assert (found.message_type, found.reads, found.writes) == ("CertificateIssue", True, False)
    whole = report(ended("a"), shard="1/2", description=CARRIES)
    other = report(ended("b"), shard="2/2")
    assert code_of(lambda: state(whole, other)) == "conformance.report"


def test_parts_make_a_whole_in_any_order() -> None:
    parts = [report(ended(f"case-{part}"), shard=f"{part}/3") for part in (1, 2, 3)]
    statement, _ = state(*parts)
    assert statement.passed == 3
    check_reports(statement, parts[::-1])


@pytest.mark.parametrize(
    "reports",
    [
        [report(ended("a"), ended("b", Standing.FAILED))],
        [report(ended("a"), only=("rules/a",))],
        [report(ended("a"), cut_short="over")],
        [report(ended("a", Standing.SKIPPED))],
        [report(ended("a"), shard="1/2")],
        [report(ended("a"), shard="1/2"), report(ended("b"), shard="1/2")],
    ],
)
def test_no_statement_is_made_of_less_than_the_whole(reports: list[bytes]) -> None:
    assert code_of(lambda: state(*reports)) == "conformance.not_passed"


def test_reports_must_belong_together() -> None:
    first, second = report(shard="1/2"), report(shard="2/2", seed=1)
    assert code_of(lambda: state(first, second)) == "conformance.report"
    assert code_of(lambda: state(b"{}")) == "conformance.report"
    assert code_of(lambda: state(b"no JSON")) == "conformance.report"


def test_a_signature_of_somebody_else_counts_for_nothing() -> None:
    _, signed = state(report())
    other = parse_certificate(MALLORY.root_der)
    with pytest.raises(RefusedError) as refusal:
        verify_statement(signed, signers=[other])
    assert refusal.value.code == "conformance.signer"
    assert f"({other.thumbprint}), found one by {ALICE.thumbprint}" in refusal.value.message
    nobody = assemble_jws(encode_statement(state(report())[0]), {})
    assert code_of(lambda: verify_statement(nobody, signers=[SIGNER])) == "conformance.unsigned"


def test_an_altered_statement_is_refused() -> None:
    statement, signed = state(report())
    members = json.loads(signed)
    better = encode_statement(statement.model_copy(update={"passed": 99}))
    members["payload"] = json.loads(assemble_jws(better, {}))["payload"]
    altered = json.dumps(members).encode()
    assert code_of(lambda: verify_statement(altered, signers=[SIGNER])) == "conformance.signature"
    payload = b'{"kind":"something-else"}'
    other = assemble_jws(payload, {ALICE.thumbprint: ALICE.sign(payload)})
    assert code_of(lambda: verify_statement(other, signers=[SIGNER])) == "conformance.jws"


def test_a_statement_must_say_what_its_reports_say() -> None:
    raw = report()
    statement, _ = state(raw)
    assert code_of(lambda: check_reports(statement, [raw + b" "])) == "conformance.report"
    better = statement.model_copy(update={"passed": 99})
    assert code_of(lambda: check_reports(better, [raw])) == "conformance.report"


FORGERIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a count": lambda told: told.update(failed=0, passes=True),
    "what a case counts as": lambda told: told["cases"][1].update(status="passed"),
    "a requirement": lambda told: told["requirements"][0].update(status="passed"),
    "a case less": lambda told: told["cases"].pop(),
    "a case twice": lambda told: told["cases"].append(told["cases"][0]),
    "a case of another profile": lambda told: told["cases"][0].update(name="adapter/a"),
    "a run that was cut short": lambda told: told.update(cut_short="over"),
    "a run that was narrowed": lambda told: told.update(only=["rules/a"]),
    "no word on document types": lambda told: told.pop("types"),
    "a count that is no number": lambda told: told.update(passed="1"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_report_whose_sums_are_not_those_of_its_cases_is_none(
    forge: Callable[[dict[str, Any]], object],
) -> None:
    told = json.loads(report(ended("a"), ended("b", Standing.FAILED)))
    parse_report(json.dumps(told).encode())
    forge(told)
    assert code_of(lambda: parse_report(json.dumps(told).encode())) == "conformance.report"


def test_a_statement_believes_no_forged_report_and_neither_does_who_verifies_it() -> None:
    good, bad = report(ended("a")), report(ended("a", Standing.FAILED))
    forged = bad.replace(b'"failed": 1', b'"failed": 0').replace(b'"passed": 0', b'"passed": 1')
    assert forged != bad
    assert code_of(lambda: state(forged)) == "conformance.report"
    statement, _ = state(good)
    digest = statement.reports[0].model_copy(update={"digest": digest_text_of(forged)})
    naming = statement.model_copy(update={"reports": (digest,)})
    assert code_of(lambda: check_reports(naming, [forged])) == "conformance.report"


def test_a_deviating_case_has_a_last_day() -> None:
    told = json.loads(report())
    del told["cases"][1]["until"]
    assert code_of(lambda: parse_report(json.dumps(told).encode())) == "conformance.report"


def test_no_case_stands_in_two_parts() -> None:
    parts = [report(ended("a"), shard=f"{part}/2") for part in (1, 2)]
    assert code_of(lambda: state(*parts)) == "conformance.report"


def test_a_statement_is_not_dated_before_its_runs_ended() -> None:
    raw, early = report(), AT - timedelta(seconds=1)
    dated = "conformance.dated"
    assert code_of(lambda: build_statement([raw], claimant=CLAIMANT, stated_at=early)) == dated
    payload = encode_statement(state(raw)[0].model_copy(update={"stated_at": early}))
    signed = assemble_jws(payload, {ALICE.thumbprint: ALICE.sign(payload)})
    assert code_of(lambda: verify_statement(signed, signers=[SIGNER])) == dated


@pytest.mark.parametrize("year", [2025, 2037])
def test_a_certificate_counts_while_it_is_valid(year: int) -> None:
    raw, at = report(), datetime(year, 1, 1, tzinfo=UTC)
    early = state(raw)[0].model_copy(update={"tried_at": at, "stated_at": at})
    assert code_of(lambda: require_in_force(early, SIGNER)) == "conformance.dated"
    payload = encode_statement(early)
    signed = assemble_jws(payload, {ALICE.thumbprint: ALICE.sign(payload)})
    assert code_of(lambda: verify_statement(signed, signers=[SIGNER])) == "conformance.dated"
