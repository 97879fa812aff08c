"""A line that a rule lets off says why, in the form that `WITH_REASON` has."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.services import ROOT

FOLDERS: Final = ("schemas", "adapters", "broker", "tests", "tools")
EXEMPTION: Final = re.compile(r"#\s*(?:noqa\b|type:\s*ignore).*", re.IGNORECASE)
NOQA: Final = r"#[ ]noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)* - \S.+"
IGNORE: Final = r"#[ ]type: ignore\[[a-z-]+(?:, [a-z-]+)*\]"
WITH_REASON: Final = re.compile(rf"(?:{IGNORE}  )?{NOQA}|{IGNORE}  # (?!noqa)\S.+")


def find_unexplained(text: str) -> list[str]:
    """Exemptions in a program's text that give no reason."""
    return [each for each in EXEMPTION.findall(text) if WITH_REASON.fullmatch(each) is None]


def test_every_exemption_has_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for each in find_unexplained(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "is_explained"),
    [
        ("x = 1  # no" + "qa", False),
        ("x = 1  # no" + "qa: S311", False),
        ("x = 1  # no" + "qa: S311, SLF001 -", False),
        ("x = 1  #no" + "qa: S311 - drawn", False),
        ("x = 1  # no" + "qa: S311, SLF001 - drawn, and of the test", True),
        ("x = 1  # ty" + "pe: ignore", False),
        ("x = 1  # ty" + "pe: ignore[misc]", False),
        ("x = 1  # ty" + "pe: ignore # of a library", False),
        ("x = 1  # ty" + "pe: ignore[misc]  # no" + "qa: S311", False),
        ("x = 1  # ty" + "pe: ignore[misc]  # of a library", True),
        ("x = 1  # ty" + "pe: ignore[misc, index]  # no" + "qa: S311 - drawn", True),
        ("x = 1  # nothing", True),
    ],
)
def test_an_exemption_without_a_reason_is_noticed(line: str, *, is_explained: bool) -> None:
    assert (find_unexplained(line) == []) is is_explained
