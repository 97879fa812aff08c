"""Takes one case through the real door, and looks at what was said and what is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError
from tests.refusals.doors import open_door

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.softkey import DevelopmentKeys
    from swb.services.submit import Accepted
    from tests.refusals.cases import Case

__all__ = ["Outcome", "count_rows", "list_refusals", "take_through"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a case.

    Attributes:
        refusal: What was said; None where the payload was taken.
        accepted: What the payload became, where it was taken.
        earlier: What the payloads before it became.
        rows_before: Rows of each table of the store before the case.
        rows_after: The same after it.
        remarked: Codes of refusals that the case added to what figures are made of.
        commits: How often the case committed something.
    """

    refusal: RefusedError | None
    accepted: Accepted | None
    earlier: tuple[Accepted, ...]
    rows_before: dict[str, int]
    rows_after: dict[str, int]
    remarked: list[str]
    commits: int

    @property
    def said(self) -> str:
        """What the first finding says, or the sentence where no place can be named."""
        if self.refusal is None:
            return "accepted before: the earlier document is named, and nothing new is sent"
        return self.refusal.findings[0].message if self.place else self.refusal.message

    @property
    def place(self) -> str:
        """Where in the payload, as the first finding has it; empty where it is the whole."""
        if self.refusal is None or not self.refusal.findings:
            return ""
        first = self.refusal.findings[0]
        return first.national_path or first.path

    @property
    def texts(self) -> list[str]:
        """Everything that was said."""
        if self.refusal is None:
            return []
        findings = self.refusal.findings
        told = [(each.message, each.path, each.national_path, each.clause) for each in findings]
        return [self.refusal.message, *(text for texts in told for text in texts)]


def count_rows(file: Path) -> dict[str, int]:
    """Count what a store holds, table by table, but for what only figures are made of."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'remarks'"
        ).fetchall()
        rows = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of our own tables
            for (name,) in names
        }
    connection.close()
    return rows


def list_refusals(file: Path) -> list[str]:
    """List the codes of what was refused, as figures tell it."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT code FROM remarks WHERE kind = 'refusal' ORDER BY sequence"
        )
        return [code for (code,) in found]


async def take_through(case: Case, folder: Path, keys: DevelopmentKeys) -> Outcome:
    """Submit a case's payload to the gateway that speaks its format.

    Any exception but `RefusedError` is an internal fault, and passes.
    """
    raw = case.make()
    async with open_door(case.format, folder, keys) as door:
        earlier = [await door.submitting.submit(make()) for make in case.before]
        commits = len(door.commits)
        before = count_rows(folder / "store.db")
        remarked = len(list_refusals(folder / "store.db"))
        refusal, accepted = None, None
        try:
            accepted = await door.submitting.submit(raw)
        except RefusedError as refused:
            refusal = refused
        return Outcome(
            refusal=refusal,
            accepted=accepted,
            earlier=tuple(earlier),
            rows_before=before,
            rows_after=count_rows(folder / "store.db"),
            remarked=list_refusals(folder / "store.db")[remarked:],
            commits=len(door.commits) - commits,
        )
