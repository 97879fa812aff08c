"""``swb evidence`` as installed: export, verify, erase, and what status says then."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from swb.app.auditing import open_approvals
from swb.config import load_config
from swb_schemas.evidence import read_archive, write_archive
from tests.acceptance.program import find_program

run = find_program()

NUMBERS = ("response_number", "cancellation_number", "request_number")
COUNTED = {
    "GIVEN": "response",
    "NOT GIVEN": "response",
    "PENDING": "response",
    "CANCELLED": "cancellation",
    "VERIFICATION SUSPENDING": "request",
    "VERIFICATION DENIED": "request",
}
"""What the status of a certificate has a number of."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence") / "kept"
    done = run("demo", "--documents", "4", "--keep", str(folder))
    assert done.status == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def reference(kept: Path) -> str:
    with sqlite3.connect(kept / "region" / "store" / "TH.db") as connection:
        ((found,),) = connection.execute(
            "SELECT certificate_key FROM documents "
            "WHERE message_type = 'CertificateIssue' AND direction = 'out' LIMIT 1"
        ).fetchall()
    connection.close()
    return str(found)


@pytest.fixture
def config(kept: Path) -> str:
    return str(kept / "region" / "gateway-TH.toml")


@pytest.fixture
def bundle(kept: Path) -> str:
    return str(kept / "trust" / "bundle.json")


def test_a_container_is_exported_verified_and_what_is_erased_stays_proven(
    reference: str, config: str, bundle: str, tmp_path: Path
) -> None:
    whole = str(tmp_path / "whole.asice")
    done = run("evidence", "export", reference, "--config", config, "--out", whole, "--json")
    assert done.status == 0, done.stderr
    assert done.value["without_time_stamp"] == 0
    assert done.value["erased"] == 0
    judged = run("evidence", "verify", whole, "--trust", bundle, "--json")
    assert (judged.status, judged.value["verdict"]) == (0, "accepted")
    assert judged.value["complete"]
    assert {each["verdict"] for each in judged.value["items"]} == {"accepted"}
    status = run("status", reference, "--config", config, "--json").value["status"]
    outcome = judged.value["outcome"]
    assert outcome["fact"] == status
    counted = COUNTED.get(status, "")
    numbers = {name for name in NUMBERS if outcome[name] is not None}
    assert numbers == {f"{counted}_number"} & set(NUMBERS)
    assert outcome["signer"].endswith(":customs")
    shown = run("evidence", "verify", whole, "--trust", bundle).stdout.decode().splitlines()
    number = f", {counted} {outcome[f'{counted}_number']}" if counted else ""
    assert shown[1].split(maxsplit=1)[1].startswith(f"{status}{number}, by {outcome['signer']}")
    count = len(judged.value["items"])
    assert shown[-1].split(maxsplit=1) == [
        "files",
        f"{count} of {count} accepted; --all shows each",
    ]
    full = run("evidence", "verify", whole, "--trust", bundle, "--all").stdout.decode()
    assert full.count("existed by") == 1 + sum(
        item["kind"] != "log proof" for item in judged.value["items"]
    )
    kinds = {each["kind"] for each in judged.value["items"]}
    assert kinds == {"message", "document", "log proof"}
    later = run("evidence", "verify", whole, "--trust", bundle, "--at", "2046-01-01T00:00:00Z")
    assert later.status == 0
    assert "complete      nothing that one would expect lacks" in later.stdout.decode()
    assert "evidence.old_trust" in later.stderr

    erased = run(
        "evidence", "erase", reference, "--config", config, "--reason", "its time is over", "--json"
    )
    assert erased.status == 0, erased.stderr
    assert len(erased.value["files"]) >= 4
    again = run(
        "evidence", "erase", reference, "--config", config, "--reason", "its time is over", "--json"
    )
    assert (again.status, again.value["code"]) == (1, "erasure.nothing")
    status = run("status", reference, "--config", config)
    assert status.status == 0
    assert b"ERASED" in status.stdout.splitlines()[0]
    trail = run("audit", "show", "--config", config)
    entered = [line for line in trail.stdout.decode().splitlines() if "evidence erase" in line]
    told = "\n".join(entered)
    assert "evidence erased" in told
    assert "evidence erase failed" in told
    assert "refused: erasure.nothing" in trail.stdout.decode()
    left = str(tmp_path / "left.asice")
    assert run("evidence", "export", reference, "--config", config, "--out", left).status == 0
    judged = run("evidence", "verify", left, "--trust", bundle, "--json")
    # Nothing runs here any more, so the record itself waits for its time-stamp.
    assert (judged.status, judged.value["code"]) == (3, "evidence.unproven")
    waiting = {each["kind"] for each in judged.value["items"] if each["verdict"] != "accepted"}
    assert waiting == {"erasure"}
    assert any(each["erased"] for each in judged.value["items"])


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda raw: raw[:1000], "container.malformed"),
        (lambda raw: write_archive({**read_archive(raw), "x": b""}), "container.extra_file"),
    ],
    ids=["cut", "one more file"],
)
def test_a_container_that_is_none_is_refused_with_its_code(
    kept: Path, bundle: str, tmp_path: Path, make: object, code: str
) -> None:
    vn = str(kept / "region" / "gateway-VN.toml")
    with sqlite3.connect(kept / "region" / "store" / "VN.db") as connection:
        ((found,),) = connection.execute(
            "SELECT document_id FROM documents WHERE message_type = 'CertificateIssue' LIMIT 1"
        ).fetchall()
    connection.close()
    good = tmp_path / "good.asice"
    assert run("evidence", "export", found, "--config", vn, "--out", str(good)).status == 0
    bad = tmp_path / "bad.asice"
    assert callable(make)
    bad.write_bytes(make(good.read_bytes()))
    done = run("evidence", "verify", str(bad), "--trust", bundle, "--json")
    assert (done.status, done.value["verdict"], done.value["code"]) == (1, "refused", code)


