"""Whether receipts agree with what they name (E6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.documents.acknowledgements import RelayReceipt, TransportAck
from swb_schemas.errors import RefusedError
from swb_schemas.parties import REGION, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage
    from swb_schemas.evidence.contents import Item
    from swb_schemas.wire.evidence import VerifiedSealedDocument

__all__ = ["check_receipts", "list_judged"]


def list_judged(
    sealed: VerifiedSealedDocument,
) -> tuple[AcknowledgedMessage | RelayedMessage, ...]:
    """List what a receipt judges; nothing of any other document."""
    match sealed.document:
        case TransportAck():
            return sealed.document.acknowledged
        case RelayReceipt():
            return sealed.document.relayed
        case _:
            return ()


def check_receipts(
    documents: Mapping[str, VerifiedSealedDocument], items: Iterable[Item]
) -> Iterator[tuple[str, RefusedError]]:
    """Find receipts that do not agree with the messages and documents beside them.

    Only what is there can be compared; what a receipt names and is not there is `completeness`'s.

    Yields:
        The receipt's file, and why it is refused.
    """
    by_id: dict[tuple[str, str], Item] = {(each.kind, each.id): each for each in items}
    for file, sealed in documents.items():
        state = parse_party_id(sealed.header.issuing_party).state
        for judged in list_judged(sealed):
            message = by_id.get(("message", judged.message_id))
            if message is None:
                continue
            receiver = parse_party_id(message.receiver).state
            expected = REGION if isinstance(sealed.document, RelayReceipt) else receiver
            told = ""
            if state != expected:
                told = f"a receipt of {expected} for {message.file}, found one of {state}"
            elif judged.message_digest.text != message.digest:
                told = f"a receipt that names {message.file} by its digest, found another digest"
            elif not _agrees(judged, message, by_id):
                told = f"a receipt that names the document in {message.file}, found another one"
            if told:
                yield file, RefusedError("evidence.receipt", f"expected {told}")


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
