"""Writes `docs/reference/cli.md` anew from the commands' own help."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.cli_reference import PAGE, build_page

if __name__ == "__main__":
    PAGE.write_text(build_page(), encoding="utf-8")
    print(PAGE.name)
