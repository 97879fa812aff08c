"""What the project depends on, as `pyproject.toml`, the locks and what is installed say it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.services import ROOT

if TYPE_CHECKING:
    from packaging.markers import Marker

__all__ = [
    "COPYLEFT",
    "LOCKS",
    "OURS",
    "Direct",
    "Locked",
    "licence_of",
    "read_direct",
    "read_lock",
]


OURS: Final = "single-window-broker"

LOCKS: Final = {
    "run": "requirements.lock",
    "dev": "requirements-dev.lock",
    "fuzz": "requirements-fuzz.lock",
    "mutants": "requirements-mutants.lock",
    "sbom": "requirements-sbom.lock",
}
"""Locks by what they are for. Tests run in what `dev` names, and nothing else may be looked at."""


COPYLEFT: Final = {
    "asyncssh": "The Eclipse licence is the one of the two that is taken: changed files of "
    "asyncssh itself stay open, and nothing else. It comes with the extra `sftp` alone.",
    "certifi": "Certificates of authorities, in a file that nobody here changes.",
    "hypothesis": "Tests only; nobody ships it.",
    "pathspec": "Builds the wheel and checks types; nothing that runs imports it.",
    "psycopg": "Imported as it is and never copied in, as the Lesser licence allows; who ships it "
    "ships its licence, and lets it be replaced. It comes with the extra `postgres` alone.",
    "psycopg-binary": "As psycopg; its wheels hold PostgreSQL's own client library, too.",
    "psycopg-pool": "As psycopg.",
    "pyas2lib": "The extra `bench` alone, which is no part of `all`: the road is measured beside "
    "it, and nothing that runs imports it. Who ships it, ships by the General Public Licence.",
    "pyphen": "The Mozilla licence is the one of the three that is taken; it divides words on "
    "prints, with the extra `render` alone.",
}
"""What a licence with duties asks, of each distribution that has one. Not legal advice."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A distribution that `pyproject.toml` names.

    Attributes:
        requirement: Name, bounds and marker.
        needed_by: ``base``, or the extra or group that it stands in.
        reason: The comment above it, or above the extra that it stands in.
    """

    requirement: Requirement
    needed_by: str
    reason: str

    @property
    def name(self) -> str:
        """Its name as the locks spell it."""
        return canonicalize_name(self.requirement.name)


@dataclass(frozen=True, slots=True)
class Locked:
    """A distribution of a lock.

    Attributes:
        requirement: Name, version and marker.
        hashes: How many files of it may be installed.
        brought_by: Names of the distributions that ask for it; `OURS` where we do.
    """

    requirement: Requirement
    hashes: int
    brought_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """Its one version."""
        return str(self.requirement.specifier).removeprefix("==")


@lru_cache
def read_direct() -> tuple[Direct, ...]:
    """Read what `pyproject.toml` names, in its order; extras of our own are left out."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    needed = {
        "base": found["project"]["dependencies"],
        **found["project"]["optional-dependencies"],
        **found["dependency-groups"],
    }
    reasons = _read_reasons(text)
    return tuple(
        Direct(Requirement(each), needed_by, reasons.get((needed_by, each), ""))
        for needed_by, requirements in needed.items()
        for each in requirements
        if Requirement(each).name != OURS
    )


def _read_reasons(text: str) -> dict[tuple[str, str], str]:
    """Comments by array and requirement."""
    found: dict[tuple[str, str], str] = {}
    array = above_array = comment = ""
    was_comment = False
    for line in text.splitlines():
        if told := re.fullmatch(r"\s*# (.*)", line):
            comment = f"{comment} {told[1]}" if was_comment else told[1]
        elif opened := re.match(r"([a-z0-9-]+) = \[", line):
            array = "base" if opened[1] == "dependencies" else opened[1]
            above_array, comment = (comment if was_comment else ""), ""
        for requirement in re.findall(r'"([^"]+)"', line):
            found[array, requirement] = comment or above_array
            comment = ""
        was_comment = bool(told)
    return found


@lru_cache
def read_lock(kind: str) -> dict[str, Locked]:
    """Read a lock.

    Args:
        kind: Of `LOCKS`.
    """
    text = (ROOT / LOCKS[kind]).read_text(encoding="utf-8")
    found = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        requirement = Requirement(block.split("\\", 1)[0].strip())
        brought_by = re.findall(
            r"^    # +(?:via )?([A-Za-z0-9][\w.-]*)(?: \(.*\))?$", block, re.MULTILINE
        )
        locked = Locked(
            requirement,
            len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)),
            tuple(canonicalize_name(each) for each in brought_by if each != "via"),
        )
        found[locked.name] = locked
    return found


def licence_of(locked: Locked) -> str:
    """The licence that a distribution declares: expression, else field, else classifiers.

    Returns:
        Empty where it is not locked for tests, or not installed on this kind of machine.
    """
    marker: Marker | None = locked.requirement.marker
    if locked.name not in read_lock("dev") or (marker and not marker.evaluate()):
        return ""
    told = metadata.metadata(locked.name)
    expression, named = (
        "".join(told.get_all(each, [])).strip() for each in ("License-Expression", "License")
    )
    classifiers = [
        each.rsplit(" :: ", 1)[-1]
        for each in told.get_all("Classifier", [])
        if each.startswith("License :: OSI Approved :: ")
    ]
    short = named if named.count("\n") == 0 else ""
    return expression or short or " or ".join(classifiers)
