"""A live run, kept in a folder as it goes, so that it can go on another day.

``run.json`` says what was begun; ``cases.jsonl`` has a line for each case that came to its end, and
``evidence/`` what a failed one left. A run that goes on tells what passed or failed before, and
plays the rest: what was skipped or broken off is played again.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.testing import Evidence, Result, Status
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from swb_conformance.target import Target
    from swb_conformance.testing import SuiteCase

__all__ = ["KeptRun"]

_FORMAT: Final = "urn:swb:conformance-run:2"
_ENDED: Final = frozenset({Status.PASSED, Status.FAILED})
_UNFIT: Final = re.compile(r"[^A-Za-z0-9.-]+")


class KeptRun:
    """The folder of one run.

    Args:
        folder: Where it is kept.
        about: What the run is about: a run about something else cannot go on in it.
        resume: Whether it is to go on.
        clock: The time of day, in UTC: each case is kept with the instant at which it ended.

    Raises:
        RefusedError: ``conformance.run_kept``: there is a run already, none to go on with, or one
            about something else.
        UnavailableError: ``conformance.run_unwritable``.
    """

    def __init__(
        self, folder: Path, *, about: dict[str, str], resume: bool, clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._cases = folder / "cases.jsonl"
        self._before: dict[str, dict[str, Any]] = {}
        head = folder / "run.json"
        told = {"format": _FORMAT, **about}
        try:
            if resume:
                self._resume(head, told)
            elif head.exists():
                raise _refuse(f"expected no run in {folder}; go on with it by --resume")
            else:
                folder.mkdir(parents=True, exist_ok=True)
                head.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        except OSError as cause:
            raise _unwritable(folder, cause) from cause

    @property
    def ended(self) -> frozenset[str]:
        """Names of the cases that came to their end before."""
        return frozenset(self._before)

    def keep(self, cases: Iterable[SuiteCase]) -> tuple[SuiteCase, ...]:
        """Have cases keep how they end; those that ended before tell it at once."""
        return tuple(self._keep(case) for case in cases)

    def _resume(self, head: Path, told: dict[str, str]) -> None:
        if not head.exists():
            raise _refuse(f"expected a run in {self._folder} to go on with, found none")
        try:
            found = json.loads(head.read_text(encoding="utf-8"))
            lines = self._cases.read_text(encoding="utf-8") if self._cases.exists() else ""
            # A line that was cut off is a case that did not come to its end.
            whole = lines[: lines.rfind("\n") + 1]
            rows = [json.loads(line) for line in whole.splitlines()]
            self._before = {
                row["case"]: {**row, "at": datetime.fromisoformat(row["at"])}
                for row in rows
                if row["status"] in _ENDED
            }
        except (ValueError, KeyError, TypeError) as cause:
            raise _refuse(f"expected a run in {self._folder}, found: {str(cause)[:100]}") from cause
        if len(whole) < len(lines):
            self._cases.write_text(whole, encoding="utf-8")
        differing = sorted(name for name in told if found.get(name) != told[name])
        if differing:
            raise _refuse(f"expected a run with the same {', '.join(differing)}")

    def _keep(self, case: SuiteCase) -> SuiteCase:
        if case.name in self._before:
            result = self._tell(self._before[case.name])
            return replace(case, try_on=lambda _: result)

        def try_on(target: Target) -> Result:
            found = case.try_on(target)
            self._note(case, found)
            return found

        return replace(case, try_on=try_on)

    def _tell(self, row: dict[str, Any]) -> Result:
        evidence = [
            Evidence(
                name=name.partition("/")[2], octets=(self._folder / "evidence" / name).read_bytes()
            )
            for name in row["evidence"]
            if (self._folder / "evidence" / name).is_file()
        ]
        return Result(
            status=Status(row["status"]),
            reason=row["reason"],
            evidence=evidence,
            told_at=row["at"],
        )

    def _note(self, case: SuiteCase, result: Result) -> None:
        place = _UNFIT.sub("-", case.name)
        names = []
        try:
            for each in result.evidence:
                name = f"{place}/{_UNFIT.sub('-', each.name)}"
                path = self._folder / "evidence" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(each.octets)
                names.append(name)
            row = {
                "case": case.name,
                "at": self._clock().isoformat(),
                "status": result.status,
                "reason": result.reason,
                "evidence": names,
            }
            with self._cases.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as cause:
            raise _unwritable(self._folder, cause) from cause


def _refuse(message: str) -> RefusedError:
    return RefusedError("conformance.run_kept", message, actor=Actor.OPERATOR)


def _unwritable(folder: Path, cause: OSError) -> UnavailableError:
    message = f"expected to keep the run in {folder}, found: {cause.strerror}"
    return UnavailableError("conformance.run_unwritable", message)
