"""``swb drill faults``: a death at every fault point; every document arrives once."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from swb.app.fault_points import list_fault_points
from swb.cli.drill_faults import describe_crash_drill
from swb.sandbox.crash_drill import TRIED_ALONE, Crash, CrashDrill, run_crash_drill
from swb.sandbox.fleet import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

CLEAN = Verdict(documents=1, lost=0, duplicated=0, refused=0, handed_over_again=0, stuck={})


def test_lists_every_fault_point_by_name(swb: Program) -> None:
    ran = swb("drill", "faults", "--list")
    assert ran.status == 0
    assert ran.stdout.decode().split() == list(list_fault_points())


@pytest.mark.timeout(300)
def test_daemons_die_at_every_point_and_every_document_arrives_once(swb: Program) -> None:
    arguments = [str(swb.path), "drill", "faults", "--each-once", "--json"]
    ran = subprocess.run(arguments, capture_output=True, check=False, timeout=280)
    assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
    told = json.loads(ran.stdout)
    for figure in ("lost", "duplicated", "refused", "stuck"):
        assert told[figure] == 0
    walked = {each["point"] for each in told["crashes"] if each["died"]}
    assert set(list_fault_points()) - walked == {
        point for point in list_fault_points() if point.split(":")[1] in TRIED_ALONE
    }
    assert told["documents"] >= 1


def test_fails_when_a_document_is_lost_or_a_point_was_not_come_by() -> None:
    lost = Verdict(documents=1, lost=1, duplicated=0, refused=0, handed_over_again=0, stuck={})
    answer = describe_crash_drill(CrashDrill(verdict=lost), seconds=1)
    assert answer.failure is not None
    assert answer.failure.code == "drill.not_once"
    missed = [Crash(daemon="router", point="line:settle:after", died=False)]
    answer = describe_crash_drill(CrashDrill(crashes=missed, verdict=CLEAN), seconds=1)
    assert answer.failure is not None
    assert answer.failure.code == "drill.not_come_by"
    assert describe_crash_drill(CrashDrill(verdict=CLEAN), seconds=1).failure is None


@pytest.mark.parametrize(
    ("sabotage", "daemon", "point", "figure"),
    [
        ("settle before commit", "gateway-VN", "store:accept:before", "lost"),
        ("name deliveries anew", "gateway-VN", "national:deliver:after", "duplicated"),
    ],
)
async def test_the_judge_sees_what_a_broken_daemon_loses_or_doubles(
    sabotage: str,
    daemon: str,
    point: str,
    figure: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SABOTAGE", sabotage)
    drill = await run_crash_drill(
        tmp_path,
        points=lambda who, where: (who, where) == (daemon, point),
        nursery="tests.acceptance.sabotage",
        patience=4,
    )
    assert drill.missed == []
    assert drill.verdict is not None
    assert getattr(drill.verdict, figure) >= 1
    answer = describe_crash_drill(drill, seconds=1)
    assert answer.failure is not None
    assert answer.failure.code == "drill.not_once"
