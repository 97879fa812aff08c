"""What two gateways say they exchanged on one day, major version 1.

`ExchangeSummary` is the daily statement: counts and Merkle roots. `ExchangeList` names the single
documents of some buckets, where two summaries differ. How the hashes are made is in
`swb_schemas.wire.exchange`; docs/reference/wire.md says it for everybody else.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from swb_schemas.documents.elements import (
    Aggregate,
    Boolean,
    Date,
    Digest,
    Document,
    Extensions,
    NonNegativeInt,
    PositiveInt,
    Uuid,
)

__all__ = [
    "BucketRoot",
    "ExchangeList",
    "ExchangeSummary",
    "ExchangedSet",
    "ListedBucket",
    "ListedDocument",
]

BucketPrefix = Annotated[str, Field(pattern=r"^[0-9a-f]{2}$")]
"""The first octet of a leaf's hash, in hexadecimal."""


class BucketRoot(Aggregate):
    """One of the 256 parts of a day's documents, where it is not empty.

    Attributes:
        prefix: With which the leaf hashes in it begin.
        root_hash: Of the tree over its leaves.
    """

    prefix: BucketPrefix
    root_hash: Digest


class ExchangedSet(Aggregate):
    """What went one way on one day.

    Attributes:
        count: Number of documents.
        root_hash: Of the tree over the roots of all 256 buckets.
        buckets: Those that are not empty, in order of their prefixes.
    """

    count: NonNegativeInt
    root_hash: Digest
    buckets: tuple[BucketRoot, ...] = Field(default=(), alias="Bucket", max_length=256)


class ExchangeSummary(Document):
    """What the sealing gateway's state sent to the other state on one day, and received from it.

    Attributes:
        day: In UTC: the day in the documents' ids.
        revision: 1 for the first about this day, counting.
        reply_wanted: Whether the other gateway is asked for its own summary of the day.
        sent: To the receiving party's state.
        received: From the receiving party's state.
    """

    namespace: ClassVar[str] = "urn:swb:exchange-summary:1"

    day: Date
    revision: PositiveInt
    reply_wanted: Boolean
    sent: ExchangedSet
    received: ExchangedSet
    extensions: Extensions | None = None


class ListedDocument(Aggregate):
    """One document by name."""

    document_id: Uuid
    document_digest: Digest


class ListedBucket(Aggregate):
    """The documents of one bucket.

    Attributes:
        prefix: Of the bucket.
        documents: In order of their ids; none where the bucket is empty.
    """

    prefix: BucketPrefix
    documents: tuple[ListedDocument, ...] = Field(default=(), alias="Document", max_length=10000)


class ListedSet(Aggregate):
    """The buckets of one way that are listed."""

    buckets: tuple[ListedBucket, ...] = Field(default=(), alias="Bucket", max_length=256)


class ExchangeList(Document):
    """The documents of the buckets in which two summaries of a day differ.

    Attributes:
        day: In UTC.
        revision: Of the sealing gateway's summary whose buckets these are.
        sent: To the receiving party's state.
        received: From the receiving party's state.
    """

    namespace: ClassVar[str] = "urn:swb:exchange-list:1"

    day: Date
    revision: PositiveInt
    sent: ListedSet
    received: ListedSet
    extensions: Extensions | None = None
