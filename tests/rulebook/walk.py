"""Every fault in every Form D in which it can be made: exactly its rules fire.

``python -m tests.rulebook.walk [DOCUMENTS] [PROCESSES]`` walks the whole, 5,000 Form Ds by 2
processes where nothing is said; the suite makes each fault in some (`tests.unit.test_form_ds`).
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from typing import Final

from swb.simulator.form_ds import draw_form_d
from swb_schemas.rulebook import check_document
from tests.rulebook.faults import FAULTS, break_form_d

__all__ = ["walk"]

UNTIL: Final = date(2026, 11, 22)
_PAGE: Final = 100


def walk(serials: range) -> tuple[Counter[str], list[str]]:
    """Make every fault in some Form Ds.

    Returns:
        In how many each fault was made, and what was found that was not expected.
    """
    made: Counter[str] = Counter()
    wrong: list[str] = []
    for serial in serials:
        drawn = draw_form_d(serial, seed=1, until=UNTIL)
        for name, fault in FAULTS.items():
            if not fault.needs(drawn.certificate):
                continue
            made[name] += 1
            case = break_form_d(fault, drawn)
            found = {
                each.code
                for each in check_document(
                    case.document, at=case.at, place=case.place, related=case.related
                )
            }
            if found != fault.codes:
                wrong.append(f"{serial}: {name}: {sorted(found)}, not {sorted(fault.codes)}")
    return made, wrong


def main(documents: int = 5000, processes: int = 2) -> int:
    """Walk all, and tell."""
    begun = time.monotonic()
    made: Counter[str] = Counter()
    wrong: list[str] = []
    pages = [range(begin, min(begin + _PAGE, documents)) for begin in range(0, documents, _PAGE)]
    with ProcessPoolExecutor(processes) as pool:
        for found, unexpected in pool.map(walk, pages):
            made += found
            wrong += unexpected
    for name in FAULTS:
        sys.stdout.write(f"{made[name]:>6}  {name}\n")
    for line in wrong[:50]:
        sys.stdout.write(f"WRONG {line}\n")
    sys.stdout.write(
        f"{len(FAULTS)} faults, {documents} Form Ds, made {made.total()} times, "
        f"{len(wrong)} not as expected, {time.monotonic() - begun:.0f} s\n"
    )
    return 1 if wrong or len(made) < len(FAULTS) else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
