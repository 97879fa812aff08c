"""Revocation answers over HTTP: hostile servers, and `openssl` on either side."""

from __future__ import annotations

import asyncio
import re
import subprocess
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ReasonFlags, load_der_x509_crl

from swb.backends.http.revocation import HttpAnswerFetcher
from swb.backends.softkey.authority import Authority
from swb.sandbox.revocation_server import route_revocation
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.simulator.revoking import SimulatedRevocationAuthority
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.parties import GATEWAY, PartyId
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.crl import RevocationList, read_crl
from swb_schemas.wire.ocsp_response import encode_ocsp_request, read_ocsp_response
from swb_schemas.wire.revocation import Said, Statement
from tests.services import ROOT, require_program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb_schemas.wire.certificates import Certificate

FETCHER: Final = HttpAnswerFetcher(wait_for=timedelta(seconds=20))
HASTY: Final = HttpAnswerFetcher(wait_for=timedelta(seconds=0.3))


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Issuer:
    """A development authority with two certificates, in files too."""

    folder: Path

    def __post_init__(self) -> None:
        begin = now() - timedelta(hours=1)
        self.own = Authority("TH", "test", begin=begin, end=begin + timedelta(days=30))
        self.certificate = parse_pem_certificate(self.own.root_pem)
        self.answers = SimulatedRevocationAuthority(
            certificate=self.certificate.parsed, key=self.own.root_key, now=now
        )
        self.root = self._write("root.pem", self.own.root_pem)
        self.good, self.revoked = (self.issue(name) for name in ("good", "revoked"))

    def issue(self, name: str) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        found = self.own.issue(PartyId("TH", GATEWAY), Purpose.TRANSPORT, key.public_key())
        pem = found.public_bytes(Encoding.PEM)
        self._write(f"{name}.pem", pem)
        self._write(
            f"{name}.key",
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
        return parse_pem_certificate(pem)

    def _write(self, name: str, octets: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(octets)
        return path


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


async def run(*arguments: str | Path, cwd: Path) -> str:
    """Run a program; returns what it says, whatever its end."""
    process = await asyncio.create_subprocess_exec(
        *map(str, arguments), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return said.decode()


# --- openssl asks ------------------------------------------------------------------------------


@pytest.mark.parametrize("delegated", [False, True], ids=["issuer", "responder"])
async def test_openssl_takes_what_our_authority_answers(
    issuer: Issuer, openssl: Path, delegated: bool
) -> None:
    issuer.answers.revoke(issuer.revoked.parsed, reason=ReasonFlags.key_compromise)
    if delegated:
        issuer.answers.appoint()
    listening, url = listen_on_loopback()
    async with serve_sites((route_revocation(issuer.answers), listening)):
        for name, said in (("good", "good.pem: good"), ("revoked", "revoked.pem: revoked")):
            found = await run(
                *(openssl, "ocsp", "-issuer", "root.pem", "-cert", f"{name}.pem"),
                *("-url", f"{url}ocsp", "-CAfile", "root.pem", "-no_nonce"),
                cwd=issuer.folder,
            )
            assert "Response verify OK" in found
            assert said in found
        octets = await FETCHER.fetch_crl(f"{url}crl")
    (issuer.folder / "crl.pem").write_bytes(load_der_x509_crl(octets).public_bytes(Encoding.PEM))
    for name, said in (("good", "good.pem: OK"), ("revoked", "certificate revoked")):
        found = await run(
            *(openssl, "verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "root.pem"),
            f"{name}.pem",
            cwd=issuer.folder,
        )
        assert said in found


# --- openssl answers ---------------------------------------------------------------------------


async def answer_by_openssl(
    issuer: Issuer, openssl: Path, about: Certificate, *, signer: str = "root"
) -> bytes:
    """Have `openssl` answer a request of ours from its index of good and revoked certificates."""
    write_index(issuer)
    request = encode_ocsp_request(about, issuer=issuer.certificate)
    (issuer.folder / "asked.der").write_bytes(request)
    told = await run(
        *(openssl, "ocsp", "-index", "index.txt", "-CA", "root.pem", "-rmd", "sha256"),
        *("-rsigner", f"{signer}.pem", "-rkey", f"{signer}.key", "-nmin", "60"),
        *("-reqin", "asked.der", "-respout", "answer.der"),
        cwd=issuer.folder,
    )
    assert (issuer.folder / "answer.der").exists(), told
    return (issuer.folder / "answer.der").read_bytes()


def write_index(issuer: Issuer) -> None:
    """Write what `openssl` reads: its index, and the issuer's key."""
    end = issuer.good.valid_until.strftime("%y%m%d%H%M%SZ")
    since = (now() - timedelta(minutes=5)).strftime("%y%m%d%H%M%SZ")
    good, revoked = (f"{each.parsed.serial_number:X}" for each in (issuer.good, issuer.revoked))
    good, revoked = (each.zfill(len(each) + len(each) % 2) for each in (good, revoked))
    (issuer.folder / "index.txt").write_text(
        f"V\t{end}\t\t{good}\tunknown\t/CN=good\n"
        f"R\t{end}\t{since},keyCompromise\t{revoked}\tunknown\t/CN=revoked\n"
    )
    key = issuer.own.root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (issuer.folder / "root.key").write_bytes(key)


def _said(octets: bytes, about: Certificate, issuer: Issuer) -> Said | str:
    found = read_ocsp_response(octets, certificate=about, issuer=issuer.certificate)
    return found.said if isinstance(found, Statement) else found.reason


async def test_we_take_what_openssl_answers(issuer: Issuer, openssl: Path) -> None:
    for about, said in (
        (issuer.good, Said.GOOD),
        (issuer.revoked, Said.REVOKED),
        (issuer.issue("stranger"), Said.UNKNOWN),
    ):
        octets = await answer_by_openssl(issuer, openssl, about)
        assert _said(octets, about, issuer) is said
    assert "another certificate" in _said(octets, issuer.good, issuer)


async def test_openssl_with_a_certificate_that_is_no_responder_convinces_nobody(
    issuer: Issuer, openssl: Path
) -> None:
    octets = await answer_by_openssl(issuer, openssl, issuer.revoked, signer="good")
    said = _said(octets, issuer.revoked, issuer)
    assert said == "neither its issuer nor a responder of its issuer signed the response"


async def test_we_take_a_list_that_openssl_made(issuer: Issuer, openssl: Path) -> None:
    write_index(issuer)
    (issuer.folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ndefault_md=sha256\n"
        "default_crl_days=1\ncertificate=root.pem\nprivate_key=root.key\n"
    )
    making = (openssl, "ca", "-config", "ca.cnf", "-gencrl", "-out", "own.pem")
    told = await run(*making, cwd=issuer.folder)
    turning = (openssl, "crl", "-in", "own.pem", "-outform", "DER", "-out", "own.crl")
    await run(*turning, cwd=issuer.folder)
    found = read_crl((issuer.folder / "own.crl").read_bytes(), issuer=issuer.certificate)
    assert isinstance(found, RevocationList), told
    states = [found.state_of(each) for each in (issuer.good, issuer.revoked)]
    assert [each.said for each in states if isinstance(each, Statement)] == [
        Said.GOOD,
        Said.REVOKED,
    ]


# --- hostile servers ---------------------------------------------------------------------------


@asynccontextmanager
async def serve_octets(answer: Callable[[bytes], bytes | None]) -> AsyncIterator[str]:
    """A server that answers the first line of a request with raw octets; None never ends."""
    serving = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        first = await reader.readline()
        while (await reader.readline()).strip():
            pass
        octets = answer(first)
        with suppress(OSError):  # who asks may have had enough
            if octets is None:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                await writer.drain()
                await reader.read()
            else:
                writer.write(octets)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await asyncio.gather(*(task for task in serving if task is not None))


def _response(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


HOSTILE: Final[dict[str, Callable[[bytes], bytes | None]]] = {
    "not found": lambda _: _response(b"", "404 Not Found"),
    "a redirection": lambda _: _response(b"", "302 Found", "Location: http://127.0.0.1:1/"),
    "too many octets": lambda _: _response(bytes(10_000_001)),
    "a bomb": lambda _: _response(b"x", "200 OK", "Content-Encoding: gzip"),
    "no HTTP": lambda _: b"SSH-2.0-OpenSSH\r\n",
    "silence": lambda _: None,
    "cut short": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_server_that_does_not_answer_is_an_outage(name: str) -> None:
    fetcher = HASTY if name == "silence" else FETCHER
    async with serve_octets(HOSTILE[name]) as url:
        for question in (fetcher.fetch_crl(url), fetcher.fetch_ocsp(url, b"asked")):
            with pytest.raises(UnavailableError) as caught:
                await question
            assert caught.value.code == "revocation.unreachable"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://[::bad/", "https://127.0.0.1:1/", "http://127.0.0.1:99999/"],
)
async def test_nobody_there_is_an_outage(url: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        await FETCHER.fetch_crl(url)
    assert caught.value.code == "revocation.unreachable"


async def test_a_responder_is_asked_by_post_where_it_does_not_understand_get() -> None:
    asked = []

    def answer(first: bytes) -> bytes:
        asked.append(first.split()[0])
        got = first.startswith(b"GET")
        return _response(b"", "405 Method Not Allowed") if got else _response(b"answer")

    async with serve_octets(answer) as url:
        assert await FETCHER.fetch_ocsp(url, b"asked") == b"answer"
    assert asked == [b"GET", b"POST"]


async def test_a_long_request_is_posted() -> None:
    asked = []

    def answer(first: bytes) -> bytes:
        asked.append(first.split()[0])
        return _response(b"answer")

    async with serve_octets(answer) as url:
        assert await FETCHER.fetch_ocsp(url, bytes(300)) == b"answer"
    assert asked == [b"POST"]


# --- the page for operators --------------------------------------------------------------------

PAGE: Final = ROOT / "docs" / "how-to" / "revocation-answers.md"


@pytest.mark.usefixtures("openssl")
@pytest.mark.parametrize("revoked", [False, True])
async def test_the_commands_of_the_page_tell_what_the_gateway_finds(
    issuer: Issuer, revoked: bool
) -> None:
    require_program("curl")
    if revoked:
        issuer.answers.revoke(issuer.good.parsed)
    for name, other in (("issuer.pem", "root.pem"), ("gateway.pem", "good.pem")):
        (issuer.folder / name).write_bytes((issuer.folder / other).read_bytes())
    (block,) = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    listening, url = listen_on_loopback()
    async with serve_sites((route_revocation(issuer.answers), listening)):
        script = f"OCSP={url}ocsp CRL={url}crl\n{block}"
        found = await run("bash", "-c", script, cwd=issuer.folder)
    assert "Response verify OK" in found
    assert ("gateway.pem: revoked" if revoked else "gateway.pem: good") in found
    assert ("certificate revoked" if revoked else "gateway.pem: OK") in found
