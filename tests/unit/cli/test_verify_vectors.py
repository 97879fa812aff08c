"""``swb verify`` gives the verdict of every golden vector that a file alone can ask for."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.cli.entry import main
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VECTORS: Final = ROOT / "broker" / "swb_conformance" / "vectors"
STATUS: Final = {"accepted": 0, "refused": 1, "undetermined": 3}

# The command sees from the file itself which procedure to follow, and judges the outer layer alone
# where a body is for somebody else: in these cases it is asked something else than the vector.
OTHERWISE: Final = {
    "message/refuses-a-sealed-document-without-a-message": ("accepted", None),
    "sealed-document/refuses-a-message-in-the-place-of-a-sealed-document": ("accepted", None),
    "delivery/refuses-to-judge-without-the-key-at-hand": ("accepted", None),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One vector as a command line and a verdict."""

    name: str
    arguments: list[str]
    verdict: str
    code: str | None
    clause: str


def read_case(file: Path) -> Case:
    """Read a vector's ``case.toml``."""
    case = tomllib.loads(file.read_text(encoding="utf-8"))
    name = file.parent.relative_to(VECTORS).as_posix()
    is_message = not name.startswith("sealed-document/") and name not in OTHERWISE
    at = case["at"]
    assert isinstance(at, datetime)
    arguments = ["verify", str(file.parent / case["subject"]), "--at", at.isoformat(), "--json"]
    arguments += ["--trust", str(find_beside(file.parent, case["trust"]))]
    for key in case.get("decryption_keys", ()):
        arguments += ["--key", str(find_beside(file.parent, key))]
    if is_message and case.get("receiver"):
        arguments += ["--receiver", case["receiver"]]
    expected = case["expect"]
    verdict, code = OTHERWISE.get(name, (expected["verdict"], expected["code"] or None))
    return Case(name, arguments, verdict, code, case["clause"])


def find_beside(folder: Path, name: str) -> Path:
    """Find a file of the vector's own, or of the material that all share."""
    own = folder / name
    return own if own.exists() else VECTORS / name


CASES: Final = [
    read_case(file)
    for profile in ("message", "sealed-document", "delivery")
    for file in sorted((VECTORS / profile).glob("*/case.toml"))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_vector_s_verdict(case: Case, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    status = main(case.arguments)
    value = json.loads(capsysbinary.readouterr().out)
    assert (value["verdict"], value["code"]) == (case.verdict, case.code)
    assert status == STATUS[case.verdict]
    steps = [step for layer in value["layers"] for step in layer["steps"]]
    results = [step["result"] for step in steps]
    if case.code is None:
        assert set(results) == {"passed"}
    else:
        assert set(results[:-1]) <= {"passed"}
        assert results[-1] == case.code
        assert steps[-1]["number"] == case.clause
        assert value["final"] is (case.verdict == "refused")
