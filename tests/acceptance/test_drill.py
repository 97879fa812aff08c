"""``swb drill region``: who noticed what, with proofs that others can judge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swb.cli.drill import describe_drill
from swb.clock import SystemClock
from swb.sandbox.drill import Outcome
from swb_schemas.wire.ledger.faults import verify_log_fault
from swb_schemas.wire.trust_reading import parse_trust_bundle
from tests.pages import quoted_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

PAGE = "docs/how-to/drill.md"


def test_every_attack_is_noticed_and_the_proofs_hold(swb: Program, tmp_path: Path) -> None:
    keep = tmp_path / "proofs"
    ran = swb("drill", "region", "--keep", keep, "--json")
    assert ran.status == 0, ran.stderr
    told = ran.value
    assert (told["mounted"], told["noticed"]) == (12, 12)
    assert told["seconds"] > 0
    named = {each["attack"]: each for each in told["attacks"]}
    assert {each["file"] for each in named.values()} - {None} == {
        path.name for path in keep.iterdir()
    } - {"bundle.json"}

    judged = {}
    for each in named.values():
        if each["file"] and each["file"].endswith(".xml"):
            verdict = swb("verify", keep / each["file"], "--trust", keep / "bundle.json", "--json")
            judged[each["attack"]] = (verdict.status, verdict.value["code"])
    assert judged == {
        # Whole and in order: what is wrong with these is where they came, and who may say so.
        "reads what it carries": (0, None),
        "delivers to another member": (0, None),
        "receipts another content": (0, None),
        "alters one character": (1, "signature.content_digest"),
        "writes another receiver": (1, "signature.content_digest"),
        "acknowledges for the receiver": (1, "party.wrong_role"),
        "issues a certificate": (1, "certificate.unlisted"),
    }
    bundle = parse_trust_bundle((keep / "bundle.json").read_bytes())
    for attack, kind in (
        ("drops, and says it is in the log", "missing"),
        ("forks the log", "fork"),
    ):
        proof = (keep / named[attack]["file"]).read_bytes()
        assert verify_log_fault(proof, trust=bundle, at=SystemClock().now()).kind == kind

    full = swb("drill", "region", "--keep", keep, "--json")
    assert full.failure["code"] == "demo.keep_not_empty"
    assert json.loads(full.stdout)
    check_page(told["attacks"])


def check_page(attacks: list[dict[str, str]]) -> None:
    """What the how-to quotes is what the command prints, but for ids and times in the proofs."""
    outcomes = [
        Outcome(
            attack=each["attack"],
            noticed_by=each["noticed_by"],
            code=each["met"],
            proof=each["proof"],
        )
        for each in attacks
    ]
    text = describe_drill(outcomes, seconds=1.0, keep=None).text
    shown = [line[:75].rstrip() for line in text.splitlines() if not line.startswith("12 attacks")]
    quoted = [line[:75].rstrip() for line in quoted_lines(PAGE)]
    assert [each for each in quoted if each] == [each for each in shown if each]
    assert len(text.splitlines()) < 60, "one page"
