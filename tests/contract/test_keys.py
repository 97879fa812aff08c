"""What every back end that holds keys does: the same for a file, a token and another process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from swb.keyring import open_keys
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.certificates import parse_pem_certificate, verify_ecdsa
from swb_schemas.wire.encryption import (
    DecryptionKey,
    encrypt_body,
    key_thumbprint,
)
from tests.contract.key_worlds import BACK_ENDS, KeyWorld, open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.config import KeyConfig
    from swb.ports import KeyAgreement, Signer
    from swb_schemas.wire.certificates import Certificate


@pytest.fixture(params=BACK_ENDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyWorld]:
    softhsm = None
    if request.param.endswith("pkcs11"):
        softhsm = request.getfixturevalue("softhsm")
    async with open_world(request.param, tmp_path, softhsm) as opened:
        yield opened


def certificate(world: KeyWorld, purpose: Purpose) -> Certificate:
    return parse_pem_certificate(world.certificates[purpose].read_bytes())


def signer(world: KeyWorld) -> Signer:
    return world.keys.signers[Purpose.TRANSPORT]


def holder(world: KeyWorld) -> KeyAgreement:
    (found,) = world.keys.agreements.values()
    return found


async def test_signs_with_the_key_of_its_certificate(world: KeyWorld) -> None:
    assert signer(world).certificate == certificate(world, Purpose.TRANSPORT).der
    for data in (b"", b"data", bytes(300_000)):
        signature = await signer(world).sign(data)
        assert len(signature) == 64
        verify_ecdsa(certificate(world, Purpose.TRANSPORT).public_key, signature, data)


async def test_signs_for_many_at_once(world: KeyWorld) -> None:
    data = [b"%d" % number for number in range(40)]
    signatures = await asyncio.gather(*(signer(world).sign(each) for each in data))
    for each, signature in zip(data, signatures, strict=True):
        verify_ecdsa(certificate(world, Purpose.TRANSPORT).public_key, signature, each)


async def test_agrees_on_the_secret_that_the_sender_has(world: KeyWorld) -> None:
    public_key = certificate(world, Purpose.DECRYPTION).public_key
    assert holder(world).thumbprint == key_thumbprint(public_key)
    for _ in range(5):
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        secret = await holder(world).agree(ephemeral.public_key())
        assert secret == ephemeral.exchange(ec.ECDH(), public_key)


async def test_opens_a_body_that_was_protected_for_it(world: KeyWorld) -> None:
    public_key = certificate(world, Purpose.DECRYPTION).public_key
    bodies = [encrypt_body(b"%d" % number, recipient=public_key) for number in range(10)]
    secrets = await asyncio.gather(*(holder(world).agree(each.read_ephemeral()) for each in bodies))
    for number, (body, secret) in enumerate(zip(bodies, secrets, strict=True)):
        assert body.recipient_key == holder(world).thumbprint
        assert DecryptionKey.agreed(body, secret).open(body) == b"%d" % number


async def test_shows_nothing_of_its_key(world: KeyWorld) -> None:
    for each in (signer(world), holder(world)):
        assert len(repr(each)) < 200
        assert "PRIVATE" not in repr(each)


async def test_a_key_of_another_certificate_signs_and_opens_nothing(
    world: KeyWorld, tmp_path: Path
) -> None:
    """Whoever mixes certificates up finds out at once, and no message is refused for it."""
    other = tmp_path / "other"
    other.mkdir()
    async with open_world("file", other, None) as strange:
        if world.configs[Purpose.TRANSPORT].kind == "pkcs12":
            pytest.skip("key and certificate are in one file")
        configs = {
            purpose: config.model_copy(update={"certificate": strange.certificates[purpose]})
            for purpose, config in world.configs.items()
        }
    with pytest.raises(UnavailableError) as unsigned:
        await _sign(configs[Purpose.TRANSPORT])
    with pytest.raises(UnavailableError) as unopened:
        await _agree(configs[Purpose.DECRYPTION])
    assert unsigned.value.code == unopened.value.code == "signer.unavailable"


async def _sign(config: KeyConfig) -> None:
    async with open_keys({Purpose.TRANSPORT: config}) as keys:
        await keys.signers[Purpose.TRANSPORT].sign(b"data")


async def _agree(config: KeyConfig) -> None:
    async with open_keys({Purpose.DECRYPTION: config}) as keys:
        for each in keys.agreements.values():
            await each.agree(ec.generate_private_key(ec.SECP256R1()).public_key())


async def test_health_can_ask_whoever_holds_the_keys(world: KeyWorld) -> None:
    assert bool(world.keys.checks) is (
        world.configs[Purpose.TRANSPORT].kind in {"pkcs11", "remote"}
    )
    for check in world.keys.checks.values():
        await check()
        await check()
    await signer(world).sign(b"data")


async def test_can_be_opened_again_after_it_was_closed(world: KeyWorld) -> None:
    for _ in range(2):
        async with open_keys(world.configs) as keys:
            await keys.signers[Purpose.TRANSPORT].sign(b"data")
