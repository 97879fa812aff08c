"""``python -m tests.mutants.covering``: the branches that the fast tests take, by package.

Arguments go to pytest. Where that ends with 0, ``.coverage`` holds which test reached which line,
and `SECONDS` how long each file of tests took; by both ``make mutants`` chooses who judges.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coverage import Coverage, CoverageData

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["FAST_TESTS", "LOOKING", "PACKAGES", "Reached", "list_modules", "measure"]

PACKAGES: Final = {
    "swb_schemas.rulebook": ROOT / "schemas/swb_schemas/rulebook",
    "swb_schemas.documents": ROOT / "schemas/swb_schemas/documents",
    "swb.core": ROOT / "broker/swb/core",
}

_SLOW: Final = (
    "adapters",
    "cli/test_printing_commands.py",
    "printing",
    "test_docs_errors.py",
    "test_docs_logs.py",
    "test_form_ds.py",
    "test_scale.py",
    "test_serving.py",
)
"""Unit tests that take long, and reach nothing in these packages that others do not."""

FAST_TESTS: Final = (
    "tests/unit",
    *(f"--ignore=tests/unit/{name}" for name in _SLOW),
    "tests/vectors/test_vectors.py",
    "tests/integration/test_parking.py",
    "tests/integration/test_revocation.py",
)
"""Arguments of pytest."""

LOOKING: Final = {
    "swb_schemas.documents": ("tests/unit/schemas/test_xsd_mirrors_models.py",),
    "swb_schemas.rulebook": ("tests/unit/test_docs_rules.py",),
}
"""Files of tests that look at what importing a package made, and execute none of its lines."""

_DATA: Final = ROOT / ".coverage"
SECONDS: Final = ROOT / ".covered-seconds.json"


def list_modules(folder: Path) -> list[Path]:
    """Modules of a package, by name."""
    return sorted(folder.rglob("*.py"))


def measure(arguments: Sequence[str] = ()) -> int:
    """Run the fast tests under coverage.py; returns the exit status of pytest."""
    packages = [f"--cov={name}" for name in PACKAGES]
    options = ("-q", "-n", "logical", "--dist", "loadfile", "-p", "tests.mutants.watching")
    coverage = ("--cov-branch", "--cov-context=test", "--cov-report=")
    command = (sys.executable, "-m", "pytest", *options, *packages, *coverage)
    return subprocess.run((*command, *FAST_TESTS, *arguments), cwd=ROOT, check=False).returncode


@dataclass(frozen=True)
class Reached:
    """What one run of `measure` saw."""

    data: CoverageData
    seconds: dict[str, float]
    """Of the processor, by file of tests; coverage.py makes them longer than they are."""

    @classmethod
    def load(cls) -> Reached:
        """Read what the last run left."""
        data = CoverageData(str(_DATA))
        data.read()
        return cls(data, json.loads(SECONDS.read_text(encoding="utf-8")))

    def lines_by_test(self, module: Path) -> dict[str, set[int]]:
        """Lines of a module that each file of tests reached; "" is what importing executes."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for line, contexts in self.data.contexts_by_lineno(str(module)).items():
            for context in contexts:
                found[context.partition("::")[0]].add(line)
        return found


def _tell() -> None:
    coverage = Coverage(data_file=str(_DATA), config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    report = ROOT / ".covered.json"
    sys.stdout.flush()
    coverage.json_report(outfile=str(report), pretty_print=False)
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    report.unlink()
    for package, folder in PACKAGES.items():
        sums: Counter[str] = Counter()
        for name, file in sorted(files.items()):
            if not (ROOT / name).is_relative_to(folder):
                continue
            sums.update({key: file["summary"][key] for key in _COUNTED})
            if file["missing_lines"] or file["missing_branches"]:
                branches = [f"{start}->{end}" for start, end in file["missing_branches"]]
                lines = [str(line) for line in file["missing_lines"]]
                sys.stdout.write(f"  {name}: not reached {', '.join(lines + branches)}\n")
        statements, branches_taken = _percent(sums, "lines"), _percent(sums, "branches")
        sys.stdout.write(f"{package}: {statements:.1f} % of lines, {branches_taken:.1f} % of ")
        sys.stdout.write(f"{sums['num_branches']} branches, {_percent(sums):.1f} % of both\n")


_COUNTED: Final = ("covered_lines", "num_statements", "covered_branches", "num_branches")


def _percent(sums: Counter[str], which: str = "both") -> float:
    covered = {"lines": sums["covered_lines"], "branches": sums["covered_branches"]}
    there = {"lines": sums["num_statements"], "branches": sums["num_branches"]}
    if which == "both":
        return 100 * sum(covered.values()) / sum(there.values())
    return 100 * covered[which] / there[which]


if __name__ == "__main__":
    status = measure(sys.argv[1:])
    if status == 0:
        _tell()
    sys.exit(status)
