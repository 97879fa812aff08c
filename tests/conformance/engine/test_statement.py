"""A statement is made of whole runs that passed, and says what its reports say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from swb.backends.softkey import Authority
from swb_conformance.events import Standing
from swb_conformance.report import encode_report
from swb_conformance.statement import (
    Claimant,
    build_statement,
    check_reports,
    encode_statement,
    verify_statement,
)
from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.jws import assemble_jws
from tests.conformance.engine.doubles import AT, ended, report_of

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
DEVIATING = ended("b", Standing.DEVIATING, reason="wrong", deviation="it rounds")


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
    assert [(each.case, each.reason) for each in found.deviations] == [("rules/b", "it rounds")]


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
    assert code_of(lambda: verify_statement(signed, signers=[other])) == "conformance.unsigned"


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
