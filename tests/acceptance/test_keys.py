"""``swb keys``."""

from __future__ import annotations

import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from swb.backends.pkcs11 import PrivateSoftHsm, find_softhsm
from tests.services import miss

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program


@pytest.fixture(scope="module")
def keys(swb: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Development keys of two states."""
    out = tmp_path_factory.mktemp("keys") / "dev"
    ran = swb("keys", "make", "--states", "TH,VN", "--environment", "test", "--out", out)
    assert ran.status == 0, ran.stderr
    return out


def test_makes_roots_keys_lists_and_a_bundle(keys: Path) -> None:
    assert (keys / "bundle.json").exists()
    for state in ("TH", "VN", "REGION"):
        assert (keys / "roots" / f"{state}.pem").exists()
        assert (keys / "lists" / f"{state}.json").exists()
        for file in (keys / "keys" / state).glob("*.pem"):
            if not file.name.endswith(".crt.pem"):
                assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_openssl_holds_a_certificate_to_be_the_root_s(keys: Path, openssl: Path) -> None:
    leaf = keys / "keys" / "TH" / "transport.crt.pem"
    done = subprocess.run(
        [openssl, "verify", "-CAfile", keys / "roots" / "TH.pem", leaf],
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr


def test_says_what_it_made(swb: Program, tmp_path: Path) -> None:
    make = ("keys", "make", "--states", "LA", "--out", tmp_path / "new", "--years", "1")
    ran = swb(*make, "--json")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.value["states"] == ["LA", "REGION"]
    assert ran.value["bundle"] == str(tmp_path / "new" / "bundle.json")
    assert ran.value["findings"] == []


def test_warns_of_development_keys_for_production(swb: Program, tmp_path: Path) -> None:
    make = ("keys", "make", "--states", "TH", "--environment", "production")
    ran = swb(*make, "--out", tmp_path / "new")
    assert ran.status == 0
    assert "warning: development keys" in ran.stderr
    assert "keys.development" in ran.stderr


def test_never_overwrites(swb: Program, keys: Path, tmp_path: Path) -> None:
    before = (keys / "bundle.json").read_bytes()
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for out in (keys, tmp_path):
        ran = swb("keys", "make", "--states", "TH", "--out", out, "--json")
        assert (ran.status, ran.failure["code"]) == (1, "keys.exist")
    assert (keys / "bundle.json").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("states", ["XX", "TH,XX", "", "th", "THA", "TH,TH", "TH,,VN", "ไท"])
def test_wants_each_state_once_by_its_code(swb: Program, tmp_path: Path, states: str) -> None:
    ran = swb("keys", "make", "--states", states, "--out", tmp_path / "new", "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_unavailable(swb: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = swb("keys", "make", "--states", "TH", "--out", tmp_path / "file" / "new", "--json")
    assert (ran.status, ran.failure["code"]) == (4, "keys.unwritable")


def test_shows_a_certificate(swb: Program, keys: Path, openssl: Path) -> None:
    leaf = keys / "keys" / "VN" / "decryption.crt.pem"
    value = swb("keys", "show", leaf, "--trust", keys / "bundle.json", "--json").value
    assert value["party"] == "urn:swb:party:VN:gateway"
    assert value["may"] == ["decrypt"]
    assert [each["purpose"] for each in value["listed"]] == ["decryption"]
    assert value["findings"] == []
    done = subprocess.run(
        [openssl, "x509", "-in", leaf, "-noout", "-fingerprint", "-sha256"],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    fingerprint = done.stdout.strip().rpartition("=")[2].replace(":", "").lower()
    assert value["thumbprint"] == f"sha-256:{fingerprint}"


def test_shows_a_root_for_people_from_der_and_standard_input(
    swb: Program, keys: Path, openssl: Path
) -> None:
    der = subprocess.run(
        [openssl, "x509", "-in", keys / "roots" / "TH.pem", "-outform", "DER"],
        capture_output=True,
        check=True,
        timeout=30,
    ).stdout
    ran = swb("keys", "show", "-", stdin=der)
    assert ran.status == 0
    assert "TH test root" in ran.stdout.decode()
    assert "issue" in ran.stdout.decode()


def test_says_when_a_certificate_is_on_no_list(swb: Program, keys: Path, vectors: Path) -> None:
    root = vectors / "material" / "trust" / "roots" / "TH.pem"
    ran = swb("keys", "show", root, "--trust", keys / "bundle.json")
    assert ran.status == 0
    assert "not on any list of the bundle" in ran.stdout.decode()


def test_refuses_what_is_no_certificate(swb: Program, keys: Path) -> None:
    ran = swb("keys", "show", keys / "keys" / "TH" / "transport.pem", "--json")
    assert (ran.status, ran.failure["code"]) == (1, "certificate.malformed")


@pytest.mark.parametrize("purpose", ["transport", "decryption"])
def test_makes_a_key_in_a_token_and_asks_for_its_certificate(
    swb: Program, keys: Path, openssl: Path, tmp_path: Path, purpose: str
) -> None:
    if find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    hsm = PrivateSoftHsm(tmp_path / "hsm")
    hsm.add_token("TH", pin="246813")
    out, certificate = tmp_path / "request.pem", tmp_path / "certificate.pem"
    generate = (
        *("keys", "generate", "--module", hsm.module, "--token", "TH", "--pin", "env:SWB_TEST_PIN"),
        *("--party", "urn:swb:party:TH:gateway", "--purpose", purpose, "--out"),
    )
    environment = {**hsm.environment, "SWB_TEST_PIN": "246813"}

    ran = swb(*generate, out, "--json", env=environment)

    assert ran.status == 0, ran.stderr
    root = ("-CA", keys / "roots" / "TH.pem", "-CAkey", keys / "keys" / "TH" / "root.pem")
    if purpose == "transport":
        given = ("-req", "-in", out, "-copy_extensions", "copy")
        checked = subprocess.run(
            [openssl, "req", "-in", out, "-verify", "-noout"], capture_output=True, check=True
        )
        assert b"verify OK" in checked.stderr + checked.stdout
    else:
        given = ("-new", "-force_pubkey", out, "-subj", "/CN=TH gateway decryption")
    issue = (openssl, "x509", *given, *root, "-days", "30", "-out", certificate)
    subprocess.run([str(each) for each in issue], capture_output=True, check=True)
    shown = swb("keys", "show", certificate, "--json").value
    assert shown["key_thumbprint"] == ran.value["key_thumbprint"]
    if purpose == "transport":
        assert shown["party"] == "urn:swb:party:TH:gateway"
    again = swb(*generate, tmp_path / "other.pem", "--json", env=environment)
    assert (again.status, again.failure["code"]) == (1, "keys.exist")


def test_takes_no_pin_on_the_command_line(swb: Program, tmp_path: Path) -> None:
    library = tmp_path / "library.so"
    library.touch()
    ran = swb(
        *("keys", "generate", "--module", library, "--token", "TH", "--pin", "246813"),
        *("--party", "urn:swb:party:TH:gateway", "--purpose", "log", "--out", tmp_path / "o"),
    )
    assert ran.status == 2
    assert "246813" not in ran.stderr
