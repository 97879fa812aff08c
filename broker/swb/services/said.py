"""What the other side has said, as it was kept: read again, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.reconciling import Way, find_differences
from swb.ports import KeptNotice, KeptSummary
from swb.services.exchange_days import find_differing_buckets
from swb_schemas.catalogue import decode_document
from swb_schemas.documents import ExchangeList, ExchangeSummary
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parsing import parse_xml
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.exchange import check_bucket, check_set, read_buckets
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from swb.core.reconciling import Differing
    from swb.ports import DocumentRecord, KeptList
    from swb.services.exchange_days import ExchangeDay
    from swb_schemas.documents import OutageNotice
    from swb_schemas.documents.exchange import ListedBucket

__all__ = [
    "agree",
    "find_listed_differences",
    "find_unlisted",
    "keep_heard",
    "read_notice",
    "read_summary",
]


def keep_heard(
    summary: ExchangeSummary, record: DocumentRecord, *, sealed_at: datetime, message_id: str
) -> KeptSummary:
    """Bring a summary of the other side's into the form in which it is kept.

    Raises:
        RefusedError: ``exchange.inconsistent``: it contradicts itself, and says nothing.
    """
    check_set(summary.sent)
    check_set(summary.received)
    return KeptSummary(
        partner=parse_party_id(record.issuing_party).state,
        environment=record.environment,
        day=summary.day,
        own=False,
        revision=summary.revision,
        document_id=record.document_id,
        message_id=message_id,
        sealed_at=sealed_at,
        octets=encode(summary),
    )


def read_summary(kept: KeptSummary) -> ExchangeSummary:
    """Read a summary that was verified before it was kept.

    Raises:
        RefusedError: ``reconciliation.altered``: what was kept is none.
    """
    document = decode_document(parse_xml(kept.octets))
    if not isinstance(document, ExchangeSummary):
        raise _altered("an ExchangeSummary")
    return document


def read_list(kept: KeptList) -> ExchangeList:
    """Read a list that was verified before it was kept.

    Raises:
        RefusedError: ``reconciliation.altered``: what was kept is none.
    """
    document = decode_document(parse_xml(kept.octets))
    if not isinstance(document, ExchangeList):
        raise _altered("an ExchangeList")
    return document


def read_notice(
    notice: OutageNotice, record: DocumentRecord, sealed_at: datetime, state: str
) -> KeptNotice:
    """Bring an outage notice into the form in which it is kept, seen from one state."""
    issuer = parse_party_id(record.issuing_party).state
    receiver = parse_party_id(record.receiving_party).state
    return KeptNotice(
        document_id=record.document_id,
        partner=receiver if issuer == state else issuer,
        own=issuer == state,
        from_at=notice.from_at,
        until_at=notice.until_at,
        reason=notice.reason,
        replaces=notice.replaces or "",
        sealed_at=sealed_at,
    )


def agree(own: KeptSummary, theirs: KeptSummary) -> bool:
    """Tell whether two sides have the same of a day."""
    here, there = read_summary(own), read_summary(theirs)
    return (here.sent.root_hash, here.received.root_hash) == (
        there.received.root_hash,
        there.sent.root_hash,
    )


def find_unlisted(
    here: ExchangeDay, theirs: ExchangeSummary, lists: Sequence[KeptList]
) -> dict[Way, tuple[str, ...]]:
    """Find the buckets that differ and of which the other side has not listed the documents."""
    known = _listed(theirs, lists)
    return {
        way: tuple(prefix for prefix in prefixes if (way, prefix) not in known)
        for way, prefixes in find_differing_buckets(here, theirs).items()
    }


def find_listed_differences(
    here: ExchangeDay, theirs: ExchangeSummary, lists: Sequence[KeptList]
) -> Iterator[Differing]:
    """Find the documents in which this side and the other's summary differ, as far as listed."""
    known = _listed(theirs, lists)
    for way, prefixes in find_differing_buckets(here, theirs).items():
        for prefix in prefixes:
            listed = known.get((way, prefix))
            if listed is not None:
                own = dict(here.of(way).list_bucket(prefix))
                yield from find_differences(own, read_buckets([listed]), way)


def _listed(
    theirs: ExchangeSummary, lists: Sequence[KeptList]
) -> dict[tuple[Way, str], ListedBucket]:
    """Collect the lists that are what the summary stands for, by way and bucket.

    What the other side received is what was sent from here.
    """
    found: dict[tuple[Way, str], ListedBucket] = {}
    for kept in lists:
        document = read_list(kept)
        for way, stated, listed in (
            (Way.SENT, theirs.received, document.received),
            (Way.RECEIVED, theirs.sent, document.sent),
        ):
            for bucket in listed.buckets:
                if check_bucket(bucket, stated):
                    found[way, bucket.prefix] = bucket
    return found


def _altered(expected: str) -> RefusedError:
    message = f"expected {expected} as it was kept, found another document"
    return RefusedError("reconciliation.altered", message, actor=Actor.OPERATOR)
