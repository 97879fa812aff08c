"""``swb conformance`` says what is wrong with its arguments, and how a case is tried again."""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from swb.backends.softkey import Authority
from swb.cli.conformance_material import prepare_material
from swb.cli.conformance_pair import form_pair_report
from swb.cli.entry import main
from swb_conformance.deviations import Deviation
from swb_conformance.events import Standing
from swb_conformance.live import Pair, name_line
from swb_conformance.report import encode_report
from swb_schemas.connections import parse_connections
from swb_schemas.pair_report import PAIR_WIDE
from tests.conformance.engine.doubles import ended, report_of
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    Swb = Callable[..., tuple[int, dict[str, Any]]]

BROKEN: Final = ROOT / "tests" / "conformance" / "engine" / "broken_program.py"
TARGET: Final = f"command:{sys.executable} -S {BROKEN} exits after-describe"
ONE: Final = ("--only", "refuses/no-octets")
RUN: Final = ("run", "--profile", "adapter", "--target")


@pytest.fixture(autouse=True)
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def swb(capfd: pytest.CaptureFixture[str]) -> Swb:
    """Run a command of the suite in this process; its status, and its one JSON value."""

    def run(*words: str | Path) -> tuple[int, dict[str, Any]]:
        capfd.readouterr()
        try:
            status = main(["conformance", *map(str, words), "--json"])
        except SystemExit as ending:
            status = int(ending.code or 0)
        out = capfd.readouterr().out
        return status, json.loads(out) if out else {}

    return run


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, trust, connections and configuration of a gateway of Thailand."""
    folder = tmp_path_factory.mktemp("material")
    prepare_material(
        folder, tested="TH", at=datetime(2026, 1, 1, tzinfo=UTC), adapters=["thailand"]
    )
    return folder


def say(monkeypatch: pytest.MonkeyPatch, octets: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))


# --- a case is tried again as it was tried -------------------------------------------------------


def test_the_command_that_tries_again_has_all_that_bears_on_the_verdict(swb: Swb) -> None:
    until = datetime.now(UTC).date() + timedelta(days=30)
    Path("known ones.toml").write_text(
        f'[[deviation]]\ncase = "adapter/refuses/a-nul"\nreason = "x"\nuntil = {until}\n'
    )
    options = ("--seed", "7", "--deviations", "known ones.toml", "--answer-within", "5")
    more = ("--case-within", "30.5", "--megabytes", "512", "--log", "log.txt")
    status, told = swb(*RUN, TARGET, *ONE, *options, *more, "--report", "report.json")
    assert status == 1
    words = shlex.split(told["cases"][0]["repeat"])
    again = ["swb", "conformance", *RUN, TARGET, *options, *more]
    replay = ["--replay", "adapter/refuses/no-octets"]
    assert sorted(words) == sorted([*again, *replay])
    assert swb(*words[2:])[0] == 1, "it can be run"
    assert Path("log.txt").exists()


def test_a_seed_is_drawn_where_none_is_given_and_stands_in_what_repeats(swb: Swb) -> None:
    runs = [swb(*RUN, TARGET, *ONE)[1] for _ in range(2)]
    assert [each["seed_drawn"] for each in runs] == [True, True]
    assert runs[0]["seed"] != runs[1]["seed"]
    for each in runs:
        words = shlex.split(each["cases"][0]["repeat"])
        assert words[words.index("--seed") + 1] == str(each["seed"])
    given = swb(*RUN, TARGET, *ONE, "--seed", "0")[1]
    assert (given["seed"], given["seed_drawn"]) == (0, False)
    assert swb(*RUN, TARGET, "--shard", "1/2")[0] == 2, "the parts draw from one seed"
    assert swb("run", "--profile", "rules", "--target", TARGET, "--samples", ".")[0] == 2
    assert swb(*RUN, TARGET, *ONE, "--samples", ".")[0] == 1, "there is no national file"


def test_the_command_that_tries_a_pair_again_can_be_run(
    swb: Swb, material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, b"")
    files = ("--table", material / "connections.toml", "--trust", material / "trust/bundle.json")
    pair = ("pair", "TH", "VN", *files)
    acts = ("--act", "TH=false", "--act", "VN=none", "--within", "1")
    status, told = swb(*pair, *acts, "--only", "trust/*")
    assert status == 1
    assert [each["name"].rpartition("/")[0] for each in told["cases"]] == ["pair/trust"] * 2
    assert {each["message_type"] for each in told["types"]} == {"CertificateIssue"}
    words = shlex.split(told["cases"][0]["repeat"])
    assert words[:5] == ["swb", "conformance", "pair", "TH", "VN"]
    status, again = swb(*words[2:])
    assert (status, len(again["cases"]), again["failed"]) == (1, 1, 1)
    assert again["tried"] == [], "a part of the cases moves no line"
    assert swb(*pair, *acts, "--only", "trust/*", "--out", "report")[0] == 2
    assert swb(*pair, "--only", "no/such")[1]["code"] == "conformance.no_such_case"


def test_a_part_of_the_cases_moves_no_line(material: Path) -> None:
    lines = parse_connections((material / "connections.toml").read_bytes()).connections[:1]
    bundle = (material / "trust/bundle.json").read_bytes()
    pair = Pair(states=("TH", "VN"), acts={}, bundle=bundle, lines=lines, within=1)
    line = name_line(lines[0])
    names = (*PAIR_WIDE, f"pair/road/{line}", f"pair/rules/{line}")
    cases = [replace(ended("x"), name=name) for name in names]
    whole, part = (report_of(cases, profile="pair", only=only) for only in ((), ("PAIR-003",)))
    assert len(form_pair_report(whole, pair).tried) == 1
    assert form_pair_report(part, pair).tried == ()


def test_an_input_that_has_ended_is_told_once(
    swb: Swb, material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = ("pair", "TH", "VN", "--table", material / "connections.toml")
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        status, told = swb(*pair, "--trust", material / "trust" / "bundle.json")
    assert status == 1
    assert told["cut_short"].startswith("standard input ended at the step roots; name with --act")
    assert {each["reason"] for each in told["cases"]} == {f"not tried: {told['cut_short']}"}


def test_a_pair_is_of_two_states(swb: Swb, material: Path) -> None:
    files = ("--table", material / "connections.toml", "--trust", material / "trust/bundle.json")
    status, told = swb("pair", "TH", "TH", *files)
    assert (status, "two different states" in told["message"]) == (2, True)
    status, told = swb("pair", "TH", "SG", *files)
    assert (status, "lines between TH and SG" in told["message"]) == (2, True)


# --- what is wrong with the arguments ------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--seed", "abc"), "expected a whole number, found 'abc'"),
        (("--answer-within", "nan"), "expected a number of seconds, found 'nan'"),
        (("--keep", "kept"), "--keep would do nothing here"),
        (("--act", "x", "--resume"), "--act and --resume would do nothing here"),
        (("--report", "one", "--html", "./one"), "other files for --report and --html"),
        (("--log", "one", "--junit", "one"), "other files for --junit and --log"),
        (("--only", "adapter/refuses/a-nut"), "near it: adapter/refuses/a-nul"),
        (("--only", "refuses/a-nut"), "near it: adapter/refuses/a-nul"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_meant_is_told(
    swb: Swb, words: tuple[str, ...], reason: str
) -> None:
    status, told = swb(*RUN, TARGET, *words)
    assert status == 2
    assert reason in told["message"]
    assert not Path("kept").exists()


@pytest.mark.parametrize("option", ["--log", "--report", "--html", "--junit"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_tried(
    swb: Swb, option: str
) -> None:
    status, told = swb(*RUN, TARGET, *ONE, option, "/nowhere/file")
    assert (status, told["code"]) == (4, "cli.output")
    assert f"/nowhere/file ({option})" in told["message"]
    assert "cases" not in told


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("command:x",), "expected a line for a profile on the wire"),
        (("amqp://u:secret@h", "--seed", "1"), "--seed would do nothing here"),
        (("amqp://u:secret@h", "--log", "x"), "--log would do nothing here"),
        (("amqp://u:secret@h",), "needs --material"),
        (("builtin:thailand", "--act", "x"), "--act would do nothing here"),
    ],
    ids=str,
)
def test_a_profile_on_the_wire_says_what_it_takes(
    swb: Swb, words: tuple[str, ...], reason: str
) -> None:
    status, told = swb("run", "--profile", "gateway", "--target", *words)
    assert status == 2
    assert reason in told["message"]


def test_a_target_that_is_no_command_line_is_told_by_its_option(swb: Swb) -> None:
    status, told = swb(*RUN, "command:'unclosed")
    assert (status, "--target" in told["message"]) == (2, True)


def test_known_deviations_are_told_by_file_entry_and_member(swb: Swb) -> None:
    Path("known.toml").write_text('[[deviation]]\ncase = "adapter/x"\nuntil = 2027-01-01\n')
    status, told = swb(*RUN, TARGET, "--deviations", "known.toml")
    assert (status, told["code"]) == (2, "conformance.deviations")
    assert told["message"] == "known.toml: entry 1: expected reason: a text, found none"
    Path("known.toml").write_bytes(b"\xff\xfe")
    status, told = swb(*RUN, TARGET, "--deviations", "known.toml")
    assert (status, "known.toml: expected TOML in UTF-8" in told["message"]) == (2, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--state", "XX"), "cli.usage"),
        (("--state", "REGION"), "cli.usage"),
        (("--state", "TH", "--adapters", "nix"), "adapter.unknown"),
        (("--state", "TH", "--target-url", "http://h"), "cli.usage"),
        (("--state", "TH", "--target-url", "amqp://127.0.0.1:1"), "conformance.wire"),
    ],
    ids=str,
)
def test_nothing_is_prepared_of_what_cannot_be(
    swb: Swb, words: tuple[str, ...], code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, told = swb("prepare", "--out", "material", *words)
    assert (status, told["code"]) == (4 if code == "conformance.wire" else 2, code)
    assert not Path("material").exists()
    assert "error when creating transport" not in capfd.readouterr().err


def test_material_is_of_the_kinds_that_are_named_and_fixed_where_it_is_asked_for(swb: Swb) -> None:
    kinds = ("--kinds", "CertificateIssue-ATIGA")
    for folder, fixed in (("a", ("--fixed",)), ("b", ("--fixed",)), ("c", ())):
        status, told = swb("prepare", "--state", "TH", "--out", folder, *kinds, *fixed)
        assert (status, told["kinds"]) == (0, ["CertificateIssue-ATIGA"])
    keys = [next(Path(each).rglob("transport.pem")).read_bytes() for each in "abc"]
    assert keys[0] == keys[1] != keys[2]
    status, told = swb("prepare", "--state", "TH", "--out", "d", "--kinds", "Letter")
    assert (status, told["code"]) == (2, "cli.usage")


# --- statements ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """Options of somebody who states something, with a key and its certificate."""
    folder = tmp_path_factory.mktemp("keys")
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    authority = Authority("TH", "test", begin=begin, end=end, seed=b"vendor")
    pem = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(authority.root_key.private_bytes(*pem))
    (folder / "key.pem").chmod(0o600)
    (folder / "certificate.pem").write_bytes(authority.root_pem)
    who = ("--organisation", "Example", "--product", "Window", "--product-version", "4.2")
    key = ("--key", folder / "key.pem", "--certificate", folder / "certificate.pem")
    return (*who, *key)


def test_a_statement_is_of_a_report_that_holds_and_of_a_day_after_it(
    swb: Swb, signing: tuple[str | Path, ...]
) -> None:
    known = [
        Deviation(case=f"rules/{name}", reason="it rounds", until=date(year, 11, 22))
        for name, year in (("over", 2026), ("known", 2099))
    ]
    deviating = [
        ended(each.case.removeprefix("rules/"), Standing.DEVIATING, deviation=each)
        for each in known
    ]
    cases = (ended("a"), *deviating)
    Path("report.json").write_bytes(encode_report(report_of(cases)))
    state = ("statement", "--out", "statement.jws", *signing, "--report")
    for at in ("2026-11-23T01:00:00Z", "2027-06-01T00:00:00Z"):
        status, told = swb(*state, "report.json", "--at", at)
        assert (status, told["code"], told["actor"]) == (1, "conformance.dated", "operator")
    assert not Path("statement.jws").exists()
    failed = encode_report(report_of([*cases, ended("c", Standing.FAILED)]))
    forged = failed.replace(b'"failed": 1', b'"failed": 0').replace(b'es": false', b'es": true')
    Path("forged.json").write_bytes(forged)
    status, told = swb(*state, "forged.json")
    assert (status, told["code"], told["actor"]) == (1, "conformance.report", "operator")
    assert swb(*state, "report.json", "--at", "2026-11-23T03:00:00Z")[0] == 0
    status, told = swb("verify-statement", "statement.jws", *signing[-2:])
    assert [each["until"] for each in told["statement"]["deviations"]] == [
        "2026-11-22",
        "2099-11-22",
    ]
    assert (status, told["deviations_over"]) == (0, ["rules/over"])


# --- steps at the national side, and what is looked up -------------------------------------------


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        (b"junk\n", 1, "conformance.step"),
        (b'{"step": "enter"}\n', 1, "conformance.step"),
        (b'{"step": "dance"}\n', 3, None),
    ],
)
def test_a_step_that_is_none_is_told(
    swb: Swb,
    material: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: bytes,
    status: int,
    code: str | None,
) -> None:
    say(monkeypatch, line)
    found, told = swb("act", "--config", material / "gateway-TH.toml")
    assert (found, told.get("code")) == (status, code)


def test_a_requirement_and_a_case_are_explained(swb: Swb) -> None:
    status, told = swb("explain", "msg-006")
    assert status == 0
    assert told["requirements"][0]["clause"] == "docs/reference/wire.md, Verification, step M1"
    assert "message/message/refuses-a-comment" in {each["name"] for each in told["cases"]}
    status, told = swb("explain", "message/message/refuses-a-comment")
    assert (status, [each["id"] for each in told["requirements"]]) == (0, ["MSG-006"])
    assert told["cases"][0]["why"].startswith("Comments are not covered by the signature")
    status, told = swb("explain", "message/no-such-case")
    assert (status, told["code"]) == (2, "conformance.no_such_case")


def test_the_list_of_cases_says_what_its_signs_mean(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "list", "--profile", "message", "--cases"]) == 0
    assert "+ puts something right, - something wrong" in capfd.readouterr().out
