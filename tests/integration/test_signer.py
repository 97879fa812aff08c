"""A signer and its clients: who is heard, what is signed for whom, and what survives what."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from swb.backends.remote import SignerConnection
from swb.config import RemoteKeyConfig, SignerLimitsConfig
from swb.core.signer_protocol import (
    DATA_LIMIT,
    HEADER_OCTETS,
    encode_describe,
    encode_frame,
    encode_sign,
)
from swb.keyring import open_keys
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from swb_schemas.wire.certificates import parse_certificate, verify_ecdsa
from tests.contract.key_worlds import open_world, running_signer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from swb.config import KeyConfig
    from swb.keyring import KeyRing


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Mapping[Purpose, KeyConfig]]:
    """Keys in files, for a signer to hold."""
    (tmp_path / "held").mkdir()
    async with open_world("file", tmp_path / "held", None) as world:
        yield world.configs


def remote(held: Mapping[Purpose, Any], path: Path, seconds: float = 5) -> dict[Purpose, KeyConfig]:
    return {
        purpose: RemoteKeyConfig(
            kind="remote", socket=path, certificate=key.certificate, timeout_seconds=seconds
        )
        for purpose, key in held.items()
    }


async def sign(keys: KeyRing, data: bytes = b"data") -> None:
    signer = keys.signers[Purpose.TRANSPORT]
    signature = await signer.sign(data)
    verify_ecdsa(parse_certificate(signer.certificate).public_key, signature, data)


async def fails(keys: KeyRing) -> str:
    with pytest.raises(UnavailableError) as failure:
        await sign(keys)
    return failure.value.code


# --- who is heard ------------------------------------------------------------------------------


async def test_only_its_own_user_can_reach_the_socket(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    async with running_signer(path, held):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_hears_no_user_that_it_was_not_told_of(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    other = str(os.getuid() + 1)
    with capture_logs() as logs:
        async with running_signer(path, held, user=other), open_keys(remote(held, path)) as keys:
            assert await fails(keys) == "signer.unavailable"
    assert [each["uid"] for each in logs if each["event"] == "stranger"] == [os.getuid()] * 2


async def test_signs_for_no_purpose_that_the_client_was_not_given(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    given = (Purpose.DECRYPTION,)
    async with running_signer(path, held, purposes=given), open_keys(remote(held, path)) as keys:
        assert await fails(keys) == "signer.not_permitted"
        reply = await SignerConnection(path).ask(encode_describe)
    assert reply["protocol"] == 1
    assert reply["keys"] == [{"purpose": "decryption", "key": next(iter(keys.agreements))}]


async def test_signs_no_more_often_than_the_client_may(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    limits = SignerLimitsConfig(operations_a_second=0.001, burst=3)
    async with running_signer(path, held, limits=limits), open_keys(remote(held, path)) as keys:
        for _ in range(3):
            await sign(keys)
        assert await fails(keys) == "signer.busy"


async def test_has_nothing_to_sign_for_a_purpose_that_it_has_no_key_for(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    only = {Purpose.DECRYPTION: held[Purpose.DECRYPTION]}
    async with running_signer(path, only), open_keys(remote(held, path)) as keys:
        assert await fails(keys) == "signer.unavailable"


# --- what it tells -----------------------------------------------------------------------------


async def test_logs_what_was_signed_for_whom_and_nothing_of_it(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    with capture_logs() as logs:
        async with running_signer(path, held), open_keys(remote(held, path)) as keys:
            await sign(keys, b"a personal name")
    (signed,) = [each for each in logs if each["event"] == "signed"]
    assert signed["purpose"] is Purpose.TRANSPORT
    assert signed["digest"] == f"sha-256:{sha256(b'a personal name').hexdigest()}"
    assert (signed["uid"], signed["pid"]) == (os.getuid(), os.getpid())
    assert "personal" not in str(logs)


# --- what it survives --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\xff\xff\xff\xff", id="a frame too large"),
        pytest.param(bytes(4), id="an empty frame"),
        pytest.param(encode_frame({"id": 1, "op": "export"}), id="an operation that is none"),
        pytest.param((9).to_bytes(HEADER_OCTETS) + b"not json!", id="no JSON"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="another protocol"),
        pytest.param(encode_sign(1, Purpose.TRANSPORT, b"data")[:20], id="half a frame"),
    ],
)
async def test_ends_a_connection_that_is_out_of_step_and_no_other(
    held: dict[Purpose, KeyConfig], tmp_path: Path, sent: bytes
) -> None:
    path = tmp_path / "signer.sock"
    async with running_signer(path, held), open_keys(remote(held, path)) as keys:
        await sign(keys)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(sent)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        await sign(keys)


async def test_signs_what_fits_into_a_frame_and_nothing_larger(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    async with running_signer(path, held), open_keys(remote(held, path)) as keys:
        await sign(keys, bytes(DATA_LIMIT))
        with pytest.raises(UnavailableError, match="at most"):
            await sign(keys, bytes(DATA_LIMIT + 1))


async def test_goes_on_with_a_signer_that_was_restarted(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    async with open_keys(remote(held, path)) as keys:
        assert await fails(keys) == "signer.unavailable"
        for _ in range(2):
            async with running_signer(path, held):
                await sign(keys)
            assert await fails(keys) == "signer.unavailable"


async def test_answers_what_was_asked_before_an_ordered_shutdown(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    async with open_keys(remote(held, path)) as keys:
        async with running_signer(path, held):
            await sign(keys)
            asked = [asyncio.create_task(sign(keys, b"%d" % each)) for each in range(50)]
            await asked[0]
        done = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in done if each is not None} <= {UnavailableError}


async def test_waits_no_longer_than_it_should_for_a_signer_that_hangs(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(path))
        hanging.listen()
        async with open_keys(remote(held, path, seconds=0.1)) as keys:
            assert await fails(keys) == "signer.unavailable"


async def test_takes_the_place_of_a_signer_that_was_killed_and_of_no_living_one(
    held: dict[Purpose, KeyConfig], tmp_path: Path
) -> None:
    path = tmp_path / "signer.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert path.is_socket()
    async with running_signer(path, held), open_keys(remote(held, path)) as keys:
        await sign(keys)
        with pytest.raises(UnavailableError) as failure:
            async with running_signer(path, held):
                pytest.fail("two signers at one socket")
        assert failure.value.code == "signer.socket"
        await sign(keys)


@pytest.mark.parametrize("what", ["a file", "a folder that all may write", "no folder", "no user"])
async def test_refuses_a_place_where_no_socket_should_be(
    held: dict[Purpose, KeyConfig], tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "run"
    if what != "no folder":
        folder.mkdir()
    if what == "a file":
        (folder / "signer.sock").touch()
    if what == "a folder that all may write":
        folder.chmod(0o777)
    user = "no-such-user-here" if what == "no user" else None
    with pytest.raises(SwbError) as failure:
        async with running_signer(folder / "signer.sock", held, user=user):
            pytest.fail("it listens")
    refused = isinstance(failure.value, RefusedError)
    assert failure.value.code == ("config.invalid" if refused else "signer.socket")
    assert refused is (what in {"a folder that all may write", "no user"})
