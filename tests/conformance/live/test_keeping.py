"""A live run is kept as it goes, and goes on where it was broken off."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb_conformance.live import KeptRun
from swb_conformance.target import BrokenTargetError
from swb_conformance.testing import Evidence, Result, Status, SuiteCase
from swb_schemas.errors import RefusedError
from tests.conformance.live.test_own_gateway import Line

if TYPE_CHECKING:
    from pathlib import Path

    from swb_conformance.target import Target

ABOUT = {"profile": "gateway", "target": "amqp://x", "trust": "sha-256:1", "suite": "1.0"}


TIMES = [datetime(2026, 11, 1, tzinfo=UTC)]


def keep_run(folder: Path, *, about: dict[str, str], resume: bool) -> KeptRun:
    return KeptRun(folder, about=about, resume=resume, clock=lambda: TIMES[-1])


class Counting:
    """Cases that say how often they were played."""

    def __init__(self, **ends: Result | None) -> None:
        self.played: dict[str, int] = dict.fromkeys(ends, 0)
        self.cases = [self._make(name, end) for name, end in ends.items()]

    def _make(self, name: str, end: Result | None) -> SuiteCase:
        def try_on(_: Target) -> Result:
            self.played[name] += 1
            if end is None:
                raise BrokenTargetError("the line is gone")
            return end

        return SuiteCase(name=f"x/{name}", requirements=("X",), negative=False, try_on=try_on)


def play(run: KeptRun, cases: Counting) -> dict[str, Result]:
    found = {}
    for case in run.keep(cases.cases):
        try:
            found[case.name] = case.try_on(Line())
        except BrokenTargetError:
            continue
    return found


def counting() -> Counting:
    return Counting(
        good=Result(status=Status.PASSED),
        bad=Result(
            status=Status.FAILED,
            reason="expected more",
            evidence=[Evidence(name="heard-1.xml", octets=b"<x/>")],
        ),
        later=Result(status=Status.SKIPPED, reason="put off"),
        broken=None,
    )


def test_what_came_to_its_end_is_told_again_and_the_rest_is_played(tmp_path: Path) -> None:
    first, second = counting(), counting()
    play(keep_run(tmp_path / "run", about=ABOUT, resume=False), first)
    found = play(keep_run(tmp_path / "run", about=ABOUT, resume=True), second)
    assert first.played == {"good": 1, "bad": 1, "later": 1, "broken": 1}
    assert second.played == {"good": 0, "bad": 0, "later": 1, "broken": 1}
    assert found["x/good"].status is Status.PASSED
    assert (found["x/good"].told_at, found["x/later"].told_at) == (TIMES[0], None)
    assert found["x/bad"].status is Status.FAILED
    assert found["x/bad"].reason == "expected more"
    assert [each.octets for each in found["x/bad"].evidence] == [b"<x/>"]


def test_a_line_that_was_cut_off_is_a_case_that_did_not_end(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    play(keep_run(folder, about=ABOUT, resume=False), counting())
    lines = (folder / "cases.jsonl").read_text().splitlines(keepends=True)
    (folder / "cases.jsonl").write_text(lines[0] + lines[1][:20])
    again = counting()
    run = keep_run(folder, about=ABOUT, resume=True)
    assert run.ended == {"x/good"}
    play(run, again)
    assert again.played["bad"] == 1
    assert all(json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines())


@pytest.mark.parametrize("changed", ["profile", "target", "trust", "suite"])
def test_another_run_does_not_go_on_in_it(tmp_path: Path, changed: str) -> None:
    keep_run(tmp_path / "run", about=ABOUT, resume=False)
    with pytest.raises(RefusedError, match=changed) as caught:
        keep_run(tmp_path / "run", about={**ABOUT, changed: "other"}, resume=True)
    assert caught.value.code == "conformance.run_kept"


def test_no_run_is_begun_over_another_or_gone_on_with_where_none_is(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="found none"):
        keep_run(tmp_path / "none", about=ABOUT, resume=True)
    keep_run(tmp_path / "run", about=ABOUT, resume=False)
    with pytest.raises(RefusedError, match="--resume"):
        keep_run(tmp_path / "run", about=ABOUT, resume=False)


@pytest.mark.parametrize("line", ["[]", "{}", "nonsense", '{"case": 1}'])
def test_a_damaged_run_is_refused(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "run"
    keep_run(folder, about=ABOUT, resume=False)
    (folder / "cases.jsonl").write_text(f"{line}\n")
    with pytest.raises(RefusedError) as caught:
        keep_run(folder, about=ABOUT, resume=True)
    assert caught.value.code == "conformance.run_kept"


def test_a_run_of_another_form_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    keep_run(folder, about=ABOUT, resume=False)
    head = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**head, "format": "urn:swb:conformance-run:1"}))
    with pytest.raises(RefusedError, match="format"):
        keep_run(folder, about=ABOUT, resume=True)
