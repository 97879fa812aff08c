"""A subscriber's webhook: where its references stand is posted, one signed request each.

The body is the JSON that streams of events carry. Any 2xx, and 409 where it was told before, means
that the subscriber has it; everything else is tried again, not before ``Retry-After``. A 4xx is an
answer to this one reference, but for those that are about who asks, and when.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import httpx

from swb.backends.http.posting import Address, Poster
from swb_schemas.errors import UnavailableError
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["SubscriberWebhook"]

_REPEATED: Final = 409
_OF_ALL: Final = frozenset({401, 407, 408, 421, 425, 429})
"""Of whoever asks and of the time (RFC 9110, 15.5; RFC 8470, 5.2; RFC 6585, 4)."""
_JSON: Final = "application/json"


class SubscriberWebhook:
    """`swb.ports.SubscriberDoor` over HTTP.

    Args:
        address: Where to post.
    """

    def __init__(self, address: Address) -> None:
        self._poster = Poster(
            address, code="subscriber.unavailable", takes="the status of references"
        )

    async def open(self) -> None:
        """Make ready; nobody is asked yet."""
        await self._poster.open()

    async def close(self) -> None:
        """Hang up. Safe to repeat."""
        await self._poster.close()

    async def tell(self, *, reference: str, status: str, since: datetime) -> None:
        """See `SubscriberDoor.tell`."""
        told = {"reference": reference, "status": status, "since": format_instant(since)}
        content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        key = sha256(content).hexdigest()
        answer = await self._poster.post(key, content=content, content_type=_JSON)
        if httpx.codes.is_success(answer.status) or answer.status == _REPEATED:
            return
        if httpx.codes.is_client_error(answer.status) and answer.status not in _OF_ALL:
            message = f"expected 2xx for {reference}, found {answer.status}"
            raise UnavailableError("subscriber.not_taken", message, retry_after=answer.retry_after)
        raise self._poster.unavailable(f"status {answer.status}", answer.retry_after)
