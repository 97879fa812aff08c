"""What tests need from the machine, and what happens where it is missing.

A service that is missing skips the test with a reason; with ``CI`` set it fails it. Samples that
others wrote are never part of this repository: where they are absent, tests skip, in CI too.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, NoReturn

import pytest

__all__ = ["ROOT", "find_samples", "miss", "require_node", "require_program"]

ROOT: Final = Path(__file__).resolve().parent.parent
"""The repository."""


def miss(what: str, package: str) -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    reason = f"{what} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require_program(name: str) -> Path:
    """Find a program of the Debian package of the same name."""
    found = shutil.which(name)
    return Path(found) if found else miss(name, name)


def require_node(folder: str = "tests/interop/node") -> Path:
    """Find Node.js, with the libraries that `tools/services.py` installs for it.

    Args:
        folder: Whose libraries are needed, below the repository.
    """
    program = shutil.which("node")
    found = Path(program) if program else miss("Node.js", "nodejs")
    if not (ROOT / folder / "node_modules" / "jose").is_dir():
        miss("Node.js with its libraries", "npm, then python3 tools/services.py")
    return found


def find_samples() -> Path:
    """Find the folder with documents that others wrote."""
    folder = Path(os.environ.get("SWB_SAMPLES") or ROOT.parent / "shared" / "samples")
    if not folder.is_dir():
        pytest.skip(f"no samples: {folder.name} is not there, and SWB_SAMPLES names no folder")
    return folder
