"""``swb verify``."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates

from swb.simulator.revoking import SimulatedRevocationAuthority
from swb_schemas.catalogue import Purpose
from tests.vectors.world import TH_GATEWAY, authority, holder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program, Ran

AT = "2026-03-02T03:05:00Z"
PASSPHRASE = "a passphrase for nothing"


class World:
    """Golden files and the options that judge them."""

    def __init__(self, swb: Program, vectors: Path) -> None:
        self._swb = swb
        self._vectors = vectors
        self.bundle = vectors / "material" / "trust" / "bundle.json"
        self.key = vectors / "material" / "keys" / "VN-gateway-decryption.pem"
        self.message = vectors / "delivery" / "accepts-a-clear-message" / "input" / "message.xml"
        self.encrypted = (
            vectors / "delivery" / "accepts-an-encrypted-message" / "input" / "message.xml"
        )
        sealed = vectors / "sealed-document" / "accepts-a-sealed-certificate-of-origin" / "input"
        (self.sealed,) = sealed.iterdir()

    def verify(
        self, file: Path | str, *options: str | Path, at: str = AT, stdin: bytes = b""
    ) -> Ran:
        return self._swb("verify", file, "--trust", self.bundle, "--at", at, *options, stdin=stdin)


@pytest.fixture
def world(swb: Program, vectors: Path) -> World:
    return World(swb, vectors)


def test_accepts_a_message_and_the_sealed_document_in_it(world: World) -> None:
    ran = world.verify(world.message, "--json")
    assert (ran.status, ran.stderr) == (0, "")
    value = ran.value
    assert (value["verdict"], value["code"], value["opened"]) == ("accepted", None, True)
    outer, inner = value["layers"]
    assert (outer["layer"], inner["layer"]) == ("message", "sealed document")
    assert outer["signer"]["party"] == "urn:swb:party:TH:gateway"
    assert outer["signer"]["purpose"] == "transport"
    assert inner["signer"]["party"] == "urn:swb:party:TH:issuing"
    assert inner["signer"]["purpose"] == "issuing-seal"
    assert outer["digest"].startswith("sha-256:")
    assert [step["number"] for step in outer["steps"]] == [f"M{n}" for n in range(1, 13)]
    numbers = [step["number"] for step in inner["steps"]]
    assert numbers == ["D1", *(f"S{n}" for n in range(1, 14)), "D3"]


def test_shows_people_the_verdict_first_and_every_step(world: World) -> None:
    ran = world.verify(world.sealed)
    assert (ran.status, ran.stderr) == (0, "")
    text = ran.stdout.decode()
    assert text.startswith("accepted: sealed document, judged as of 2026-03-02T03:05:00Z\n")
    assert "issuing-seal" in text
    assert "S8   seal value                   passed" in text


def test_takes_standard_input(world: World) -> None:
    ran = world.verify("-", "--json", stdin=world.sealed.read_bytes())
    assert (ran.status, ran.value["kind"]) == (0, "sealed document")


def test_a_body_for_somebody_else_is_judged_by_its_outer_layer(world: World) -> None:
    ran = world.verify(world.encrypted, "--json")
    value = ran.value
    assert (ran.status, value["verdict"], value["opened"]) == (0, "accepted", False)
    assert [layer["layer"] for layer in value["layers"]] == ["message"]
    assert [each["code"] for each in value["findings"]] == ["encryption.key_missing"]
    told = world.verify(world.encrypted)
    assert b"was not opened" in told.stdout
    assert "warning: " in told.stderr


def test_a_key_opens_a_protected_body(world: World) -> None:
    value = world.verify(world.encrypted, "--key", world.key, "--json").value
    assert (value["verdict"], value["opened"]) == ("accepted", True)
    assert len(value["layers"]) == 2


@pytest.mark.parametrize("form", ["env", "file"])
def test_a_key_may_have_a_passphrase(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    key = lock(world.key, tmp_path)
    (tmp_path / "secret").touch(mode=0o600)
    (tmp_path / "secret").write_text(PASSPHRASE + "\n", encoding="utf-8")
    monkeypatch.setenv("SWB_TEST_PASSPHRASE", PASSPHRASE)
    reference = "env:SWB_TEST_PASSPHRASE" if form == "env" else f"file:{tmp_path / 'secret'}"
    ran = world.verify(world.encrypted, "--key", key, "--passphrase", reference, "--json")
    assert (ran.status, ran.value["opened"]) == (0, True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "expected a passphrase"),
        (("--passphrase", "env:SWB_NO_SUCH_VARIABLE"), "expected a secret"),
        (("--passphrase", "file:/no/such/file"), "expected a readable secret"),
        (("--passphrase", PASSPHRASE), "env:NAME or file:PATH"),
        (("--passphrase", "env:SWB_WRONG"), "its passphrase"),
    ],
    ids=["none", "no variable", "no file", "the passphrase itself", "wrong"],
)
def test_a_key_that_does_not_open_is_a_usage_error(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    expected: str,
) -> None:
    monkeypatch.setenv("SWB_WRONG", "wrong")
    ran = world.verify(world.encrypted, "--key", lock(world.key, tmp_path), *options, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
    assert expected in ran.failure["message"]
    assert PASSPHRASE not in ran.stdout.decode() + ran.stderr


@pytest.mark.parametrize(
    ("typed", "status"),
    [(PASSPHRASE.encode() + b"\n", 0), (b"wrong\n", 2), (b"\x04", 2), (b"\x03", 130)],
    ids=["right", "wrong", "end of input", "interrupt"],
)
def test_a_person_is_asked_for_the_passphrase(
    world: World, swb: Program, tmp_path: Path, typed: bytes, status: int
) -> None:
    command: list[str | Path] = [swb.path, "verify", world.encrypted, "--trust", world.bundle]
    command += ["--at", AT, "--key", lock(world.key, tmp_path), "--json"]
    ours, theirs = pty.openpty()
    # A session of its own: the terminal is the one that it is given.
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", *command],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        assert read_until(ours, b"Passphrase of locked.pem: ")
        os.write(ours, typed)
        out, err = process.communicate(timeout=30)
    os.close(ours)
    assert process.returncode == status, err
    assert PASSPHRASE.encode() not in out + err
    assert json.loads(out).get("opened") is (True if status == 0 else None)


def read_until(terminal: int, text: bytes) -> bytes:
    """Read what is written to a terminal, until a text has come."""
    seen = b""
    while text not in seen:
        seen += os.read(terminal, 1000)
    return seen


def lock(key: Path, folder: Path) -> Path:
    """Write a key anew, encrypted."""
    private = load_pem_private_key(key.read_bytes(), password=None)
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    locked = folder / "locked.pem"
    locked.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return locked


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"VN:gateway", b"LA:gateway", "signature.content_digest"),
        (b"</StandardBusinessDocument>", b"</StandardBusinessDocument>\n", "xml.not_canonical"),
        (b"<Content>", b"<Content >", "xml.not_canonical"),
        (b"</Sender>", b"", "xml.malformed"),
    ],
    ids=["altered", "line feed", "white space in a tag", "malformed"],
)
def test_refuses_a_changed_message(world: World, old: bytes, new: bytes, code: str) -> None:
    octets = world.message.read_bytes()
    assert old in octets
    ran = world.verify("-", "--json", stdin=octets.replace(old, new, 1))
    assert ran.status == 1
    failure = ran.failure
    assert (failure["verdict"], failure["code"]) == ("refused", code)
    assert (failure["final"], failure["actor"]) == (True, "sender")
    step = failure["layers"][0]["steps"][-1]
    assert step["result"] == code
    # What is not authenticated is not told.
    assert failure["layers"][0]["header"] is None
    assert failure["layers"][0]["signer"] is None


def test_a_refusal_for_people_tells_step_code_and_actor(world: World) -> None:
    octets = world.message.read_bytes().replace(b"VN:gateway", b"LA:gateway", 1)
    ran = world.verify("-", stdin=octets)
    assert ran.status == 1
    assert ran.stdout.startswith(b"refused: message, ")
    assert b"M3   one signature, digests       signature.content_digest" in ran.stdout
    assert "swb: refused: signature.content_digest: " in ran.stderr
    assert "who must act: sender" in ran.stderr


def test_judges_as_of_now_unless_told_otherwise(world: World, swb: Program) -> None:
    verify = ("verify", world.message, "--trust", world.bundle, "--json")
    assert swb(*verify).failure["code"] == "message.expired"
    # A sealed document is evidence: it holds as long as its certificate held when it was sealed.
    assert swb("verify", world.sealed, "--trust", world.bundle).status == 0


def test_an_expired_list_leaves_it_undetermined(world: World) -> None:
    ran = world.verify(world.sealed, "--json", at="2050-01-01T00:00:00+07:00")
    assert ran.status == 3
    failure = ran.failure
    assert (failure["verdict"], failure["code"]) == ("undetermined", "trust.list_expired")
    assert (failure["final"], failure["actor"]) == (False, "operator")


@pytest.mark.parametrize("bundle", [b"", b"{}", b"[1", b'{"format": "urn:swb:trust-bundle:1"}'])
def test_a_bundle_that_cannot_be_used_says_nothing_about_the_file(
    world: World, tmp_path: Path, bundle: bytes
) -> None:
    world.bundle = tmp_path / "bundle.json"
    world.bundle.write_bytes(bundle)
    ran = world.verify(world.message, "--json")
    assert ran.status == 3
    assert (ran.failure["verdict"], ran.failure["code"]) == ("undetermined", "trust.unusable")
    assert ran.failure["layers"] == []


def test_a_recipient_refuses_what_is_for_another(world: World) -> None:
    assert world.verify(world.message, "--receiver", "urn:swb:party:VN:gateway").status == 0
    ran = world.verify(world.message, "--receiver", "urn:swb:party:LA:gateway", "--json")
    assert (ran.status, ran.failure["code"]) == (1, "message.misaddressed")


@pytest.mark.parametrize(
    "options",
    [
        ("--at", "2026-03-02"),
        ("--at", "2026-03-02T03:05:00"),
        ("--at", "yesterday"),
        ("--at", "9999-12-31T23:59:59-23:59"),
        ("--at", "0001-01-01T00:00:00+00:01"),
        ("--receiver", "the gateway"),
        ("--receiver", ""),
        ("--key", "/no/such/key.pem"),
        ("--trust", "/no/such/bundle.json"),
    ],
    ids=[
        "date",
        "no zone",
        "word",
        "behind the calendar",
        "before it",
        "no party",
        "an empty party",
        "no key",
        "no bundle",
    ],
)
def test_a_wrong_option_is_a_usage_error(world: World, options: tuple[str, ...]) -> None:
    ran = world.verify(world.message, *options, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
    assert "verdict" not in ran.value


def test_a_receiver_is_for_messages_only(world: World) -> None:
    ran = world.verify(world.sealed, "--receiver", "urn:swb:party:VN:gateway", "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")


@pytest.mark.parametrize(("revoked", "status"), [(True, 1), (False, 0)])
def test_a_revocation_answer_counts_where_it_revokes(
    world: World, tmp_path: Path, *, revoked: bool, status: int
) -> None:
    signer = authority("TH")
    (root,) = load_pem_x509_certificates(signer.root_pem)
    at = datetime(2026, 3, 2, 3, 5, tzinfo=UTC)
    answers = SimulatedRevocationAuthority(
        certificate=root, key=signer.root_key, now=lambda: at - timedelta(hours=1)
    )
    if revoked:
        answers.revoke(load_der_x509_certificate(holder(TH_GATEWAY, Purpose.TRANSPORT).der))
    (tmp_path / "state.crl").write_bytes(answers.make_list())
    ran = world.verify(world.message, "--answer", tmp_path / "state.crl", "--json")
    assert ran.status == status
    assert ran.value["code"] == ("certificate.revoked" if revoked else None)


def test_a_revocation_answer_is_known_by_its_name(world: World, tmp_path: Path) -> None:
    (tmp_path / "state.txt").write_bytes(b"")
    ran = world.verify(world.message, "--answer", tmp_path / "state.txt")
    assert ran.status == 2
    assert "expected a name that ends in .crl or .ocsp" in ran.stderr
