"""An adapter that is a program, in a real gateway: the example in JavaScript."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.sandbox.region import Region, lay_out_region
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")

EXAMPLE: Final = ROOT / "examples" / "command-adapter"
FORM_D: Final = EXAMPLE / "samples" / "form-d-plain.json"
COMMAND: Final = f"command:node {EXAMPLE / 'lavandia.mjs'}"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Two gateways; the Thai single window speaks the format of the example."""
    folder = tmp_path_factory.mktemp("region")
    region = asyncio.run(lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=2))
    config = region.gateways["TH"]
    lines = config.read_text().splitlines()
    (at,) = (number for number, line in enumerate(lines) if line.startswith("adapters = "))
    lines[at] = 'adapters = ["lavandia"]'
    lines += ["", "[national.commands.lavandia]", 'command = ["node", "lavandia.mjs"]']
    lines += [f"folder = {json.dumps(str(EXAMPLE))}", 'log = "lavandia.log"', ""]
    config.write_text("\n".join(lines))
    return region


def test_a_payload_is_submitted_by_a_program(swb: Program, region: Region) -> None:
    config = ("--config", region.gateways["TH"])
    accepted = swb("submit", *config, FORM_D, "--json").value
    assert accepted["message_type"] == "CertificateIssue"
    assert accepted["repeated"] is False
    assert swb("submit", *config, FORM_D, "--json").value["repeated"] is True
    told = swb("status", accepted["certificate_key"], *config, "--json").value
    assert told["status"] == "AS1"


def test_a_payload_is_refused_with_its_places(swb: Program, region: Region) -> None:
    bad = FORM_D.read_bytes().replace(b'"mode": "', b'"mode": "9', 1)
    ran = swb("submit", "--config", region.gateways["TH"], "-", "--json", stdin=bad)
    assert (ran.status, ran.failure["code"]) == (1, "adapter.value")
    assert ran.failure["findings"][0]["national_path"] == "transport.mode"


def test_a_gateway_whose_program_is_none_does_not_start(
    swb: Program, region: Region, tmp_path: Path
) -> None:
    text = region.gateways["TH"].read_text()
    for old, new, code, status in (
        ('"node"', '"no-such-program"', "adapter.command", 1),
        ('"node"', '"true"', "adapter.command", 1),
        ("commands.lavandia", "commands.atlantis", "config.invalid", 1),
    ):
        config = region.folder / f"broken-{tmp_path.name}.toml"
        config.write_text(text.replace(old, new))
        ran = swb("submit", "--config", config, FORM_D, "--json")
        assert (ran.status, ran.failure["code"]) == (status, code)


def test_a_program_converts_and_checks(swb: Program, thai_form_d: Path, tmp_path: Path) -> None:
    written = swb("convert", "--from", "thailand", "--to", COMMAND, thai_form_d)
    assert written.status == 0
    file = tmp_path / "form-d.json"
    file.write_bytes(written.stdout)
    canonical = swb("convert", "--from", COMMAND, "--to", "canonical", file)
    assert (
        canonical.stdout
        == swb("convert", "--from", "thailand", "--to", "canonical", thai_form_d).stdout
    )
    assert swb("check", "--from", COMMAND, "--at", "2026-11-25", file).status == 0


def test_a_program_that_breaks_shows_why(swb: Program) -> None:
    name = "command:sh -c 'echo oh no >&2; exit 3'"
    ran = swb("convert", "--from", name, "--to", "canonical", FORM_D)
    assert "exit status 3" in ran.stderr
    assert "oh no" not in ran.stderr.replace(name, "").replace("'echo oh no", "")
    shown = swb("--debug", "convert", "--from", name, "--to", "canonical", FORM_D)
    assert shown.stderr.startswith("oh no\n")
    assert "sh -c 'echo oh no" in shown.stderr


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("command:", 2, "adapter.command"),
        ("command:no-such-program", 2, "adapter.command"),
        ("command:'", 2, "adapter.unknown"),
        ("command:cat", 1, "adapter.command"),
    ],
)
def test_what_is_no_program_is_named(swb: Program, name: str, status: int, code: str) -> None:
    ran = swb("convert", "--from", name, "--to", "canonical", FORM_D, "--json")
    assert (ran.status, ran.failure["code"]) == (status, code)
