"""The lock of Node's libraries names versions and digests, and no place to fetch them from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS: Final = [
    ROOT / "tests" / "interop" / "node",
    ROOT / "tests" / "browser",
    ROOT / "tools" / "qr-decoder",
    ROOT / "examples" / "conformance-node",
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_every_library_is_locked_by_its_digest_alone(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_bytes())
    libraries = {name: each for name, each in lock["packages"].items() if name}
    assert libraries
    for name, each in libraries.items():
        assert each["integrity"].startswith("sha512-"), name
        assert "resolved" not in each, name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_the_lock_is_that_of_the_package(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_bytes())
    package = json.loads((folder / "package.json").read_bytes())
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
