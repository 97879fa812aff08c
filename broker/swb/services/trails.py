"""What a reference names: a person or a program asks for a document by one of its three names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from swb.ports import Documents, Trail

__all__ = ["get_trail"]


async def get_trail(store: Documents, reference: str) -> Trail:
    """Get a document with all that led there and came of it.

    Args:
        store: Of the gateway or router.
        reference: A certificate's key as stores spell it, a document id or a message id.

    Raises:
        RefusedError: ``reference.unknown``.
        UnavailableError: ``store.unavailable``.
    """
    trail = await store.find_trail(reference)
    if trail is None:
        message = (
            "expected a certificate's key STATE:office:number, a document id or a message id that "
            f"this store knows, found {reference[:200]!r}"
        )
        raise RefusedError("reference.unknown", message, actor=Actor.OPERATOR)
    return trail
