"""Two states try their connections, sign what came of it, and leave TEST by that alone."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from swb.cli.conformance_act import DropFolderAct
from swb.cli.conformance_gateway import QUICK, Gateway
from swb.cli.conformance_pair import form_pair_report, try_pair
from swb.cli.entry import main
from swb.clock import SystemClock
from swb.config import load_config
from swb.observability import configure_logs
from swb.sandbox.region import lay_out_region
from swb.services import submit
from swb_conformance.engine import RunPlan
from swb_conformance.events import Standing
from swb_conformance.live import CONSENTING, Act, Pair, Step, Told
from swb_schemas.connections import parse_connections
from swb_schemas.errors import RefusedError
from swb_schemas.pair_report import PairReportForm, encode_pair_report, verify_pair_report
from swb_schemas.wire.jws import assemble_jws
from tests.conformance.published import PublishedAct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.sandbox.region import Region
    from swb_conformance.report import Report

FORM_D = {("TH", "VN", "CertificateIssue", "ATIGA"), ("VN", "TH", "CertificateIssue", "ATIGA")}
EXTRACTS = {("TH", "VN", "DeclarationExtract", ""), ("VN", "TH", "DeclarationExtract", "")}
TRIED = FORM_D | EXTRACTS


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    configure_logs(level=logging.CRITICAL)
    folder = tmp_path_factory.mktemp("pair")
    laid_out = asyncio.run(
        lay_out_region(folder, at=SystemClock().now(), answers=False, log=False, limits=QUICK)
    )
    for state in laid_out.states:
        record_consent(folder, state)
    files = [laid_out.router, *laid_out.gateways.values()]
    gateway = Gateway(*(load_config(file) for file in files))
    gateway.start()
    yield laid_out
    gateway.end()


def record_consent(folder: Path, state: str) -> None:
    """An extract leaves with its exporter's consent only."""
    with (folder / f"consents-{state}.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[consent]]\nexporter = "{CONSENTING}"\nfrom = 2020-01-01\n')


@pytest.fixture(scope="module")
def pair(region: Region) -> Pair:
    table = parse_connections((region.folder / "connections.toml").read_bytes())
    unknown = table.connections[0].model_copy(update={"agreement": "ACFTA"})
    return Pair(
        states=("TH", "VN"),
        acts={
            state: PublishedAct(DropFolderAct(load_config(file)))
            for state, file in region.gateways.items()
        },
        bundle=region.bundle.read_bytes(),
        lines=(*table.connections, unknown),
        within=20.0,
    )


@pytest.fixture(scope="module")
def report(pair: Pair) -> Report:
    return try_pair(pair)


def test_our_gateways_fit_each_other(report: Report) -> None:
    failed = {each.name: each.reason for each in report.cases if each.standing is Standing.FAILED}
    assert not failed
    assert report.count(Standing.PASSED) >= 12


def test_a_line_that_nobody_tried_is_not_among_those_that_were(pair: Pair, report: Report) -> None:
    form = form_pair_report(report, pair)
    assert {each.key for each in form.tried} == TRIED
    (skipped,) = {each.reason for each in report.cases if each.standing is Standing.SKIPPED}
    assert skipped == "the suite draws no CertificateIssue ACFTA"
    assert "ACFTA" in {each.agreement for each in pair.lines}


class Liar:
    """A side that tells something wrong of one step."""

    def __init__(self, act: Act, step: Step, told: dict[str, object]) -> None:
        self._act, self._step, self._told = act, step, told

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        if step is self._step:
            return Told(members=self._told)
        return self._act.do(step, within=within, **members)


@pytest.mark.parametrize(
    ("step", "told", "case"),
    [
        (Step.ROOTS, {"roots": {"TH": [], "VN": []}}, "pair/trust/both-pinned-the-same-roots"),
        (Step.ROOTS, {"lists": {}}, "pair/trust/both-believe-the-same-lists"),
        (Step.KEPT, {"kept": []}, "pair/road/TH-VN-CertificateIssue-ATIGA"),
        (
            Step.KEPT,
            {"kept": [{"sealed": "AAAA", "facts": []}]},
            "pair/road/TH-VN-CertificateIssue-ATIGA",
        ),
        (Step.NOTICED, {"noticed": False}, "pair/notice/first-state-declares-an-outage"),
        (
            Step.SUMMARY,
            {"received": {"count": 0, "root": "sha-256:"}},
            "pair/day/each-received-what-the-other-sent",
        ),
    ],
)
def test_a_side_that_tells_something_else_fails(
    pair: Pair, step: Step, told: dict[str, object], case: str
) -> None:
    acts = {**pair.acts, "VN": Liar(pair.acts["VN"], step, told)}
    tried = try_pair(
        replace(pair, acts=acts, lines=[each for each in pair.lines if each.from_state == "TH"][:1])
    )
    assert case in {each.name for each in tried.cases if each.standing is Standing.FAILED}


class Denier:
    """A side that says of the first document that it was refused, or says nothing of any."""

    def __init__(self, act: Act, *, silent: bool) -> None:
        self._act, self._silent = act, silent
        self._denies = True

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        told = self._act.do(step, within=within, **members)
        if step is not Step.ENTER:
            return told
        denies, self._denies = self._denies, False
        if self._silent:
            return Told()
        return Told(members={"accepted": False}) if denies else told


@pytest.mark.parametrize(
    ("silent", "standing"), [(False, Standing.FAILED), (True, Standing.SKIPPED)]
)
def test_a_side_that_sends_what_breaks_a_rule_is_noticed_whatever_it_says(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, *, silent: bool, standing: Standing
) -> None:
    monkeypatch.setattr(submit, "check_document", lambda *_, **__: ())
    acts = {**pair.acts, "TH": Denier(pair.acts["TH"], silent=silent)}
    case = "pair/rules/TH-VN-CertificateIssue-ATIGA"
    plan = RunPlan(profile="pair", only=(case,))
    tried = try_pair(replace(pair, acts=acts), plan=plan)
    (found,) = (each for each in tried.cases if each.name == case)
    assert found.standing is standing
    assert silent or found.reason == "expected VN not to have what breaks a rule"


def test_only_a_report_that_both_signed_and_that_passes_counts(
    pair: Pair, report: Report, region: Region, tmp_path: Path
) -> None:
    form = form_pair_report(report, pair)
    file = tmp_path / "report.json"
    file.write_bytes(assemble_jws(encode_pair_report(form), {}))
    verify = partial(verify_pair_report, bundle=pair.bundle, at=form.ended)
    for state in ("TH", "VN"):
        with pytest.raises(RefusedError) as caught:
            verify(file.read_bytes())
        assert caught.value.code == "connection.untested"
        sign(file, region, state)
    assert verify(file.read_bytes()).tried == TRIED
    failed = [each.model_copy(update={"standing": "failed"}) for each in form.cases[:1]]
    bad = form.model_copy(update={"cases": (*failed, *form.cases[1:]), "tried": ()})
    file.write_bytes(assemble_jws(encode_pair_report(bad), {}))
    sign(file, region, "TH")
    sign(file, region, "VN")
    with pytest.raises(RefusedError, match="1 case"):
        verify(file.read_bytes())


@pytest.mark.parametrize(
    "case",
    [
        "pair/trust/both-pinned-the-same-roots",
        "pair/day/each-received-what-the-other-sent",
        "pair/road/TH-VN-CertificateIssue-ATIGA",
        "pair/verification/TH-VN-CertificateIssue-ATIGA",
    ],
)
@pytest.mark.parametrize("standing", ["skipped", "missing"])
def test_a_line_is_not_tried_where_a_case_about_it_or_about_the_pair_did_not_pass(
    pair: Pair, report: Report, case: str, standing: str
) -> None:
    form = form_pair_report(report, pair)
    told = form.model_dump(by_alias=True)
    others = [each for each in told["cases"] if each["name"] != case]
    told["cases"] = [*others, {"name": case, "standing": "skipped"}]
    if standing == "missing":
        told["cases"] = others
        if "verification" in case:
            return  # nobody knows then that it was a case
    with pytest.raises(ValidationError, match="to have passed"):
        PairReportForm.model_validate(told)
    untried = replace(
        report,
        cases=tuple(
            replace(each, standing=Standing.SKIPPED) if each.name == case else each
            for each in report.cases
        ),
    )
    tried = {each.key for each in form_pair_report(untried, pair).tried}
    assert ("TH", "VN", "CertificateIssue", "ATIGA") not in tried


@pytest.mark.parametrize("state", ["PARALLEL", "LIVE"])
def test_a_connection_leaves_test_in_production_by_that_report_alone(
    pair: Pair,
    report: Report,
    region: Region,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    state: str,
) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(assemble_jws(encode_pair_report(form_pair_report(report, pair)), {}))
    sign(file, region, "TH")
    sign(file, region, "VN")
    table = tmp_path / "connections.toml"
    table.write_text(
        '[[connection]]\nfrom = "TH"\nto = "VN"\nmessage_type = "CertificateIssue"\n'
        f'agreement = "ATIGA"\nstate = "{state}"\n'
    )
    draft = ["connections", "draft", str(table), "--states", "TH,VN", "--number", "1"]
    by = ["--tested", str(file), "--tested-trust", str(region.bundle)]
    capsys.readouterr()

    assert main([*draft, "--out", str(tmp_path / "untested.json"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "connection.untested"
    assert main([*draft, *by, "--out", str(tmp_path / "tested.json")]) == 0

    table.write_text(table.read_text().replace("CertificateIssue", "CleanReportOfFindings"))
    table.write_text(table.read_text().replace('agreement = "ATIGA"\n', ""))
    capsys.readouterr()
    assert main([*draft, *by, "--out", str(tmp_path / "other.json"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "connection.untested"


def test_a_draft_asks_for_the_bundle_of_the_run_and_for_a_run_that_is_not_long_ago(
    pair: Pair, report: Report, region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = form_pair_report(report, pair)
    old = form.model_copy(update={"ended": form.ended - timedelta(days=91)})
    file = tmp_path / "report.json"
    file.write_bytes(assemble_jws(encode_pair_report(old), {}))
    sign(file, region, "TH")
    sign(file, region, "VN")
    renewed = tmp_path / "renewed.json"
    renewed.write_bytes(pair.bundle + b"\n")
    draft = ["connections", "draft", str(region.folder / "connections.toml"), "--states", "TH,VN"]
    draft += ["--number", "1", "--tested", str(file), "--out", str(tmp_path / "draft.json")]

    def refusal(trust: Path, days: int) -> str:
        capsys.readouterr()
        terms = ["--tested-trust", str(trust), "--tested-within", str(days), "--json"]
        assert main([*draft, *terms]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["code"] == "connection.untested"
        return str(told["message"])

    assert "of the last 90 day(s)" in refusal(region.bundle, 90)
    assert "the bundle by which the pair was tried" in refusal(renewed, 92)
    terms = ["--tested-trust", str(region.bundle), "--tested-within", "92"]
    assert main([*draft, *terms]) == 0


def sign(file: Path, region: Region, state: str) -> None:
    root, key = region.root(state)
    words = ["trust", "sign", str(file), "--key", str(key), "--certificate", str(root)]
    assert main([*words, "--trust", str(region.bundle)]) == 0


def test_the_command_writes_what_both_sign(
    pair: Pair,
    region: Region,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("swb.cli.conformance_pair._choose", lambda *_: pair.acts)
    table = tmp_path / "connections.toml"
    table.write_text(
        '[[connection]]\nfrom = "TH"\nto = "VN"\nmessage_type = "CertificateIssue"\n'
        'agreement = "ATIGA"\nstate = "TEST"\n'
    )
    out, html = tmp_path / "tested.json", tmp_path / "run.html"
    words = ["conformance", "pair", "VN", "TH", "--table", str(table), "--html", str(html)]
    words += ["--trust", str(region.bundle), "--out", str(out)]
    capsys.readouterr()

    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["failed"] == 0
    assert [each["from"] for each in told["tried"]] == ["TH"]
    assert b"pair/road/TH-VN-CertificateIssue-ATIGA" in html.read_bytes()
    for state in ("TH", "VN"):
        sign(out, region, state)
    verified = verify_pair_report(out.read_bytes(), bundle=pair.bundle, at=SystemClock().now())
    assert verified.payload_digest == told["digest"]
    capsys.readouterr()
    assert main(["trust", "show", str(out)]) == 0
    assert "tried     TH VN CertificateIssue ATIGA" in capsys.readouterr().out
    assert main([*words, "--json"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["TH", "TH"],
        ["TH", "SG"],
        ["TH", "VN", "--act", "MY=true"],
        ["TH", "VN", "--act", "nonsense"],
    ],
)
def test_the_command_says_what_is_missing(
    region: Region, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    table = region.folder / "connections.toml"
    given = ["--table", str(table), "--trust", str(region.bundle)]
    assert main(["conformance", "pair", *words, *given, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "cli.usage"
