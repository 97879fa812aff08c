"""Serving: answers leave at once, and which files the server's side of TLS takes."""

from __future__ import annotations

import asyncio
import gc
from ipaddress import ip_network
from socket import IPPROTO_TCP, TCP_NODELAY, create_server
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from swb.serving import make_server_tls, serve_application
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send


@pytest.mark.parametrize(
    ("mode", "code"),
    [(0o644, "config.secret_exposed"), (0o600, "config.invalid"), (None, "config.invalid")],
    ids=["open to all", "no key", "missing"],
)
def test_refuses_a_key_that_others_may_read_or_that_is_none(
    tmp_path: Path, mode: int | None, code: str
) -> None:
    key = tmp_path / "key.pem"
    if mode is not None:
        key.write_text("nothing", encoding="utf-8")
        key.chmod(mode)
    with pytest.raises(RefusedError) as caught:
        make_server_tls(tmp_path / "certificate.pem", key)
    assert caught.value.code == code


async def test_no_answer_waits_for_the_acknowledgement_of_its_head() -> None:
    """Without the option every answer takes 40 ms longer, as measured."""
    async with serve_application(
        PlainTextResponse("here"), host="127.0.0.1", port=0, error_code="api.unavailable"
    ) as port:

        def ask() -> tuple[str, list[int]]:
            with httpx.Client() as client:
                told = client.get(f"http://127.0.0.1:{port}/").text
                ends = [each for each in gc.get_objects() if isinstance(each, H11Protocol)]
                sockets = [
                    each.transport.get_extra_info("socket")
                    for each in ends
                    if not each.transport.is_closing()
                ]
                return told, [each.getsockopt(IPPROTO_TCP, TCP_NODELAY) for each in sockets]

        told, options = await asyncio.to_thread(ask)
    assert (told, options) == ("here", [1])


@pytest.mark.parametrize(
    ("version", "headers", "status", "answers"),
    [
        (b"1.1", b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"400", 1),
        (b"1.1", b"Transfer-Encoding: chunked\r\nContent-Length: 0", b"400", 1),
        (b"1.0", b"Transfer-Encoding: chunked", b"400", 1),
        (b"1.1", b"Transfer-Encoding: chunked", b"200", 2),
    ],
    ids=["length first", "chunks first", "of old", "chunks alone"],
)
async def test_nobody_hides_a_request_behind_the_end_of_another(
    version: bytes, headers: bytes, status: bytes, answers: int
) -> None:
    first = b"POST / HTTP/" + version + b"\r\nHost: here\r\n" + headers + b"\r\n\r\n0\r\n\r\n"
    hidden = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    async with serve_application(
        PlainTextResponse("here"), host="127.0.0.1", port=0, error_code="api.unavailable"
    ) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first + hidden)
        told = await reader.read()
        writer.close()
    assert told.startswith(b"HTTP/1.1 " + status)
    assert told.count(b"HTTP/1.1 ") == answers


@pytest.mark.parametrize(
    ("trusted", "told"),
    [
        ([], "127.0.0.1 by http"),
        (["10.0.0.0/8"], "127.0.0.1 by http"),
        (["127.0.0.1/32"], "203.0.113.7 by https"),
        (["127.0.0.1/32", "203.0.113.0/24"], "198.51.100.9 by https"),
    ],
    ids=["nobody", "another one", "the proxy", "two proxies"],
)
async def test_only_a_proxy_that_is_trusted_says_who_asks(trusted: list[str], told: str) -> None:
    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        answer = PlainTextResponse(f"{scope['client'][0]} by {scope['scheme']}")
        await answer(scope, receive, send)

    headers = {
        "X-Forwarded-For": "127.0.0.1, 198.51.100.9, 203.0.113.7",
        "X-Forwarded-Proto": "https",
    }
    async with (
        serve_application(
            tell,
            host="127.0.0.1",
            port=0,
            error_code="api.unavailable",
            trusted_proxies=[ip_network(each) for each in trusted],
        ) as port,
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(f"http://127.0.0.1:{port}/", headers=headers)
    assert answer.text == told


@pytest.mark.parametrize(
    ("trusted", "sent", "told"),
    [
        ("", ["for=203.0.113.7;proto=https"], "127.0.0.1 by http"),
        ("10.0.0.0/8", ["for=203.0.113.7;proto=https"], "127.0.0.1 by http"),
        ("127.0.0.1/32", ["for=203.0.113.7;proto=https"], "203.0.113.7 by https"),
        ("127.0.0.1/32", ["for=10.9.9.9", "for=203.0.113.7"], "203.0.113.7 by http"),
        ("127.0.0.1/32", ['for="'], "400"),
        ("127.0.0.1/32", [], "127.0.0.1 by http"),
    ],
    ids=["nobody", "another one", "the proxy", "two headers", "malformed", "says nothing"],
)
async def test_a_proxy_that_is_trusted_says_who_asks_by_the_standard_header(
    trusted: str, sent: list[str], told: str
) -> None:
    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        answer = PlainTextResponse(f"{scope['client'][0]} by {scope['scheme']}")
        await answer(scope, receive, send)

    headers = [("X-Forwarded-For", "198.51.100.1"), *(("Forwarded", each) for each in sent)]
    async with (
        serve_application(
            tell,
            host="127.0.0.1",
            port=0,
            error_code="api.unavailable",
            trusted_proxies=[ip_network(trusted)] if trusted else [],
            proxy_header="forwarded",
        ) as port,
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(f"http://127.0.0.1:{port}/", headers=headers)
    if told.isdecimal():
        assert answer.status_code == int(told)
        assert "RFC 7239" in answer.text
    else:
        assert answer.text == told


async def test_says_that_somebody_else_listens_there() -> None:
    with create_server(("127.0.0.1", 0)) as taken, pytest.raises(UnavailableError) as caught:
        async with serve_application(
            PlainTextResponse("here"),
            host="127.0.0.1",
            port=taken.getsockname()[1],
            error_code="api.unavailable",
        ):
            pass
    assert caught.value.code == "api.unavailable"
