"""``python -m tests.mutants [--mutants N] [--seed S] [MODULE ...]``: a sample of changed programs.

Sees which fast tests reach which lines (`tests.mutants.covering`), changes one place at a time, and
has those tests judge that reach it. Ends with 1 where fewer mutants are killed than asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.covering import PACKAGES, SECONDS, Reached, list_modules, measure
from tests.mutants.judging import Judge, Verdict
from tests.mutants.making import Mutant, draw_mutants

if TYPE_CHECKING:
    from collections.abc import Sequence


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants ARGS='...'", description=__doc__)
    parser.add_argument(
        "--mutants", type=int, default=300, help="how many; 0 for one of each place"
    )
    parser.add_argument("--seed", type=int, default=1, help="another one draws another sample")
    parser.add_argument("--asked", type=float, default=85, help="percent to be killed")
    parser.add_argument("--patience", type=float, default=15, help="seconds of tests a mutant")
    parser.add_argument("--part", default="1/1", help="2/5: the second fifth of the sample")
    parser.add_argument(
        "--covered", action="store_true", help="take what `make coverage` saw the last time"
    )
    parser.add_argument("modules", nargs="*", type=Path, help="files; all of the three packages")
    return parser.parse_args(arguments)


def _check_unchanged(judge: Judge, mutant: Mutant) -> None:
    """Require that the module as it is passes by the same road; a verdict means nothing else."""
    source = mutant.module.read_text(encoding="utf-8")
    verdict = judge.judge(mutant.module, mutant.line, source)
    if verdict is not Verdict.SURVIVED:
        raise SystemExit(f"{mutant.module} without any change: {verdict.value}")


def main(arguments: Sequence[str]) -> int:
    """Draw a sample and judge it; returns the exit status."""
    chosen = _parse(arguments)
    if not (chosen.covered and SECONDS.exists()) and (status := measure()):
        return status
    modules = [each.resolve() for each in chosen.modules] or [
        each for folder in PACKAGES.values() for each in list_modules(folder)
    ]
    part, parts = map(int, chosen.part.split("/"))
    mutants = draw_mutants(modules, chosen.mutants or sys.maxsize, chosen.seed)[part - 1 :: parts]
    judge = Judge(Reached.load(), chosen.patience)
    _check_unchanged(judge, mutants[0])
    _say(f"{len(mutants)} mutants, seed {chosen.seed}")
    started = time.monotonic()
    verdicts: Counter[Verdict] = Counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(judge.judge, m.module, m.line, m.source) for m in mutants]
        for mutant, job in zip(mutants, jobs, strict=True):
            verdict = job.result()
            verdicts[verdict] += 1
            if not verdict.is_noticed:
                _say(f"{verdict.value}: {mutant.name}\n{mutant.show()}")
    noticed = sum(count for verdict, count in verdicts.items() if verdict.is_noticed)
    score = 100 * noticed / len(mutants)
    told = ", ".join(f"{verdicts[each]} {each.value}" for each in Verdict)
    _say(f"{told}: {score:.1f} % killed, in {time.monotonic() - started:.0f} s")
    return int(score < chosen.asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
