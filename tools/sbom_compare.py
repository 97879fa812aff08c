"""Compares a bill of materials (CycloneDX, JSON) with a lock, and ends with 1 where they differ.

Usage: ``python tools/sbom_compare.py requirements.lock build/sbom.json``. Every distribution that
the lock has for this kind of machine is a component in that version, and no other one is. Needs
`packaging`, and no more.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def read_lock(path: Path) -> dict[str, str]:
    """Versions by name, of what a lock has for this kind of machine."""
    lines = re.findall(r"^(\w[^\\\n]*?) *\\?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    locked = [Requirement(each) for each in lines]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in locked
        if each.marker is None or each.marker.evaluate()
    }


def read_components(path: Path) -> dict[str, str]:
    """Versions by name, of what a bill of materials has."""
    bill = json.loads(path.read_text(encoding="utf-8"))
    return {canonicalize_name(each["name"]): each["version"] for each in bill["components"]}


def main() -> int:
    """Compare the two files that the command names."""
    lock, bill = (Path(each) for each in sys.argv[1:])
    locked, told = read_lock(lock), read_components(bill)
    for name in sorted({*locked.items()} ^ {*told.items()}):
        where = "only in the lock" if name in locked.items() else "only in the bill of materials"
        print("==".join(name), where, file=sys.stderr)
    print(f"{bill}: {len(told)} components of the project, {len(locked)} in {lock}")
    return int(locked != told or not locked)


if __name__ == "__main__":
    sys.exit(main())
