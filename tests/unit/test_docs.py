"""The documentation points at what is there, and names every verb.

Whoever documents something that can be compared with the code adds a `test_docs_*.py` beside
this one; ``make docs`` runs them all.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *#*$", re.MULTILINE)
VERB = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)


def find_pages() -> list[Path]:
    """Every Markdown file that is part of the repository, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        return sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md"))
    pages = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(page for page in pages if page.exists())


def read(page: Path) -> str:
    """A page without what stands in it as code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    """The anchors that headings make, as the usual viewers spell them."""
    headings = (re.sub(r"[`*]", "", each).lower() for each in HEADING.findall(read(page)))
    return {re.sub(r"[^\w\- ]", "", each).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(read(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert not broken


def test_every_long_module_has_its_reason() -> None:
    rows = dict(re.findall(r"^\| `(swb[\w.]*)` \| (.+) \|$", _read_long_modules(), re.MULTILINE))
    found = {
        ".".join(path.relative_to(ROOT / folder).with_suffix("").parts): len(
            path.read_bytes().splitlines()
        )
        for folder in ("schemas", "adapters", "broker")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name for name, lines in found.items() if lines > 400} == set(rows)
    assert max(found.values()) <= 600


def _read_long_modules() -> str:
    return (ROOT / "ARCHITECTURE.md").read_text().partition("## Modules of more than 400 lines")[2]


def test_every_verb_is_explained() -> None:
    verbs = set(VERB.findall((ROOT / "Makefile").read_text()))
    explained = set(re.findall(r"\| `make (\w+)` \|", (ROOT / "CONTRIBUTING.md").read_text()))
    assert explained == verbs - {"help"}


def test_every_page_stands_once_in_the_list_of_pages() -> None:
    listed = LINK.findall(read(ROOT / "docs" / "README.md"))
    assert len(listed) == len(set(listed))
    kinds = ("tutorial", "how-to", "reference", "explanation")
    there = {
        str(page.relative_to(ROOT / "docs"))
        for kind in kinds
        for page in (ROOT / "docs" / kind).glob("*.md")
    }
    assert not there - set(listed)
