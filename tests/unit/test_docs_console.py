"""The page on the console says which role sees what, as the code has it.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_console.py`` writes its table anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from swb.console.application import PAGES
from swb.console.places import list_places
from swb.core.access import RIGHTS, AccessRole, Right
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = ROOT / "docs" / "how-to" / "use-the-console.md"
BEGIN: Final = "<!-- rights -->\n"
END: Final = "<!-- /rights -->\n"
ROLES: Final = (
    AccessRole.VIEWER,
    AccessRole.OPERATOR,
    AccessRole.ADMINISTRATOR,
    AccessRole.REGULATOR,
)
ACTS: Final = {
    "what a document says, and its files": Right.READ_PAYLOAD,
    "the container of evidence": Right.READ_EVIDENCE,
    "send or hand over again": Right.REPLAY,
    "give up": Right.DISCARD,
    "agree as the second person": Right.APPROVE,
}
"""What is done on pages, beside seeing them."""


def write_table() -> Iterator[str]:
    yield f"| page | {' | '.join(ROLES)} |"
    yield "|---" * (len(ROLES) + 1) + "|"
    pages = {
        place.name: place.right for group in list_places(frozenset(Right)) for place in group.places
    }
    for name, right in {**pages, **ACTS}.items():
        marks = ("yes" if right in RIGHTS[role] else "" for role in ROLES)
        yield f"| {name} | {' | '.join(marks)} |"


def test_the_table_of_rights_is_that_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, behind = rest.partition(END)
    written = before + BEGIN + "\n".join(write_table()) + "\n" + END + behind
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def test_a_place_asks_for_the_right_of_its_page() -> None:
    """What the page says is what the door asks for."""
    asked = {page.path: page.right for page in PAGES if page.method == "GET"}
    for group in list_places(frozenset(Right)):
        for place in group.places:
            assert asked[place.path] is place.right, place
