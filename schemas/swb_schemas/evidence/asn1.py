"""The ASN.1 of evidence records (RFC 4998, appendix A) and of time-stamp answers, read strictly.

asn1crypto has the types of RFC 3161 and RFC 5652. Two of its own are not used: its evidence record
lacks the level of chains, and its answer cannot be one without a token, which every refusal is.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from asn1crypto.cms import ContentInfo
from asn1crypto.core import Sequence, SequenceOf
from asn1crypto.tsp import (
    Attributes,
    DigestAlgorithm,
    DigestAlgorithms,
    EncryptionInfo,
    PartialHashtrees,
    PKIStatusInfo,
    Version,
)

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EvidenceRecord", "TimeStampAnswer", "load_strictly", "translating"]

Kind = TypeVar("Kind")


class TimeStampAnswer(Sequence):
    """TimeStampResp (RFC 3161, 2.4.2)."""

    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("status", PKIStatusInfo),
        ("time_stamp_token", ContentInfo, {"optional": True}),
    ]


class ArchiveTimeStamp(Sequence):
    """ArchiveTimeStamp (RFC 4998, 4.1)."""

    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("digest_algorithm", DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("attributes", Attributes, {"implicit": 1, "optional": True}),
        ("reduced_hashtree", PartialHashtrees, {"implicit": 2, "optional": True}),
        ("time_stamp", ContentInfo),
    ]


class ArchiveTimeStampChain(SequenceOf):
    """ArchiveTimeStampChain (RFC 4998, 5.1)."""

    _child_spec = ArchiveTimeStamp


class ArchiveTimeStampSequence(SequenceOf):
    """ArchiveTimeStampSequence (RFC 4998, 5.1)."""

    _child_spec = ArchiveTimeStampChain


class EvidenceRecord(Sequence):
    """EvidenceRecord (RFC 4998, 3.1)."""

    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("version", Version),
        ("digest_algorithms", DigestAlgorithms),
        ("crypto_infos", Attributes, {"implicit": 0, "optional": True}),
        ("encryption_info", EncryptionInfo, {"implicit": 1, "optional": True}),
        ("archive_time_stamp_sequence", ArchiveTimeStampSequence),
    ]


def load_strictly(kind: type[Kind], raw: bytes) -> Kind:
    """Read one value and nothing after it; use it within `translating` only.

    Raises:
        ValueError: It is no such value.
    """
    loader: Any = kind
    value: Kind = loader.load(raw, strict=True)
    return value


@contextmanager
def translating(code: str, what: str) -> Iterator[None]:
    """Refuse what asn1crypto, which reads lazily, finds wrong on the way.

    Raises:
        RefusedError: `code`.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as cause:
        message = f"expected {what}, found other octets ({type(cause).__name__})"
        raise RefusedError(code, message) from cause
