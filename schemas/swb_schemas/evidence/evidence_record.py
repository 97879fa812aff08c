"""Evidence records (RFC 4998): that octets existed at a time, by a time-stamp over many at once.

A record has one chain. Its first archive time-stamp is about the octets; each further one renews
the one before, because that one's certificate is about to end or its key is not believed any more
(RFC 4998, 5.2, time-stamp renewal). Renewal by another digest algorithm is not implemented: more
than one chain is refused with a code of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from asn1crypto.cms import ContentInfo
from asn1crypto.tsp import PartialHashtree, PartialHashtrees

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.evidence.asn1 import EvidenceRecord, load_strictly, translating
from swb_schemas.evidence.hash_tree import compute_root
from swb_schemas.evidence.time_stamp import (
    DEFAULT_TIME_POLICY,
    TimePolicy,
    TimeStamp,
    verify_time_stamp,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.evidence.hash_tree import ReducedHashTree
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "ArchiveTimeStamp",
    "TimeAssertion",
    "decode_evidence_record",
    "encode_evidence_record",
    "verify_evidence_record",
]

_MAXIMAL_OCTETS: Final = 1_000_000
_MAXIMAL_LINKS: Final = 64
_ALGORITHM: Final = {"algorithm": "sha256"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTimeStamp:
    """A time-stamp with what leads to it.

    Attributes:
        reduced: From the digest of what it is about to the stamped root.
        token: DER.
    """

    reduced: ReducedHashTree
    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAssertion:
    """What a record proves.

    Attributes:
        proven_at: When the octets existed at the latest.
        stamps: The first one, and those that renew it.
    """

    proven_at: datetime
    stamps: tuple[TimeStamp, ...]


def encode_evidence_record(links: Sequence[ArchiveTimeStamp]) -> bytes:
    """Write a record of one chain; the exact inverse of `decode_evidence_record`."""
    chain = []
    for link in links:
        members: dict[str, object] = {
            "digest_algorithm": _ALGORITHM,
            "time_stamp": load_strictly(ContentInfo, link.token),
        }
        if link.reduced:
            members["reduced_hashtree"] = PartialHashtrees(
                [PartialHashtree(list(each)) for each in link.reduced]
            )
        chain.append(members)
    record: Any = EvidenceRecord(
        {
            "version": "v1",
            "digest_algorithms": [_ALGORITHM],
            "archive_time_stamp_sequence": [chain],
        }
    )
    octets: bytes = record.dump()
    return octets


def decode_evidence_record(raw: bytes) -> tuple[ArchiveTimeStamp, ...]:
    """Read a record; nothing in it is verified.

    Raises:
        RefusedError: ``evidence.malformed``, or ``evidence.unsupported`` for one with several
            chains, encryption, or another digest algorithm than SHA-256.
    """
    if len(raw) > _MAXIMAL_OCTETS:
        message = f"expected a record of at most {_MAXIMAL_OCTETS} octets, found {len(raw)}"
        raise RefusedError("evidence.malformed", message)
    with translating("evidence.malformed", "an evidence record (RFC 4998)"):
        record: Any = load_strictly(EvidenceRecord, raw)
        chains = list(record["archive_time_stamp_sequence"])
        links = [link for chain in chains for link in chain]
        algorithms = {each["algorithm"].native for each in record["digest_algorithms"]}
        for link in links:
            if link["digest_algorithm"].native is not None:
                algorithms.add(link["digest_algorithm"]["algorithm"].native)
        known = record["version"].native == "v1"
        extras = record["encryption_info"].native or record["crypto_infos"].native
        read = tuple(
            ArchiveTimeStamp(
                reduced=tuple(
                    tuple(digest.native for digest in members)
                    for members in (
                        link["reduced_hashtree"] if link["reduced_hashtree"].native else ()
                    )
                ),
                token=link["time_stamp"].dump(),
            )
            for link in links[: _MAXIMAL_LINKS + 1]
        )
    if not known or extras or len(chains) != 1 or algorithms != {"sha256"}:
        message = "expected a record of version 1 with one chain, SHA-256 and no encryption"
        raise RefusedError("evidence.unsupported", message, actor=Actor.DEVELOPER)
    if not 0 < len(read) <= _MAXIMAL_LINKS:
        message = f"expected one to {_MAXIMAL_LINKS} time-stamps, found {len(read)}"
        raise RefusedError("evidence.malformed", message)
    return read


def verify_evidence_record(
    raw: bytes,
    *,
    digest: bytes,
    trust: TrustBundle,
    at: datetime,
    policy: TimePolicy = DEFAULT_TIME_POLICY,
) -> TimeAssertion:
    """Verify a record for octets (RFC 4998, 4.3 and 5.3).

    Args:
        raw: The record, DER.
        digest: SHA-256 of the octets.
        trust: Whom to trust.
        at: The judging moment.
        policy: What is asked of time-stamps.

    Raises:
        RefusedError: ``evidence.malformed``, ``evidence.unsupported``, ``evidence.other_record``,
            ``evidence.order``: a renewal is older than what it renews; what `verify_time_stamp`
            raises.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    links = decode_evidence_record(raw)
    imprints = []
    for link in links:
        imprints.append(compute_root(digest, link.reduced))
        digest = sha256(link.token).digest()
    stamps: list[TimeStamp] = []
    proven_at: datetime | None = None
    for link, imprint in zip(reversed(links), reversed(imprints), strict=True):
        stamp = verify_time_stamp(
            link.token, imprint=imprint, trust=trust, at=at, proven_at=proven_at, policy=policy
        )
        if stamps and stamp.generated_at > stamps[0].generated_at:
            message = "expected each time-stamp to be renewed by a later one"
            raise RefusedError("evidence.order", message)
        stamps.insert(0, stamp)
        proven_at = stamp.proven_at
    return TimeAssertion(proven_at=stamps[0].proven_at, stamps=tuple(stamps))
