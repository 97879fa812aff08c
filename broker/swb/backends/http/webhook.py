"""A webhook: documents are posted to a national system, one signed request each.

A request is ``multipart/form-data`` with up to three parts: ``delivery``, JSON that names it;
``advice``, JSON with findings, where there are any; and ``payload``, the octets in the national
format under the file name that a drop folder would give them. Its boundary and so its octets are
the same on every attempt, and ``Idempotency-Key`` is the delivery's id.

=================  ================================================================================
The answer         What it means
=================  ================================================================================
2xx                the national system holds the document durably
409                it held it before
401, 403, 404,     the door is closed or somewhere else, or the system is busy: nothing is said of
407, 408, 421,     the document, which is tried again, not before ``Retry-After``
425, 429, 5xx
3xx                the same: redirects are not followed, for a document is nobody else's
other 4xx          this document is refused, for good; it waits for a person
=================  ================================================================================

An answer's body is not needed: of a refusal the ``title`` of a problem (RFC 9457) is told, and
never more than a few octets are read.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from swb.backends.http.message_signature import COVERED, digest_content, sign_request
from swb.core.handing_over import name_advice, name_delivery, spell_advice
from swb.core.printing import printable
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from swb_schemas.findings import Finding

__all__ = ["WebhookGateway"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_OF_AN_ANSWER: Final = 16_384
_TITLE_CHARACTERS: Final = 200
_LONGEST_RETRY_AFTER: Final = timedelta(hours=1)
_REPEATED: Final = 409
_OF_THE_DOOR: Final = frozenset({401, 403, 404, 407, 408, 421, 425, 429})
"""What a client's status says of address, key or load, and not of the document."""


class WebhookGateway:
    """`swb.ports.NationalGateway` over HTTP.

    Args:
        url: Where to post.
        secret: Shared with the national system.
        key_id: What it is called in signatures.
        now: The clock; signatures say when they were made.
        answer_within: Longest time from the request to the answer's last octet.
        make_tls: Makes what servers and this gateway prove themselves by; called once.
    """

    def __init__(
        self,
        *,
        url: str,
        secret: bytes,
        key_id: str,
        now: Callable[[], datetime],
        answer_within: timedelta,
        make_tls: Callable[[], ssl.SSLContext] = httpx.create_ssl_context,
    ) -> None:
        self._url = url
        self._where = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        self._secret = secret
        self._key_id = key_id
        self._now = now
        self._answer_within = answer_within.total_seconds()
        self._make_tls = make_tls
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        """Make ready; nobody is asked yet."""
        tls = await asyncio.to_thread(self._make_tls)
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

    async def ping(self) -> None:
        """Prove that somebody answers at the address, whatever it says.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        status, _, _ = await self._ask(self._require().build_request("HEAD", self._url))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._unavailable(f"status {status}")

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Post one payload, with advice beside it where there is any.

        Raises:
            RefusedError: ``national.refused``: the national system will never take it.
            UnavailableError: ``national.unavailable``.
        """
        name = name_delivery(delivery_id, message_type, file_suffix)
        named = {
            "delivery_id": delivery_id,
            "message_type": message_type,
            "binding": binding,
            "file_name": name,
        }
        parts: dict[str, tuple[str | None, bytes, str]] = {
            "delivery": (None, json.dumps(named).encode(), "application/json")
        }
        if findings:
            advice = spell_advice(findings)
            parts["advice"] = (name_advice(name), advice, "application/json")
        parts["payload"] = (name, payload, "application/octet-stream")
        status, retry_after, title = await self._ask(self._sign(parts, delivery_id, payload))
        if httpx.codes.is_success(status) or status == _REPEATED:
            return
        if httpx.codes.is_client_error(status) and status not in _OF_THE_DOOR:
            message = f"expected {self._where} to take the document, found status {status}"
            said = f": {title}" if title else ""
            raise RefusedError("national.refused", f"{message}{said}", actor=Actor.OPERATOR)
        raise self._unavailable(f"status {status}", retry_after)

    def _sign(
        self,
        parts: dict[str, tuple[str | None, bytes, str]],
        delivery_id: str,
        payload: bytes,
    ) -> httpx.Request:
        """Build the request; everything but time and signature is the same on every attempt."""
        boundary = sha256(payload + delivery_id.encode()).hexdigest()
        request = self._require().build_request(
            "POST",
            self._url,
            files=parts,
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Idempotency-Key": f'"{delivery_id}"',
            },
        )
        content = request.read()
        request.headers["Content-Digest"] = digest_content(content)
        components = {
            "@method": request.method,
            "@target-uri": str(request.url),
            **{name: request.headers[name] for name in COVERED if not name.startswith("@")},
        }
        request.headers.update(
            sign_request(
                components,
                secret=self._secret,
                key_id=self._key_id,
                created=int(self._now().timestamp()),
            )
        )
        return request

    async def _ask(self, request: httpx.Request) -> tuple[int, timedelta | None, str]:
        """Send a request.

        Returns:
            The status, for how long to stay away, and what a problem is called.
        """
        client = self._require()
        try:
            async with asyncio.timeout(self._answer_within):
                answer = await client.send(request, stream=True)
                try:
                    body = await _read_some(answer)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as cause:
            raise self._unavailable(str(cause)[:120] or type(cause).__name__) from cause
        return answer.status_code, self._read_retry_after(answer), _read_title(answer, body)

    def _read_retry_after(self, answer: httpx.Response) -> timedelta | None:
        """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds, or a date."""
        text = answer.headers.get("Retry-After", "")
        if text.isascii() and text.isdigit():
            waits = timedelta(seconds=min(int(text[:9]), int(_LONGEST_RETRY_AFTER.total_seconds())))
        else:
            try:
                waits = parsedate_to_datetime(text) - self._now()
            except (TypeError, ValueError):
                return None
        return max(timedelta(0), min(waits, _LONGEST_RETRY_AFTER))

    def _require(self) -> httpx.AsyncClient:
        if self._client is None:
            raise self._unavailable("that it is not open")
        return self._client

    def _unavailable(self, found: str, retry_after: timedelta | None = None) -> UnavailableError:
        return UnavailableError(
            "national.unavailable",
            f"expected {self._where} to take documents, found {found}",
            retry_after=retry_after,
        )


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
