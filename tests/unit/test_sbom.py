"""A bill of materials that is not what the lock has is noticed; `make sbom` compares at its end."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.dependencies import LOCKS, read_lock
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPARING: Final = "tools/sbom_compare.py requirements.lock build/sbom.json"


def components() -> list[dict[str, str]]:
    """What the lock has for this kind of machine, names spelled as distributions may."""
    return [
        {"name": name.replace("-", "_").title(), "version": each.version}
        for name, each in read_lock("run").items()
        if each.requirement.marker is None or each.requirement.marker.evaluate()
    ]


def compare(listed: list[dict[str, str]], folder: Path) -> subprocess.CompletedProcess[str]:
    bill = folder / "sbom.json"
    bill.write_text(json.dumps({"components": listed}), encoding="utf-8")
    words: list[str | Path] = [
        sys.executable,
        ROOT / "tools" / "sbom_compare.py",
        ROOT / LOCKS["run"],
        bill,
    ]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_same_as_the_lock_is_taken(tmp_path: Path) -> None:
    done = compare(components(), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda listed: listed.pop(), "only in the lock"),
        (lambda listed: listed.append({"name": "pip", "version": "26.1"}), "pip==26.1 only in the"),
        (lambda listed: listed[0].update(version="0.1"), "==0.1 only in the bill of materials"),
    ],
    ids=["one left out", "one too many", "another version"],
)
def test_what_differs_is_named(
    change: Callable[[list[dict[str, str]]], object], told: str, tmp_path: Path
) -> None:
    listed = components()
    change(listed)
    done = compare(listed, tmp_path)
    assert done.returncode == 1
    assert told in done.stderr


def test_the_command_ends_with_the_comparison() -> None:
    lines = (ROOT / "tools" / "sbom.sh").read_text(encoding="utf-8").splitlines()
    assert "set -eu" in lines
    assert lines[-1].endswith(COMPARING)
