"""How far a command is, is shown to a person at a terminal, on one line, and to nobody else."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import pytest

from swb.cli.conformance_console import ConsoleReporter
from swb.cli.output import Output
from swb_conformance.events import CaseStarted, RunStarted, Standing
from tests.conformance.engine.doubles import AT, ended

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 80
LONG = "rules/" + "a-name-that-is-longer-than-a-line-" * 4


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def looked_at(shown: io.StringIO, *, as_json: bool = False) -> Iterator[None]:
    """Run a command whose standard error is there; pytest has its own around each test."""
    with (
        pytest.MonkeyPatch.context() as patch,
        click.Context(click.Command("run"), obj=Output(as_json=as_json)),
    ):
        patch.setenv("COLUMNS", str(COLUMNS))
        patch.setattr(sys, "stderr", shown)
        yield


def run(console: ConsoleReporter) -> None:
    console.hear(RunStarted(profile="rules", target="t", description={}, at=AT, cases=2))
    console.hear(CaseStarted(name="rules/one"))
    console.hear(ended("one", Standing.FAILED))
    console.hear(CaseStarted(name=LONG))


def read_lines(terminal: Terminal) -> list[str]:
    """Every state of the line, as the terminal had it."""
    return [click.unstyle(each).strip() for each in terminal.getvalue().split("\r") if each]


def test_a_person_sees_what_is_tried_what_failed_and_how_much_is_left() -> None:
    with looked_at(terminal := Terminal()):
        run(ConsoleReporter())
    begun, one, failed, long = read_lines(terminal)
    assert begun.startswith("0 failed  [")
    assert begun.endswith("0/2  rules")
    assert one.endswith("0/2  rules/one")
    assert failed.startswith("1 failed  [")
    assert failed.endswith("1/2  rules/one")
    shown = long.rpartition("1/2  ")[2]
    assert shown
    assert LONG.startswith(shown)
    assert all(len(each) < COLUMNS for each in (begun, one, failed, long))


def test_the_line_is_ended_before_somebody_else_writes_and_begun_again() -> None:
    console = ConsoleReporter()
    with looked_at(terminal := Terminal()):
        run(console)
        with console.paused():
            assert terminal.getvalue().endswith("\n")
            click.echo("what a person is asked to do", err=True)
        console.hear(ended("two"))
        console.close()
        console.close()
    asked, last = terminal.getvalue().split("asked to do\n")
    assert asked.count("\n") == last.count("\n") == 1
    assert "2/2  rules/two" in last
    assert last.endswith("\n")


@pytest.mark.parametrize(
    ("shown", "as_json"),
    [(Terminal(), True), (io.StringIO(), False)],
    ids=["a program", "a pipe"],
)
def test_nobody_else_is_shown_anything(shown: io.StringIO, *, as_json: bool) -> None:
    with looked_at(shown, as_json=as_json):
        run(ConsoleReporter())
    assert shown.getvalue() == ""
