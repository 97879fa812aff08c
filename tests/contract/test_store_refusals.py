"""How every message store keeps a certificate single, and answers what it keeps as dead letters."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.ports import Direction, Event, Grounds
from swb_schemas.errors import RefusedError
from tests.contract.records import (
    ACK,
    ACK_DOCUMENT,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    buried,
    by_line,
    digest_of,
    document,
    outbound,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from swb.ports import MessageStore, Submission


async def test_refuses_a_second_certificate_of_one_key_from_another_payload(
    store: MessageStore,
) -> None:
    await store.commit_submission(submission(1))
    other = submission(2)
    same_key = replace(other, document=replace(other.document, certificate_key="TH:DFT:1"))

    with pytest.raises(RefusedError) as failure:
        await store.commit_submission(same_key)

    assert failure.value.code == "submission.certificate_exists"
    assert await store.find_submission(other.record.payload_digest) is None
    assert await store.find_document(other.document.document_id) is None
    assert len(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == 1


async def test_of_two_payloads_of_one_certificate_at_a_time_one_wins(
    store: MessageStore, other_store: MessageStore
) -> None:
    first, second = submission(1), submission(2)
    second = replace(second, document=replace(second.document, certificate_key="TH:DFT:1"))

    outcomes = await asyncio.gather(
        store.commit_submission(first),
        other_store.commit_submission(second),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, RefusedError)]
    assert [each.code for each in refused] == ["submission.certificate_exists"]
    found = await store.find_certificate("TH:DFT:1")
    assert found is not None
    assert len(await store.list_documents()) == 1


async def test_the_same_payload_again_is_no_second_certificate(store: MessageStore) -> None:
    first = submission(1)
    again = replace(
        submission(2),
        record=replace(submission(2).record, payload_digest=first.record.payload_digest),
    )
    again = replace(again, document=replace(again.document, certificate_key="TH:DFT:1"))
    await store.commit_submission(first)

    assert await store.commit_submission(again) == first.record


async def test_what_takes_a_certificate_back_or_copies_it_has_its_key(store: MessageStore) -> None:
    await store.commit_submission(submission(1))
    other = submission(2)
    other = replace(other, document=replace(other.document, certificate_key="TH:DFT:1"))
    with pytest.raises(RefusedError) as failure:
        await store.commit_submission(other)
    assert failure.value.code == "submission.certificate_exists"
    sharing = replace(other, shares_key=True)
    assert await store.commit_submission(sharing) == sharing.record
    found = await store.list_certificates("TH:DFT:1")
    assert [each.document_id for each in found] == [
        submission(1).document.document_id,
        other.document.document_id,
    ]


async def test_many_answers_may_speak_of_one_certificate(store: MessageStore) -> None:
    for number in (1, 2):
        answer = submission(number)
        await store.commit_submission(
            replace(
                answer,
                document=replace(
                    answer.document, message_type="CustomsResponse", certificate_key="TH:DFT:9"
                ),
            )
        )
    assert len(await store.list_documents()) == 2


def numbered(number: int, *, revision: int, certificate: int = 9) -> Submission:
    """A response of some number on a certificate."""
    made = submission(number)
    fact = Event(
        document_id=uuid_of(certificate, DOCUMENT), name="PENDING", at=NOW, revision=revision
    )
    answer = replace(
        made.document, message_type="CustomsResponse", certificate_key=f"TH:DFT:{certificate}"
    )
    return replace(made, document=answer, events=[*made.events, fact])


async def test_refuses_a_second_response_of_one_number_from_another_payload(
    store: MessageStore,
) -> None:
    await store.commit_submission(numbered(1, revision=2))
    other = numbered(2, revision=2)

    with pytest.raises(RefusedError) as failure:
        await store.commit_submission(other)

    assert failure.value.code == "submission.response_exists"
    assert await store.find_submission(other.record.payload_digest) is None
    assert await store.find_document(other.document.document_id) is None
    assert len(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == 1


async def test_of_two_responses_of_one_number_at_a_time_one_wins(
    store: MessageStore, other_store: MessageStore
) -> None:
    outcomes = await asyncio.gather(
        store.commit_submission(numbered(1, revision=1)),
        other_store.commit_submission(numbered(2, revision=1)),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, RefusedError)]
    assert [each.code for each in refused] == ["submission.response_exists"]
    assert len(await store.list_documents()) == 1


async def test_responses_are_told_apart_by_number_and_certificate(store: MessageStore) -> None:
    """In any order, and with gaps."""
    for number, (revision, certificate) in enumerate([(7, 8), (2, 8), (7, 9)], 1):
        await store.commit_submission(numbered(number, revision=revision, certificate=certificate))
    assert len(await store.list_documents()) == 3


async def test_a_response_that_came_in_holds_no_number_of_one_s_own(store: MessageStore) -> None:
    told = Event(
        document_id=uuid_of(9, DOCUMENT), name="GIVEN", at=NOW, message_id=uuid_of(7), revision=1
    )
    await store.accept(replace(acceptance(1), events=[told]))
    given = numbered(2, revision=1)
    assert await store.commit_submission(given) == given.record


async def test_other_moves_of_one_s_own_hold_no_number_of_a_response(store: MessageStore) -> None:
    asked = submission(1)
    asked = replace(
        asked,
        document=replace(asked.document, message_type="VerificationRequest"),
        events=[
            *asked.events,
            Event(document_id=uuid_of(9, DOCUMENT), name="VERIFICATION", at=NOW, revision=1),
        ],
    )
    await store.commit_submission(asked)
    given = numbered(2, revision=1)
    assert await store.commit_submission(given) == given.record


async def test_the_same_response_again_is_no_second_one(store: MessageStore) -> None:
    first = numbered(1, revision=1)
    again = numbered(2, revision=1)
    again = replace(again, record=replace(again.record, payload_digest=first.record.payload_digest))
    await store.commit_submission(first)
    assert await store.commit_submission(again) == first.record


async def test_an_answer_to_a_dead_letter_is_written_once_and_becomes_due_again(
    store: MessageStore,
) -> None:
    key = buried(1).octets_digest
    answers = [
        (
            document(number, kind=ACK_DOCUMENT, certificate_key="", direction=Direction.OUT, at=at),
            outbound(number, kind=ACK, document_kind=ACK_DOCUMENT, at=at),
        )
        for number, at in ((1, NOW), (2, NOW + SECOND))
    ]
    for told, message in answers:
        await store.answer(key, documents=[told], outbound=[message])
    (due,) = await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    assert due.message == answers[0][1].message
    await store.mark_published([due.message.message_id], NOW)

    later, again = answers[1]
    await store.answer(key, documents=[later], outbound=[again])

    assert not await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    (repeated,) = await store.claim_outbound(NOW + SECOND, shares=by_line(9), lease_for=LEASE)
    assert repeated.message == answers[0][1].message
    assert await store.find_document(later.document_id) is None


async def test_an_answer_to_a_dead_letter_that_has_expired_does_not_become_due_again(
    store: MessageStore,
) -> None:
    key, first = buried(1).octets_digest, outbound(1, kind=ACK, document_kind=ACK_DOCUMENT)
    told = document(1, kind=ACK_DOCUMENT, certificate_key="", direction=Direction.OUT)
    await store.answer(key, documents=[told], outbound=[first])
    await store.mark_published([first.message.message_id], NOW)
    late = first.message.expires_at
    again = outbound(2, kind=ACK, document_kind=ACK_DOCUMENT, at=late)
    later = document(2, kind=ACK_DOCUMENT, certificate_key="", direction=Direction.OUT, at=late)
    await store.answer(key, documents=[later], outbound=[again])
    assert not await store.claim_outbound(late, shares=by_line(9), lease_for=LEASE)


async def test_answers_to_different_dead_letters_are_apart(store: MessageStore) -> None:
    for number in (1, 2):
        told = document(number, kind=ACK_DOCUMENT, certificate_key="", direction=Direction.OUT)
        message = outbound(number, kind=ACK, document_kind=ACK_DOCUMENT)
        await store.answer(digest_of(f"held {number}"), documents=[told], outbound=[message])
    assert (await store.count()).outbound == 2


def moving(number: int, name: str, *, known: int, revision: int = 1) -> Submission:
    """A move on certificate 9 that was judged when so many events were known of it."""
    made = submission(number)
    about = uuid_of(9, DOCUMENT)
    fact = Event(document_id=about, name=name, at=NOW, revision=revision)
    sealed = replace(made.document, message_type="Cancellation", certificate_key="TH:DFT:9")
    return replace(
        made,
        document=sealed,
        events=[*made.events, fact],
        grounds=Grounds(events={about: known}),
    )


async def test_what_was_judged_before_another_move_is_to_be_judged_again(
    store: MessageStore,
) -> None:
    first = moving(1, "GIVEN", known=0)
    assert await store.commit_submission(first) == first.record
    late = moving(2, "CANCELLED", known=0)
    assert await store.commit_submission(late) is None
    assert await store.find_submission(late.record.payload_digest) is None
    assert await store.find_document(late.document.document_id) is None
    assert [each.name for each in await store.list_events(uuid_of(9, DOCUMENT))] == ["GIVEN"]
    again = moving(2, "NOT GIVEN", known=1, revision=2)
    assert await store.commit_submission(again) == again.record
    assert await store.commit_submission(first) == first.record, "it is no new payload"


MOVES_AT_ONCE = {
    "given and cancelled": ("GIVEN", "CANCELLED"),
    "cancelled twice over": ("CANCELLATION", "CANCELLATION"),
    "verified with and without suspension": ("VERIFICATION", "VERIFICATION SUSPENDING"),
}


@pytest.mark.parametrize("names", MOVES_AT_ONCE.values(), ids=MOVES_AT_ONCE)
async def test_of_two_moves_at_a_time_one_is_to_be_judged_again(
    store: MessageStore, other_store: MessageStore, names: tuple[str, str]
) -> None:
    made = [moving(number, name, known=0) for number, name in enumerate(names, 1)]
    outcomes = await asyncio.gather(
        store.commit_submission(made[0]), other_store.commit_submission(made[1])
    )
    assert sorted(each is None for each in outcomes) == [False, True]
    assert len(await store.list_events(uuid_of(9, DOCUMENT))) == 1


async def test_of_two_that_rest_upon_one_original_at_a_time_one_is_to_be_judged_again(
    store: MessageStore, other_store: MessageStore
) -> None:
    def resting(number: int, known: int, *keys: str) -> Submission:
        made = submission(number)
        grounds = Grounds(mentioned=keys, mentioning=known)
        return replace(made, document=replace(made.document, mentions=keys), grounds=grounds)

    outcomes = await asyncio.gather(
        store.commit_submission(resting(1, 0, "TH:DFT:8", "TH:DFT:9")),
        other_store.commit_submission(resting(2, 0, "TH:DFT:9", "TH:DFT:8")),
    )
    assert sorted(each is None for each in outcomes) == [False, True]
    third = resting(3, 1, "TH:DFT:9")
    assert await store.commit_submission(third) == third.record
    other = resting(4, 0, "TH:DFT:7")
    assert await store.commit_submission(other) == other.record
