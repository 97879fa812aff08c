"""The page of attacks is made of the catalogue.

``SWB_WRITE_DOCS=1 pytest tests/attacks/test_docs_attacks.py`` writes it anew.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from swb_schemas.error_codes import load_error_codes
from tests.attacks.catalogue import ATTACKS, BOOKS
from tests.attacks.story import Side
from tests.services import ROOT

if TYPE_CHECKING:
    from tests.attacks.story import Attack

PAGE: Final = ROOT / "docs" / "reference" / "attacks.md"

HEAD: Final = """\
# Attacks

What was tried against this broker, and what it met. Each attack is mounted by `make test`
(`tests/attacks/stories`), with true keys where the attacker would have them, against the functions
that the program calls or against a region that runs in the test; this page is made of the same
stories. It is a list of what is tested, and no proof that nothing else works.

*Meets* is the code of [the refusal](errors.md), or of the warning or delay where there is no
refusal; several codes are several attempts. In capitals stands what is no refusal: `REPEAT`, the
message was recognised and had no second effect; `AS1`, `RELAYED`, `AS3`, the status at which the
sender's gateway shows the document; `IGNORED`, it was left where it lay. `missing`
and `rewrite` are proofs against the log.

| attacker | has | attacks |
|---|---|---|
"""

HAS: Final = {
    Side.OUTSIDER: "no key; makes files, and puts them where anybody can",
    Side.MEMBER: "a state's true keys: dishonest, or broken into",
    Side.INSIDER: "the files, database and configuration of a gateway or router",
    Side.ROUTER: "every message in its hands, and the router's keys",
    Side.REGION: "the region's root, its list and its table of connections",
}


def spell_met(attack: Attack) -> str:
    """What an attack meets, as the page says it."""
    return ", ".join(f"`{each}`" for each in dict.fromkeys(attack.expected.split(", ")))


def build_page() -> str:
    """The page as the stories say it."""
    counted = Counter(each.by for each in ATTACKS)
    parts = [HEAD]
    parts += [f"| {side} | {HAS[side]} | {counted[side]} |\n" for side in Side]
    parts.append(f"| all | | {len(ATTACKS)} |\n")
    for book in BOOKS:
        parts.append(f"\n## {book.title}\n\n")
        parts.append("| attack | by | what is done | for what | meets | noticed by |\n")
        parts.append("|---|---|---|---|---|---|\n")
        parts += [
            f"| {each.name[0].upper()}{each.name[1:]} | {each.by} | {each.story} | {each.gain} "
            f"| {spell_met(each)} | {each.noticed_by} |\n"
            for each in book.attacks
        ]
    return "".join(parts)


def test_the_page_is_made_of_the_attacks() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_every_code_on_the_page_is_explained() -> None:
    met = {code for each in ATTACKS for code in each.expected.split(", ") if "." in code}
    assert met <= set(load_error_codes())


def test_no_cell_of_the_table_breaks_it() -> None:
    for each in ATTACKS:
        for cell in (each.name, each.story, each.gain, each.noticed_by):
            assert "|" not in cell, each.name
            assert "\n" not in cell, each.name
