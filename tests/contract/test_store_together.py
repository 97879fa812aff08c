"""Several messages that are committed together: all of them or none, whatever keeps the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.core.duplicates import Disposition
from swb.core.lifecycle import Fact
from swb.ports import Completion, Direction, Event, SentMessage, Share
from swb_schemas.errors import RefusedError
from tests.contract.records import (
    ACK,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    by_line,
    digest_of,
    document,
    ids_of,
    outbound,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from swb.ports import Acceptance, MessageStore


def unanswered(number: int) -> Acceptance:
    """A message without its acknowledgement, which is told with others."""
    given = acceptance(number)
    return replace(given, documents=given.documents[:1], outbound=())


RECEIPT = outbound(9, kind=5, document_kind=6)
SEALED = document(9, kind=6, certificate_key="", direction=Direction.OUT)


async def test_commits_all_with_what_is_told_of_them(store: MessageStore) -> None:
    several = [unanswered(1), unanswered(2)]
    assert await store.accept_together(several, documents=[SEALED], outbound=[RECEIPT])
    for given in several:
        assert await store.find_message(given.message.message_id) == given.message
        assert await store.list_events(given.documents[0].document_id) == list(given.events)
    assert ids_of(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == [
        RECEIPT.message.message_id
    ]
    taken = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    assert [each.document_id for each in taken] == [uuid_of(1, DOCUMENT), uuid_of(2, DOCUMENT)]


@pytest.mark.parametrize("in_conflict", [False, True])
async def test_commits_nothing_where_one_is_known(store: MessageStore, in_conflict: bool) -> None:
    await store.accept(unanswered(2))
    known = unanswered(2)
    if in_conflict:
        known = replace(known, message=replace(known.message, digest=digest_of("other")))
    before = await store.count()
    assert not await store.accept_together(
        [unanswered(1), known, unanswered(3)], documents=[SEALED], outbound=[RECEIPT]
    )
    assert await store.count() == before
    assert await store.find_message(uuid_of(1)) is None
    assert await store.find_document(SEALED.document_id) is None
    assert await store.accept(unanswered(1)) is Disposition.NEW


async def test_a_repetition_makes_a_receipt_for_several_due_only_as_an_answer(
    store: MessageStore,
) -> None:
    several = [unanswered(1), unanswered(2)]
    await store.accept_together(several, documents=[SEALED], outbound=[RECEIPT])
    await store.mark_published([RECEIPT.message.message_id], NOW)
    assert await store.accept(unanswered(1)) is Disposition.REPEAT
    later = NOW + SECOND
    assert not await store.claim_outbound(later, shares=by_line(9), lease_for=LEASE)

    again = acceptance(1, at=later)
    await store.answer(uuid_of(1), documents=[again.documents[1]], outbound=again.outbound)
    assert ids_of(await store.claim_outbound(later, shares=by_line(9), lease_for=LEASE)) == [
        uuid_of(1, ACK)
    ]
    await store.mark_published([uuid_of(1, ACK)], later)
    assert await store.accept(acceptance(1, at=later)) is Disposition.REPEAT
    assert ids_of(await store.claim_outbound(later, shares=by_line(9), lease_for=LEASE)) == [
        uuid_of(1, ACK)
    ]


async def test_completes_several_deliveries_each_once(store: MessageStore) -> None:
    await store.accept_together([unanswered(1), unanswered(2)], documents=[], outbound=[])
    ids = [uuid_of(number, DOCUMENT) for number in (1, 2)]

    def completion(document_id: str) -> Completion:
        event = Event(document_id=document_id, name=Fact.AS3, at=NOW, message_id=uuid_of(9, 5))
        return Completion(document_id=document_id, at=NOW, events=[event])

    await store.complete_together([completion(ids[0])], documents=[], outbound=[])
    await store.complete_together(
        [completion(each) for each in ids], documents=[SEALED], outbound=[RECEIPT]
    )
    for each in ids:
        told = [event for event in await store.list_events(each) if event.name == Fact.AS3]
        assert len(told) == 1
    assert not await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    assert ids_of(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == [
        RECEIPT.message.message_id
    ]
    with pytest.raises(RefusedError, match=r"store\.unknown"):
        await store.complete_together([completion(uuid_of(7))], documents=[], outbound=[])


async def test_lists_what_was_sent_from_here_alone(store: MessageStore) -> None:
    given = submission(1)
    await store.commit_submission(given)
    await store.accept(unanswered(2))
    sent = given.outbound.message
    assert await store.list_sent([uuid_of(3), uuid_of(2), sent.message_id]) == [
        SentMessage(
            message_id=sent.message_id,
            document_id=given.document.document_id,
            receiver=sent.receiver,
            digest=sent.digest,
            environment=given.document.environment,
        )
    ]
    assert await store.list_sent([]) == []


async def test_a_trail_holds_the_receipt_that_several_conversations_share(
    store: MessageStore,
) -> None:
    given = submission(1)
    await store.commit_submission(given)
    conversation = uuid_of(99)
    assert given.document.conversation_id != conversation
    shared = replace(acceptance(5), deliveries=(), outbound=())
    receipt = replace(shared.documents[0], certificate_key="", conversation_id=conversation)
    told = Event(
        document_id=given.document.document_id,
        name=Fact.AS2,
        at=NOW,
        message_id=shared.message.message_id,
    )
    await store.accept(replace(shared, documents=[receipt], events=[told]))
    trail = await store.find_trail(given.document.document_id)
    assert trail is not None
    assert [each.document_id for each in trail.answers] == [receipt.document_id]
    assert shared.message.message_id in {each.message_id for each in trail.messages}
