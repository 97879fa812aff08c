"""A form is bounded before any of it is kept: in octets, in time, in what it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from swb.console.application import read_form
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"


def build(body: bytes | None, headers: Mapping[str, str]) -> Request:
    """A request whose body comes at once; None never comes."""

    async def receive() -> dict[str, Any]:
        if body is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


async def test_reads_a_form() -> None:
    request = build(b"name=olga&Remarks=%E1%9E%80", {"content-type": FORM, "content-length": "27"})
    form = await read_form(request, limit=100, within=5)
    assert dict(form) == {"name": "olga", "Remarks": "\u1780"}
    await form.close()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-length": "101"}, "console.too_large"),
        ({}, "console.too_large"),
        ({"content-length": "-1"}, "console.too_large"),
        ({"content-length": "10"}, "console.too_slow"),
    ],
    ids=["too large", "no length", "no number", "never comes"],
)
async def test_refuses_what_nobody_should_wait_for(headers: dict[str, str], code: str) -> None:
    request = build(None, {"content-type": FORM, **headers})
    with pytest.raises(RefusedError) as refusal:
        await read_form(request, limit=100, within=0)
    assert refusal.value.code == code


async def test_refuses_what_is_no_form() -> None:
    kind = "multipart/form-data; boundary=x"
    request = build(b"--y\r\nno form", {"content-type": kind, "content-length": "13"})
    with pytest.raises(RefusedError) as refusal:
        await read_form(request, limit=100, within=5)
    assert refusal.value.code == "console.form_foreign"


async def test_counts_what_comes_whatever_length_was_told() -> None:
    """A server that reads chunks goes by them, so the length that was told bounds nothing."""
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 50
        head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        body = head if taken == 50 else b"0" * 50
        return {"type": "http.request", "body": body, "more_body": True}

    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": "10"}
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "POST", "headers": told}, receive)
    with pytest.raises(RefusedError) as refusal:
        await read_form(request, limit=1_000, within=5, files=1)
    assert refusal.value.code == "console.too_large"
    assert taken <= 1_050


async def test_takes_no_file_where_none_is_expected() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n0\r\n--x--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x", "content-length": str(len(body))}
    form = await read_form(build(body, kind), limit=1_000, within=5, files=1)
    assert list(form) == ["f"]
    await form.close()
    with pytest.raises(RefusedError) as refusal:
        await read_form(build(body, kind), limit=1_000, within=5)
    assert refusal.value.code == "console.form_foreign"
