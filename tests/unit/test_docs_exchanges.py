"""The page on exchanges is made of the table.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_exchanges.py`` writes the page anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from swb_schemas.exchanges import LIMITS, MACHINES
from swb_schemas.exchanges.limits import TIME_TO_REPLY
from swb_schemas.exchanges.table import ACROSS, KEPT, State
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.exchanges.table import Entry, MachineTable

PAGE: Final = ROOT / "docs" / "reference" / "exchanges.md"

HEAD: Final = """\
# Exchanges

What two states do about one certificate, as four machines that run side by side. This page is made
of `schemas/swb_schemas/exchanges`; `swb status` shows where a certificate stands in them, and why
it is built so is told in [the decision](../adr/exchanges.md).

A cell is the state that follows. `kept`: the move is taken and changes nothing. A code: the move is
forbidden ([what the codes mean](errors.md)). Whoever **makes** a forbidden move is refused before
anything is sealed. Whoever **receives** one may learn of things in another order than they happened
in: what comes too early is held (`exchange.too_early`) and judged again, what was overtaken is
kept, and only what no order explains is refused.

**Numbers.** *The highest stands*: responses of customs count on from 1, a later one reverses an
earlier one. *Begins a round*: round n opens when n - 1 has ended. *Belongs to a round*: it has the
number of what it replies to; the first reply of a side stands, and where two that disagree arrive
nevertheless, the one that leaves less to be gained stands.
"""

ACROSS_HEAD: Final = """
## Across machines

What the state of one machine forbids of a move of another. It is judged where the move is made
only.

| move | while | code |
|---|---|---|
"""

LIMITS_HEAD: Final = """
## Times

Judged by the moment that is given. An **alarm** is raised while somebody is awaited and stops when
he has come; what came late is a **finding** about what came. That customs sends no response is
neither: it may respond while the certificate holds, and need not (ATIGA Annex 8, Rule 30(2)).

| code | runs from | until | days | clause | agreement | alarm |
|---|---|---|---|---|---|---|
"""


def spell(entry: Entry) -> str:
    """One cell."""
    return entry if isinstance(entry, State) else "kept" if entry == KEPT else f"`{entry}`"


def build_machine(table: MachineTable) -> Iterator[str]:
    """The section of one machine."""
    yield f"\n## {table.machine.capitalize()}\n\nBegins in {table.states[0]}.\n\n"
    heads = ("move", "by", "message", "number", *(f"in {state}" for state in table.states))
    yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    for row in table.moves:
        cells = (spell(row.entries[state]) for state in table.states)
        head = (row.move, row.by, f"`{row.message_type}`", row.numbering)
        yield f"| {' | '.join((*head, *cells))} |\n"


def build_page() -> str:
    """The page as the table says it."""
    parts = [HEAD]
    for table in MACHINES:
        parts += build_machine(table)
    parts.append(ACROSS_HEAD)
    parts += [
        f"| {move} | {state} | `{code}` |\n"
        for move, entries in ACROSS.items()
        for state, code in entries.items()
    ]
    parts.append(LIMITS_HEAD)
    parts += [
        f"| `{each.code}` | {', '.join(sorted(each.begins))} | {', '.join(sorted(each.ends))} "
        f"| {each.within.days} | {each.clause or 'our own'} "
        f"| {', '.join(sorted(each.agreements)) or 'every'} | {'yes' if each.alarms else 'no'} |\n"
        for each in LIMITS
    ]
    reply = TIME_TO_REPLY
    parts.append(
        f"\nWho denies without a reply in the {reply.within.days} days from the request is warned "
        f"(`{reply.code}`, {reply.clause}). A refusal is late (`exchange.refusal_late`) in each "
        "response that refuses an item which the one before did not. Nobody is awaited for a "
        "certificate that is cancelled.\n"
    )
    return "".join(parts)


def test_the_page_is_made_of_the_table() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"
