"""How every message store answers questions, and behaves as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.duplicates import Disposition
from swb.ports import Counts, Event
from swb_schemas.errors import UnavailableError
from tests.contract.records import (
    ACK,
    ACK_DOCUMENT,
    DOCUMENT,
    MESSAGE,
    NOTHING,
    NOW,
    SECOND,
    acceptance,
    buried,
    document,
    held,
    message,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import DocumentRecord, MessageStore
    from tests.contract.store_worlds import StoreWorld


# --- asking ------------------------------------------------------------------------------------


async def conversation(store: MessageStore) -> tuple[DocumentRecord, DocumentRecord]:
    """Commit a certificate, its acknowledgement and a customs response about it."""
    await store.accept(acceptance(1))
    response = document(
        2, message_type="CustomsResponse", certificate_key="TH:DFT:1", at=NOW + SECOND
    )
    await store.accept(
        replace(
            acceptance(2, at=NOW + SECOND), documents=[response, document(2, kind=ACK_DOCUMENT)]
        )
    )
    return document(1), response


async def test_finds_the_certificate_and_not_what_speaks_about_it(store: MessageStore) -> None:
    certificate, _ = await conversation(store)
    assert await store.find_certificate("TH:DFT:1") == certificate
    assert await store.find_certificate("TH:DFT:9") is None
    assert await store.find_certificate("") is None


async def test_finds_the_latest_certificate(store: MessageStore) -> None:
    await conversation(store)
    latest = document(7, certificate_key="TH:DFT:1")
    await store.accept(replace(acceptance(7), documents=[latest, acceptance(7).documents[1]]))
    assert await store.find_certificate("TH:DFT:1") == latest


async def test_finds_the_certificate_and_not_what_takes_it_back(store: MessageStore) -> None:
    """What takes it back has its type and key, and goes on in its conversation."""
    certificate, response = await conversation(store)
    back = document(7, certificate_key="TH:DFT:1", conversation=1, at=NOW + SECOND)
    await store.accept(replace(acceptance(7), documents=[back, acceptance(7).documents[1]]))
    assert await store.find_certificate("TH:DFT:1") == certificate
    trail = await store.find_trail("TH:DFT:1")
    assert trail is not None
    assert trail.document == certificate
    assert trail.answers[1:3] == [response, back]
    trail = await store.find_trail(back.document_id)
    assert trail is not None
    assert trail.document == back


async def test_lists_all_certificates_with_one_key_and_nothing_else(store: MessageStore) -> None:
    certificate, _ = await conversation(store)
    again = document(7, certificate_key="TH:DFT:1", at=NOW + SECOND)
    await store.accept(replace(acceptance(7), documents=[again, acceptance(7).documents[1]]))
    assert await store.list_certificates("TH:DFT:1") == [certificate, again]
    assert await store.list_certificates("TH:DFT:1", limit=1) == [certificate]
    assert await store.list_certificates("TH:DFT:9") == []
    assert await store.list_certificates("") == []


@pytest.mark.parametrize(
    ("state", "numbers", "found"),
    [
        ("TH", ["1"], [1, 2]),
        ("TH", ["1", "A/2 (C)"], [1, 2, 3]),
        ("MY", ["1"], [4]),
        ("TH", ["DFT:1", "", "%", "_"], []),
        ("T", ["1"], []),
        ("ID", ["1"], []),
        ("TH", [], []),
    ],
)
async def test_searches_certificates_by_number_whatever_the_office(
    store: MessageStore, state: str, numbers: list[str], found: list[int]
) -> None:
    await conversation(store)  # an answer of customs bears the number too
    keys = {2: "TH:BKK:1", 3: "TH:DFT:A%2F2%20%28C%29", 4: "MY:DFT:1", 5: "TH:DFT:11"}
    for number, key in keys.items():
        came = acceptance(10 + number)
        kept = document(10 + number, certificate_key=key)
        await store.accept(replace(came, documents=[kept, came.documents[1]]))
    expected = [uuid_of(number if number == 1 else 10 + number, DOCUMENT) for number in found]
    assert [
        each.document_id for each in await store.search_certificates(state, numbers)
    ] == expected
    assert len(await store.search_certificates(state, numbers, limit=1)) == min(1, len(found))


async def test_lists_the_keys_of_a_states_certificates_page_by_page(store: MessageStore) -> None:
    await conversation(store)  # an answer of customs bears the first key too
    keys = {2: "TH:BKK:1", 3: "MY:DFT:1", 4: "TH:dft:1", 5: "THX:DFT:1"}
    for number, key in keys.items():
        came = acceptance(10 + number)
        kept = document(10 + number, certificate_key=key)
        await store.accept(replace(came, documents=[kept, came.documents[1]]))
    found = list(await store.list_certificate_keys("TH"))
    assert [key for key in found if key.endswith(":1")] == ["TH:BKK:1", "TH:DFT:1", "TH:dft:1"]
    assert found == sorted(set(found))
    assert list(await store.list_certificate_keys("TH", limit=2)) == found[:2]
    assert list(await store.list_certificate_keys("TH", after=found[1])) == found[2:]
    assert list(await store.list_certificate_keys("TH", after=found[-1])) == []
    assert list(await store.list_certificate_keys("ID")) == []


async def test_finds_what_names_a_document_whichever_way_it_went(store: MessageStore) -> None:
    sealed = submission(1)
    own = replace(sealed.document, mentions=("MY:A:1", "MY::2"))
    await store.commit_submission(replace(sealed, document=own))
    for number, named in {2: ("MY:A:1",), 3: (), 4: ("MY:A:1%", "MY::1")}.items():
        came = acceptance(number)
        kept = replace(document(number), mentions=named)
        await store.accept(replace(came, documents=[kept, came.documents[1]]))
        await store.accept(replace(came, documents=[kept, came.documents[1]]))

    async def naming(*mentioned: str, limit: int = 1000) -> list[str]:
        return [each.document_id for each in await store.list_mentioning(mentioned, limit=limit)]

    first, second = uuid_of(1, DOCUMENT), uuid_of(2, DOCUMENT)
    assert await naming("MY:A:1") == [first, second]
    assert await naming("MY::2", "MY:A:1") == [first, second]
    assert await naming("MY:A:1", limit=1) == [first]
    assert await naming("TH:DFT:2", "", "%") == []
    assert await naming() == []


async def test_finds_the_first_message_that_carried_a_document(store: MessageStore) -> None:
    first = replace(message(2), document_id=uuid_of(1, DOCUMENT))
    again = replace(message(1), document_id=uuid_of(1, DOCUMENT))
    for came in (first, again):
        await store.accept(replace(acceptance(1), message=came, outbound=(), deliveries=()))
    assert await store.find_carrier(uuid_of(1, DOCUMENT)) == first
    assert await store.find_carrier(uuid_of(9, DOCUMENT)) is None


@pytest.mark.parametrize(
    "reference",
    ["TH:DFT:1", uuid_of(1, DOCUMENT), uuid_of(1, MESSAGE)],
    ids=["certificate key", "document id", "message id"],
)
async def test_finds_a_trail_by_any_reference(store: MessageStore, reference: str) -> None:
    certificate, response = await conversation(store)
    trail = await store.find_trail(reference)
    assert trail is not None
    assert trail.document == certificate
    assert [answer.document_id for answer in trail.answers] == [
        uuid_of(1, ACK_DOCUMENT),
        response.document_id,
    ]
    assert {entry.message_id for entry in trail.messages} == {
        uuid_of(1, MESSAGE),
        uuid_of(1, ACK),
        uuid_of(2, MESSAGE),
    }
    assert trail.events == list(acceptance(1).events)


@pytest.mark.parametrize("reference", ["", "TH:DFT:9", uuid_of(9), "%", "' OR 1=1 --"])
async def test_finds_no_trail_of_what_it_never_saw(store: MessageStore, reference: str) -> None:
    await conversation(store)
    assert await store.find_trail(reference) is None


async def test_lists_in_pages_in_order_of_id(store: MessageStore) -> None:
    for number in (4, 2, 5, 1, 3):
        await store.commit_submission(submission(number))
    pages: list[str] = []
    after = ""
    while page := await store.list_messages(after=after, limit=2):
        pages += [entry.message_id for entry in page]
        after = pages[-1]
    assert pages == [uuid_of(number) for number in range(1, 6)]
    first = await store.list_documents(limit=3)
    rest = await store.list_documents(after=first[-1].document_id)
    assert [entry.document_id for entry in (*first, *rest)] == [
        uuid_of(number, DOCUMENT) for number in range(1, 6)
    ]


async def test_lists_what_was_recorded_in_the_order_of_the_commits(store: MessageStore) -> None:
    for number in (4, 2, 5):
        await store.commit_submission(submission(number))
    first = await store.list_recorded(limit=2)
    await store.accept(acceptance(1))
    rest = await store.list_recorded(after=first[-1].position)
    everything = [*first, *rest]
    assert [each.message_id for each in everything[:3]] == [uuid_of(each) for each in (4, 2, 5)]
    assert len(everything) == len({each.position for each in everything})
    for each in everything:
        message = await store.find_message(each.message_id)
        assert message is not None
        assert (each.digest, each.direction) == (message.digest, message.direction)
    assert await store.list_recorded(after=everything[-1].position) == []


async def test_counts_what_waits(store: MessageStore) -> None:
    assert await store.count() == NOTHING
    await store.accept(acceptance(1))
    await store.accept(acceptance(2))
    await store.hold(held(), due_at=NOW)
    await store.bury(buried(9))
    await store.park_outbound(uuid_of(2, ACK), code="message.expired", at=NOW)
    await store.park_delivery(uuid_of(2, DOCUMENT), code="national.unavailable", at=NOW)
    assert await store.count() == Counts(outbound=1, deliveries=1, held=1, parked=2, buried=1)


# --- the store itself --------------------------------------------------------------------------


async def test_what_one_process_commits_the_other_sees(
    store: MessageStore, other_store: MessageStore
) -> None:
    await store.accept(acceptance())
    assert await other_store.find_message(uuid_of(1)) == acceptance().message
    assert await other_store.accept(acceptance()) is Disposition.REPEAT


async def test_keeps_everything_over_closing_and_opening(store_world: StoreWorld) -> None:
    store = store_world.store()
    for number in range(3):
        await store.open()
        await store.open()
        assert len(await store.list_messages()) == number
        await store.commit_submission(submission(number))
        await store.close()
        await store.close()


async def test_is_unavailable_when_closed(store_world: StoreWorld) -> None:
    store = store_world.store()
    await store.close()
    for operation in (store.ping(), store.count(), store.accept(acceptance())):
        with pytest.raises(UnavailableError, match=r"store\.unavailable"):
            await operation


async def test_answers_a_ping(store: MessageStore, other_store: MessageStore) -> None:
    await asyncio.gather(store.ping(), other_store.ping(), store.ping())


async def test_one_operation_that_fails_takes_no_other_with_it(store: MessageStore) -> None:
    """They are committed together, and each is rolled back alone."""
    impossible = replace(acceptance(13), documents=())  # a delivery of no known document
    outcomes = await asyncio.gather(
        *(store.accept(acceptance(number)) for number in range(10)),
        store.accept(impossible),
        *(store.accept(acceptance(number)) for number in range(20, 30)),
        return_exceptions=True,
    )
    failures = [outcome for outcome in outcomes if outcome is not Disposition.NEW]
    assert len(failures) == 1
    assert isinstance(failures[0], UnavailableError)
    assert len(await store.list_messages()) == 2 * 20
    assert await store.find_message(impossible.message.message_id) is None
    assert await store.accept(replace(acceptance(13))) is Disposition.NEW


async def test_a_caller_that_gives_up_leaves_all_or_nothing(store: MessageStore) -> None:
    attempts = [asyncio.create_task(store.accept(acceptance(number))) for number in range(60)]
    for number, attempt in enumerate(attempts):
        if number % 3 == 0:
            await asyncio.sleep(0)
        if number % 2:
            attempt.cancel()
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        whole = await store.find_message(uuid_of(number)) is not None
        assert (await store.find_document(uuid_of(number, ACK_DOCUMENT)) is not None) is whole
        assert bool(await store.list_events(uuid_of(number, DOCUMENT))) is whole
        if outcome is Disposition.NEW:
            assert whole


async def test_closing_finishes_what_was_begun(store_world: StoreWorld) -> None:
    store = store_world.store()
    await store.open()
    attempts = [asyncio.create_task(store.accept(acceptance(number))) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    await store.open()
    for number, outcome in enumerate(outcomes):
        kept = await store.find_message(uuid_of(number)) is not None
        assert kept is (outcome is Disposition.NEW)
    await store.close()


# --- what was asked about certificates ---------------------------------------------------------


def told(number: int, name: str, *, revision: int = 1, at: datetime = NOW, **more: str) -> Event:
    """A move in the exchange about a certificate, as the other side told it."""
    return Event(
        document_id=uuid_of(number, DOCUMENT),
        name=name,
        at=at,
        message_id=uuid_of(number, 7),
        revision=revision,
        **more,
    )


CONCLUDED: Final = {
    "a cancellation that was accepted": ("CANCELLATION", "CANCELLED"),
    "a cancellation of what was utilised": ("CANCELLATION", "CANCELLATION UTILISED"),
    "a cancellation of what is not known": ("CANCELLATION", "CANCELLATION UNKNOWN"),
    "a verification that was confirmed": ("VERIFICATION", "VERIFICATION CONFIRMED"),
    "a suspension that ended": ("VERIFICATION SUSPENDING", "VERIFICATION DENIED"),
}


@pytest.mark.parametrize(("asked", "concluded"), CONCLUDED.values(), ids=CONCLUDED)
async def test_lists_what_was_asked_until_it_is_concluded(
    store: MessageStore, asked: str, concluded: str
) -> None:
    for number in (1, 2):
        await store.record_events([told(number, asked)])
    other = "VERIFICATION DENIED" if asked == "CANCELLATION" else "CANCELLED"
    await store.record_events([told(2, concluded, revision=2), told(2, other)])
    both = [uuid_of(number, DOCUMENT) for number in (1, 2)]
    assert list(await store.list_unconcluded(asked_before=NOW)) == both
    assert list(await store.list_unconcluded(asked_before=NOW, limit=1)) == both[:1]
    assert list(await store.list_unconcluded(asked_before=NOW, after=both[0])) == both[1:]
    assert list(await store.list_unconcluded(asked_before=NOW - SECOND)) == []
    await store.record_events([told(1, concluded)])
    assert list(await store.list_unconcluded(asked_before=NOW)) == both[1:]


@pytest.mark.parametrize("days", [-20, 2000], ids=["long past", "years to come"])
async def test_what_was_asked_counts_from_when_it_came_whatever_its_date(
    store: MessageStore, days: int
) -> None:
    dated = told(1, "CANCELLATION", at=NOW + days * timedelta(days=1))
    dated = replace(dated, message_id=uuid_of(1, MESSAGE))
    await store.accept(replace(acceptance(1), events=[dated]))
    assert list(await store.list_unconcluded(asked_before=NOW)) == [dated.document_id]
    assert list(await store.list_unconcluded(asked_before=NOW - SECOND)) == []
