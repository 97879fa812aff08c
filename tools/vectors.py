"""Writes the golden vectors of the conformance suite anew; `git diff` must stay empty."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.vectors.generator import FOLDER, write_all

if __name__ == "__main__":
    print(f"{write_all()} files in {FOLDER.name}")
