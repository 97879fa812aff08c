"""Checkpoints and inclusion proofs: who signed, who watched, and what follows."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire import Distrust, Unknown, parse_trust_bundle
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.ledger import (
    parse_checkpoint,
    parse_entry,
    parse_log_proof,
    verify_checkpoint,
    verify_log_proof,
)
from swb_schemas.wire.ledger.notes import parse_note
from tests.ledgers import ORIGIN, HandLog, cosign, draw_entry
from tests.vectors.world import (
    AT,
    ROUTER,
    STANDARD_ENTRIES,
    TH_CUSTOMS,
    TH_GATEWAY,
    VN_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LOG = holder(ROUTER, Purpose.LOG)
TH = holder(TH_GATEWAY, Purpose.LOG)
VN = holder(VN_GATEWAY, Purpose.LOG)
UNLISTED = holder(TH_GATEWAY, Purpose.LOG, label="unlisted")
CUSTOMS = holder(TH_CUSTOMS, Purpose.LOG)
SECOND = holder(TH_GATEWAY, Purpose.LOG, label="second")
LISTED = (*STANDARD_ENTRIES, *(entry_of(one) for one in (TH, VN, CUSTOMS, SECOND)))
TRUST = parse_trust_bundle(bundle(list_form("TH", LISTED), list_form("VN", LISTED)))
ENTRIES = [draw_entry(serial) for serial in range(7)]
HONEST = HandLog(entries=ENTRIES, key=LOG)
SIGNED = HONEST.sign()
SEEN_AT = AT - timedelta(minutes=1)
WITNESSED = cosign(SIGNED, TH, VN, at=SEEN_AT)
MINUTE = timedelta(minutes=1)


def thumbprint(one: bytes) -> str:
    return parse_certificate(one).thumbprint


# --- the form ----------------------------------------------------------------------------------


def test_a_checkpoint_is_three_lines_and_signatures_below_a_blank_one() -> None:
    origin, size, root, blank, *lines = WITNESSED.decode().split("\n")
    assert (origin, size, blank) == (ORIGIN, "7", "")
    assert base64.b64decode(root) == HONEST.root(7)
    assert [line.split(" ")[:2] for line in lines] == [
        ["\u2014", ORIGIN],
        ["\u2014", "urn:swb:party:TH:gateway"],
        ["\u2014", "urn:swb:party:VN:gateway"],
        [""],
    ]


def test_what_is_read_is_written_again_byte_for_byte() -> None:
    checkpoint, note = parse_checkpoint(WITNESSED)
    assert note.encode() == WITNESSED
    assert checkpoint.text == note.text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "ledger.note"),
        (SIGNED[:-1], "ledger.note"),
        (SIGNED.replace(b"\n\n", b"\n"), "ledger.note"),
        (SIGNED.replace(b"\n7\n", b"\n7\r\n"), "ledger.note"),
        (SIGNED + b"\xff\n", "ledger.note"),
        (SIGNED + "\u2014 a+b AAAAAAA=\n".encode(), "ledger.note"),
        (SIGNED + "\u2014 name AAAA\n".encode(), "ledger.note"),
        (SIGNED + "\u2014 name not-base64\n".encode(), "ledger.note"),
        (SIGNED + b"- name AAAAAAA=\n", "ledger.note"),
        (SIGNED + "\u2014 name AAAAAAA=\n".encode() * 64, "ledger.note"),
        (SIGNED + b"x" * 70_000, "ledger.note"),
        (SIGNED.replace(b"\n7\n", b"\n07\n"), "ledger.checkpoint"),
        (SIGNED.replace(b"\n7\n", b"\n-7\n"), "ledger.checkpoint"),
        (SIGNED.replace(b"\n7\n", "\n\u0667\n".encode()), "ledger.checkpoint"),
        (SIGNED.replace(b"\n7\n", b"\n7\nmore\n"), "ledger.checkpoint"),
        (SIGNED.replace(b"log.example", b"log example", 1), "ledger.checkpoint"),
        (SIGNED.replace(b"=\n\n", b"\n\n"), "ledger.checkpoint"),
    ],
)
def test_refuses_what_is_no_checkpoint(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_checkpoint(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        ENTRIES[0].encode()[:-1],
        ENTRIES[0].encode() + b"\n",
        ENTRIES[0].encode().replace(b"entry/1", b"entry/2"),
        ENTRIES[0].encode().replace(b"sha-256", b"sha-512"),
        ENTRIES[0].encode().replace(b"TH", b"th"),
        b"\xff" * 20,
        b"x" * 600,
    ],
    ids=repr,
)
def test_refuses_what_is_no_entry(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_entry(raw)
    assert refused.value.code == "ledger.entry"


def test_an_entry_is_read_as_it_was_written() -> None:
    assert [parse_entry(each.encode()) for each in ENTRIES] == ENTRIES


# --- who signed --------------------------------------------------------------------------------


def test_a_checkpoint_that_two_states_watched_is_verified() -> None:
    found = verify_checkpoint(WITNESSED, trust=TRUST, at=AT, origin=ORIGIN)
    assert found.checkpoint.size == 7
    assert found.witnesses == ("TH", "VN")
    assert found.seen_at == SEEN_AT
    assert found.log_certificate == thumbprint(LOG.der)
    assert found.disregarded == {}


def test_lines_of_strangers_count_for_nothing_and_do_no_harm() -> None:
    stranger = "\u2014 witness.example/w1 AAAAAAAA\n".encode()
    found = verify_checkpoint(WITNESSED + stranger, trust=TRUST, at=AT)
    assert found.witnesses == ("TH", "VN")


@pytest.mark.parametrize(
    ("checkpoint", "code"),
    [
        pytest.param(SIGNED, "ledger.witnesses", id="no witness"),
        pytest.param(cosign(SIGNED, TH, at=AT), "ledger.witnesses", id="one witness"),
        pytest.param(
            cosign(SIGNED, TH, SECOND, at=AT), "ledger.witnesses", id="one state with two keys"
        ),
        pytest.param(
            cosign(SIGNED, TH, UNLISTED, at=AT), "ledger.witnesses", id="a key that nobody lists"
        ),
        pytest.param(
            cosign(SIGNED, CUSTOMS, VN, at=AT), "ledger.witnesses", id="a party that is no gateway"
        ),
        pytest.param(
            cosign(SIGNED, TH, VN, at=AT + 6 * MINUTE), "ledger.witnesses", id="from the future"
        ),
        pytest.param(
            cosign(SIGNED, LOG, VN, at=AT), "ledger.witnesses", id="the region watches itself"
        ),
        pytest.param(
            cosign(HandLog(entries=ENTRIES, key=TH).sign(), TH, VN, at=AT),
            "ledger.unsigned",
            id="signed by a member in the place of the log",
        ),
        pytest.param(WITNESSED.replace(b"\n7\n", b"\n8\n"), "ledger.signature", id="another size"),
        pytest.param(
            cosign(HandLog(entries=ENTRIES, key=LOG, origin="log.example/b").sign(), TH, VN, at=AT),
            "ledger.origin",
            id="another log",
        ),
    ],
)
def test_refuses_a_checkpoint(checkpoint: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_checkpoint(checkpoint, trust=TRUST, at=AT, origin=ORIGIN)
    assert refused.value.code == code


def test_a_cosignature_does_not_fit_another_time_or_tree() -> None:
    lines = parse_note(WITNESSED).signatures[1:]
    later = [replace(each, value=bytes(7) + b"\x01" + each.value[8:]) for each in lines]
    another = parse_note(HONEST.sign(6))
    for note, others in ((another, lines), (parse_note(SIGNED), later)):
        joined = replace(note, signatures=(*note.signatures, *others))
        with pytest.raises(RefusedError) as refused:
            verify_checkpoint(joined.encode(), trust=TRUST, at=AT)
        assert refused.value.code == "ledger.signature"


def test_a_signature_has_one_spelling() -> None:
    note = parse_note(SIGNED)
    (line,) = note.signatures
    padded = replace(line, value=line.value + b"\x00")
    for value in (padded.value, b"\x30\x00", b"\x00"):
        changed = replace(note, signatures=(replace(line, value=value),))
        with pytest.raises(RefusedError) as refused:
            verify_checkpoint(changed.encode(), trust=TRUST, at=AT, witnesses=0)
        assert refused.value.code == "ledger.signature"


def test_where_nobody_watched_the_log_alone_can_be_asked_for() -> None:
    found = verify_checkpoint(SIGNED, trust=TRUST, at=AT, witnesses=0)
    assert found.witnesses == ()
    assert found.seen_at is None


# --- keys that are not believed any more -------------------------------------------------------


def test_a_witness_whose_key_was_stolen_before_counts_no_more() -> None:
    stolen = {thumbprint(TH.der): Distrust(since=SEEN_AT - MINUTE, reason="stolen")}
    with pytest.raises(RefusedError) as refused:
        verify_checkpoint(WITNESSED, trust=replace(TRUST, statuses=stolen), at=AT)
    assert refused.value.code == "ledger.witnesses"


def test_a_witness_whose_status_is_unknown_leaves_the_checkpoint_undetermined() -> None:
    unsure = {thumbprint(TH.der): Unknown(reason="no answer")}
    with pytest.raises(UndeterminedError) as undetermined:
        verify_checkpoint(WITNESSED, trust=replace(TRUST, statuses=unsure), at=AT)
    assert undetermined.value.code == "certificate.status_unknown"


@pytest.mark.parametrize(
    ("since", "accepted"), [(SEEN_AT + MINUTE, True), (SEEN_AT - MINUTE, False)]
)
def test_what_two_states_saw_before_the_logs_key_was_stolen_stands(
    since: datetime, accepted: bool
) -> None:
    stolen = {thumbprint(LOG.der): Distrust(since=since, reason="stolen", is_compromise=True)}
    trust = replace(TRUST, statuses=stolen)
    if accepted:
        assert verify_checkpoint(WITNESSED, trust=trust, at=AT).witnesses == ("TH", "VN")
        return
    with pytest.raises(RefusedError) as refused:
        verify_checkpoint(WITNESSED, trust=trust, at=AT)
    assert refused.value.code == "certificate.compromised"


def test_what_one_state_alone_saw_before_the_logs_key_was_stolen_does_not_stand() -> None:
    """The time that counts is that of the quorum, not of its first witness."""
    stolen = {thumbprint(LOG.der): Distrust(since=SEEN_AT, reason="stolen", is_compromise=True)}
    for first, then in ((TH, VN), (VN, TH)):
        seen = cosign(cosign(SIGNED, first, at=SEEN_AT - MINUTE), then, at=SEEN_AT + MINUTE / 2)
        assert set(verify_checkpoint(seen, trust=TRUST, at=AT).witnesses) == {"TH", "VN"}
        with pytest.raises(RefusedError) as refused:
            verify_checkpoint(seen, trust=replace(TRUST, statuses=stolen), at=AT)
        assert refused.value.code == "certificate.compromised"


def test_a_certificate_has_to_hold_when_it_cosigned() -> None:
    begins = entry_of(TH, start=AT)
    early = (*STANDARD_ENTRIES, begins, entry_of(VN))
    trust = parse_trust_bundle(bundle(list_form("TH", early), list_form("VN", early)))
    with pytest.raises(RefusedError) as refused:
        verify_checkpoint(WITNESSED, trust=trust, at=AT)
    assert "certificate.not_yet_valid" in refused.value.message


# --- inclusion ---------------------------------------------------------------------------------


def test_a_proof_shows_that_a_message_is_in_the_log() -> None:
    raw = HONEST.prove(4, WITNESSED).encode()
    assert raw.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    found = verify_log_proof(raw, entry=ENTRIES[4], trust=TRUST, at=AT)
    assert (found.index, found.entry) == (4, ENTRIES[4])
    assert found.checkpoint.witnesses == ("TH", "VN")
    assert parse_log_proof(raw).encode() == raw


def test_a_proof_says_itself_what_it_is_about() -> None:
    raw = HONEST.prove(4, WITNESSED).encode()
    assert verify_log_proof(raw, entry=None, trust=TRUST, at=AT).entry == ENTRIES[4]


def test_a_proof_of_the_only_entry_has_no_hashes() -> None:
    single = HandLog(entries=ENTRIES[:1], key=LOG)
    raw = single.prove(0, cosign(single.sign(), TH, VN, at=SEEN_AT)).encode()
    assert verify_log_proof(raw, entry=ENTRIES[0], trust=TRUST, at=AT).index == 0


PROOF = HONEST.prove(4, WITNESSED).encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(HONEST.prove(3, WITNESSED).encode(), "ledger.other_entry", id="another"),
        pytest.param(
            HONEST.prove(3, WITNESSED, named=False).encode(), "ledger.proof", id="another unnamed"
        ),
        pytest.param(HONEST.prove(4, SIGNED).encode(), "ledger.witnesses", id="unwatched"),
        pytest.param(PROOF.replace(b"index 4", b"index 5"), "ledger.proof", id="another place"),
        pytest.param(b"", "ledger.proof_malformed", id="nothing"),
        pytest.param(b"x" * 200_000, "ledger.proof_malformed", id="too large"),
        pytest.param(PROOF.replace(b"@v1", b"@v2"), "ledger.proof_malformed", id="version"),
        pytest.param(PROOF.replace(b"index 4", b"index 04"), "ledger.proof_malformed", id="zero"),
        pytest.param(PROOF.replace(b"index 4\n", b""), "ledger.proof_malformed", id="no index"),
        pytest.param(PROOF.replace(b"4\n", b"4\nAAAA\n", 1), "ledger.proof_malformed", id="short"),
        pytest.param(PROOF.replace(b"4\n", b"4\n!\n", 1), "ledger.proof_malformed", id="base64"),
        pytest.param(PROOF.replace(b"extra ", b"extra \xff"), "ledger.proof_malformed", id="utf"),
        pytest.param(
            HONEST.prove(4, WITNESSED).encode().replace(b"extra ", b"extra A", 1),
            "ledger.proof_malformed",
            id="extra",
        ),
    ],
)
def test_refuses_a_proof(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_log_proof(raw, entry=ENTRIES[4], trust=TRUST, at=AT)
    assert refused.value.code == code


def test_a_proof_that_names_nothing_needs_an_entry() -> None:
    with pytest.raises(RefusedError) as refused:
        verify_log_proof(
            HONEST.prove(4, WITNESSED, named=False).encode(), entry=None, trust=TRUST, at=AT
        )
    assert refused.value.code == "ledger.proof_malformed"


# --- others' tools -----------------------------------------------------------------------------


def test_openssl_verifies_the_line_of_the_log_and_of_a_witness(
    openssl: Path, tmp_path: Path
) -> None:
    """With what the specifications say and the certificates of the trust lists."""
    text = parse_note(WITNESSED).text.encode()
    lines = parse_note(WITNESSED).signatures
    seconds = int(SEEN_AT.timestamp())
    signed: list[tuple[bytes, bytes, bytes]] = [
        (LOG.der, lines[0].value, text),
        (TH.der, lines[1].value[8:], f"cosignature/v1\ntime {seconds}\n".encode() + text),
    ]
    for certificate, value, data in signed:
        (tmp_path / "leaf.der").write_bytes(certificate)
        (tmp_path / "value").write_bytes(value)
        (tmp_path / "data").write_bytes(data)
        asked = f"{openssl} x509 -inform der -in leaf.der -noout -pubkey -out leaf.pub"
        subprocess.run(asked.split(), check=True, cwd=tmp_path)
        asked = f"{openssl} dgst -sha256 -verify leaf.pub -signature value data"
        said = subprocess.run(asked.split(), check=True, cwd=tmp_path, capture_output=True).stdout
        assert said == b"Verified OK\n"
