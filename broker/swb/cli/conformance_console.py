"""A run as people see it: a bar on standard error while it lasts, then what failed and why."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from swb.cli.progress import make_bar
from swb_conformance.events import (
    NOT_TRIED,
    CaseEnded,
    CaseStarted,
    RunEnded,
    RunStarted,
    Standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click._termui_impl import ProgressBar

    from swb_conformance.events import Event
    from swb_conformance.report import Report

__all__ = ["ConsoleReporter", "spell_report"]

_MOST_SHOWN: Final = 30
"""Failures that people are shown; the reports in files have all."""


class ConsoleReporter:
    """Shows progress on standard error, where a person looks on."""

    def __init__(self) -> None:
        self._bar: ProgressBar[str] | None = None
        self._failed = 0

    def hear(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case RunStarted():
                self._begin(event)
            case CaseStarted():
                self._show(event.name)
            case CaseEnded():
                self._failed += event.standing is Standing.FAILED
                self._show(event.name, advance=1)
            case RunEnded():
                self.close()
            case _:
                pass

    @contextmanager
    def paused(self) -> Iterator[None]:
        """End the bar's line for as long as somebody else writes to the terminal."""
        bar = self._bar
        if bar is not None:
            bar.render_finish()
        try:
            yield
        finally:
            if bar is not None and bar is self._bar:
                bar.render_progress()

    def close(self) -> None:
        """End the bar; safe to repeat."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None

    def _begin(self, started: RunStarted) -> None:
        self._bar = make_bar(started.cases, "0 failed")
        self._show(started.profile)

    def _show(self, name: str, *, advance: int = 0) -> None:
        if self._bar is not None:
            self._bar.label = f"{self._failed} failed"
            self._bar.update(advance, name)
            self._bar.render_progress()


def spell_report(report: Report) -> str:
    """Tell people what a run came to."""
    return "\n".join(_spell(report))


def _spell(report: Report) -> Iterator[str]:
    yield from _spell_failures(report)
    for case in report.cases:
        if case.standing is Standing.DEVIATING:
            yield f"deviating  {case.name}: {case.deviation}"
    why = Counter(each.reason for each in report.cases if each.standing is Standing.SKIPPED)
    for reason, count in why.most_common(_MOST_SHOWN):
        yield f"skipped    {count} case(s): {reason}"
    if report.ended.cut_short and not any(
        each.reason.startswith(NOT_TRIED) for each in report.cases
    ):
        yield f"cut short  {report.ended.cut_short}"
    yield f"types      {'; '.join(map(str, report.types)) or 'none named: tried with all'}"
    if report.left_out:
        yield f"left out   not carried, and not tried: {', '.join(report.left_out)}"
    if report.unshown:
        yield f"incomplete nothing shows {', '.join(report.unshown)}"
    if report.left_aside:
        yield f"left aside by the description: {', '.join(report.left_aside)}"
    negative = sum(each.negative for each in report.cases)
    counts = ", ".join(f"{report.count(each)} {each}" for each in Standing)
    yield (
        f"{report.started.profile} of {report.started.target}: {counts}; {len(report.cases)} "
        f"case(s), {negative} negative, in {report.ended.seconds:.1f} s"
    )


def _spell_failures(report: Report) -> Iterator[str]:
    """Tell failures, those of one reason together: the first of them with how to try it again."""
    together: dict[str, list[CaseEnded]] = {}
    for case in report.cases:
        if case.standing is Standing.FAILED:
            together.setdefault(case.reason, []).append(case)
    for reason, (case, *others) in list(together.items())[:_MOST_SHOWN]:
        if reason.startswith(NOT_TRIED):
            yield f"failed     {len(others) + 1} case(s): {reason}"
            continue
        yield f"failed     {case.name}  [{', '.join(case.requirements)}]"
        yield f"           {reason}"
        yield f"           again: {report.spell_repeat(case)}"
        if others:
            yield f"           the same of {len(others)} more, such as {others[0].name}"
    left = sum(map(len, list(together.values())[_MOST_SHOWN:]))
    if left:
        yield f"           ... and {left} more; --html and --json show all"
