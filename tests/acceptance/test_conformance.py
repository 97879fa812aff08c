"""``swb conformance``: run, list, statement, verify-statement."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from swb.backends.softkey import Authority
from tests.cli_reference import documented_members
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

RUN: Final = ("conformance", "run", "--profile")
BROKEN: Final = ROOT / "tests" / "conformance" / "engine" / "broken_program.py"
NARROW: Final = ("--only", "ADP-030", "--only", "adapter/carries/DeclarationExtract/*")


def test_a_run_of_our_own_adapter_is_reported_in_every_form(swb: Program, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "html", "xml")}
    ran = swb(
        *RUN,
        "adapter",
        "--target",
        "builtin:wco",
        *NARROW,
        "--json",
        "--report",
        files["json"],
        "--html",
        files["html"],
        "--junit",
        files["xml"],
    )
    assert ran.status == 0
    assert set(ran.value) == documented_members("swb conformance run")
    assert ran.value["passed"] > 50
    assert ran.value["failed"] == 0
    assert json.loads(files["json"].read_bytes()) == ran.value
    assert files["html"].read_bytes().startswith(b"<!DOCTYPE html>")
    assert b"<testsuite " in files["xml"].read_bytes()


def test_a_case_is_replayed_with_what_was_asked_and_answered(swb: Program) -> None:
    name = "message/message/refuses-a-comment"
    ran = swb(*RUN, "message", "--target", "builtin:canonical", "--replay", name)
    assert ran.status == 0
    assert b'"verb":"verify"' in ran.stdout
    assert b'"verdict":"refused"' in ran.stdout


def test_a_target_that_fails_is_refused_with_reasons(swb: Program) -> None:
    target = f"command:{sys.executable} {BROKEN} exits after-describe"
    only = ("--only", "adapter/refuses/no-octets")
    ran = swb(*RUN, "adapter", "--target", target, *only)
    assert ran.status == 1
    assert b"failed     adapter/refuses/no-octets  [ADP-030]" in ran.stdout
    assert b"--replay adapter/refuses/no-octets" in ran.stdout
    failure = swb(*RUN, "adapter", "--target", target, *only, "--json").failure
    assert failure["code"] == "conformance.failed"
    assert (failure["passed"], failure["failed"]) == (0, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--target", "builtin:nowhere"),
        ("--target", "command:no-such-program"),
        ("--target", "amqp://localhost"),
        ("--target", "builtin:wco", "--only", "no/such/case"),
        ("--target", "builtin:wco", "--shard", "3/2"),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_command_line_is_usage(
    swb: Program, arguments: tuple[str, ...]
) -> None:
    assert swb(*RUN, "adapter", *arguments).status == 2


def test_known_deviations_are_strict(swb: Program, tmp_path: Path) -> None:
    deviations = tmp_path / "deviations.toml"
    until = datetime.now(UTC).date() + timedelta(days=30)
    name = "adapter/refuses/no-octets"
    deviations.write_text(f'[[deviation]]\ncase = "{name}"\nreason = "it exits"\nuntil = {until}\n')
    target = f"command:{sys.executable} {BROKEN} exits after-describe"
    both = ("--only", name, "--deviations", deviations)
    ran = swb(*RUN, "adapter", "--target", target, *both, "--json")
    assert (ran.status, ran.value["deviating"]) == (1, 1), "nothing passed"
    ran = swb(*RUN, "adapter", "--target", "builtin:wco", *both, "--json")
    assert ran.status == 1
    assert "strike the deviation out" in ran.value["cases"][0]["reason"]


def test_profiles_requirements_and_cases_are_listed(swb: Program) -> None:
    ran = swb("conformance", "list", "--cases", "--json")
    assert set(ran.value) == documented_members("swb conformance list")
    told = {each["profile"]: each for each in ran.value["profiles"]}
    assert {"adapter", "message", "rules", "gateway", "end-to-end"} <= set(told)
    assert len(told["message"]["cases"]) + len(told["rules"]["cases"]) >= 400
    assert all(each["requirements"] and each["cases"] for each in told.values())


def test_a_statement_is_signed_and_verified(swb: Program, tmp_path: Path) -> None:
    authority = Authority(
        "TH",
        "test",
        begin=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2046, 1, 1, tzinfo=UTC),
        seed=b"statement",
    )
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key.write_bytes(
        authority.root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    key.chmod(0o600)
    certificate.write_bytes(authority.root_pem)
    report, statement = tmp_path / "report.json", tmp_path / "statement.jws"
    assert swb(*RUN, "message", "--target", "builtin:wco", "--report", report).status == 0
    who = ("--organisation", "Example Customs", "--product", "Window", "--product-version", "4.2")
    signed = swb(
        "conformance",
        "statement",
        "--report",
        report,
        *who,
        "--key",
        key,
        "--certificate",
        certificate,
        "--out",
        statement,
        "--json",
    )
    assert signed.status == 0
    assert set(signed.value) == documented_members("swb conformance statement")
    verify = ("conformance", "verify-statement", statement, "--certificate", certificate)
    found = swb(*verify, "--report", report, "--json")
    assert found.status == 0
    assert set(found.value) == documented_members("swb conformance verify-statement")
    assert found.value["statement"] == signed.value["statement"]
    assert found.value["reports_checked"] == 1
    report.write_bytes(report.read_bytes() + b"\n")
    assert swb(*verify, "--report", report, "--json").failure["code"] == "conformance.report"
