"""Fingerprints in a store: kept with their document, found by value, gone with its octets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.duplicates import Disposition
from swb.ports import Erasure, Fingerprinted, Prunable
from swb_schemas.errors import RefusedError
from swb_schemas.fingerprints import FeatureKind, Fingerprint
from tests.contract.records import DOCUMENT, NOW, acceptance, submission, uuid_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import Alike, MessageStore

INVOICE, GOODS, DAY = FeatureKind.INVOICE, FeatureKind.GOODS, FeatureKind.INVOICE_DAY
LATER: Final = NOW + timedelta(days=400)


def prints(number: int, *marks: tuple[FeatureKind, str], key_id: str = "k1") -> Fingerprinted:
    return Fingerprinted(
        document_id=uuid_of(number, DOCUMENT),
        fingerprints=[
            Fingerprint(kind=kind, key_id=key_id, value=value * 32) for kind, value in marks
        ],
    )


async def submit(store: MessageStore, number: int, kept: Fingerprinted) -> None:
    await store.commit_submission(replace(submission(number), fingerprinted=kept))


async def find(
    store: MessageStore,
    *values: str,
    other_than: int = 0,
    environment: str = "test",
    limit: int = 9,
) -> Sequence[Alike]:
    return await store.find_alike(
        [each * 32 for each in values],
        environment=environment,
        other_than=uuid_of(other_than, DOCUMENT) if other_than else "",
        limit=limit,
    )


async def test_finds_what_shares_most_kinds_first(store: MessageStore) -> None:
    await submit(store, 1, prints(1, (INVOICE, "a"), (GOODS, "b")))
    await submit(store, 2, prints(2, (INVOICE, "a"), (GOODS, "c"), (DAY, "d")))
    await submit(store, 3, prints(3, (INVOICE, "e"), (GOODS, "f")))
    found = await find(store, "a", "c", "d")
    assert [(each.certificate_key, set(each.kinds)) for each in found] == [
        ("TH:DFT:2", {INVOICE, GOODS, DAY}),
        ("TH:DFT:1", {INVOICE}),
    ]
    assert [each.document_id for each in await find(store, "a", limit=1)] == [uuid_of(1, DOCUMENT)]


async def test_finds_neither_the_document_itself_nor_another_environment(
    store: MessageStore,
) -> None:
    await submit(store, 1, prints(1, (INVOICE, "a")))
    assert await find(store, "a", other_than=1) == []
    assert await find(store, "a", environment="production") == []
    assert await find(store, "b") == []
    assert await find(store) == []


async def test_keeps_those_of_what_is_received(store: MessageStore) -> None:
    came = replace(acceptance(1), fingerprinted=prints(1, (INVOICE, "a")))
    assert await store.accept(came) is Disposition.NEW
    assert await store.accept(came) is Disposition.REPEAT
    assert [each.document_id for each in await find(store, "a")] == [uuid_of(1, DOCUMENT)]


async def test_keeps_nothing_that_was_not_committed(store: MessageStore) -> None:
    await submit(store, 1, prints(1, (INVOICE, "a")))
    again = submission(2, payload=1)  # the same payload: what was committed stands
    await store.commit_submission(replace(again, fingerprinted=prints(2, (INVOICE, "b"))))
    taken = submission(3)
    taken = replace(taken, document=replace(taken.document, certificate_key="TH:DFT:1"))
    with pytest.raises(RefusedError, match=r"sealed already"):
        await store.commit_submission(replace(taken, fingerprinted=prints(3, (INVOICE, "c"))))
    assert await find(store, "b", "c") == []


async def test_forgets_them_with_the_octets_that_are_erased(store: MessageStore) -> None:
    came = acceptance(1)
    await store.accept(replace(came, fingerprinted=prints(1, (INVOICE, "a"))))
    await submit(store, 2, prints(2, (INVOICE, "a")))
    sent = [each.message.message_id for each in came.outbound]
    await store.mark_published(sent, NOW)
    await store.complete_delivery(
        uuid_of(1, DOCUMENT), at=NOW, events=[], documents=[], outbound=[]
    )
    await store.erase(
        Erasure(
            erasure_id=uuid_of(1, 8),
            conversation_id=uuid_of(1, 9),
            document_ids=[uuid_of(1, DOCUMENT)],
            octets=b"{}",
            erased_at=NOW,
        )
    )
    assert [each.document_id for each in await find(store, "a")] == [uuid_of(2, DOCUMENT)]
    back = replace(came.message, message_id=uuid_of(1, 7), digest="sha-256:07")
    await store.accept(
        replace(came, message=back, outbound=[], fingerprinted=prints(1, (INVOICE, "a")))
    )
    assert [each.document_id for each in await find(store, "a")] == [uuid_of(2, DOCUMENT)]


async def test_forgets_them_with_the_octets_that_retention_takes(store: MessageStore) -> None:
    await submit(store, 1, prints(1, (INVOICE, "a")))
    await store.prune(Prunable.DOCUMENTS, before=LATER)
    assert len(await find(store, "a")) == 1, "it waits to be published, so it stays"
    await store.mark_published([submission(1).outbound.message.message_id], NOW)
    await store.prune(Prunable.DOCUMENTS, before=LATER)
    assert await find(store, "a") == []
    assert await store.list_fingerprint_keys() == []


async def test_lists_and_forgets_by_key(store: MessageStore) -> None:
    await submit(store, 1, prints(1, (INVOICE, "a"), (GOODS, "b")))
    await submit(store, 2, prints(2, (INVOICE, "c"), key_id="k2"))
    uses = await store.list_fingerprint_keys()
    assert [(each.key_id, each.documents, each.fingerprints) for each in uses] == [
        ("k1", 1, 2),
        ("k2", 1, 1),
    ]
    assert await store.forget_fingerprints("k1") == 2
    assert await store.forget_fingerprints("k1") == 0
    assert [each.key_id for each in await store.list_fingerprint_keys()] == ["k2"]
    assert await find(store, "a", "b") == []
