"""What a gateway hands to its national single window, and when it says so."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from swb.core.lifecycle import Fact
from swb.formats import InProcessFormats
from swb.plugins import discover_adapters
from swb.ports import ParkedFilter, Share
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.certificate_of_origin import Empty
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parties import CUSTOMS, PartyId
from tests.integration.delivering import delivering, receive
from tests.integration.lookups import count_lookups
from tests.integration.opening import LEASE, RETRYING
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.ports import Reading, Rendering
    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding
    from tests.integration.world import World


async def test_says_as3_only_after_the_national_system_has_it(world: World) -> None:
    (document_id,) = await receive(world)
    out = world.vn.drop / "out"
    shutil.rmtree(out)

    assert await world.vn.delivering.deliver_due() == 1

    assert set(await world.vn.facts(document_id)) == {Fact.AS2}
    assert await world.vn.delivering.deliver_due() == 0, "not before its time"
    out.mkdir()
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert Fact.AS3 in await world.vn.facts(document_id)
    assert Fact.AS3 in await world.th.facts(document_id)
    assert [path.name for path in out.iterdir()] == [f"{document_id}.CertificateIssue.xml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_waits_for_a_door_that_may_not_be_written(world: World) -> None:
    (document_id,) = await receive(world)
    out = world.vn.drop / "out"
    out.chmod(0o500)
    await world.vn.delivering.deliver_due()
    assert Fact.AS3 not in await world.vn.facts(document_id)
    out.chmod(0o700)
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert Fact.AS3 in await world.vn.facts(document_id)


async def test_parks_a_delivery_whose_document_is_another_one_now(world: World) -> None:
    """Another one's octets are as truly sealed, and are not what was received under that id."""
    first, second = await receive(world, count=2)
    with closing(sqlite3.connect(world.folder / "store-VN.db")) as file, file:
        file.execute(
            "UPDATE documents SET octets = (SELECT octets FROM documents WHERE document_id = ?)"
            " WHERE document_id = ?",
            (second, first),
        )
    await world.carry()
    (parked,) = await world.vn.store.list_parked(ParkedFilter(), limit=9)
    assert (parked.item_id, parked.code) == (first, "delivery.other_document")
    assert [path.name for path in (world.vn.drop / "out").iterdir()] == [
        f"{second}.CertificateIssue.xml"
    ]


async def test_waits_for_a_door_whose_place_is_taken(world: World) -> None:
    (document_id,) = await receive(world)
    out = world.vn.drop / "out"
    out.rmdir()
    out.write_bytes(b"")
    await world.vn.delivering.deliver_due()
    assert Fact.AS3 not in await world.vn.facts(document_id)
    out.unlink()
    out.mkdir()
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert Fact.AS3 in await world.vn.facts(document_id)


async def test_no_delivery_uses_up_its_attempts_while_the_national_system_is_down(
    world: World,
) -> None:
    ids = await receive(world, count=3)
    out = world.vn.drop / "out"
    shutil.rmtree(out)
    for _ in range(3 * RETRYING.max_attempts):
        await world.vn.delivering.deliver_due()
        world.clock.turn(timedelta(minutes=2))
    counts = await world.vn.store.count()
    assert (counts.deliveries, counts.parked) == (3, 0)
    assert world.vn.delivering.outages == {"national": "national.unavailable"}

    out.mkdir()
    await world.carry()
    assert len(list(out.iterdir())) == len(ids)
    assert world.vn.delivering.outages == {}


async def test_parks_what_the_national_system_alone_never_takes(world: World) -> None:
    refused, *_ = await receive(world, count=2)

    class Door:
        """Takes everything but one document."""

        async def deliver(self, payload: bytes, *, delivery_id: str, **rest: Any) -> None:  # noqa: ANN401 - passed on
            if delivery_id == refused:
                raise UnavailableError("national.unavailable", "x")
            await world.vn.folder.deliver(payload, delivery_id=delivery_id, **rest)

    service = delivering(world, national=Door())
    for _ in range(RETRYING.max_attempts):
        await service.deliver_due()
        world.clock.turn(timedelta(minutes=2))
    counts = await world.vn.store.count()
    assert (counts.deliveries, counts.parked) == (0, 1)
    assert service.outages == {}


