"""The lock files hold what pyproject.toml asks for, exactly, and say nothing else."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.services import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(
    r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; [^\\]+)? \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)


def read_pins(name: str) -> dict[str, str]:
    """Versions by package; a line that is neither pin nor comment is a fault."""
    text = (ROOT / name).read_text()
    rest = re.sub(r"^ *#.*\n", "", PIN.sub("", text), flags=re.MULTILINE)
    assert rest == "", f"{name} holds more than pins with hashes"
    return {match[1]: match[2] for match in PIN.finditer(text)}


def expand(extra: str) -> list[Requirement]:
    """What an extra asks for, extras of our own within it resolved."""
    found: list[Requirement] = []
    for text in PROJECT["project"]["optional-dependencies"][extra]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["project"]["name"]:
            found += [each for inner in sorted(requirement.extras) for each in expand(inner)]
        else:
            found.append(requirement)
    return found


@pytest.mark.parametrize(
    ("lock", "extra"), [("requirements.lock", "all"), ("requirements-dev.lock", "dev")]
)
def test_holds_every_requirement_in_a_version_within_its_bounds(lock: str, extra: str) -> None:
    pins = read_pins(lock)
    base = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    build = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
    for requirement in [*base, *build, *expand(extra)]:
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


def test_development_runs_on_the_versions_that_the_program_runs_on() -> None:
    assert read_pins("requirements.lock").items() <= read_pins("requirements-dev.lock").items()


def test_what_builds_is_locked_as_the_build_system_asks_for_it() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_names_no_source_of_packages(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()
