"""What two states exchanged on one day, as hashes: how an `ExchangeSummary` is made and compared.

A document's leaf is ``<document id> <digest>``, the digest as ``sha-256:<hex>``, hashed as a leaf
of RFC 9162 (2.1.1). The first octet of that hash is its bucket, one of 256. The root of a bucket is
that of the tree over its leaves in order of their ids, the root of the whole that of the tree whose
leaves are the 256 roots of the buckets. So of 100,000 documents a single one is found by comparing
256 roots and then some 400 ids.

The day is the one in the document's id: the first 48 bits of a UUIDv7 are milliseconds since 1970
(RFC 9562, 5.7). Both sides read it alike, whatever their clocks say and whenever it arrived.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.elements import Digest, DigestAlgorithm
from swb_schemas.documents.exchange import (
    BucketRoot,
    ExchangedSet,
    ListedBucket,
    ListedDocument,
)
from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.merkle import EMPTY_ROOT, Frontier, hash_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = [
    "BUCKETS",
    "ExchangedDocuments",
    "check_bucket",
    "check_set",
    "day_of",
    "find_differing",
    "first_id_of",
    "hash_document",
    "read_buckets",
]

BUCKETS: Final = tuple(f"{octet:02x}" for octet in range(256))
"""Every prefix, in order."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def hash_document(document_id: str, digest: str) -> bytes:
    """Hash one document's leaf.

    Args:
        document_id: From its seal header.
        digest: Its signed digest, as ``sha-256:<hex>``.
    """
    return hash_leaf(f"{document_id} {digest}".encode("ascii"))


def first_id_of(day: date) -> str:
    """Name the lowest id that a document of a day can have; no id of the day before is as high."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    stamp = f"{(moment - _EPOCH) // _MILLISECOND:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-0000-0000-000000000000"


def day_of(document_id: str) -> date | None:
    """Read the day in an id; None where it is beyond the calendar, as of an id by chance."""
    try:
        moment = _EPOCH + int(document_id[:8] + document_id[9:13], 16) * _MILLISECOND
    except OverflowError:
        return None
    return moment.date()


class ExchangedDocuments:
    """The documents that went one way on one day, in their buckets.

    Args:
        documents: Ids and digests, in order of the ids.
    """

    def __init__(self, documents: Iterable[tuple[str, str]]) -> None:
        hashes: defaultdict[str, list[bytes]] = defaultdict(list)
        self._buckets: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for document_id, digest in documents:
            leaf = hash_document(document_id, digest)
            prefix = BUCKETS[leaf[0]]
            hashes[prefix].append(leaf)
            self._buckets[prefix].append((document_id, digest))
        self._roots = {prefix: Frontier().append(hashes[prefix]).root for prefix in sorted(hashes)}

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self._buckets.values()))

    def list_bucket(self, prefix: str) -> Sequence[tuple[str, str]]:
        """List the ids and digests of one bucket."""
        return self._buckets.get(prefix, ())

    def summarise(self) -> ExchangedSet:
        """Say it in a summary."""
        return ExchangedSet(
            count=self.count,
            root_hash=Digest.of_sha256(_root_of(self._roots)),
            buckets=tuple(
                BucketRoot(prefix=prefix, root_hash=Digest.of_sha256(root))
                for prefix, root in self._roots.items()
            ),
        )

    def list_buckets(self, prefixes: Iterable[str]) -> Iterator[ListedBucket]:
        """Say single buckets in a list."""
        for prefix in prefixes:
            yield ListedBucket(
                prefix=prefix,
                documents=tuple(
                    ListedDocument(document_id=document_id, document_digest=Digest.parse(digest))
                    for document_id, digest in self.list_bucket(prefix)
                ),
            )


def check_set(stated: ExchangedSet) -> None:
    """Require a summary's buckets to be in order, and to lead to its root.

    Raises:
        RefusedError: ``exchange.inconsistent``.
    """
    prefixes = [each.prefix for each in stated.buckets]
    if prefixes != sorted(set(prefixes)):
        message = "expected each bucket once, in order of the prefixes"
        raise RefusedError("exchange.inconsistent", message)
    hashes = [stated.root_hash, *(each.root_hash for each in stated.buckets)]
    if any(each.algorithm is not DigestAlgorithm.SHA256 for each in hashes):
        raise RefusedError("exchange.inconsistent", "expected roots by SHA-256")
    found = Digest.of_sha256(_root_of(_roots_of(stated)))
    if found != stated.root_hash or (stated.count == 0) != (not stated.buckets):
        message = f"expected buckets that lead to the root, found {found.text}"
        raise RefusedError("exchange.inconsistent", message)


def find_differing(first: ExchangedSet, second: ExchangedSet) -> tuple[str, ...]:
    """Find the buckets in which two sides differ; none where they have the same."""
    if first.root_hash == second.root_hash:
        return ()
    one, other = _roots_of(first), _roots_of(second)
    return tuple(prefix for prefix in BUCKETS if one.get(prefix) != other.get(prefix))


def check_bucket(listed: ListedBucket, stated: ExchangedSet) -> bool:
    """Tell whether a list of a bucket is what the summary of the same side stands for."""
    pairs = read_buckets([listed])
    leaves = [hash_document(document_id, digest) for document_id, digest in pairs.items()]
    ordered = [each.document_id for each in listed.documents]
    return (
        ordered == sorted(set(ordered))
        and all(leaf[0] == int(listed.prefix, 16) for leaf in leaves)
        and Frontier().append(leaves).root == _roots_of(stated).get(listed.prefix, EMPTY_ROOT)
    )


def read_buckets(listed: Iterable[ListedBucket]) -> dict[str, str]:
    """Read the digests of listed documents by their ids."""
    return {
        each.document_id: each.document_digest.text
        for bucket in listed
        for each in bucket.documents
    }


def _roots_of(stated: ExchangedSet) -> dict[str, bytes]:
    return {each.prefix: base64.b64decode(each.root_hash.value) for each in stated.buckets}


def _root_of(roots: Mapping[str, bytes]) -> bytes:
    return Frontier().append(roots.get(prefix, EMPTY_ROOT) for prefix in BUCKETS).root
