"""A document as the store has it, read once for everybody who asks what it says.

It was verified before it was kept, so it is read and not judged again. Nothing is read before
somebody asks: of many documents only the seal header is wanted, and of many nothing at all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from swb_schemas.wire.sealed import KeptSealed

if TYPE_CHECKING:
    from swb.ports import DocumentRecord, Documents
    from swb_schemas.documents import Document

__all__ = ["Kept", "find_kept"]


class Kept:
    """A kept document.

    Args:
        record: What the store has of it.
    """

    def __init__(self, record: DocumentRecord) -> None:
        self.record = record

    @property
    def agreement(self) -> str:
        """Under which agreement it was sealed; empty where under none, or it is erased."""
        return (self._sealed.header.agreement or "") if self._sealed else ""

    @property
    def document(self) -> Document | None:
        """The canonical document; None where it is erased."""
        return self._sealed.document if self._sealed else None

    @cached_property
    def _sealed(self) -> KeptSealed | None:
        return KeptSealed(self.record.octets) if self.record.octets else None


async def find_kept(store: Documents, document_id: str) -> Kept | None:
    """Find a document by its id.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    record = await store.find_document(document_id)
    return None if record is None else Kept(record)