def test_unknown_references_and_missing_sections_are_told(
    kept: Path, config: str, tmp_path: Path
) -> None:
    done = run("evidence", "export", "TH:NO:such", "--config", config, "--json")
    assert (done.status, done.value["code"]) == (1, "reference.unknown")
    plain = tmp_path / "gateway.toml"
    text = (kept / "region" / "gateway-TH.toml").read_text()
    head, _, tail = text.partition("[evidence]")
    plain.write_text(
        head.replace('"store/', f'"{kept}/region/store/') + "[" + tail.partition("\n[")[2]
    )
    done = run("evidence", "export", "TH:NO:such", "--config", str(plain), "--json")
    assert (done.status, done.value["code"]) == (1, "config.invalid")


def test_two_people_are_needed_to_erase_where_policy_says_so(kept: Path) -> None:
    guarded = kept / "region" / "gateway-guarded.toml"
    text = (kept / "region" / "gateway-VN.toml").read_text()
    guarded.write_text(text + '\n[approvals]\ntwo_people = ["erase"]\n')
    with sqlite3.connect(kept / "region" / "store" / "VN.db") as connection:
        ((found,),) = connection.execute(
            "SELECT document_id FROM documents WHERE message_type = 'CertificateIssue' LIMIT 1"
        ).fetchall()
    connection.close()
    asked = ("evidence", "erase", found, "--config", guarded, "--reason", "its time is over")
    done = run(*asked, "--json")
    assert (done.status, done.value["code"]) == (1, "approval.needed")
    (request,) = run("approvals", "list", "--config", guarded, "--json").value["requests"]
    done = run(*asked, "--approval", request["id"], "--json")
    assert (done.status, done.value["code"]) == (1, "approval.not_given")
    assert b"ERASED" not in run("status", found, "--config", guarded).stdout
    agree(guarded, request["id"])
    assert run(*asked, "--approval", request["id"], "--json").status == 0
    again = run(*asked, "--approval", request["id"], "--json")
    assert (again.status, again.value["code"]) == (1, "approval.used")


