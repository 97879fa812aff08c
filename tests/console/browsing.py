"""Whoever visits the console with a browser, and what is looked at on each page."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from babel.messages.pofile import read_po

from swb.console.language import LANGUAGES
from tests.chromium import launch, read_axe
from tests.console.world import password_of
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page, Response

    from tests.console.world import World

__all__ = [
    "ARTEFACTS",
    "Visitor",
    "Windows",
    "dress",
    "find_axe_faults",
    "find_layout_faults",
    "find_untranslated",
    "keep_picture",
    "launch",
    "read_axe",
]

ARTEFACTS: Final = ROOT / "tests" / "artefacts" / "console"
"""Where pictures of pages are kept, for people to look at."""
_GRAVE: Final = frozenset({"serious", "critical"})
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")
"""Rules of axe-core that look at colours; no other depends on them."""
NARROW: Final = 360
WIDE: Final = 1280
HEIGHT: Final = 800


class Windows:
    """Windows of one browser, each with a profile of its own, used by one visitor after another.

    A new one takes half a second of processor time.

    Args:
        browser: Whose.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[bool, str], list[Page]] = {}

    def take(self, *, scripts: bool, language: str) -> Page:
        """Take a window in which nobody is signed in, light and as wide as a desk's screen."""
        free = self._free.setdefault((scripts, language), [])
        if free:
            page = free.pop()
        else:
            context = self._browser.new_context(java_script_enabled=scripts, locale=language)
            page = context.new_page()
            page.set_default_timeout(20_000)
        page.context.clear_cookies()
        dress(page, dark=False, narrow=False)
        return page

    def give_back(self, page: Page, *, scripts: bool, language: str) -> None:
        """Give a window back; the next one who takes it goes elsewhere."""
        self._free[scripts, language].append(page)


class Visitor:
    """Somebody with a browser of their own.

    Args:
        world: Whose console.
        windows: Theirs, until they close them.
    """

    def __init__(self, world: World, windows: Windows) -> None:
        self.world = world
        self._windows = windows
        self._opened: list[tuple[Page, bool, str]] = []

    def open(self, name: str = "", *, scripts: bool = True, language: str = "en") -> Page:
        """Open a window of somebody who is signed in.

        Args:
            name: Who; empty is nobody. Who was signed in once in this run still is.
            scripts: Whether the browser runs scripts at all.
            language: What it accepts.
        """
        page = self._windows.take(scripts=scripts, language=language)
        self._opened.append((page, scripts, language))
        if name in self.world.signed_in:
            page.context.add_cookies(self.world.signed_in[name])
        elif name:
            self.sign_in(page, name)
            self.world.signed_in[name] = page.context.cookies()
        return page

    def sign_in(self, page: Page, name: str, password: str | None = None) -> None:
        """Fill in the form of who signs in, and send it."""
        page.goto(f"{self.world.url}/sign-in")
        page.fill("#name", name)
        page.fill("#password", password_of(name) if password is None else password)
        page.click("main button")

    def go(self, page: Page, path: str) -> Response:
        """Go to a page of the console."""
        response = page.goto(self.world.url + path)
        assert response is not None
        return response

    def close(self) -> None:
        """Close all windows."""
        for page, scripts, language in self._opened:
            self._windows.give_back(page, scripts=scripts, language=language)


def dress(page: Page, *, dark: bool, narrow: bool) -> None:
    """Have a window be dark or light, as wide as a telephone or a desk's screen."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": NARROW if narrow else WIDE, "height": HEIGHT})


def keep_picture(page: Page, name: str, *, of_faults: bool) -> None:
    """Keep a picture of a whole page that has faults; of any page with ``SWB_TEST_PICTURES=1``."""
    if not (of_faults or os.environ.get("SWB_TEST_PICTURES")):
        return
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def find_axe_faults(page: Page, *, of_colours: bool = False) -> Mapping[str, Any]:
    """Ask axe-core what keeps people out of a page; what is serious or critical, by rule.

    Args:
        page: Which.
        of_colours: Whether only rules are asked that look at colours.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(read_axe())
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if of_colours:
        options["runOnly"] = {"type": "rule", "values": _OF_COLOURS}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return {
        each["id"]: [node["html"][:200] for node in each["nodes"]]
        for each in found["violations"]
        if each["impact"] in _GRAVE
    }


_CUT: Final = """
() => {
  const wide = document.documentElement.scrollWidth > window.innerWidth;
  const scrolls = (e) => e.closest('.scroll, details:not([open]), .hidden, .skip, [hidden], svg');
  const faults = wide ? ['the page is wider than its window'] : [];
  for (const each of document.querySelectorAll('main *, header *, nav *')) {
    if (scrolls(each) || !each.getClientRects().length) continue;
    const box = each.getBoundingClientRect();
    if (box.right > window.innerWidth + 1 || box.left < -1) {
      faults.push('outside: ' + each.outerHTML.slice(0, 120));
    }
    const style = getComputedStyle(each);
    if (style.overflowX === 'hidden' && each.scrollWidth > each.clientWidth + 1) {
      faults.push('cut: ' + each.outerHTML.slice(0, 120));
    }
  }
  return faults;
}
"""
_OVERLAPS: Final = """
() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('.hidden, .skip, svg, option, thead, .ends')) continue;
    if (!parent.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      // Signs above and below a line reach into the next one by design.
      const trim = box.height * 0.3;
      texts.push({node, left: box.left, right: box.right,
                  top: box.top + trim, bottom: box.bottom - trim});
    }
  }
  const faults = [];
  texts.sort((one, other) => one.top - other.top);
  for (let at = 0; at < texts.length; at += 1) {
    for (let next = at + 1; next < texts.length; next += 1) {
      const one = texts[at], other = texts[next];
      if (other.top >= one.bottom) break;
      if (one.node === other.node) continue;
      if (other.left < one.right - 1 && one.left < other.right - 1) {
        faults.push([one, other].map((each) => each.node.data.trim().slice(0, 60)).join(' | '));
      }
    }
  }
  return faults;
}
"""


_SAID: Final = """
() => {
  const said = [];
  const heads = 'h1, h2, h3, label, legend, button, summary, dt, thead th, nav a';
  for (const each of document.querySelectorAll(heads)) {
    if (each.closest('[lang=en]') || !each.textContent.trim()) continue;
    const own = [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    said.push(...own.map((node) => node.data.trim()).filter((text) => text.length > 2));
  }
  return said;
}
"""


def find_untranslated(page: Page) -> list[str]:
    """Find headings, labels, buttons and columns of a Vietnamese page that are in English."""
    return sorted(set(page.evaluate(_SAID)) & _list_english())


@cache
def _list_english() -> frozenset[str]:
    """Every message as it stands in the templates, where its translation is another text."""
    catalogue = LANGUAGES["vi"].catalogue
    file = ROOT / "broker/swb/console/locale/vi/LC_MESSAGES/console.po"
    with file.open("rb") as source:
        messages = [str(each.id) for each in read_po(source) if each.id]
    return frozenset(each for each in messages if catalogue.gettext(each) != each)


def find_layout_faults(page: Page) -> list[str]:
    """Find what lies outside of its window, is cut, or overlaps other text."""
    return [*page.evaluate(_CUT), *page.evaluate(_OVERLAPS)]
