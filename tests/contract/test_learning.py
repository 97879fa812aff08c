"""A road stands in the order in which the gateway learnt of it, whatever others' clocks say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact
from swb.ports import Acceptance, Event, Trail
from swb.services.learning import list_learnt
from tests.contract.records import ACK, MESSAGE, NOW, SECOND, document, message, uuid_of

if TYPE_CHECKING:
    from swb.ports import MessageStore

AHEAD = timedelta(days=365)
"""By how much customs' clock is wrong."""


def event(name: Fact, *, at: timedelta, message_id: str = "", revision: int = 0) -> Event:
    return Event(
        document_id=document().document_id,
        name=name,
        at=NOW + at,
        message_id=message_id,
        revision=revision,
    )


async def test_a_clock_that_customs_chooses_orders_nothing(store: MessageStore) -> None:
    # One message is in the trail, the other only in the store, the third in neither.
    shown = message(kind=MESSAGE, at=NOW + 2 * SECOND)
    kept = message(kind=ACK, at=NOW + SECOND)
    await store.accept(Acceptance(message=kept))
    trail = Trail(
        document=document(),
        messages=[shown],
        answers=[],
        events=[
            event(Fact.GIVEN, at=-AHEAD, message_id=shown.message_id, revision=2),
            event(Fact.PENDING, at=AHEAD, message_id=shown.message_id, revision=1),
            event(Fact.RES_REC, at=AHEAD, message_id=kept.message_id),
            event(Fact.AS2, at=3 * SECOND, message_id=uuid_of(77)),
            event(Fact.AS1, at=0 * SECOND),
        ],
    )
    learnt = await list_learnt(store, trail)
    assert [(each.event.name, each.known_at - NOW) for each in learnt] == [
        (Fact.AS1, 0 * SECOND),
        (Fact.RES_REC, SECOND),
        (Fact.PENDING, 2 * SECOND),
        (Fact.GIVEN, 2 * SECOND),
        (Fact.AS2, 3 * SECOND),
    ]
