"""Whether receipts agree with what they name (E6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.documents.acknowledgements import RelayReceipt, TransportAck
from swb_schemas.errors import RefusedError
from swb_schemas.parties import REGION, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from swb_schemas.documents import Document
    from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage
    from swb_schemas.evidence.contents import Item
    from swb_schemas.wire.evidence import VerifiedMessage, VerifiedSealedDocument

__all__ = ["check_receipts", "list_judged", "list_unaddressed"]


def list_judged(document: Document) -> tuple[AcknowledgedMessage | RelayedMessage, ...]:
    """List what a receipt judges; nothing of any other document."""
    match document:
        case TransportAck():
            return document.acknowledged
        case RelayReceipt():
            return document.relayed
        case _:
            return ()


def check_receipts(
    documents: Mapping[str, VerifiedSealedDocument],
    messages: Mapping[str, VerifiedMessage],
    items: Iterable[Item],
    conversation: str,
) -> Iterator[tuple[str, RefusedError]]:
    """Find receipts that do not agree with the messages and documents beside them.

    A receipt of another conversation has a place here where it is about one of the messages.

    Only what is there can be compared; what a receipt names and is not there is `completeness`'s.
    Whom a message was for is what its signed header says. Of a message that was erased nobody
    signed that; all that is held against its receipts then is that a sender receipts nothing to
    itself, see `list_unaddressed`.

    Args:
        documents: Those that verified, by file.
        messages: Those that verified, by file.
        items: What is listed.
        conversation: What the container is about.

    Yields:
        The receipt's file, and why it is refused.
    """
    by_id: dict[tuple[str, str], Item] = {(each.kind, each.id): each for each in items}
    for file, sealed in documents.items():
        about = [("message", judged.message_id) for judged in list_judged(sealed.document)]
        is_foreign = sealed.header.conversation_id != conversation
        if about and is_foreign and by_id.keys().isdisjoint(about):
            text = f"expected {file} to be about a message in the container, found others"
            yield file, RefusedError("evidence.receipt", text)
        for judged in list_judged(sealed.document):
            message = by_id.get(("message", judged.message_id))
            if message is None:
                continue
            told = _find_wrong_giver(sealed, message, messages)
            if not told and judged.message_digest.text != message.digest:
                told = f"a receipt that names {message.file} by its digest, found another digest"
            if not told and not _agrees(judged, message, by_id):
                told = f"a receipt that names the document in {message.file}, found another one"
            if told:
                yield file, RefusedError("evidence.receipt", f"expected {told}")


def _find_wrong_giver(
    sealed: VerifiedSealedDocument, message: Item, messages: Mapping[str, VerifiedMessage]
) -> str:
    """Say who should have given a receipt and did not; empty where nothing is against it."""
    state = parse_party_id(sealed.header.issuing_party).state
    verified = messages.get(message.file)
    if isinstance(sealed.document, RelayReceipt):
        expected = REGION
    elif verified is not None:
        expected = parse_party_id(verified.header.receiver).state
    elif state == parse_party_id(message.signer).state:
        expected = "the receiver"
    else:
        return ""
    return (
        ""
        if state == expected
        else (f"a receipt of {expected} for {message.file}, found one of {state}")
    )


def list_unaddressed(
    documents: Mapping[str, VerifiedSealedDocument],
    messages: Mapping[str, VerifiedMessage],
    items: Iterable[Item],
) -> Iterator[tuple[str, str, str]]:
    """List acknowledgements of messages whose receiver nobody can verify any more.

    Yields:
        The receipt's file, the state that gave it, and the message's file.
    """
    files = {each.id: each.file for each in items if each.kind == "message"}
    for file, sealed in documents.items():
        if isinstance(sealed.document, TransportAck):
            state = parse_party_id(sealed.header.issuing_party).state
            for judged in sealed.document.acknowledged:
                about = files.get(judged.message_id)
                if about is not None and about not in messages:
                    yield file, state, about


def _agrees(
    judged: AcknowledgedMessage | RelayedMessage,
    message: Item,
    by_id: Mapping[tuple[str, str], Item],
) -> bool:
    document_id = getattr(judged, "document_id", None)
    digest = getattr(judged, "document_digest", None)
    if document_id is None:
        return True
    document = by_id.get(("document", document_id))
    return document_id == message.document and (
        document is None or digest is None or digest.text == document.digest
    )
