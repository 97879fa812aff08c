"""The page on commands says what the commands say, and what they print."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from swb.cli.outcome import Status
from swb_schemas.catalogue import CATALOGUE
from tests.cli_reference import PAGE, build_page, documented_members
from tests.pages import run_page
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page(), "python tools/cli_reference.py"


def test_the_real_help_is_on_the_page(swb: Program) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for command in ([], ["convert"], ["verify"], ["keys"], ["keys", "make"]):
        text = swb(*command, "--help", env={"COLUMNS": "80"}).stdout.decode()
        assert f"```text\n{text}```" in page


def test_names_every_exit_status() -> None:
    _, _, below = PAGE.read_text(encoding="utf-8").partition("## Exit status")
    table = below.partition("\n## ")[0]
    assert [int(each) for each in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(Status)


@pytest.mark.parametrize(
    "command",
    [
        ("convert", "--from", "thailand", "--to", "vietnam", "{payload}"),
        ("verify", "{sealed}", "--trust", "{bundle}"),
        ("adapters", "list"),
        ("keys", "make", "--states", "TH", "--out", "{out}"),
        ("keys", "show", "{root}"),
        ("topology", "apply", "--config", "{router}"),
        ("connections", "list", "--config", "{router}"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_names_every_member_of_the_json_value(
    swb: Program, vectors: Path, thai_form_d: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    sealed = vectors / "sealed-document" / "accepts-a-sealed-certificate-of-origin" / "input"
    places = {
        "payload": thai_form_d,
        "sealed": next(sealed.iterdir()),
        "bundle": vectors / "material" / "trust" / "bundle.json",
        "root": vectors / "material" / "trust" / "roots" / "TH.pem",
        "out": tmp_path / "keys",
        "router": tmp_path / "router.toml",
    }
    for name in ("router.toml", "connections.toml"):
        shutil.copy(ROOT / "examples" / "region" / name, tmp_path / name)
    value = swb(*(part.format(**places) for part in command), "--json").value
    names = command[: 2 if command[0] in {"adapters", "connections", "keys", "topology"} else 1]
    assert set(value) == documented_members(" ".join(("swb", *names)))


def test_lists_every_document_type_and_names_every_member_of_a_row(swb: Program) -> None:
    rows = swb("catalogue", "--json").rows
    assert {each["message_type"] for each in rows} == set(CATALOGUE)
    assert set(rows[0]) == documented_members("swb catalogue")
    said = swb("catalogue").stdout.decode()
    assert "PhytosanitaryCertificate 1.0" in said
    assert "taken back by status" in said


def test_verifying_a_message_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/verify-a-message.md", tmp_path)
    assert "accepted: message" in printed
    assert "refused: message" in printed
    assert "undetermined: sealed document" in printed
    assert "was not opened" in printed