async def test_comes_back_no_sooner_than_the_national_system_asks(world: World) -> None:
    await receive(world, count=3)

    class Busy:
        """Asks to be left alone for a quarter of an hour."""

        asked = 0

        async def deliver(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - passed on
            self.asked += 1
            message = "status 503"
            raise UnavailableError(
                "national.unavailable", message, retry_after=timedelta(minutes=15)
            )

    door = Busy()
    service = delivering(world, national=door)
    await service.deliver_due()
    asked = door.asked
    for _ in range(14):
        world.clock.turn(timedelta(minutes=1))
        await service.deliver_due()
    assert door.asked == asked
    world.clock.turn(timedelta(minutes=2))
    await service.deliver_due()
    assert door.asked > asked


class Format:
    """The Vietnamese format with a fault or a refusal for some documents."""

    def __init__(self, failure: Exception, fails_for: Callable[[Document], bool]) -> None:
        self._real = InProcessFormats([discover_adapters().get("vietnam")])
        self._failure = failure
        self._fails_for = fails_for

    async def to_canonical(self, raw: bytes) -> Reading:
        return await self._real.to_canonical(raw)

    async def from_canonical(self, document: Document) -> Rendering:
        if self._fails_for(document):
            raise self._failure.with_traceback(None)
        return await self._real.from_canonical(document)

    async def compare(self, document: Document, rendering: Rendering) -> Sequence[str]:
        return await self._real.compare(document, rendering)


async def test_what_is_handed_over_is_looked_up_where_it_is_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (document_id,) = await receive(world)
    (brought,) = await world.vn.received("CertificateIssue")
    asked = count_lookups(
        monkeypatch, world.vn.store, find_document=document_id, find_message=brought.message_id
    )
    assert await delivering(world).deliver_due() == 1
    assert asked.total() == 0
    assert Fact.AS3 in await world.vn.facts(document_id)


async def test_parks_what_the_national_format_cannot_carry(world: World) -> None:
    ids = await receive(world, 2)
    refusal = RefusedError("adapter.mandatory_loss", "expected room for a number")
    first = iter([True, False])
    service = delivering(world, formats=Format(refusal, lambda _: next(first)))

    await service.deliver_due()

    counts = await world.vn.store.count()
    assert (counts.deliveries, counts.parked) == (0, 1)
    told = [Fact.AS3 in await world.vn.facts(each) for each in ids]
    assert sorted(told) == [False, True]


@pytest.mark.parametrize("failing", [0, 1, 2])
async def test_one_document_that_breaks_the_adapter_holds_up_no_other(
    world: World, failing: int
) -> None:
    ids = await receive(world, 3)
    number = iter(range(1000))
    failures = iter([each == failing for each in range(3)] + [True] * 50)
    service = delivering(world, formats=Format(KeyError("box 9"), lambda _: next(failures)))

    assert await service.deliver_due() == 3

    told = [Fact.AS3 in await world.vn.facts(each) for each in ids]
    assert sorted(told) == [False, True, True]
    while (await world.vn.store.count()).deliveries:
        assert next(number) < 10
        world.clock.turn(timedelta(minutes=2))
        await service.deliver_due()
    assert (await world.vn.store.count()).parked == 1


class Door:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.advice: list[Sequence[Finding]] = []

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        del payload, message_type, file_suffix, binding
        self.given.append(delivery_id)
        self.advice.append(findings)


async def test_tells_the_national_system_again_when_its_answer_could_not_be_sealed(
    world: World,
) -> None:
    """Under the same id, with its attempts counted; AS3 follows once."""
    (document_id,) = await receive(world)
    door = Door()
    keyless = world.sealer("VN", without=Purpose.RECEIPT_SEAL)
    assert await delivering(world, national=door, sealer=keyless).deliver_due() == 1
    assert Fact.AS3 not in await world.vn.facts(document_id)
    world.clock.turn(timedelta(seconds=1))

    assert await delivering(world, national=door).deliver_due() == 1

    assert door.given == [document_id, document_id]
    assert Fact.AS3 in await world.vn.facts(document_id)


async def test_a_crash_between_delivery_and_its_note_delivers_again_under_the_same_id(
    world: World,
) -> None:
    (document_id,) = await receive(world)
    door = Door()
    (claimed,) = await world.vn.store.claim_deliveries(
        world.clock.now(), share=Share(fresh=1), lease_for=LEASE
    )
    await door.deliver(b"", delivery_id=claimed.document_id, message_type="", file_suffix=".xml")
    assert await delivering(world, national=door).deliver_due() == 0, "still leased"
    world.clock.turn(LEASE * 2)

    assert await delivering(world, national=door).deliver_due() == 1

    assert door.given == [document_id, document_id]
    await world.carry()
    names = [event.name for event in await world.th.store.list_events(document_id)]
    assert names.count("AS3") == 1


async def test_two_processes_deliver_one_document_once(world: World) -> None:
    await receive(world, 20)
    door = Door()
    one, other = delivering(world, national=door), delivering(world, national=door)
    claimed = [await one.deliver_due(), await other.deliver_due()]
    assert sum(claimed) == 20
    assert len(door.given) == len(set(door.given)) == 20


async def test_rule_findings_travel_as_advice_and_hold_nothing_back(world: World) -> None:
    """Granting preference is the importing customs' decision (design, decision 7)."""
    certificate = world.certificate(items=1)
    ticked = certificate.special_cases.model_copy(update={"partial_cumulation": Empty()})
    (item,) = certificate.items
    item = item.model_copy(update={"origin_criterion": parse_criterion("WO")})
    sent = await world.seal(
        certificate.model_copy(update={"special_cases": ticked, "items": (item,)})
    )
    await world.keep("TH", sent)
    await world.hand_to("VN", sent.outbound.message.octets)

    await world.vn.delivering.deliver_due()

    names = sorted(path.name for path in (world.vn.drop / "out").iterdir())
    stem = f"{sent.document.document_id}.CertificateIssue.xml"
    assert names == [stem, f"{stem}.advice.json"]
    advice = json.loads((world.vn.drop / "out" / f"{stem}.advice.json").read_bytes())
    assert [each["code"] for each in advice] == ["rule.partial_cumulation_not_ticked"]
    assert all(each["path"] and each["national_path"] for each in advice)
    assert Fact.AS3 in await world.vn.facts(sent.document.document_id)


async def test_a_loss_is_noted_with_the_fact_and_refuses_nothing(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    _, response = world.answers(certificate)
    await world.vn.submitting.submit(await world.vn.payload(response))
    await world.carry()

    (event,) = (
        each for each in await world.vn.store.list_events(document_id) if each.name == "AS3"
    )
    rendering = await world.vn.formats.from_canonical(certificate)
    assert all(loss.path in event.detail for loss in rendering.losses)


class SlowDoor(Door):
    """Takes its time, until told."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        self.reached.set()
        await self.go_on.wait()
        await super().deliver(
            payload,
            delivery_id=delivery_id,
            message_type=message_type,
            file_suffix=file_suffix,
            binding=binding,
            findings=findings,
        )


def has_grown_to(found: Sequence[object], length: int) -> bool:
    return len(found) >= length


class DoorThatHangs(Door):
    """Takes some documents only when told."""

    def __init__(self, hangs_for: Sequence[str]) -> None:
        super().__init__()
        self.hangs_for = frozenset(hangs_for)
        self.reached: set[str] = set()
        self.go_on = asyncio.Event()

    async def deliver(self, payload: bytes, *, delivery_id: str, **rest: Any) -> None:  # noqa: ANN401 - passed on
        self.reached.add(delivery_id)
        if delivery_id in self.hangs_for:
            await self.go_on.wait()
        await super().deliver(payload, delivery_id=delivery_id, **rest)


async def test_what_is_fresh_does_not_wait_for_an_answer_to_what_is_old(world: World) -> None:
    old = await receive(world, 2)
    world.clock.turn(timedelta(minutes=2))
    door = DoorThatHangs(old)
    service = delivering(world, national=door)
    assert await service.look() == 2
    await until(lambda: door.reached == set(old))
    for _ in range(2):
        (fresh,) = await receive(world)
        assert await service.look() == 1
        await until(partial(door.given.__contains__, fresh))
    assert not set(old) & set(door.given)
    door.go_on.set()
    assert await service.settle()
    assert len(door.given) == len(set(door.given)) == 4


async def test_what_is_old_does_not_wait_for_an_answer_to_what_is_fresh(world: World) -> None:
    (old,) = await receive(world)
    world.clock.turn(timedelta(minutes=2))
    (fresh,) = await receive(world)
    door = DoorThatHangs([fresh])
    service = delivering(world, national=door)
    assert await service.look() == 2
    await until(partial(door.given.__contains__, old))
    door.go_on.set()
    assert await service.settle()
    assert door.given == [old, fresh]


async def test_a_document_that_takes_longer_than_its_lease_is_handed_over_once(
    world: World,
) -> None:
    lease_for = timedelta(milliseconds=60)
    (document_id,) = await receive(world)
    slow, quick = SlowDoor(), Door()
    service = delivering(world, national=slow, lease_for=lease_for)
    assert await service.look() == 1
    await slow.reached.wait()
    extended: list[object] = []
    extend = world.vn.store.extend_leases

    async def count(*arguments: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        await extend(*arguments, **named)
        extended.append(named)

    world.vn.store.extend_leases = count  # type: ignore[method-assign]  # counted
    for turn in range(1, 6):
        world.clock.turn(lease_for / 2)
        # One may have begun before the clock was turned; the one after it has not.
        await until(partial(has_grown_to, extended, len(extended) + 2))
        assert await delivering(world, national=quick).deliver_due() == 0, turn
    slow.go_on.set()
    await service.settle()
    assert (slow.given, quick.given) == ([document_id], [])


async def test_a_lease_that_ends_before_the_work_does_tells_as3_once(world: World) -> None:
    (document_id,) = await receive(world)
    slow, quick = SlowDoor(), Door()
    late = asyncio.create_task(delivering(world, national=slow).deliver_due())
    await slow.reached.wait()
    world.clock.turn(LEASE * 2)

    assert await delivering(world, national=quick).deliver_due() == 1
    slow.go_on.set()
    assert await late == 1

    assert slow.given == quick.given == [document_id], "told twice, under one id"
    assert len(await world.vn.sent("TransportAck")) == 2, "AS2 and one AS3"
    await world.carry()
    names = [event.name for event in await world.th.store.list_events(document_id)]
    assert sorted(names) == ["AS2", "AS3"]


async def test_delivers_although_the_message_that_brought_it_is_lost(world: World) -> None:
    """Nobody can be told any more, and the document arrives nevertheless."""
    (document_id,) = await receive(world)
    connection = sqlite3.connect(world.folder / "store-VN.db")
    connection.execute("DELETE FROM messages WHERE document_id = ?", (document_id,))
    connection.commit()
    connection.close()

    assert await world.vn.delivering.deliver_due() == 1

    assert Fact.AS3 in await world.vn.facts(document_id)
    assert (await world.vn.store.count()).deliveries == 0


@pytest.mark.parametrize("differs", ["id", "type", "state"])
async def test_a_store_that_holds_another_sealed_document_hands_over_nothing(
    world: World, differs: str
) -> None:
    """Its seal is good, and it is not what came for this state under that id."""
    (document_id,) = await receive(world)
    ids = [] if differs == "id" else [document_id]
    importing = "ID" if differs == "state" else "VN"
    other = await world.seal(
        world.certificate(importing=importing),
        sealer=world.sealer("TH", new_ids=ids),
        receiving_party=PartyId(importing, CUSTOMS),
    )
    kept = "CustomsReceipt" if differs == "type" else "CertificateIssue"
    with closing(sqlite3.connect(world.folder / "store-VN.db")) as connection, connection:
        change = "UPDATE documents SET octets = ?, message_type = ? WHERE document_id = ?"
        connection.execute(change, (other.document.octets, kept, document_id))

    await world.vn.delivering.deliver_due()

    parked = await world.vn.store.list_parked(ParkedFilter())
    assert [each.code for each in parked] == ["delivery.other_document"]
    assert list((world.vn.drop / "out").iterdir()) == []
