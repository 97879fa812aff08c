"""What a store keeps of fingerprints, and what it answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.fingerprints import FeatureKind, Fingerprint

__all__ = ["Alike", "FingerprintKeyUse", "Fingerprinted", "Fingerprints"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprinted:
    """The fingerprints of one document, kept together with it and no longer than its octets.

    Attributes:
        document_id: Of the sealed document.
        fingerprints: Under one key.
    """

    document_id: str
    fingerprints: Sequence[Fingerprint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A kept document that has fingerprints in common with another one.

    Attributes:
        document_id: Of the kept one.
        certificate_key: ``STATE:office:number`` of it.
        kinds: What they have in common.
    """

    document_id: str
    certificate_key: str
    kinds: frozenset[FeatureKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintKeyUse:
    """How much is kept under one key.

    Attributes:
        key_id: Of the key.
        documents: With fingerprints under it.
        fingerprints: Of these documents.
    """

    key_id: str
    documents: int
    fingerprints: int


class Fingerprints(Protocol):
    """What a store keeps of fingerprints; they are committed with their document."""

    async def find_alike(
        self, values: Sequence[str], *, environment: str, other_than: str = "", limit: int = 16
    ) -> Sequence[Alike]:
        """Find documents that share fingerprints, those that share most kinds first.

        Args:
            values: Fingerprints of a document, under any keys.
            environment: Of the documents that are found.
            other_than: The document itself, where it is kept.
            limit: So many documents.
        """
        ...

    async def list_fingerprint_keys(self) -> Sequence[FingerprintKeyUse]:
        """List under which keys fingerprints are kept, by key id. It looks at every fingerprint."""
        ...

    async def forget_fingerprints(self, key_id: str) -> int:
        """Forget every fingerprint under a key: it is withdrawn, or its legal basis has ended.

        Returns:
            How many there were.
        """
        ...
