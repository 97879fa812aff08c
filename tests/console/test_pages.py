"""Every page, light and dark, wide and narrow: readable by everybody, and nothing is cut."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from tests.console.browsing import (
    dress,
    find_axe_faults,
    find_layout_faults,
    find_untranslated,
    keep_picture,
)
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.console.browsing import Visitor
    from tests.console.world import World

PAGES: Final = {
    "sign-in": ("", "/sign-in"),
    "documents": ("olga", "/documents"),
    "search": ("olga", "/documents?q=CONSOLE"),
    "track": ("olga", "/documents/{scripts}"),
    "track-long": ("olga", "/documents/{long}"),
    "track-without-payload": ("vera", "/documents/{scripts}"),
    "day": ("olga", "/day"),
    "wrong-day": ("olga", "/day?day=yesterday"),
    "release-times": ("olga", "/release-times"),
    "rules": ("olga", "/rules"),
    "operations": ("olga", "/operations"),
    "parked": ("olga", "/parked"),
    "parked-one": ("olga", "/parked/{letter}"),
    "approvals": ("olga", "/approvals"),
    "partners": ("olga", "/partners"),
    "certificates": ("olga", "/certificates"),
    "log": ("olga", "/log"),
    "reconciliation": ("olga", "/reconciliation"),
    "audit": ("rita", "/audit"),
    "forms": ("olga", "/forms"),
    "form": ("olga", "/forms/{draft}"),
    "failure": ("vera", "/parked"),
}
"""By name: who looks, and where."""


def locate(world: World, path: str) -> str:
    """Write ids of this world into the path of a page."""
    if "{draft}" in path:
        path = path.replace("{draft}", world.keep_draft("olga"))
    return path.format(letter=world.letters[0], **world.documents)


def find_faults_of_looks(page: Page, name: str) -> dict[str, Sequence[object]]:
    """Find faults of a page, light and dark, wide and narrow, by its look.

    Dark differs from light in its colours alone, so the other rules are asked once a width.
    """
    faults: dict[str, Sequence[object]] = {}
    for dark, narrow in product((False, True), repeat=2):
        dress(page, dark=dark, narrow=narrow)
        look = f"{name}-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}"
        found: list[object] = [
            *find_axe_faults(page, of_colours=dark).items(),
            *find_layout_faults(page),
        ]
        keep_picture(page, look, of_faults=bool(found))
        if found:
            faults[look] = found
    return faults


def test_dark_changes_colours_alone() -> None:
    """So what does not look at colours is the same in both."""
    sheet = (ROOT / "broker/swb/console/static/console.css").read_text(encoding="utf-8")
    assert sheet.count("prefers-color-scheme") == 1
    dark = sheet.partition("@media (prefers-color-scheme: dark) {")[2].partition("\n}")[0]
    _, opened, rules = dark.partition(":root {")
    lines = rules.rpartition("}")[0].split(";")
    assert opened
    assert all(re.fullmatch(r"\s*(--[a-z-]+: #[0-9a-f]{6})?\s*", line) for line in lines), lines


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_by_everybody_and_nothing_is_cut(visitor: Visitor, name: str) -> None:
    who, path = PAGES[name]
    page = visitor.open(who)
    visitor.go(page, locate(visitor.world, path))
    faults = find_faults_of_looks(page, name)
    visitor.go(page, _in_vietnamese(locate(visitor.world, path)))
    for dark, narrow in ((False, True), (True, False)):
        dress(page, dark=dark, narrow=narrow)
        look = f"vietnamese-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}"
        cut = find_layout_faults(page)
        keep_picture(page, f"{name}-{look}", of_faults=bool(cut))
        if cut:
            faults[look] = cut
    assert page.locator("html").get_attribute("lang") == "vi"
    assert find_untranslated(page) == []
    assert faults == {}


PAPER: Final = 718
"""What A4 has between Chromium's margins, in CSS pixels."""
_BEYOND: Final = """
() => [...document.querySelectorAll("table")]
  .map(table => [...table.querySelectorAll("th, td")]
    .filter(cell => cell.getBoundingClientRect().right > document.documentElement.clientWidth))
  .filter(cells => cells.length)
  .map(cells => cells[0].textContent.trim())
"""


def test_paper_cuts_no_column_off(visitor: Visitor) -> None:
    """A page that is printed has no bar to scroll with."""
    for name in ("track", "track-long", "day", "operations", "partners", "log", "reconciliation"):
        who, path = PAGES[name]
        page = visitor.open(who)
        visitor.go(page, locate(visitor.world, path))
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PAPER, "height": 1000})
        beyond = page.evaluate(_BEYOND)
        keep_picture(page, f"{name}-print", of_faults=bool(beyond))
        page.emulate_media(media="screen")
        assert (name, beyond) == (name, [])


@pytest.mark.parametrize(("language", "check"), [("en", "Check"), ("vi", "Kiểm tra")])
def test_a_form_with_faults_is_readable_by_everybody(
    visitor: Visitor, language: str, check: str
) -> None:
    page = visitor.open("olga", language=language)
    visitor.go(page, locate(visitor.world, "/forms/{draft}"))
    page.fill("[name='Consignee/Country']", "Narnia")
    page.fill("[name='Item[1]/CommodityCode']", "12")
    page.fill("[name='Item[1]/Quantity']", "8.400,00")
    page.get_by_role("button", name=check).first.click()
    assert find_faults_of_looks(page, f"form-with-faults-{language}") == {}
    assert page.locator("[aria-invalid=true]").count() > 10


def _in_vietnamese(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang=vi"
