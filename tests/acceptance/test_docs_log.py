"""The page on the log is executed, on logs of every shape, and notices what was changed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_schemas.catalogue import Purpose
from tests.ledgers import HandLog, cosign, draw_entry, publish
from tests.pages import commands_of, run_page
from tests.services import require_program
from tests.vectors.roots import FIRST, QUORUM, SECOND, bundle_of_chain, state_roots
from tests.vectors.world import (
    ROUTER,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    VN_GATEWAY,
    authority,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from swb.backends.softkey import Authority

PAGE: Final = "docs/how-to/audit-the-log.md"
TRUST_LISTS: Final = "docs/how-to/verify-a-trust-list.md#The commands"
WHOLE: Final = "The entries lead to the root that was signed"
PROVEN: Final = "The entry is in the log that was signed"
GOOD: Final = (WHOLE, PROVEN)
AT: Final = "2026-03-02T03:05:00Z"
PINNING: Final = (
    'for root in ../trust/roots/*.pem; do pin_roots "$(basename "$root" .pem)" 1 "$root"; done\n'
)
ORIGIN: Final = "region.example/log"
LOG: Final = holder(ROUTER, Purpose.LOG)
WITNESSES: Final = (holder(TH_GATEWAY, Purpose.LOG), holder(VN_GATEWAY, Purpose.LOG))
SEEN_AT: Final = datetime.now(UTC) - timedelta(minutes=1)


def audit_by_hand(folder: Path, tampering: Mapping[str, str] | None = None) -> str:
    """Execute what the page does by hand, as a person at a shell: whatever fails, it goes on.

    Args:
        folder: Where the page's reader stands: the log in ``log``, ``trust/bundle.json``.
        tampering: Pieces of the page, each with what takes its place.
    """
    script = "\n".join(
        (
            commands_of(TRUST_LISTS),
            "LOG=log TRUST=trust/bundle.json",
            commands_of(f"{PAGE}#By hand"),
            commands_of(f"{PAGE}#One proof by hand"),
        )
    )
    for piece, act in (tampering or {}).items():
        assert script.count(piece) == 1, piece
        script = script.replace(piece, act)
    return execute(script, folder)


def execute(script: str, folder: Path) -> str:
    """Execute commands, and return what they printed."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    return done.stdout


def held(printed: str) -> tuple[str, ...]:
    """What was concluded; whatever was not is said to be wrong."""
    found = tuple(each for each in GOOD if each in printed)
    assert (": stop" in printed) is (found != GOOD), printed
    return found


@pytest.fixture(autouse=True)
def _programs() -> None:
    for program in ("openssl", "jq"):
        require_program(program)


def test_auditing_the_log_by_hand_works(tmp_path: Path) -> None:
    needs = ("swb demo --documents 2 --keep kept > demo.txt", TRUST_LISTS)
    printed = run_page(PAGE, tmp_path, amid=needs)
    watched = re.search("accepted: a checkpoint that ([2-5]) states watched", printed)
    assert watched is not None, printed
    assert "promises and" in printed
    assert "accepted: message" in printed
    assert held(printed) == GOOD
    for same in ("root", "root of the proof", "tiles of level 0", "lengths of entries"):
        assert f"\n{same}: same\n" in printed
    witnesses = re.findall("^([A-Z]{2}) says that it saw it at", printed, re.MULTILINE)
    assert len(witnesses) >= 4, "of the checkpoint, and of the proof"
    assert printed.count(": signed\n") == 2 + len(witnesses)


# --- a longer log, and roots that were replaced --------------------------------------------------

PINNED: Final = {
    PINNING: f"""\
pin_roots TH {QUORUM} TH-*.pem
pin_roots VN 1 VN-0.pem
pin_roots REGION 1 REGION-0.pem
"""
}


