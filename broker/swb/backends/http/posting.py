"""Posting: one signed request to one address, sent and answered within bounds.

What is posted is signed (`message_signature`) and named by an ``Idempotency-Key``, so that a
repeated request is known as one. Redirects are not followed, for what is posted is nobody else's,
and of an answer never more than a few octets are read.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from swb.backends.http.message_signature import COVERED, digest_content, sign_request
from swb.core.printing import printable
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Address", "Answer", "Poster"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_OF_AN_ANSWER: Final = 16_384
_TITLE_CHARACTERS: Final = 200
_LONGEST_RETRY_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered.

    Attributes:
        status: Of HTTP.
        retry_after: For how long to stay away, where that was said.
        title: What a problem (RFC 9457) is called; empty where it is none.
    """

    status: int
    retry_after: timedelta | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody is posted to, and how both sides prove who they are.

    Attributes:
        url: Where to post.
        secret: Shared with whoever listens there.
        key_id: What it is called in signatures.
        now: The clock; signatures say when they were made.
        answer_within: Longest time from the request to the answer's last octet.
        make_tls: Makes what servers and this gateway prove themselves by; called once.
    """

    url: str
    secret: bytes = field(repr=False)
    key_id: str
    now: Callable[[], datetime]
    answer_within: timedelta
    make_tls: Callable[[], ssl.SSLContext] = httpx.create_ssl_context


class Poster:
    """Posts to one address.

    Args:
        address: Where to post.
        code: Of the failure where nobody can be asked.
        takes: What is posted, for people.
    """

    def __init__(self, address: Address, *, code: str, takes: str) -> None:
        self._address = address
        self._url = address.url
        self._answer_within = address.answer_within.total_seconds()
        self._code = code
        self._takes = takes
        self._client: httpx.AsyncClient | None = None

    @property
    def where(self) -> str:
        """Whom it posts to, without the path."""
        return f"{urlsplit(self._url).scheme}://{urlsplit(self._url).netloc}"

    async def open(self) -> None:
        """Make ready; nobody is asked yet."""
        tls = await asyncio.to_thread(self._address.make_tls)
        self._client = httpx.AsyncClient(
            verify=tls,
            timeout=self._answer_within,
            follow_redirects=False,
            trust_env=urlsplit(self._url).hostname not in _LOOPBACK,
            headers={"Accept": "application/problem+json", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Hang up. Safe to repeat."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ping(self) -> Answer:
        """Ask for nothing.

        Raises:
            UnavailableError: The code given.
        """
        return await self._ask(self._require().build_request("HEAD", self._url))

    async def post(
        self,
        key: str,
        *,
        content: bytes | None = None,
        files: dict[str, tuple[str | None, bytes, str]] | None = None,
        content_type: str,
    ) -> Answer:
        """Post something.

        Args:
            key: Names it, the same on every attempt.
            content: The body; or
            files: its parts, whose boundary the content type names.
            content_type: Of the body.

        Raises:
            UnavailableError: The code given.
        """
        request = self._require().build_request(
            "POST",
            self._url,
            content=content,
            files=files,
            headers={"Content-Type": content_type, "Idempotency-Key": f'"{key}"'},
        )
        request.headers["Content-Digest"] = digest_content(request.read())
        components = {
            "@method": request.method,
            "@target-uri": str(request.url),
            **{name: request.headers[name] for name in COVERED if not name.startswith("@")},
        }
        request.headers.update(
            sign_request(
                components,
                secret=self._address.secret,
                key_id=self._address.key_id,
                created=int(self._address.now().timestamp()),
            )
        )
        return await self._ask(request)

    def unavailable(self, found: str, retry_after: timedelta | None = None) -> UnavailableError:
        """Say that nothing was taken."""
        return UnavailableError(
            self._code,
            f"expected {self.where} to take {self._takes}, found {found}",
            retry_after=retry_after,
        )

    async def _ask(self, request: httpx.Request) -> Answer:
        client = self._require()
        try:
            async with asyncio.timeout(self._answer_within):
                answer = await client.send(request, stream=True)
                try:
                    body = await _read_some(answer)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as cause:
            raise self.unavailable(str(cause)[:120] or type(cause).__name__) from cause
        return Answer(
            status=answer.status_code,
            retry_after=self._read_retry_after(answer),
            title=_read_title(answer, body),
        )

    def _read_retry_after(self, answer: httpx.Response) -> timedelta | None:
        """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds, or a date."""
        text = answer.headers.get("Retry-After", "")
        if text.isascii() and text.isdigit():
            waits = timedelta(seconds=min(int(text[:9]), int(_LONGEST_RETRY_AFTER.total_seconds())))
        else:
            try:
                waits = parsedate_to_datetime(text) - self._address.now()
            except (TypeError, ValueError):
                return None
        return max(timedelta(0), min(waits, _LONGEST_RETRY_AFTER))

    def _require(self) -> httpx.AsyncClient:
        if self._client is None:
            raise self.unavailable("that it is not open")
        return self._client


async def _read_some(answer: httpx.Response) -> bytes:
    octets = bytearray()
    async for piece in answer.aiter_raw():
        octets += piece
        if len(octets) > _MOST_OF_AN_ANSWER:
            return b""
    return bytes(octets)


def _read_title(answer: httpx.Response, body: bytes) -> str:
    """Find what a problem is called; not what it says in detail, which may quote the document."""
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return ""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    title = problem.get("title") if isinstance(problem, dict) else None
    return printable(title[:_TITLE_CHARACTERS]) if isinstance(title, str) else ""
