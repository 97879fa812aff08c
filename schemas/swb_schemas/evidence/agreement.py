"""Whether what was signed says what the list of contents, and the file beside it, say (E4, E5)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from swb_schemas.catalogue import is_receipt
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.encryption import EncryptedBody
from swb_schemas.wire.message import ClearBody

if TYPE_CHECKING:
    from swb_schemas.evidence.contents import Contents, Item
    from swb_schemas.wire.evidence import VerifiedMessage, VerifiedSealedDocument

__all__ = ["Stated", "check_carried", "check_listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a signed header says, and the list of contents says too."""

    id: str
    type: str
    document: str | None
    digest: str
    signer: str
    receiver: str
    conversation: str
    environment: str


def check_listed(item: Item, contents: Contents, stated: Stated) -> None:
    """Hold what a signed header says against the list of contents.

    A receipt may be about messages of several conversations; then it has one of its own.

    Raises:
        RefusedError: ``container.other_item``.
    """
    listed = Stated(
        id=item.id,
        type=item.type,
        document=item.document,
        digest=item.digest,
        signer=item.signer,
        receiver=item.receiver,
        conversation=stated.conversation if is_receipt(item.type) else contents.conversation,
        environment=contents.environment,
    )
    for each in fields(Stated):
        expected, found = getattr(listed, each.name), getattr(stated, each.name)
        if expected != found:
            message = (
                f"expected {item.file} to be what it is listed as, {each.name} {expected}, "
                f"found {found}"
            )
            raise RefusedError("container.other_item", message)


def check_carried(
    verified: VerifiedMessage,
    item: Item,
    document: Item,
    *,
    octets: bytes,
    sealed: VerifiedSealedDocument | None,
) -> None:
    """Hold a message against the document beside it (E5).

    Args:
        verified: The message.
        item: As what it is listed.
        document: As what the document is listed.
        octets: The document beside it.
        sealed: What was verified of it; None where it was refused.

    Raises:
        RefusedError: ``container.other_item``.
    """
    body = verified.body
    differs = isinstance(body, ClearBody) and body.octets != octets
    if sealed is not None:
        outer, inner = verified.header, sealed.header
        key = body.recipient_key if isinstance(body, EncryptedBody) else None
        differs = differs or (
            outer.message_type,
            outer.message_type_version,
            parse_party_id(outer.sender).state,
            parse_party_id(outer.receiver).state,
            key,
        ) != (
            inner.message_type,
            inner.message_type_version,
            parse_party_id(inner.issuing_party).state,
            parse_party_id(inner.receiving_party).state,
            inner.recipient_key,
        )
    if differs:
        message = f"expected {item.file} to carry {document.file}, found another document"
        raise RefusedError("container.other_item", message)
