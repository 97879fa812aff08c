"""The auditor's guide names entries of the audit trail as the program writes them."""

from __future__ import annotations

import ast
import re
from typing import Final

from swb.core.approving import Step
from tests.services import ROOT

PAGE: Final = ROOT / "docs" / "how-to" / "audit.md"

WRITERS: Final = ("services", "cli", "console", "api")
"""Packages of `swb` whose modules enter something into the trail."""

FAMILIES: Final = re.compile(r"(daemon|trust|connections|evidence erase|parked)[a-z]*( [a-z]+)*")
"""How the actions begin that the guide has an auditor read, beside approvals."""


def named_actions() -> set[str]:
    """The actions in the first column of the guide's table."""
    section = PAGE.read_text(encoding="utf-8").partition("## Which entries of the trail\n")[2]
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line[:3] == "| `"]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def written_actions() -> set[str]:
    """Every text of several words in the code that can be one of these actions."""
    trees = (
        ast.parse(module.read_text(encoding="utf-8"))
        for package in WRITERS
        for module in (ROOT / "broker" / "swb" / package).rglob("*.py")
    )
    texts = (
        node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)
    )
    return set(Step) | {
        text for text in texts if isinstance(text, str) and " " in text and FAMILIES.fullmatch(text)
    }


def test_the_guide_names_each_action_as_it_is_written() -> None:
    assert named_actions() == written_actions()
