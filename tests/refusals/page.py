"""``docs/reference/refusals.md`` is made of the table, and of what was really said.

``SWB_WRITE_DOCS=1 pytest tests/refusals`` writes the page anew.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.refusals.cases import Case
    from tests.refusals.outcomes import Outcome

PAGE: Final = ROOT / "docs" / "reference" / "refusals.md"

HEAD: Final = """\
# What is said to bad input

What comes of a payload that somebody hands in to a gateway (`swb submit`, or the drop folder) and
that cannot be taken. This page is made by `tests/refusals`: each row was taken through the real
door of a gateway that speaks the format, with the store behind it, and nothing was left in the
store. Every refusal is final: the same octets are refused again. Texts of payloads are not
repeated; where a value is no number, date or short code, only its length is told.

*Where* is the place in the sender's own format, as the first finding names it: an element or
member, or line and column where there is no readable payload. It is empty where it is the whole.
What each code means, and what to do about it, is in [error codes](errors.md).

In the drop folder, what is refused is put into `in/refused/`, with the reason beside it in
`NAME.json`. Folders, links, names that begin with a dot and names that end in `.part` are left
alone. Of a file that is larger than any payload may be, 20,000,001 octets are read and no more.
"""

COLUMNS: Final = """
| what somebody does | format | code | who must act | what is said | where |
|---|---|---|---|---|---|
"""


def spell_cell(text: str) -> str:
    """Text in a cell of a table, as it is."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")
    return escaped.replace("*", "\\*").replace("[", "\\[").replace("_", "\\_")


def build_rows(cases: Iterable[tuple[Case, Outcome]]) -> Iterator[str]:
    """One row for each case; formats of which the same is to be said share one."""
    shared: dict[tuple[str, ...], dict[str, str]] = {}
    for case, outcome in cases:
        refusal = outcome.refusal
        row = (
            case.what,
            f"`{refusal.code}`" if refusal else "",
            str(refusal.actor) if refusal else "nobody",
            spell_cell(outcome.said),
        )
        shared.setdefault(row, {})[case.format] = outcome.place
    for (what, *told), places in shared.items():
        where = spell_places(places)
        yield f"| {what} | {', '.join(places)} | {' | '.join(told)} | {where} |\n"


def spell_places(places: dict[str, str]) -> str:
    """One place for all formats, or each with its own."""
    if len(set(places.values())) == 1:
        (place,) = set(places.values())
        return f"`{place}`" if place else ""
    return "<br>".join(f"{name}: `{place}`" for name, place in places.items())


def build_page(outcomes: list[tuple[Case, Outcome]]) -> str:
    """The page as the outcomes say it."""
    parts = [HEAD]
    for group, cases in groupby(outcomes, key=lambda each: each[0].group):
        parts += [f"\n## {group}\n", COLUMNS, *build_rows(cases)]
    return "".join(parts)
