"""The fingerprint of a feature: HMAC-SHA-256 under a key of the pair, its first 128 bits.

What is hashed is the name of the format, the kind and the values, each with its length before it,
so that no two lists of values are spelled alike. Half of the hash is what RFC 2104, 5, allows to
leave away: two of 2^40 features are alike by chance about once in a hundred million millions.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.fingerprints.features import FeatureKind, list_features

if TYPE_CHECKING:
    from swb_schemas.documents import Document

__all__ = ["Fingerprint", "FingerprintKey", "parse_fingerprint_key", "take_fingerprints"]

_FORMAT: Final = "swb-fingerprint-1"
_OCTETS: Final = 16
_KEY: Final = re.compile(r"[0-9a-fA-F]{64,128}")
"""32 octets at least: a shorter key could be searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintKey:
    """A key that the two states of a pair share.

    Attributes:
        key_id: What both call it; no secret.
        secret: The octets; never shown.
    """

    key_id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of a feature.

    Attributes:
        kind: What was hashed.
        key_id: Under which key.
        value: 32 hexadecimal digits, in small letters.
    """

    kind: FeatureKind
    key_id: str
    value: str


def parse_fingerprint_key(key_id: str, secret: str) -> FingerprintKey:
    """Read a key: 64 to 128 hexadecimal digits, an even number.

    Raises:
        RefusedError: ``fingerprint.key_malformed``; what was found is not repeated.
    """
    if len(secret) % 2 or _KEY.fullmatch(secret) is None:
        message = (
            f"expected fingerprint key {key_id} in 64 to 128 hexadecimal digits, "
            f"found {len(secret)} characters that are none"
        )
        raise RefusedError("fingerprint.key_malformed", message, actor=Actor.OPERATOR)
    return FingerprintKey(key_id=key_id, secret=bytes.fromhex(secret))


def take_fingerprints(document: Document, key: FingerprintKey) -> tuple[Fingerprint, ...]:
    """Take the fingerprints of a document under one key, in the order of their values."""
    return tuple(
        sorted(
            (
                Fingerprint(
                    kind=feature.kind,
                    key_id=key.key_id,
                    value=_hash(key.secret, (_FORMAT, feature.kind.value, *feature.values)),
                )
                for feature in list_features(document)
            ),
            key=lambda each: each.value,
        )
    )


def _hash(secret: bytes, values: tuple[str, ...]) -> str:
    spelled = bytearray()
    for value in values:
        octets = value.encode()
        spelled += len(octets).to_bytes(4, "big") + octets
    return hmac.digest(secret, bytes(spelled), sha256)[:_OCTETS].hex()
