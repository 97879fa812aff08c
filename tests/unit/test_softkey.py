"""Keys in files, and development keys."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from swb.backends.softkey import (
    DevelopmentKeys,
    SoftKeyAgreement,
    SoftKeySigner,
    make_development_keys,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parties import PartyId
from swb_schemas.wire import DecryptionKey, encrypt_body, parse_trust_bundle
from swb_schemas.wire.certificates import parse_certificate, verify_ecdsa

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 22, 8, 0, 0, 5, tzinfo=UTC)
STATES = ("TH", "VN")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentKeys:
    return make_development_keys(
        tmp_path_factory.mktemp("keys") / "made", STATES, Environment.PRODUCTION, AT
    )


def _signer(keys: DevelopmentKeys) -> SoftKeySigner:
    return SoftKeySigner.load(
        keys.key("TH", Purpose.TRANSPORT), keys.certificate("TH", Purpose.TRANSPORT)
    )


# --- signing -----------------------------------------------------------------------------------


async def test_signs_with_the_key_of_its_certificate(keys: DevelopmentKeys) -> None:
    signer = _signer(keys)
    signature = await signer.sign(b"data")
    verify_ecdsa(parse_certificate(signer.certificate).public_key, signature, b"data")


async def test_the_same_data_give_the_same_signature(keys: DevelopmentKeys) -> None:
    signer = _signer(keys)
    assert await signer.sign(b"data") == await signer.sign(b"data")


async def test_reads_an_encrypted_key(keys: DevelopmentKeys, tmp_path: Path) -> None:
    plain = load_pem_private_key(keys.key("TH", Purpose.TRANSPORT).read_bytes(), password=None)
    path = tmp_path / "encrypted.pem"
    encryption = BestAvailableEncryption(b"a passphrase")
    path.write_bytes(plain.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    certificate = keys.certificate("TH", Purpose.TRANSPORT)
    signer = SoftKeySigner.load(path, certificate, passphrase=b"a passphrase")
    assert await signer.sign(b"data") == await _signer(keys).sign(b"data")
    for wrong in (None, b"another passphrase"):
        with pytest.raises(UnavailableError) as unavailable:
            SoftKeySigner.load(path, certificate, passphrase=wrong)
        assert unavailable.value.code == "signer.unavailable"


def test_refuses_a_key_of_another_certificate(keys: DevelopmentKeys) -> None:
    with pytest.raises(UnavailableError) as unavailable:
        SoftKeySigner.load(
            keys.key("TH", Purpose.TRANSPORT), keys.certificate("VN", Purpose.TRANSPORT)
        )
    assert unavailable.value.code == "signer.unavailable"


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\n", b"P-384"])
def test_names_a_file_that_holds_no_key(
    content: bytes | None, keys: DevelopmentKeys, tmp_path: Path
) -> None:
    path = tmp_path / "some-key.pem"
    if content == b"P-384":
        other = ec.generate_private_key(ec.SECP384R1())
        content = other.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p")
        )
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnavailableError, match=re.escape(str(path))):
        SoftKeySigner.load(path, keys.certificate("TH", Purpose.TRANSPORT), passphrase=b"p")


def test_a_signer_does_not_show_its_key(keys: DevelopmentKeys) -> None:
    assert repr(_signer(keys)) == "SoftKeySigner('CN=TH gateway transport\\\\, development')"


async def test_opens_what_was_encrypted_for_the_listed_key(keys: DevelopmentKeys) -> None:
    bundle = parse_trust_bundle(keys.bundle.read_bytes())
    listed = bundle.find_certificate(PartyId("VN", "gateway"), Purpose.DECRYPTION, AT)
    assert listed is not None
    body = encrypt_body(b"content", recipient=listed.certificate.public_key)
    holder = SoftKeyAgreement.load(
        keys.key("VN", Purpose.DECRYPTION), keys.certificate("VN", Purpose.DECRYPTION)
    )
    assert body.recipient_key == holder.thumbprint
    secret = await holder.agree(body.read_ephemeral())
    assert DecryptionKey.agreed(body, secret).open(body) == b"content"


def test_refuses_a_plain_key_that_every_user_may_read(
    keys: DevelopmentKeys, tmp_path: Path
) -> None:
    path = tmp_path / "open.pem"
    path.write_bytes(keys.key("TH", Purpose.TRANSPORT).read_bytes())
    path.chmod(0o644)
    with pytest.raises(UnavailableError) as unavailable:
        SoftKeySigner.load(path, keys.certificate("TH", Purpose.TRANSPORT))
    assert unavailable.value.code == "signer.exposed"
    path.chmod(0o640)
    SoftKeySigner.load(path, keys.certificate("TH", Purpose.TRANSPORT))


# --- making ------------------------------------------------------------------------------------


def test_private_files_are_for_their_owner_alone(keys: DevelopmentKeys) -> None:
    files = [path for path in keys.directory.rglob("*") if path.is_file()]
    private = [path for path in files if b"PRIVATE KEY" in path.read_bytes()]
    assert len(private) == 2 * 7 + 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_the_bundle_pins_the_roots_that_were_written(keys: DevelopmentKeys) -> None:
    bundle = parse_trust_bundle(keys.bundle.read_bytes())
    assert bundle.environment is Environment.PRODUCTION
    assert bundle.check_pointers() == ()
    assert set(bundle.lists) == set(keys.roots) == set(keys.states) == {"TH", "VN", "REGION"}
    for state, path in keys.roots.items():
        (root,) = bundle.roots[state]
        assert root.parsed.public_bytes(Encoding.PEM) == path.read_bytes()


def test_every_listed_certificate_can_be_used_at_once(keys: DevelopmentKeys) -> None:
    bundle = parse_trust_bundle(keys.bundle.read_bytes())
    for listing in bundle.lists.values():
        for entries in listing.parties.values():
            for entry in entries:
                assert entry.issuer is not None
                assert entry.has_fitting_usage
                assert entry.holds_at(AT)


def test_two_environments_share_no_root(tmp_path: Path, keys: DevelopmentKeys) -> None:
    other = make_development_keys(tmp_path, STATES, Environment.TEST, AT)
    roots = [path.read_bytes() for made in (keys, other) for path in made.roots.values()]
    assert len(set(roots)) == 6


def test_parallel_is_served_by_production_roots(tmp_path: Path) -> None:
    made = make_development_keys(tmp_path, STATES, Environment.PARALLEL, AT)
    bundle = parse_trust_bundle(made.bundle.read_bytes())
    assert bundle.environment is Environment.PRODUCTION
    assert bundle.environment.includes(Environment.PARALLEL)


def test_a_seed_makes_everything_reproducible(tmp_path: Path) -> None:
    first, second, other = (
        make_development_keys(tmp_path / name, STATES, Environment.TEST, AT, seed=seed)
        for name, seed in (("a", b"1"), ("b", b"1"), ("c", b"2"))
    )
    assert first.bundle.read_bytes() == second.bundle.read_bytes()
    assert first.bundle.read_bytes() != other.bundle.read_bytes()


def test_refuses_a_folder_that_has_keys(keys: DevelopmentKeys) -> None:
    before = keys.bundle.read_bytes()
    with pytest.raises(RefusedError) as refused:
        make_development_keys(keys.directory, STATES, Environment.PRODUCTION, AT)
    assert refused.value.code == "keys.exist"
    assert keys.bundle.read_bytes() == before


def test_overwrites_no_file(tmp_path: Path) -> None:
    kept = tmp_path / "roots" / "TH.pem"
    kept.parent.mkdir()
    kept.write_text("kept")
    with pytest.raises(UnavailableError) as unavailable:
        make_development_keys(tmp_path, STATES, Environment.TEST, AT)
    assert unavailable.value.code == "keys.unwritable"
    assert kept.read_text() == "kept"


def test_keys_hold_for_as_long_as_asked(tmp_path: Path) -> None:
    made = make_development_keys(
        tmp_path, STATES, Environment.TEST, AT, valid_for=timedelta(days=2)
    )
    bundle = parse_trust_bundle(made.bundle.read_bytes())
    gateway = PartyId("TH", "gateway")
    assert bundle.find_certificate(gateway, Purpose.TRANSPORT, AT + timedelta(days=1)) is not None
    assert bundle.lists["TH"].expires_at < AT + timedelta(days=2)
