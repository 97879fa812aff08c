"""What a store keeps of fingerprints, and what it answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.fingerprints import FeatureKind, Fingerprint

__all__ = ["Alike", "FingerprintKeyUse", "Fingerprinted"]


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
