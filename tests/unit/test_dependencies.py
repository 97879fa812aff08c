"""Dependencies are bounded, locked with hashes, used where they are declared, and free to be used.

The page `docs/reference/dependencies.md` shows the same (`test_docs_dependencies.py`).
"""

from __future__ import annotations

import re
import sys
import tomllib
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.dependencies import COPYLEFT, LOCKS, OURS, licence_of, read_direct, read_lock
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM: Final = ("adapters", "broker", "schemas")
TEST_KIT: Final = "adapters/swb_adapters/sdk/testing"
"""It runs in the tests of other people's adapters, whose projects ask for what it needs."""

USED_OTHERWISE: Final = {
    "python-multipart": "Starlette loads it when a form arrives",
    "pytest-asyncio": "a plug-in of pytest",
    "pytest-cov": "a plug-in of pytest",
    "pytest-timeout": "a plug-in of pytest",
    "pytest-xdist": "a plug-in of pytest",
    "ruff": "make lint",
    "mypy": "make lint",
    "import-linter": "make lint",
    "lxml-stubs": "read by mypy",
    "types-jsonschema": "read by mypy",
    "types-psutil": "read by mypy",
    "openapi-python-client": "a command that tests call",
    "hatchling": "builds the wheel",
    "cyclonedx-bom": "make sbom",
}
"""What no module imports, and what it is there for."""

COMES_WITH: Final = {
    "aiormq": "aio-pika",
    "coverage": "pytest-cov",
    "fonttools": "weasyprint",
    "markupsafe": "jinja2",
    "pamqp": "aiormq",
    "pillow": "weasyprint",
    "pydantic-core": "pydantic",
    "psycopg-pool": "psycopg",
    "pydyf": "weasyprint",
    "typing-extensions": "pydantic",
    "yarl": "aio-pika",
}
"""What is imported and not declared, because it is part of what another one shows of itself."""

PERMISSIVE: Final = re.compile(r"\b(Apache|BSD|ISC|MIT|PSF)\b")
COPYLEFT_NAMES: Final = re.compile(r"GPL|MPL|EPL|GNU|Mozilla|Eclipse|CDDL|EUPL|Sleepycat")


def test_a_direct_dependency_has_a_reason_and_two_bounds() -> None:
    for each in read_direct():
        operators = sorted(bound.operator for bound in each.requirement.specifier)
        assert operators == ["<", ">="], each.requirement
        assert re.fullmatch(r"[A-Z].*\.", each.reason), each.requirement


def test_what_builds_the_wheel_is_bounded_as_its_lock_is() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert table["build-system"]["requires"] == table["dependency-groups"]["build"]


def test_every_lock_has_what_is_declared_within_its_bounds() -> None:
    for each in read_direct():
        own = [each.needed_by] if each.needed_by in LOCKS else ["run", "dev"]
        for kind in ["dev"] if each.needed_by == "bench" else own:
            locked = read_lock(kind)[each.name]
            assert OURS in locked.brought_by, (kind, each.name)
            assert Version(locked.version) in each.requirement.specifier, (kind, each.name)


@pytest.mark.parametrize("kind", LOCKS)
def test_a_lock_has_one_version_of_each_and_hashes(kind: str) -> None:
    lock = read_lock(kind)
    assert lock
    text = (ROOT / LOCKS[kind]).read_text(encoding="utf-8")
    assert len(lock) == len(re.findall(r"^[^\s#].*$", text, re.MULTILINE))
    for each in lock.values():
        assert re.fullmatch(r"==[0-9][\w.]*", str(each.requirement.specifier)), each.name
        assert each.hashes, each.name
        assert each.brought_by, each.name


def test_what_runs_is_tested_in_the_same_versions() -> None:
    run, dev = read_lock("run"), read_lock("dev")
    assert {name: each.version for name, each in run.items()} == {
        name: each.version for name, each in dev.items() if name in run
    }


@lru_cache
def imported_by(*folders: str, beside: str = "") -> dict[str, frozenset[str]]:
    """Names that the modules of folders import, with the distributions that have such a name."""
    names: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if beside and path.is_relative_to(ROOT / beside):
                continue
            source = path.read_text(encoding="utf-8")
            names.update(re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE))
    # What is not installed here is known by its own name, where it is declared.
    declared = {each.name for each in read_direct()}
    found = {
        name: frozenset(map(canonicalize_name, providers_of().get(name, ())))
        or frozenset({canonicalize_name(name)} & declared)
        for name in names - sys.stdlib_module_names
    }
    return {name: providers for name, providers in found.items() if providers}


@lru_cache
def providers_of() -> Mapping[str, list[str]]:
    """Distributions by the names that they make importable."""
    return metadata.packages_distributions()


def undeclared(imported: dict[str, frozenset[str]], *needed_by: str) -> set[str]:
    """Names that are imported, of distributions neither declared nor part of what is."""
    declared = {each.name for each in read_direct() if each.needed_by in needed_by}
    return {
        name
        for name, found in imported.items()
        if not found & (declared | COMES_WITH.keys() | {OURS})
    }


def test_every_direct_dependency_is_used_where_it_is_declared() -> None:
    program = frozenset().union(*imported_by(*PROGRAM, beside=TEST_KIT).values())
    tests = frozenset().union(*imported_by("tests", "tools", TEST_KIT).values())
    unused = {
        each.name
        for each in read_direct()
        if each.name not in (tests if each.needed_by in LOCKS else program)
    }
    assert unused == USED_OTHERWISE.keys()


def test_nothing_is_imported_that_is_not_declared() -> None:
    extras = {each.needed_by for each in read_direct()} - {"build", *LOCKS}
    assert undeclared(imported_by(*PROGRAM, beside=TEST_KIT), *extras) == set()
    assert undeclared(imported_by("tests", "tools", TEST_KIT), *extras, *LOCKS) == set()


def test_what_comes_with_another_does() -> None:
    for name, bringer in COMES_WITH.items():
        assert bringer in read_lock("dev")[name].brought_by, name
        assert name not in {each.name for each in read_direct()}, name


def test_a_licence_that_is_not_permissive_is_explained() -> None:
    """Each distribution of the locks declares a licence, and one with duties is told."""
    with_duties = set()
    for each in read_lock("dev").values():
        licence = licence_of(each)
        if not licence:
            assert each.requirement.marker, f"{each.name} declares no licence"
        elif COPYLEFT_NAMES.search(licence):
            with_duties.add(each.name)
        else:
            assert PERMISSIVE.search(licence), f"{each.name}: {licence}"
    assert with_duties == COPYLEFT.keys()


def test_the_general_public_licence_alone_is_on_nothing_that_runs() -> None:
    strict = {
        name
        for name in COPYLEFT
        if "GPL" in (licence := licence_of(read_lock("dev")[name]))
        and not re.search(r"LGPL| or ", licence, re.IGNORECASE)
    }
    assert strict == {"pyas2lib"}
    assert not strict & read_lock("run").keys()
    every = Requirement(next(each for each in optional("all") if each.startswith(OURS)))
    assert "bench" not in every.extras


def optional(extra: str) -> list[str]:
    """What an extra asks for."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = table["project"]["optional-dependencies"][extra]
    assert isinstance(found, list)
    return found
