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

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import httpx

from swb.backends.http.posting import Address, Poster
from swb.core.handing_over import name_advice, name_delivery, spell_advice
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.findings import Finding

__all__ = ["WebhookGateway"]

_REPEATED: Final = 409
_OF_THE_DOOR: Final = frozenset({401, 403, 404, 407, 408, 421, 425, 429})
"""What a client's status says of address, key or load, and not of the document."""


class WebhookGateway:
    """`swb.ports.NationalGateway` over HTTP.

    Args:
        address: Where to post.
    """

    def __init__(self, address: Address) -> None:
        self._poster = Poster(address, code="national.unavailable", takes="documents")

    async def open(self) -> None:
        """Make ready; nobody is asked yet."""
        await self._poster.open()

    async def close(self) -> None:
        """Hang up. Safe to repeat."""
        await self._poster.close()

    async def ping(self) -> None:
        """Prove that somebody answers at the address, whatever it says.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        answer = await self._poster.ping()
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._poster.unavailable(f"status {answer.status}")

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
        boundary = sha256(payload + delivery_id.encode()).hexdigest()
        answer = await self._poster.post(
            delivery_id,
            files=parts,
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        status = answer.status
        if httpx.codes.is_success(status) or status == _REPEATED:
            return
        if httpx.codes.is_client_error(status) and status not in _OF_THE_DOOR:
            where = self._poster.where
            message = f"expected {where} to take the document, found status {status}"
            said = f": {answer.title}" if answer.title else ""
            raise RefusedError("national.refused", f"{message}{said}", actor=Actor.OPERATOR)
        raise self._poster.unavailable(f"status {status}", answer.retry_after)
