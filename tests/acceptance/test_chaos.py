"""``make chaos-short``: every kind of fault in less than a minute, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from swb.backends.postgres.node import find_postgres
from swb.backends.rabbitmq.node import find_rabbitmq
from swb.cli.drill_chaos import describe_chaos
from swb.sandbox.chaos.plan import Kind, Strike
from swb.sandbox.chaos.run import ChaosRun, find_faketime
from swb.sandbox.fleet import Verdict
from tests.services import miss

if TYPE_CHECKING:
    from tests.acceptance.program import Program

CLEAN = {"documents": 5, "lost": 0, "duplicated": 0, "refused": 0, "handed_over_again": 1}


@pytest.mark.timeout(300)
def test_no_document_is_lost_doubled_or_stuck_whatever_fails(swb: Program) -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")
    if find_faketime() is None:
        miss("libfaketime", "faketime")
    arguments = ("--nodes", "1", "--documents", "60", "--faults", "11", "--patience", "90")
    ran = subprocess.run(
        [str(swb.path), "drill", "chaos", *arguments],
        capture_output=True,
        check=False,
        timeout=280,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
    told = json.loads(ran.stdout.splitlines()[-1])
    assert (told["documents"], told["lost"], told["duplicated"], told["stuck"]) == (60, 0, 0, 0)
    assert told["faults"] == {str(kind): 1 for kind in Kind}
    assert told["catch_up_seconds"] >= 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"lost": 1},
        {"duplicated": 1},
        {"refused": 1},
        {"stuck": {"gateway-TH": {"parked": 1}}},
    ],
)
def test_fails_when_a_document_did_not_arrive_once(wrong: dict[str, object]) -> None:
    run = run_of({"stuck": {}, **CLEAN, **wrong})
    answer = describe_chaos([run_of({"stuck": {}, **CLEAN}), run])
    assert answer.failure is not None
    assert answer.failure.code == "drill.not_once"


def test_fails_when_it_does_not_come_to_rest_and_adds_runs_up() -> None:
    quiet, restless = run_of({"stuck": {}, **CLEAN}), run_of({"stuck": {}, **CLEAN})
    restless.is_quiet = False
    assert describe_chaos([quiet, restless]).failure is not None
    answer = describe_chaos([quiet, quiet])
    assert answer.failure is None
    assert json.loads(answer.text.splitlines()[-1])["documents"] == 10


def test_fails_when_a_fault_was_not_seen_to_strike() -> None:
    planned = Strike(at=0.1, kind=Kind.KILL_ROUTER, target="router", lasts_for=1)
    run = run_of({"stuck": {}, **CLEAN})
    run.plan = [planned, planned]
    run.done.update([Kind.KILL_ROUTER])
    answer = describe_chaos([run])
    assert answer.failure is not None
    assert "{'kill router': 1}" in answer.failure.message
    assert json.loads(answer.text)["faults"] == {"kill router": 1}
    run.done.update([Kind.KILL_ROUTER])
    assert describe_chaos([run]).failure is None


def run_of(verdict: dict[str, object]) -> ChaosRun:
    return ChaosRun(
        seed=1,
        plan=[],
        done=Counter(),
        verdict=Verdict(**verdict),  # type: ignore[arg-type]  # fields by name
        seconds=1,
        catch_up_seconds=0.5,
        is_quiet=True,
        ended=Counter(),
    )
