"""A store, and a process that dies at each act of it that is not on a document's plain road."""

from __future__ import annotations

import asyncio
import sys
from signal import SIGKILL
from typing import TYPE_CHECKING

from swb.app.fault_points import Phase
from swb.ports import ParkedFilter, Share
from swb.sandbox.crash_drill import TRIED_ALONE
from tests.contract.dying_alone import ACTS, key_of, number_of
from tests.contract.records import ACK, DOCUMENT, LEASE, NOW, SECOND, by_line, uuid_of
from tests.services import ROOT

if TYPE_CHECKING:
    from swb.ports import MessageStore
    from tests.contract.store_worlds import StoreWorld


def test_every_act_beside_the_plain_road_is_died_at() -> None:
    assert set(ACTS) == TRIED_ALONE


async def test_a_death_at_any_act_leaves_all_of_it_or_nothing_and_it_can_be_done_again(
    store_world: StoreWorld,
) -> None:
    made = store_world.store()
    await made.open()
    await made.close()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.dying_alone", store_world.describe()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert said.decode().splitlines() == [
        f"{act} {phase} {-SIGKILL}" for act in ACTS for phase in Phase
    ]
    store = store_world.store()
    await store.open()
    for act, (prepare, do) in ACTS.items():
        await prepare(store, number_of(act, None))
        for phase in (None, *Phase):
            await do(store, number_of(act, phase))
    found = await survey(store)
    await store.close()
    for act in ACTS:
        undisturbed = found[number_of(act, None)]
        for phase in Phase:
            assert found[number_of(act, phase)] == undisturbed, (act, phase)


async def survey(store: MessageStore) -> dict[int, dict[str, object]]:
    """What is there of each number, and what waits of it."""
    numbers = [number_of(act, phase) for act in ACTS for phase in (None, *Phase)]
    parked = await store.list_parked(ParkedFilter(discarded=True))
    later = NOW + 100 * SECOND
    published: list[str] = []
    while claimed := await store.claim_outbound(later, shares=by_line(500), lease_for=LEASE):
        published += [each.message.message_id for each in claimed]
    handed: list[str] = []
    while waiting := await store.claim_deliveries(later, share=Share(fresh=500), lease_for=LEASE):
        handed += [each.document_id for each in waiting]
    kept = {each.key_id: each.documents for each in await store.list_fingerprint_keys()}
    found: dict[int, dict[str, object]] = {}
    for number in numbers:
        message_id, document_id = uuid_of(number), uuid_of(number, DOCUMENT)
        message = await store.find_message(message_id)
        document = await store.find_document(document_id)
        found[number] = {
            "events": sorted(each.name for each in await store.list_events(document_id)),
            "parked": sorted(
                (each.kind, each.code)
                for each in parked
                if each.item_id in {message_id, document_id}
            ),
            "published": published.count(message_id),
            "acknowledged": published.count(uuid_of(number, ACK)),
            "handed over": handed.count(document_id),
            "message": None if message is None else len(message.octets) > 0,
            "document": None if document is None else len(document.octets) > 0,
            "fingerprints": kept.get(key_of(number), 0),
            "erasures": len(await store.find_erasures(uuid_of(number, 9))),
        }
    return found
