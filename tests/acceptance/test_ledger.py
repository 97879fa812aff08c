"""``swb ledger``: a log shown, proven, verified, audited; and one that is convicted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from swb_schemas.catalogue import Purpose
from tests.cli_reference import documented_members
from tests.ledgers import HandLog, cosign, draw_entry, publish
from tests.vectors.world import (
    ROUTER,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    VN_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

LOG = holder(ROUTER, Purpose.LOG)
WITNESSES = (holder(TH_GATEWAY, Purpose.LOG), holder(VN_GATEWAY, Purpose.LOG))
ENTRIES = [draw_entry(serial) for serial in range(9)]
HONEST = HandLog(entries=ENTRIES, key=LOG)
REWRITTEN = HandLog(entries=[draw_entry(99), *ENTRIES[1:]], key=LOG)
SEEN_AT = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def trust(tmp_path: Path) -> str:
    listed = (*STANDARD_ENTRIES, *(entry_of(one) for one in WITNESSES))
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle(list_form("TH", listed), list_form("VN", listed)))
    return str(file)


@pytest.fixture
def honest(tmp_path: Path) -> str:
    folder = tmp_path / "log"
    publish(folder, HONEST, cosign(HONEST.sign(), *WITNESSES, at=SEEN_AT), names=["checkpoint"])
    return str(folder)


def test_shows_the_latest_checkpoint(swb: Program, honest: str, trust: str) -> None:
    value = swb("ledger", "checkpoint", "--log", honest, "--trust", trust, "--json").value
    assert set(value) == documented_members("swb ledger checkpoint") - {
        "cosigned_here",
    }
    assert (value["size"], len(value["witnesses"]), value["incidents"]) == (9, 2, [])


def test_a_proof_needs_the_log_no_more(
    swb: Program, honest: str, trust: str, tmp_path: Path
) -> None:
    out = tmp_path / "message.tlog-proof"
    asked = ("ledger", "prove", ENTRIES[4].message_id, "--log", honest, "--trust", trust)
    printed = swb(*asked).stdout
    assert swb(*asked, "--out", str(out)).status == 0
    assert out.read_bytes() == printed
    value = swb(*asked, "--json").value
    assert set(value) == documented_members("swb ledger prove")
    assert value["proof"].encode() == printed
    verified = swb("ledger", "verify", str(out), "--trust", trust, "--json").value
    assert (verified["verdict"], verified["message_id"]) == ("accepted", ENTRIES[4].message_id)
    out.write_bytes(printed.replace(b"index 4", b"index 5"))
    assert swb("ledger", "verify", str(out), "--trust", trust, "--json").failure["code"] == (
        "ledger.proof"
    )
    unknown = swb("ledger", "prove", "unknown", "--log", honest, "--trust", trust, "--json")
    assert (unknown.status, unknown.failure["code"]) == (1, "ledger.not_logged")


def test_an_audit_writes_what_convinces_others(
    swb: Program, honest: str, trust: str, tmp_path: Path
) -> None:
    good = swb("ledger", "audit", "--log", honest, "--trust", trust, "--json")
    assert good.status == 0
    assert set(good.value) == documented_members("swb ledger audit")
    kept = tmp_path / "kept"
    kept.write_bytes(REWRITTEN.sign(5))
    bad = swb(
        *("ledger", "audit", "--log", honest, "--trust", trust, "--checkpoint", str(kept)),
        *("--proofs", str(tmp_path / "found"), "--json"),
    )
    assert (bad.status, bad.failure["code"], bad.value["proven"]) == (
        1,
        "ledger.audit_failed",
        ["5"],
    )
    (proof,) = (tmp_path / "found").iterdir()
    verified = swb("ledger", "verify", str(proof), "--trust", trust, "--json").value
    assert (verified["verdict"], verified["kind"]) == ("proven", "rewrite")
    told = swb("ledger", "verify", str(proof), "--trust", trust).stdout.decode()
    assert told.startswith("proven: rewrite by log.example/region: ")


def test_a_checkpoint_without_witnesses_is_refused(
    swb: Program, trust: str, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint"
    file.write_bytes(HONEST.sign())
    asked = ("ledger", "verify", str(file), "--trust", trust, "--json")
    assert swb(*asked).failure["code"] == "ledger.witnesses"
    assert swb(*asked, "--witnesses", "0").status == 0


def test_says_where_no_log_is(swb: Program, trust: str, tmp_path: Path) -> None:
    nothing = swb("ledger", "checkpoint", "--log", str(tmp_path), "--trust", trust, "--json")
    assert (nothing.status, nothing.failure["code"]) == (4, "ledger.no_checkpoint")
    assert swb("ledger", "audit", "--trust", trust).status == 2
