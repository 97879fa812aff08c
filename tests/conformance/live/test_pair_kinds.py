"""Lines of every kind are tried by a pair, each with the answers that its type has."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest

from swb.cli.conformance_act import DropFolderAct
from swb.cli.conformance_gateway import QUICK, Gateway
from swb.cli.conformance_pair import form_pair_report, try_pair
from swb.clock import SystemClock
from swb.config import load_config
from swb.observability import configure_logs
from swb.sandbox.region import lay_out_region
from swb_conformance.events import Standing
from swb_conformance.live import KINDS, Act, Pair, Step, Told, find_kind, list_pair_cases, name_line
from swb_conformance.requirements import load_requirements
from swb_schemas.connections import parse_connections
from tests.conformance.live.test_pair import Liar, record_consent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.sandbox.region import Region
    from swb_conformance.report import Report
    from swb_schemas.connections import Connection

STATES = ("AU", "ID", "SG", "TH")
OWN_TEST = {"CertificateIssue-ATIGA"}
"""Tried in `test_pair`, and so not here."""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    configure_logs(level=logging.CRITICAL)
    folder = tmp_path_factory.mktemp("pair-kinds")
    laid_out = asyncio.run(
        lay_out_region(
            folder,
            states=STATES,
            at=SystemClock().now(),
            answers=False,
            log=False,
            limits=QUICK,
        )
    )
    for state in STATES:
        record_consent(folder, state)
    files = [laid_out.router, *laid_out.gateways.values()]
    gateway = Gateway(*(load_config(file) for file in files))
    gateway.start()
    yield laid_out
    gateway.end()


@pytest.fixture(scope="module")
def lines(region: Region) -> dict[str, Connection]:
    """One line of each kind, whoever has it."""
    table = parse_connections((region.folder / "connections.toml").read_bytes())
    found: dict[str, Connection] = {}
    for line in table.connections:
        kind = find_kind(line.message_type, line.agreement)
        if kind is not None and kind.name not in OWN_TEST:
            found.setdefault(kind.name, line)
    return found


def make_pair(region: Region, line: Connection, *liars: tuple[str, Step, dict[str, Any]]) -> Pair:
    first, second = sorted((line.from_state, line.to_state))
    acts: dict[str, Act] = {
        state: DropFolderAct(load_config(region.gateways[state])) for state in (first, second)
    }
    for state, step, told in liars:
        acts[state] = Liar(acts[state], step, told)
    return Pair(
        states=(first, second),
        acts=acts,
        bundle=region.bundle.read_bytes(),
        lines=[line],
        within=20.0,
    )


def list_failed(report: Report) -> dict[str, str]:
    return {each.name: each.reason for each in report.cases if each.standing is not Standing.PASSED}


@pytest.mark.parametrize("name", sorted(set(KINDS) - OWN_TEST))
def test_our_gateways_fit_each_other_on_a_line_of_every_kind(
    region: Region, lines: dict[str, Connection], name: str
) -> None:
    pair = make_pair(region, lines[name])
    report = try_pair(pair)
    assert list_failed(report) == {}
    assert [each.key for each in form_pair_report(report, pair).tried]
    kind = KINDS[name]
    groups = {
        each.name.split("/")[1] for each in report.cases if name_line(pair.lines[0]) in each.name
    }
    assert groups == {
        "road",
        "rules",
        *(["answers"] if kind.is_received else []),
        *(["cancellation"] if kind.is_cancelled else []),
        *(["withdrawal"] if kind.is_restated else []),
        *(["verification"] if kind.is_verified else []),
    }


def test_every_requirement_of_pairs_has_a_case(lines: dict[str, Connection]) -> None:
    required = {each.id for each in load_requirements().values() if each.profile == "pair"}
    cases = list_pair_cases(None, [*lines.values()])
    assert {name for case in cases for name in case.requirements} == required


def test_a_side_that_keeps_nothing_withdrawn_fails(
    region: Region, lines: dict[str, Connection]
) -> None:
    line = lines["PhytosanitaryCertificate-IPPC"]

    class Forgetful:
        """A side that does not say that anything was withdrawn."""

        def __init__(self, act: Act) -> None:
            self._act = act

        def do(self, step: Step, *, within: float, **members: object) -> Told:
            if members.get("facts") == "WITHDRAWN":
                members["facts"] = ""
            told = self._act.do(step, within=within, **members)
            for each in told.members.get("kept", []):
                each["facts"] = [fact for fact in each["facts"] if fact != "WITHDRAWN"]
            return told

    pair = make_pair(region, line)
    pair.acts = {**pair.acts, line.to_state: Forgetful(pair.acts[line.to_state])}
    assert f"pair/withdrawal/{name_line(line)}" in list_failed(try_pair(pair))
