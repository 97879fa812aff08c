"""``Idempotency-Key``: the same request gets the same answer, however often it comes.

As draft-ietf-httpapi-idempotency-key-header has it: a key is a string that the client makes, in
quotation marks (RFC 8941); bare ones are taken, too. It belongs to whoever asked: the key of
another principal is another key. Answers that say nothing of the request (429, 5xx) are not kept.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Header, Request
from starlette.responses import Response

from swb.api.problems import answer_problem
from swb.ports import KeptAnswer
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from swb.api.gateway import Gateway
    from swb.core.access import Principal

__all__ = ["IdempotencyKey", "answer_once"]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gets the same answer. 1 to 255 characters "
        "in quotation marks (RFC 8941); without them letters, digits and `._:-` alone.",
        max_length=257,
    ),
]

_QUOTED: Final = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"')
_BARE: Final = re.compile(r"[A-Za-z0-9._:-]{1,255}")
_ABANDONED: Final = timedelta(minutes=5)
"""After so long without an answer the process that began it has died."""
_FINAL: Final = 500


async def answer_once(
    request: Request,
    gateway: Gateway,
    principal: Principal,
    raw_key: str | None,
    act: Callable[[], Awaitable[Response]],
) -> Response:
    """Answer a request, or repeat the answer that it got before.

    Args:
        request: What is asked.
        gateway: Where answers are kept.
        principal: Whose key it is.
        raw_key: The header; None does without.
        act: Does what is asked.

    Raises:
        RefusedError: ``api.key_malformed``; ``api.key_reused``: the key came with another request.
        UnavailableError: ``api.key_in_use``: the first one is under way; ``access.unavailable``.
    """
    if raw_key is None:
        return await act()
    store, owner, key = gateway.access.store, principal.owner, _parse(raw_key)
    now = gateway.now()
    begun = KeptAnswer(
        owner=owner, key=key, fingerprint=await _take_fingerprint(request), begun_at=now
    )
    kept_for = timedelta(hours=gateway.parts.section.answers_kept_hours)
    known = await store.begin_request(
        begun, takes_over=now - _ABANDONED, forget_before=now - kept_for
    )
    if known is not None:
        return _repeat(known, begun.fingerprint)
    try:
        response = await _act(act)
    except BaseException:
        await store.end_request(None, owner=owner, key=key)
        raise
    is_kept = response.status_code < _FINAL and "retry-after" not in response.headers
    answer = replace(
        begun,
        status=response.status_code,
        media_type=response.headers.get("content-type", ""),
        location=response.headers.get("location", ""),
        content=bytes(response.body),
    )
    await store.end_request(answer if is_kept else None, owner=owner, key=key)
    return response


async def _act(act: Callable[[], Awaitable[Response]]) -> Response:
    try:
        return await act()
    except SwbError as error:
        return answer_problem(error)


def _repeat(known: KeptAnswer, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        message = "expected the request that this Idempotency-Key came with first, found another"
        raise RefusedError("api.key_reused", message)
    if known.status is None:
        message = "expected the first request with this Idempotency-Key to be done"
        raise UnavailableError(
            "api.key_in_use", message, actor=Actor.SENDER, retry_after=timedelta(seconds=1)
        )
    headers = {"Content-Type": known.media_type}
    if known.location:
        headers["Location"] = known.location
    return Response(known.content, status_code=known.status, headers=headers)


def _parse(raw: str) -> str:
    quoted = _QUOTED.fullmatch(raw)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(raw) is None:
        message = (
            "expected an Idempotency-Key of 1 to 255 characters in quotation marks, or without "
            "them one of letters, digits, '.', '_', ':' and '-'"
        )
        raise RefusedError("api.key_malformed", message)
    return raw


async def _take_fingerprint(request: Request) -> str:
    head = f"{request.method} {request.url.path} {request.headers.get('content-type', '')}\n"
    return sha256(head.encode() + await request.body()).hexdigest()