def test_two_people_state_a_theft_where_policy_says_so(kept: Path) -> None:
    guarded = kept / "region" / "gateway-careful.toml"
    text = (kept / "region" / "gateway-VN.toml").read_text()
    guarded.write_text(text + '\n[approvals]\ntwo_people = ["trust"]\n')
    stating = ("trust", "compromise", "AU", "--purpose", "transport", "--config", guarded)
    more = ("--since", "2026-01-20T08:00Z", "--reason", "told by telephone")
    done = run(*stating, *more, "--json")
    assert (done.status, done.value["code"]) == (1, "approval.needed")
    (request,) = (
        each
        for each in run("approvals", "list", "--config", guarded, "--json").value["requests"]
        if "compromise" in each["act"]
    )
    agree(guarded, request["id"])
    done = run(*stating, *more, "--approval", request["id"], "--json")
    assert done.status == 0, done.stderr
    assert done.value["findings"] == []
    lifting = (
        "trust",
        "compromise",
        "--lift",
        str(done.value["statement"]),
        "--reason",
        "a mistake",
    )
    assert run(*lifting, "--config", guarded, "--json").value["code"] == "approval.needed"


def test_a_theft_of_one_s_own_state_is_for_its_next_list(kept: Path) -> None:
    own = kept / "region" / "gateway-VN.toml"
    more = ("--since", "2026-01-20T08:00Z", "--dry-run", "--config", own)
    done = run("trust", "compromise", "VN", "--purpose", "customs-seal", *more, "--json")
    assert done.status == 0, done.value
    assert [each["code"] for each in done.value["findings"]] == ["trust.own_member"]


def agree(file: Path, request_id: str) -> None:
    """Agree as another person than the one who runs the tests."""

    async def give() -> None:
        async with open_approvals(load_config(file), who="another person") as approvals:
            await approvals.give(request_id)

    asyncio.run(give())


def test_a_container_without_a_named_file_goes_to_a_new_one_and_is_entered(
    reference: str, config: str, tmp_path: Path
) -> None:
    done = run("evidence", "export", reference, "--config", config, "--json", cwd=tmp_path)
    assert done.status == 0, done.stderr
    name = re.sub(r"[^A-Za-z0-9.-]", "_", reference) + ".asice"
    assert done.value["file"] == name
    octets = (tmp_path / name).read_bytes()
    assert "documents/" in "".join(read_archive(octets))
    again = run("evidence", "export", reference, "--config", config, "--json", cwd=tmp_path)
    assert (again.status, again.value["code"]) == (1, "container.exists")
    assert (tmp_path / name).read_bytes() == octets
    entries = run("audit", "show", "--config", config).stdout.decode()
    assert "evidence exported" in entries
    assert f"sha-256:{sha256(octets).hexdigest()}" in entries
    assert reference in entries


def test_a_container_goes_to_standard_output_when_asked_and_never_beside_json(
    reference: str, config: str, bundle: str, tmp_path: Path
) -> None:
    given = ("evidence", "export", reference, "--config", config, "--out", "-")
    done = run(*given, cwd=tmp_path)
    assert done.status == 0, done.stderr
    assert "documents/" in "".join(read_archive(done.stdout))
    early = run("evidence", "verify", "-", "--trust", bundle, "--at", "2020-01-01T00:00:00Z",
                stdin=done.stdout)  # fmt: skip
    assert "lies before this evidence" in early.stderr
    refused = run(*given, "--json", cwd=tmp_path)
    assert (refused.status, refused.value["code"]) == (2, "cli.usage")
    main, terminal = pty.openpty()
    swb = Path(sys.executable).with_name("swb")
    shown = subprocess.run(
        [swb, *given], stdout=terminal, stderr=subprocess.PIPE, cwd=tmp_path, check=False
    )
    os.close(terminal)
    os.close(main)
    assert shown.returncode == 2
    assert b"terminal" in shown.stderr
    assert list(tmp_path.iterdir()) == []
