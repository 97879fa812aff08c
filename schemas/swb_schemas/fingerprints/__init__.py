"""Keyed fingerprints of invoice and consignment: alike certificates are told by numbers alone.

Two certificates over one invoice, or over one consignment, may be a duplicate or a fraud. To find
them nobody has to keep or show the data: an HMAC of them, under a key that the two states of a pair
share, is equal where they are equal, and says nothing to whoever has no key. Whoever has it can try
guesses (``docs/explanation/fingerprints.md``).

What is taken of a document is in `features`, how spellings are folded in `folding`, the numbers
themselves in `keyed`, and what a match means in `matching`. Everything here is pure; who computes
when, and on what legal basis, is the broker's matter.
"""

from __future__ import annotations

from swb_schemas.fingerprints.features import Feature, FeatureKind, list_features
from swb_schemas.fingerprints.keyed import (
    Fingerprint,
    FingerprintKey,
    parse_fingerprint_key,
    take_fingerprints,
)
from swb_schemas.fingerprints.matching import (
    NEAR_DUPLICATE,
    SAME_CERTIFICATE,
    SHARED_CONSIGNMENT,
    SHARED_INVOICE,
    Likeness,
    is_expected,
    judge_likeness,
    spell_kinds,
)

__all__ = [
    "NEAR_DUPLICATE",
    "SAME_CERTIFICATE",
    "SHARED_CONSIGNMENT",
    "SHARED_INVOICE",
    "Feature",
    "FeatureKind",
    "Fingerprint",
    "FingerprintKey",
    "Likeness",
    "is_expected",
    "judge_likeness",
    "list_features",
    "parse_fingerprint_key",
    "spell_kinds",
    "take_fingerprints",
]
