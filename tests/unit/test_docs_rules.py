"""The page on rules is made of the rule book.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_rules.py`` writes the page anew.
"""

from __future__ import annotations

import os
import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from swb_schemas.error_codes import load_error_codes
from swb_schemas.rulebook import CURRENT, EVERYWHERE, RULES, build_rules, read_pack
from swb_schemas.rulebook.goods import FOB_TABLE
from swb_schemas.rulebook.origin import COMBINED_WITH
from swb_schemas.rulebook.periods import EDITIONS
from swb_schemas.rulebook.reasons import OF_CANCELLATIONS, REASONS
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook import Rule

PAGE: Final = ROOT / "docs" / "reference" / "rules.md"

HEAD: Final = """\
# Rules

What agreements and code lists ask of a document beyond its structure. This page is made of the
rule book (`schemas/swb_schemas/rulebook`); `swb rules list` prints the same, `swb check` judges a
payload by it ([how](../how-to/check-a-certificate.md)).

**Who may refuse.** The side that issues refuses on weight `refuse`, before it seals; `warn` stops
nothing. The side that imports refuses for no rule: what it finds goes to its customs as advice,
with the same weights, because granting preference is customs' decision.

**Which rules.** Those of the day of issue. A code that stands several times is one rule for several
documents, agreements, states or times.

**What only the register knows** (a number that was given before, the originals of a back-to-back
certificate, what a new certificate replaces, the certificate that is spoken about) is judged where
the register has it. Where it has not, the rule is silent. What a certificate replaces is told by
the cancellation that names it; while that is only asked for, and no preference was given on the old
one, the old one counts as cancelled. That cancellation, what other certificates re-exported of the
same originals, and which extracts of declarations name a certificate, a gateway finds among what it
took since its store has schema version 4 (2 in PostgreSQL).

Some of what an agreement asks for cannot be broken, because the document's model has no way to
write it down: a ticked box without its data, an item without a criterion, an amount without a
currency.

| rule | weight | what it says | clause | holds for |
|---|---|---|---|---|
"""

TABLES: Final = """
## Figures

Least regional value content, in per cent:

| criterion | at least | below it |
|---|---|---|
{shares}
The assumed shares are this rule book's own: product-specific rules (ATIGA Annex 3) are not known
to it.

Partial cumulation: from {partial_from} to less than {partial_below} per cent.

## FOB price

Shown of items with regional value content when one of these exports or imports:

| issued from | until | states |
|---|---|---|
{fob}
## Parties

| agreement | states |
|---|---|
{parties}
## What differs by state

Data, not code (`states.toml` beside the rule book); [a pack](editions.md) may try other rows. Days
of live exchange are those of the Form D between any two states.

| state | name | party to | live since | asks besides | opted out | electronic signature |
|---|---|---|---|---|---|---|
{states}
The last two columns make lines of the book where a row fills them, here for a state XX:

| rule | weight | what it says | clause | holds for |
|---|---|---|---|---|
{notices}
## Texts

| text | issued from | until | in force |
|---|---|---|---|
{editions}
## Reasons of a refusal

The grounds of the procedures, with codes of this project's own, and what finds each:

| code | ground | clause | found by |
|---|---|---|---|
{reasons}
A doubt and the outcome of a verification name these as well; so do a cancellation, its reply and a
withdrawal, which also have:

| code | why a document is taken out of force |
|---|---|
{of_cancellations}"""


FILLED: Final = b"""
title = "columns that no row of this version fills"
[states.XX]
name = "a state"
electronic_signature = false
opted_out = [{ what = "CertificateIssue", clause = "its notice; ATIGA Annex 8 Rule 27" }]
"""


def list_lines_of_notices() -> Iterator[Rule]:
    """Lines that only a row of the table of states makes, for a state that there is not."""
    known = {rule.id for rule in RULES}
    for rule in build_rules(read_pack(FILLED)):
        if rule.id not in known:
            yield rule


