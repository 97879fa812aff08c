"""What two states exchanged on one day, as hashes."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_schemas.documents.elements import Digest
from swb_schemas.documents.exchange import ListedBucket
from swb_schemas.errors import RefusedError
from swb_schemas.wire.exchange import (
    BUCKETS,
    ExchangedDocuments,
    check_bucket,
    check_set,
    day_of,
    find_differing,
    first_id_of,
    hash_document,
    read_buckets,
)
from swb_schemas.wire.ledger.merkle import EMPTY_ROOT, hash_children

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_schemas.documents.exchange import ExchangedSet

DAY: Final = date(2026, 2, 28)


def draw(number: int) -> tuple[str, str]:
    """Id and digest of a document that nobody made."""
    digest = sha256(str(number).encode()).hexdigest()
    return f"019ca3b5-0a08-7000-8000-{number:012x}", f"sha-256:{digest}"


def test_an_empty_day_has_the_root_of_256_empty_buckets() -> None:
    level = [EMPTY_ROOT] * 256
    while len(level) > 1:
        level = [hash_children(a, b) for a, b in zip(level[::2], level[1::2], strict=True)]
    summary = ExchangedDocuments(()).summarise()
    assert summary.root_hash == Digest.of_sha256(level[0])
    assert (summary.count, summary.buckets) == (0, ())


def test_a_single_document_is_the_root_of_its_bucket() -> None:
    document_id, digest = draw(1)
    leaf = sha256(b"\0" + f"{document_id} {digest}".encode()).digest()
    assert hash_document(document_id, digest) == leaf
    (bucket,) = ExchangedDocuments([draw(1)]).summarise().buckets
    assert (bucket.prefix, bucket.root_hash) == (f"{leaf[0]:02x}", Digest.of_sha256(leaf))


@settings(max_examples=25)
@given(st.sets(st.integers(0, 400)), st.sets(st.integers(0, 400)))
def test_differs_in_the_buckets_of_what_is_missing_and_in_no_other(
    one: set[int], other: set[int]
) -> None:
    first = ExchangedDocuments([draw(number) for number in sorted(one)])
    second = ExchangedDocuments([draw(number) for number in sorted(other)])
    expected = {BUCKETS[hash_document(*draw(number))[0]] for number in one ^ other}
    found = find_differing(first.summarise(), second.summarise())
    assert set(found) == expected
    listed = list(second.list_buckets(found))
    assert all(check_bucket(each, second.summarise()) for each in listed)
    in_buckets = [n for n in other if BUCKETS[hash_document(*draw(n))[0]] in expected]
    assert read_buckets(listed) == dict(draw(number) for number in in_buckets)
    for each in (first, second):
        check_set(each.summarise())


FALSE: Final[dict[str, Callable[[ExchangedSet], ExchangedSet]]] = {
    "another root": lambda it: it.model_copy(update={"root_hash": it.buckets[0].root_hash}),
    "a bucket left out": lambda it: it.model_copy(update={"buckets": it.buckets[1:]}),
    "out of order": lambda it: it.model_copy(update={"buckets": it.buckets[::-1]}),
    "a bucket twice": lambda it: it.model_copy(update={"buckets": (it.buckets[0], *it.buckets)}),
    "none counted": lambda it: it.model_copy(update={"count": 0}),
}


@pytest.mark.parametrize("change", FALSE.values(), ids=FALSE)
def test_refuses_a_summary_that_contradicts_itself(
    change: Callable[[ExchangedSet], ExchangedSet],
) -> None:
    summary = ExchangedDocuments([draw(number) for number in range(9)]).summarise()
    with pytest.raises(RefusedError) as refused:
        check_set(change(summary))
    assert refused.value.code == "exchange.inconsistent"


def test_does_not_believe_a_list_that_the_summary_does_not_stand_for() -> None:
    documents = ExchangedDocuments([draw(number) for number in range(2000)])
    summary = documents.summarise()
    (listed,) = documents.list_buckets([summary.buckets[0].prefix])
    assert check_bucket(listed, summary)
    shorter = listed.model_copy(update={"documents": listed.documents[1:]})
    turned = listed.model_copy(update={"documents": listed.documents[::-1]})
    elsewhere = listed.model_copy(update={"prefix": summary.buckets[1].prefix})
    assert not any(check_bucket(each, summary) for each in (shorter, turned, elsewhere))
    assert not check_bucket(ListedBucket(prefix=listed.prefix), summary)


def test_the_day_is_in_the_id_for_both_sides_alike() -> None:
    assert day_of("019ca3b5-0a08-7000-8000-000000000001") == DAY
    assert day_of(first_id_of(DAY)) == DAY
    ids = [first_id_of(DAY), "019ca3b5-0a08-7000-8000-000000000001"]
    ids.append(first_id_of(DAY + timedelta(days=1)))
    assert ids == sorted(ids)
    assert day_of("ffffffff-ffff-4000-8000-000000000000") is None
