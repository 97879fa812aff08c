"""``swb ledger``: a log shown, proven, verified, audited; and one that is convicted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
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
    ended = ("--at", "2047-01-01T00:00:00Z", "--json")
    late = swb("ledger", "checkpoint", "--log", honest, "--trust", trust, *ended)
    assert (late.status, late.failure["code"]) == (3, "trust.list_expired")


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
    assert swb(*asked, "--at", "2047-01-01T00:00:00Z", "--json").status == 3
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


def _forged(case: str) -> bytes:
    """A file that only looks like a checkpoint that the log signed."""
    text, _, line = REWRITTEN.sign().decode().rpartition("\n\n")
    honest = HONEST.sign().decode()
    if case == "another root":
        return honest.replace(honest.split("\n")[2], text.split("\n")[2]).encode()
    if case == "written by hand":
        return f"{text}\n\n\u2014 log.example/region AAAAAAAA\n".encode()
    if case == "of another region":
        other = holder(ROUTER, Purpose.LOG, label="another region's")
        return HandLog(entries=REWRITTEN.entries, key=other).sign()
    if case == "of another log":
        return HandLog(entries=ENTRIES, key=LOG, origin="log.example/other").sign()
    if case == "larger":
        larger = HandLog(entries=[*ENTRIES, draw_entry(99)], key=LOG).sign().decode()
        return f"{larger.rpartition(chr(10) * 2)[0]}\n\n{line}".encode()
    return b"no checkpoint\n"


@pytest.mark.parametrize(
    "case",
    [
        "another root",
        "written by hand",
        "of another region",
        "of another log",
        "larger",
        "no checkpoint at all",
    ],
)
def test_a_kept_checkpoint_that_the_log_did_not_sign_accuses_nobody(
    swb: Program, honest: str, trust: str, tmp_path: Path, case: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(_forged(case))
    asked = ("ledger", "audit", "--log", honest, "--trust", trust, "--checkpoint", str(kept))
    done = swb(*asked, "--proofs", str(tmp_path / "found"), "--json")
    assert done.status == 2
    assert f"{kept} is no checkpoint of this log: ledger." in done.failure["message"]
    assert not (tmp_path / "found").exists()
    assert b"proven" not in done.stdout


@pytest.mark.parametrize(
    "location",
    [
        "http://log.example/region",
        "https://",
        "https://user@log.example/region",
        "https://log.example:99999/region",
        "ftp://log.example/region",
        "https://log.example/region?size=9",
        "file:",
        "",
    ],
)
def test_a_location_that_no_log_can_be_read_from_is_a_mistake_of_the_command_line(
    swb: Program, trust: str, location: str
) -> None:
    done = swb("ledger", "checkpoint", "--log", location, "--trust", trust, "--json")
    assert (done.status, "--log" in done.failure["message"]) == (2, True)


def test_says_which_entry_of_which_file_is_none(swb: Program, honest: str, trust: str) -> None:
    file = Path(honest) / "tile/entries/000.p/9"
    raw = file.read_bytes()
    where = raw.rindex(b"swb-log-entry/1")
    file.write_bytes(raw[:where] + b"x" + raw[where + 1 :])
    failure = swb("ledger", "audit", "--log", honest, "--trust", trust, "--json").failure
    assert failure["code"] == "ledger.entry"
    assert f"entry 8, in tile/entries/000.p/9 of {honest}" in failure["message"]


def test_a_bundle_of_another_region_is_asked_about_and_blames_nobody(
    swb: Program, trust: str, tmp_path: Path
) -> None:
    parties = ((ROUTER, "R"), (TH_GATEWAY, "T"), (VN_GATEWAY, "V"))
    log, *witnesses = [holder(party, Purpose.LOG, label=label) for party, label in parties]
    file = tmp_path / "checkpoint"
    file.write_bytes(cosign(HandLog(entries=ENTRIES, key=log).sign(), *witnesses, at=SEEN_AT))
    failure = swb("ledger", "verify", str(file), "--trust", trust, "--json").failure
    assert (failure["code"], failure["actor"]) == ("ledger.unknown_keys", "operator")
    assert "is it the right bundle?" in failure["message"]


def test_says_how_many_witnesses_there_are_and_who(swb: Program, honest: str, trust: str) -> None:
    asked = ("ledger", "checkpoint", "--log", honest, "--trust", trust)
    failure = swb(*asked, "--witnesses", "9", "--json").failure
    assert failure["code"] == "ledger.witnesses"
    assert failure["message"] == "expected witnesses of 9 states, found 2 (TH, VN)"


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
    assert str(tmp_path) in nothing.failure["message"]
    assert swb("ledger", "audit", "--trust", trust).status == 2
