"""The page that tells what is simulated names every format that says so of itself, and no other."""

from __future__ import annotations

import re

import pytest

from swb.plugins import discover_adapters
from swb_adapters.sdk import Provenance
from tests.services import ROOT

PAGE = ROOT / "docs" / "explanation" / "standard-ours-simulated.md"


@pytest.mark.parametrize(
    ("heading", "provenance"),
    [("Standard", Provenance.PUBLISHED), ("Simulated", Provenance.SIMULATED)],
)
def test_formats_stand_where_they_say_that_they_belong(
    heading: str, provenance: Provenance
) -> None:
    section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    (row,) = re.findall(r"^\| formats (.*?) \|", section, re.MULTILINE)
    told = {
        each.info.name
        for each in discover_adapters().adapters
        if each.info.provenance is provenance and each.info.name != "canonical"
    }
    assert set(re.findall(r"`([a-z-]+)`", row)) == told
