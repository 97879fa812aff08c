"""Who judges a mutant, and the verdict."""

from __future__ import annotations

import ast
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.mutants.covering import LOOKING, PACKAGES, Reached, list_modules
from tests.mutants.replacing import MODULE, SECONDS, SOURCE, UNSEEN
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Judge", "Verdict", "judge", "name_module"]

_STARTING_S: Final = 10
_WAITING: Final = 20
"""By the clock it may take this many times as long: it may wait for itself, or for other work."""
_SLOWER: Final = 5
"""A changed program may take this many times as long as tests took that pass; then it is killed."""


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNREACHED = "reached by no fast test"

    @property
    def is_noticed(self) -> bool:
        """Whether a test run would have failed."""
        return self in {Verdict.KILLED, Verdict.TIMED_OUT}


def name_module(path: Path) -> str:
    """The dotted name under which a module is imported."""
    folder = PACKAGES[_name_package(path)]
    root = next(each for each in folder.parents if not (each / "__init__.py").exists())
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def judge(module: Path, source: str, tests: Sequence[str], longest: float) -> Verdict:
    """Run files of tests on a program in which a module has another source.

    Args:
        module: File of the module; it is not touched.
        source: What to execute in its place.
        tests: Files, as pytest wants them.
        longest: Seconds of the processor after which they count as failed.

    Raises:
        RuntimeError: pytest found none of the tests.
    """
    with tempfile.TemporaryDirectory(prefix="swb-mutant-") as folder:
        changed = Path(folder, "changed.py")
        changed.write_text(source, encoding="utf-8")
        environment = {
            **os.environ,
            MODULE: name_module(module),
            SOURCE: str(changed),
            SECONDS: str(math.ceil(longest)),
            # Examples that hypothesis finds in a mutant are none for the program.
            "HYPOTHESIS_STORAGE_DIRECTORY": folder,
            "PYTHONHASHSEED": "0",
        }
        options = ("-x", "-q", "--hypothesis-seed=0", "-p", "no:cacheprovider", "-p", "no:xdist")
        command = (sys.executable, "-m", "pytest", *options, "-p", "tests.mutants.replacing")
        try:
            done = subprocess.run(
                (*command, *tests),
                cwd=ROOT,
                env=environment,
                capture_output=True,
                check=False,
                timeout=_WAITING * longest,
            )
        except subprocess.TimeoutExpired:
            return Verdict.TIMED_OUT
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Verdict.TIMED_OUT
    if done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise RuntimeError(f"no tests in {' '.join(tests)}")
    if done.returncode == UNSEEN:
        return Verdict.UNREACHED
    return Verdict.SURVIVED if done.returncode == pytest.ExitCode.OK else Verdict.KILLED


@dataclass(frozen=True)
class Judge:
    """Chooses the files of tests for a change, and runs them.

    Files are taken that reach the changed lines; where importing executes these, files that reach
    any line of the module, behind those that look at what importing made; where there are none, of
    its package. Those come first that reach most of the module in a second, until together they
    take as long as they may.

    Attributes:
        reached: What reaches what.
        patience: Seconds that the chosen files may take together; one is taken in any case.
    """

    reached: Reached
    patience: float

    def choose(self, module: Path, line: int) -> list[str]:
        """Files of tests for a line of a module, best first."""
        lines = self.reached.lines_by_test(module)
        span = _span(module, line)
        weights = {name: len(found) for name, found in lines.items() if found & span}
        looking: tuple[str, ...] = ()
        if "" in weights or not weights:
            weights = {name: len(found) for name, found in lines.items()}
            looking = LOOKING.get(_name_package(module), ())
        if not weights.keys() - {""}:
            weights = self._reach_package(module)
        seconds = self.reached.seconds
        ranked = sorted(
            weights.keys() & seconds.keys(),
            key=lambda name: (-weights[name] / max(seconds[name], 0.01), name),
        )
        chosen: list[str] = []
        for name in dict.fromkeys([*looking, *ranked]):
            if not chosen or self._sum([*chosen, name]) <= self.patience:
                chosen.append(name)
        return chosen

    def judge(self, module: Path, line: int, source: str) -> Verdict:
        """The verdict on a module with another source, by those who reach the line."""
        tests = self.choose(module, line)
        if not tests:
            return Verdict.UNREACHED
        return judge(module, source, tests, _STARTING_S + _SLOWER * self._sum(tests))

    def _sum(self, tests: Sequence[str]) -> float:
        return sum(self.reached.seconds[name] for name in tests)

    def _reach_package(self, module: Path) -> Counter[str]:
        sums: Counter[str] = Counter()
        for each in list_modules(PACKAGES[_name_package(module)]):
            sums.update({k: len(v) for k, v in self.reached.lines_by_test(each).items()})
        return sums


def _name_package(module: Path) -> str:
    (name,) = (name for name, folder in PACKAGES.items() if module.is_relative_to(folder))
    return name


def _span(module: Path, line: int) -> set[int]:
    """Lines of the smallest statement around a line; of one with a body, those before the body."""
    smallest = range(line, line + 1)
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        if line in range(start, max(end, node.lineno + 1)):
            smallest = range(start, max(end, node.lineno + 1))  # what is within comes later
    return set(smallest)
