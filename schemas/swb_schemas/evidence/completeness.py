"""What one would expect in a container, and is not there (E8).

It is read from what the container shows: whoever takes a receipt out of it, and out of its list of
contents, leaves a message without one. Absence proves nothing: a receipt may never have come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.documents.acknowledgements import AcknowledgedMessage, Hop, Outcome
from swb_schemas.evidence.receipts import list_judged
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_schemas.evidence.contents import Contents, Item
    from swb_schemas.wire.evidence import VerifiedSealedDocument

__all__ = ["find_missing"]

_RELAY = "RelayReceipt"


def find_missing(
    contents: Contents, documents: Mapping[str, VerifiedSealedDocument]
) -> Iterator[str]:
    """Name what is missing, in words.

    Args:
        contents: What is listed.
        documents: By file: the sealed documents that verified.
    """
    here = {(each.kind, each.id) for each in contents.items}
    receipts = _list_receipts(documents)
    for item in contents.items:
        if item.kind == "message":
            if item.document is not None and ("document", item.document) not in here:
                yield f"the document {item.document}, which message {item.id} carries"
            yield from _find_missing_receipts(item, contents, receipts.get(item.id, frozenset()))
    # What else a shared receipt is about belongs elsewhere.
    own = {
        name: sealed
        for name, sealed in documents.items()
        if sealed.header.conversation_id == contents.conversation
    }
    for name, sealed in own.items():
        for judged in list_judged(sealed.document):
            if ("message", judged.message_id) not in here:
                yield f"message {judged.message_id}, which {name} is about"
    for fact in contents.facts:
        if fact.message is not None and ("message", fact.message) not in here:
            yield f"message {fact.message}, which says {fact.name}"
    if ("document", contents.document) not in here:
        yield f"the document {contents.document}, which the container is about"


def _list_receipts(
    documents: Mapping[str, VerifiedSealedDocument],
) -> dict[str, frozenset[str]]:
    """By message: how far receipts say that it came, or that it was refused."""
    found: dict[str, frozenset[str]] = {}
    for sealed in documents.values():
        for judged in list_judged(sealed.document):
            hop = judged.hop if isinstance(judged, AcknowledgedMessage) else _RELAY
            told = Outcome.REFUSED if judged.outcome is Outcome.REFUSED else hop
            found[judged.message_id] = found.get(judged.message_id, frozenset()) | {hop, told}
    return found


def _find_missing_receipts(
    item: Item, contents: Contents, receipts: frozenset[str]
) -> Iterator[str]:
    kind = CATALOGUE.get(item.type)
    if kind is None or not kind.acknowledged:
        return
    what = f"message {item.id} ({item.type})"
    # The router receipts to the sender alone.
    if parse_party_id(item.signer).state == contents.exported_by and _RELAY not in receipts:
        yield f"the router's relay receipt for {what}"
    if Outcome.REFUSED in receipts:
        return
    for hop in Hop:
        if hop not in receipts:
            yield f"{hop} of the receiving state for {what}"