def build_page() -> str:
    """The page as the rule book says it."""
    rows = "".join(_row(rule) for _, same in groupby(RULES, _row) for rule in list(same)[:1])
    notices = "".join(_row(rule) for rule in list_lines_of_notices())
    figures, table = CURRENT.figures, CURRENT.states
    shares = f"| RVC | {figures.least_share} | refuse |\n" + "".join(
        f"| {each} + RVC | {figures.assumed_share} | warn, as the share is assumed |\n"
        for each in COMBINED_WITH
    )
    fob = "".join(
        f"| {row.valid_from} | {row.valid_until or ''} | {', '.join(sorted(row.states))} |\n"
        for row in FOB_TABLE
    )
    parties = "".join(
        f"| {agreement} | {', '.join(sorted(table.list_parties(agreement)))} |\n"
        for agreement in table.agreements
    )
    tables = TABLES.format(
        notices=notices,
        shares=shares,
        partial_from=figures.partial_from,
        partial_below=figures.partial_below,
        fob=fob,
        parties=parties,
        states="".join(_row_of_state(code) for code in sorted(table.states)),
        editions="".join(
            f"| {each.name} | {each.valid_from or ''} | {each.valid_until or ''} | "
            f"{'yes' if each.in_force else 'not yet: a place and no rules'} |\n"
            for each in EDITIONS
        ),
        of_cancellations="".join(
            f"| `{code}` | {meaning} |\n" for code, meaning in OF_CANCELLATIONS.items()
        ),
        reasons="".join(
            f"| `{code}` | {each.meaning} | {each.clause} | "
            f"{', '.join(f'`{rule}`' for rule in each.rules) or each.beside} |\n"
            for code, each in REASONS.items()
        ),
    )
    return HEAD + rows + tables


def _row_of_state(code: str) -> str:
    row = CURRENT.states.states[code]
    asked = [
        *(f"at most {row.most_items.items} items" for _ in [1] if row.most_items),
        *("no later invoices" for _ in [1] if row.invoices_until_submission),
        *("whole shares of partial cumulation" for _ in [1] if row.whole_partial_shares),
    ]
    signature = {None: "not stated", True: "recognised", False: "not recognised"}
    cells = (
        code,
        row.name,
        ", ".join(sorted({*row.party_to, *row.party_since})) or "none yet",
        str(row.live_since or "not live"),
        "; ".join(asked),
        ", ".join(each.what for each in row.opted_out) or "none known",
        signature[row.electronic_signature],
    )
    return f"| {' | '.join(cells)} |\n"


def _row(rule: Rule) -> str:
    cells = (
        f"`{rule.id}`",
        rule.severity,
        rule.meaning,
        rule.clause,
        "; ".join(_conditions(rule)),
    )
    return f"| {' | '.join(cells)} |\n"


def _conditions(rule: Rule) -> Iterator[str]:
    yield rule.model.__name__
    if rule.agreements:
        yield ", ".join(sorted(rule.agreements))
    if rule.issuing_states:
        yield f"issued by {', '.join(sorted(rule.issuing_states))}"
    if rule.valid_from:
        yield f"from {rule.valid_from}"
    if rule.valid_until:
        yield f"until {rule.valid_until}"
    if rule.places != EVERYWHERE:
        yield f"at the {', '.join(sorted(rule.places))}"


def test_the_page_is_made_of_the_rule_book() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_every_rule_has_its_row_and_every_explained_rule_is_in_the_book() -> None:
    page = PAGE.read_text(encoding="utf-8")
    on_page = set(re.findall(r"^\| `((?:rule|exchange)\.\w+)[`:]", page, re.MULTILINE))
    assert on_page == {rule.code for rule in (*RULES, *list_lines_of_notices())}
    rules = {code for code in load_error_codes() if code.startswith("rule.")}
    assert {code for code in on_page if code.startswith("rule.")} == rules


def test_names_every_clause() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [rule.code for rule in RULES if rule.clause and rule.clause not in page] == []