def lay_out_log(folder: Path, *, size: int, grown_by: int = 0) -> None:
    """Publish a log, and what its reader pinned before a root of Thailand was replaced.

    Two of Thailand's three roots sign; the first of them issued the key of its gateway, and was
    replaced by plan.
    """
    entries = [draw_entry(each) for each in range(size + grown_by)]
    log = HandLog(entries=entries, key=LOG, origin=ORIGIN)
    checkpoint = cosign(log.sign(size), *WITNESSES, at=SEEN_AT)
    publish(folder / "log", log, checkpoint, names=["checkpoint"])
    publish(folder / "log", log, log.sign(), names=["pending"])
    for partial in (folder / "log" / "tile").rglob("*.p"):
        if partial.with_suffix("").exists():
            shutil.rmtree(partial)
    (folder / "message.tlog-proof").write_bytes(log.prove(size * 2 // 3, checkpoint).encode())
    (folder / "trust").mkdir()
    (folder / "trust" / "bundle.json").write_bytes(bundle_after_replacement())
    roots = {"TH": FIRST, "VN": (authority("VN"),), "REGION": (authority("REGION"),)}
    for state, pinned in roots.items():
        for number, root in enumerate(pinned):
            (folder / f"{state}-{number}.pem").write_bytes(root.root_pem)


def bundle_after_replacement() -> bytes:
    listed = (*STANDARD_ENTRIES, *(entry_of(each) for each in WITNESSES))
    form = list_form("TH", listed, root_number=2)
    members = json.loads(bundle_of_chain(state_roots(), form=form))
    members["lists"]["VN"] = json.loads(authority("VN").sign_list(list_form("VN", listed)))
    return json.dumps(members).encode()


@pytest.mark.parametrize(("size", "grown_by"), [(1, 0), (256, 0), (515, 300)])
def test_a_log_of_any_size_is_audited_by_hand_after_a_root_was_replaced(
    size: int, grown_by: int, tmp_path: Path
) -> None:
    lay_out_log(tmp_path, size=size, grown_by=grown_by)
    printed = audit_by_hand(tmp_path, PINNED)
    assert held(printed) == GOOD, printed
    assert "TH, test: list 1 under statement 2, signed by 2, " in printed
    assert printed.count(": signed\n") == 6
    assert ("tiles of level 1: same" in printed) is (size >= 256)


_ENTRIES: Final = "read > entries\n"
_ENTRY: Final = "base64 -d > entry\n"
_PROVEN: Final = "> proven\n"
_CHECKPOINT: Final = "$LOG/checkpoint .\n"
_NOTICED: Final[dict[str, tuple[dict[str, str], tuple[str, ...]]]] = {
    "a digest in an entry": (
        {
            _ENTRIES: "sed -i '0,/sha-256:./s//sha-256:x/' entries\n",
            _ENTRY: "sed -i '4s/.$/x/' entry\n",
        },
        (),
    ),
    "a length, and a witness of the proof": (
        {
            _ENTRIES: "sed -i '1s/^./x/' entries\n",
            _PROVEN: "sed -i '/:gateway/s/[^ ]*$/AAAAAAAA/' proven\n",
        },
        (),
    ),
    "witnesses left out": ({_CHECKPOINT: "sed -i '7,$d' checkpoint\n"}, (PROVEN,)),
    "the signature of the log": (
        {_CHECKPOINT: "sed -i '/ region/s/[^ ]*$/AAAAAAAA/' checkpoint\n"},
        (PROVEN,),
    ),
}
"""What is done after a line of the page, and what can be concluded nevertheless."""


@pytest.mark.parametrize("case", _NOTICED)
def test_what_changes_under_the_readers_hands_is_noticed(case: str, tmp_path: Path) -> None:
    tampering, good = _NOTICED[case]
    lay_out_log(tmp_path, size=9)
    acts = {line: line + act for line, act in tampering.items()}
    assert held(audit_by_hand(tmp_path, PINNED | acts)) == good


def change_entry(folder: Path) -> None:
    """Change an entry in the second of three bundles."""
    path = folder / "log" / "tile" / "entries" / "001"
    octets, was = path.read_bytes(), f"sha-256:{300:064x}".encode()
    assert octets.count(was) == 1
    path.write_bytes(octets.replace(was, f"sha-256:{1:064x}".encode()))


def change_tile(folder: Path) -> None:
    """Change a hash of the upper level, in which no entry is."""
    (tile,) = (folder / "log" / "tile" / "1" / "000.p").iterdir()
    tile.write_bytes(tile.read_bytes()[:-1] + b"\0")


def leave_out_bundle(folder: Path) -> None:
    """Leave out the last entries."""
    shutil.rmtree(folder / "log" / "tile" / "entries" / "002.p")


def leave_out_signature(folder: Path) -> None:
    """Have one root sign the list that two must sign."""
    _change_bundle(folder, lambda members: members["lists"]["TH"]["signatures"].pop())


@pytest.mark.parametrize(
    ("change", "size", "good"),
    [
        (change_entry, 515, (PROVEN,)),
        (change_tile, 515, (PROVEN,)),
        (leave_out_bundle, 515, (PROVEN,)),
        (leave_out_signature, 9, ()),
    ],
)
def test_what_is_wrong_with_a_longer_log_or_a_list_is_noticed(
    change: Callable[[Path], None], size: int, good: tuple[str, ...], tmp_path: Path
) -> None:
    lay_out_log(tmp_path, size=size)
    change(tmp_path)
    assert held(audit_by_hand(tmp_path, PINNED)) == good


# --- lists, by hand ------------------------------------------------------------------------------


def _change_bundle(folder: Path, act: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "trust" / "bundle.json"
    members = json.loads(path.read_text(encoding="utf-8"))
    act(members)
    path.write_text(json.dumps(members), encoding="utf-8")


def _replace_statement(members: dict[str, Any], *signed_by: Authority) -> None:
    statement = state_roots(signed_by=signed_by).octets
    members["rootStatements"]["TH"] = [json.loads(statement)]


WRONG: Final[dict[str, tuple[Callable[[dict[str, Any]], object], str]]] = {
    "no statement": (
        lambda members: members.pop("rootStatements"),
        "not a list of TH under statement 1",
    ),
    "another state's statement": (
        lambda members: members["rootStatements"].update(VN=members["rootStatements"]["TH"]),
        "not a root statement of VN",
    ),
    "the root that was replaced signs for a new one": (
        lambda members: _replace_statement(members, FIRST[0], FIRST[1]),
        "too few of its own roots signed statement 2",
    ),
    "a new root signs for one before it": (
        lambda members: _replace_statement(members, SECOND[0], SECOND[2]),
        "too few of the roots before signed statement 2",
    ),
    "one root signs twice": (
        lambda members: members["lists"]["TH"].update(
            signatures=[members["lists"]["TH"]["signatures"][0]] * 2
        ),
        "too few roots signed the list of TH",
    ),
    "the list says something else": (
        lambda members: members["lists"]["TH"].update(
            payload=members["lists"]["TH"]["payload"][:-4] + "fQ"
        ),
        "not a list of TH under statement 2",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_list_by_hand_counts_only_as_the_roots_have_it(case: str, tmp_path: Path) -> None:
    act, told = WRONG[case]
    lay_out_log(tmp_path, size=1)
    state = "VN" if told.endswith("VN") else "TH"
    reading = (
        f"read_list {state} trust/bundle.json || echo refused\nlisted {state} log {AT} || echo none"
    )
    _change_bundle(tmp_path, act)
    script = "\n".join((commands_of(TRUST_LISTS), *PINNED.values(), reading))
    printed = execute(script, tmp_path)
    assert f"{told}: stop\nrefused\n" in printed
    assert printed.endswith("none\n")
