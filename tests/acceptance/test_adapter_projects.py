"""``swb adapters new``: what it writes is installed beside the broker, tested and used."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.region import lay_out_region
from swb_adapters.sdk.project import FORMATS, build_project
from tests.cli_reference import documented_members
from tests.out_of_tree import Beside, make_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.acceptance.program import Program

MU = "mu"


@pytest.fixture(scope="module")
def projects(swb: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A new project of each format, by its adapter's name, and one that a gateway is to use."""
    made = {}
    for name, format_name in ((MU, "json"), *((f"atlantis-{each}", each) for each in FORMATS)):
        project = made[name] = tmp_path_factory.mktemp("projects") / name
        told = swb("adapters", "new", name, "--format", format_name, "--folder", project, "--json")
        assert set(told.value) == documented_members("swb adapters new")
        assert told.value["files"] == list(build_project(name, format_name))
    return made


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, projects: dict[str, Path]) -> Beside:
    """An environment beside the broker's, with all projects, as their READMEs say."""
    beside = make_beside(tmp_path_factory.mktemp("beside") / "env")
    beside.install(*projects.values())
    return beside


@pytest.fixture(scope="module")
def installed(
    beside: Beside, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """The command of that environment."""
    with beside.warmed(tmp_path_factory.mktemp("warm")) as command:
        yield command


def test_new_projects_are_listed_and_nothing_is_found_wrong(
    installed: Callable[..., str], projects: dict[str, Path], tmp_path: Path
) -> None:
    listed = json.loads(installed("adapters", "list", "--json", cwd=tmp_path))
    assert projects.keys() <= {each["name"] for each in listed["adapters"]}
    assert not listed["findings"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_new_project_is_installed_tested_and_used(
    swb: Program,
    beside: Beside,
    installed: Callable[..., str],
    projects: dict[str, Path],
    tmp_path: Path,
    thai_form_d: Path,
    format_name: str,
) -> None:
    name = f"atlantis-{format_name}"
    project = projects[name]

    # Its own tests, as its README says.
    beside.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", cwd=project)

    # By its installed code: there and back is what it was.
    national = tmp_path / "national"
    convert = ("convert", "--json", "--from", "thailand", "--to", name)
    told = json.loads(installed(*convert, thai_form_d, cwd=tmp_path))
    assert not [each for each in told["losses"] if each["path"]]
    national.write_text(told["payload"], newline="")
    there = installed("convert", "--from", name, "--to", "canonical", national, cwd=tmp_path)
    was = swb("convert", "--from", "thailand", "--to", "canonical", thai_form_d).stdout.decode()
    assert there == was
    page = installed("adapters", "docs", name, cwd=tmp_path)
    assert page.startswith(f"# {name}\n")
    assert "| `Exporter/Name` |" in page
    if format_name != "json":
        return  # its own tests were just that
    tested = json.loads(
        installed("adapters", "test", name, "--examples", "5", "--json", cwd=tmp_path)
    )
    assert tested["broken"] == 0


def test_a_gateway_uses_an_installed_project(
    swb: Program, installed: Callable[..., str], tmp_path: Path, thai_form_d: Path
) -> None:
    region = asyncio.run(
        lay_out_region(tmp_path / "region", states=("TH", "VN"), at=datetime.now(UTC), seed=2)
    )
    config = region.gateways["TH"]
    lines = config.read_text().splitlines()
    changed = [f'adapters = ["{MU}"]' if line.startswith("adapters = ") else line for line in lines]
    config.write_text("\n".join(changed))
    payload = tmp_path / "form-d.json"
    convert = ("convert", "--from", "thailand", "--to", MU, thai_form_d)
    payload.write_text(installed(*convert, cwd=tmp_path))
    submit = ("submit", "--config", config, payload, "--json")
    accepted = json.loads(installed(*submit, cwd=tmp_path))
    assert accepted["message_type"] == "CertificateIssue"

    # Where it is not installed, the gateway does not start, and says what is missing.
    ran = swb(*submit)
    assert (ran.status, ran.failure["code"]) == (1, "adapter.unknown")


def test_the_name_of_an_installed_adapter_is_not_taken(swb: Program, tmp_path: Path) -> None:
    ran = swb("adapters", "new", "thailand", "--format", "xml", cwd=tmp_path)
    assert ran.status == 2
    assert "single-window-broker" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(swb: Program, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    ran = swb("adapters", "new", "atlantis", "--format", "xml", "--folder", tmp_path)
    assert ran.status == 2
    assert [each.name for each in tmp_path.iterdir()] == ["notes"]


@pytest.mark.parametrize("name", ["Atlantis", "../atlantis", "a" * 33, "a", "a--b", "", "1st"])
def test_a_name_that_is_none_is_wrong_usage(swb: Program, tmp_path: Path, name: str) -> None:
    ran = swb("adapters", "new", name, "--format", "xml", cwd=tmp_path)
    assert ran.status == 2
    assert not list(tmp_path.iterdir())
