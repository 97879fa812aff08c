"""The lock of Node's libraries names versions and digests, and no place to fetch them from."""

from __future__ import annotations

import json
from typing import Final

from tests.services import ROOT

FOLDER: Final = ROOT / "tests" / "interop" / "node"


def test_every_library_is_locked_by_its_digest_alone() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_bytes())
    libraries = {name: each for name, each in lock["packages"].items() if name}
    assert len(libraries) > 5
    for name, each in libraries.items():
        assert each["integrity"].startswith("sha512-"), name
        assert "resolved" not in each, name


def test_the_lock_is_that_of_the_package() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_bytes())
    package = json.loads((FOLDER / "package.json").read_bytes())
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
