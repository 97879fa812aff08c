"""Time-stamp authorities over HTTP, and the openssl program on either side."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from swb.backends.http.time_stamps import HttpTimeStampAuthority
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.sandbox.time_stamps import route_time_stamps
from swb_schemas.errors import UnavailableError
from swb_schemas.evidence import (
    encode_time_stamp_query,
    read_time_stamp_answer,
    verify_time_stamp,
)
from tests.stamping import AT, StampWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IMPRINT = sha256(b"what is stamped").digest()
QUERY = encode_time_stamp_query(IMPRINT, nonce=99)
WAIT = timedelta(seconds=5)


@pytest.fixture(scope="module")
def stamps() -> StampWorld:
    return StampWorld.make()


async def test_a_query_is_answered_over_http(stamps: StampWorld) -> None:
    listening, url = listen_on_loopback()
    async with serve_sites((route_time_stamps(stamps.tsa.answer), listening)):
        authority = HttpTimeStampAuthority(url, wait_for=WAIT)
        token = read_time_stamp_answer(await authority.ask(QUERY))
    found = verify_time_stamp(token, imprint=IMPRINT, trust=stamps.trust, at=AT, nonce=99)
    assert found.generated_at == AT
    assert authority.name in url


@asynccontextmanager
async def speaking(answer: bytes | None) -> AsyncIterator[str]:
    """A server that says one thing to everybody, or nothing at all."""
    served: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.append(task)
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            with suppress(ConnectionError):
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.close()
        await asyncio.gather(*served)


def http(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


REPLY = "application/timestamp-reply"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http("503 Busy", REPLY, b""), "status 503"),
        (http("200 OK", "text/html", b"<p>please log in"), "text/html"),
        (http("302 Found", REPLY, b""), "status 302"),
        (http("200 OK", REPLY, bytes(70_000)), "at most 65536"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "found RemoteProtocolError"),
        (None, "within 0.2 s"),
    ],
    ids=["busy", "a page", "a redirection", "too long", "another protocol", "silence"],
)
async def test_anything_else_is_unreachable(answer: bytes | None, told: str) -> None:
    wait_for = WAIT if answer is not None else timedelta(seconds=0.2)
    async with speaking(answer) as url:
        with pytest.raises(UnavailableError) as failed:
            await HttpTimeStampAuthority(url, wait_for=wait_for).ask(QUERY)
    assert failed.value.code == "time_stamp.unreachable"
    assert told in failed.value.message


async def test_nobody_there_is_unreachable() -> None:
    listening, url = listen_on_loopback()
    listening.close()
    with pytest.raises(UnavailableError) as failed:
        await HttpTimeStampAuthority(url, wait_for=WAIT).ask(QUERY)
    assert failed.value.code == "time_stamp.unreachable"


# --- openssl -----------------------------------------------------------------------------------


def run(folder: Path, openssl: str, *arguments: str) -> str:
    done = subprocess.run(
        [openssl, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(stamps: StampWorld, tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(stamps.roots.root_pem)
    (tmp_path / "data").write_bytes(b"what is stamped")
    return tmp_path


def test_openssl_asks_the_simulated_authority_and_accepts_its_answer(
    stamps: StampWorld, folder: Path, openssl: str
) -> None:
    run(folder, openssl, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
    (folder / "answer").write_bytes(stamps.tsa.answer((folder / "query").read_bytes()))
    moment = str(int(AT.timestamp()))
    for what in (("-queryfile", "query"), ("-data", "data")):
        told = run(
            folder, openssl, "ts", "-verify", *what, "-in", "answer", "-CAfile", "root.pem",
            "-attime", moment,
        )  # fmt: skip
        assert "Verification: OK" in told


def test_openssl_as_an_authority_is_asked_and_believed(
    stamps: StampWorld, folder: Path, openssl: str
) -> None:
    key = stamps.tsa.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "tsa.pem").write_bytes(stamps.certificate.public_bytes(Encoding.PEM))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_digest = sha256\n"
        "default_policy = 1.2.3.4\ndigests = sha256\naccuracy = secs:1\n"
        "ess_cert_id_alg = sha256\n"
    )
    (folder / "query").write_bytes(QUERY)
    run(
        folder, openssl, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query",
        "-signer", "tsa.pem", "-inkey", "key.pem", "-out", "answer",
    )  # fmt: skip
    token = read_time_stamp_answer((folder / "answer").read_bytes())
    at = datetime.now(UTC)
    found = verify_time_stamp(token, imprint=IMPRINT, trust=stamps.trust, at=at, nonce=99)
    assert (found.policy, found.accuracy) == ("1.2.3.4", timedelta(seconds=1))
    assert abs(found.generated_at - at) < timedelta(minutes=5)
