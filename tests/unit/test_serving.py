"""Serving: answers leave at once, and which files the server's side of TLS takes."""

from __future__ import annotations

import asyncio
import gc
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
