"""A page in a real browser: Debian's Chromium without a window, driven by Playwright."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.services import ROOT, require_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["ARTEFACTS", "Shown", "open_browser", "show"]

ARTEFACTS = ROOT / "tests" / "artefacts"
"""Pictures that people look at; git leaves them alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a browser had to say of a page.

    Attributes:
        complaints: Errors of scripts, and whatever stands in its console.
        requests: Addresses that it asked for, the page itself left out.
        cut: Widths of what is wider than the window, and so cut off.
        dangling: Links within the page that lead nowhere.
    """

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    dangling: list[str] = field(default_factory=list)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium, and end it."""
    program = require_program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def show(browser: Browser, file: Path, *, width: int, picture: Path) -> Shown:
    """Show a page from a file, with everything that is folded in it open, and keep a picture.

    Args:
        browser: Which.
        file: The page.
        width: Of the window, in pixels.
        picture: Where the picture goes (PNG); its folder is made where it is missing.
    """
    shown = Shown()
    page = browser.new_page(viewport={"width": width, "height": 900})
    try:
        page.on("console", lambda message: shown.complaints.append(message.text))
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.on("request", lambda request: shown.requests.append(request.url))
        page.goto(file.as_uri())
        shown.requests.remove(file.as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture, full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        shown.cut.extend(_list_cut(page))
        shown.dangling.extend(
            page.evaluate(
                "[...document.querySelectorAll('a[href^=\"#\"]')].map(each => each.hash.slice(1))"
                ".filter(each => !document.getElementById(each))"
            )
        )
        return shown
    finally:
        page.close()


def _list_cut(page: Page) -> list[str]:
    """List what is wider than its place and cannot be scrolled to."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('html, body, body *')]
            .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
            .filter(each => each.tagName === 'HTML'
                || !['auto', 'scroll', 'visible'].includes(getComputedStyle(each).overflowX))
            .map(each => `${each.tagName} ${each.scrollWidth} > ${each.clientWidth}`)"""
    )
    return found
