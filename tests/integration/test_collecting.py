"""The drop folder inward: what is taken, what is left alone, what is put aside and where."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from swb.core.lifecycle import Fact
from swb.ports import WaitingPayload
from swb.services.collect import CollectService
from swb.services.submit import SubmitService
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.limits import LARGEST_PAYLOAD
from tests.integration.lookups import count_lookups
from tests.integration.opening import RETRYING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from swb.ports import Reading
    from swb.services.submit import Accepted
    from tests.integration.world import World


def door(world: World) -> Path:
    """Where TH's national system puts its payloads."""
    return world.th.drop / "in"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def collect(world: World) -> int:
    return await world.th.collecting.collect_waiting()


async def test_puts_an_accepted_payload_aside_with_its_document(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    (door(world) / "form-d 1.xml").write_bytes(payload)

    assert await collect(world) == 1

    assert names(door(world)) == []
    aside = door(world) / "accepted"
    assert names(aside) == ["form-d 1.xml", "form-d 1.xml.json"]
    assert (aside / "form-d 1.xml").read_bytes() == payload
    note = json.loads((aside / "form-d 1.xml.json").read_bytes())
    assert set(await world.th.facts(note["document_id"])) == {Fact.AS1}


async def test_leaves_alone_what_is_not_there_for_it(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    folder = door(world)
    (folder / "half-written.xml.part").write_bytes(payload[:200])
    (folder / ".hidden.xml").write_bytes(payload)
    (folder / "subfolder").mkdir()
    (folder / "subfolder" / "form-d.xml").write_bytes(payload)
    (folder / "link.xml").symlink_to(folder / ".hidden.xml")
    before = sorted(folder.rglob("*"))

    assert await collect(world) == 0

    assert sorted(folder.rglob("*")) == before
    assert await world.th.store.list_documents() == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "xml.malformed"),
        (b"no XML", "xml.malformed"),
        (b"<a/>", "adapter.malformed"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.doctype"),
        (b"<a>" + b" " * LARGEST_PAYLOAD + b"</a>", "document.too_large"),
    ],
    ids=["empty", "text", "other XML", "document type", "too large"],
)
async def test_puts_a_refused_payload_aside_with_the_reason(
    world: World, content: bytes, code: str
) -> None:
    (door(world) / "bad.xml").write_bytes(content)
    (door(world) / "good.xml").write_bytes(await world.th.payload(world.certificate()))

    assert await collect(world) == 2

    aside = door(world) / "refused"
    assert names(aside) == ["bad.xml", "bad.xml.json"]
    assert (aside / "bad.xml").read_bytes() == content
    note = json.loads((aside / "bad.xml.json").read_bytes())
    assert note["code"] == code
    assert note["actor"] == "sender"
    assert note["final"] is True
    assert note["message"]
    assert names(door(world) / "accepted") == ["good.xml", "good.xml.json"]


async def test_the_reason_names_places_in_the_senders_own_format(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    broken = payload.replace(b">TH<", b">VN<")
    assert broken != payload
    (door(world) / "bad.xml").write_bytes(broken)
    await collect(world)
    note = json.loads((door(world) / "refused" / "bad.xml.json").read_bytes())
    assert note["code"]
    assert all(each["national_path"] for each in note["findings"])


async def test_the_same_payload_under_two_names_becomes_one_document(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    for name in ("a.xml", "b.xml", "c.xml"):
        (door(world) / name).write_bytes(payload)

    assert await collect(world) == 3

    aside = door(world) / "accepted"
    ids = {json.loads(note.read_bytes())["document_id"] for note in aside.glob("*.json")}
    assert len(ids) == len(await world.th.store.list_documents()) == 1
    assert names(door(world) / "refused") == []


async def test_of_two_payloads_of_one_certificate_at_a_time_one_is_refused(world: World) -> None:
    certificate = world.certificate()
    other = certificate.model_copy(update={"remarks": "CORRECTED"})
    for name, each in (("a.xml", certificate), ("b.xml", other)):
        (door(world) / name).write_bytes(await world.th.payload(each))

    assert await collect(world) == 2

    assert len(await world.th.store.list_documents()) == 1
    (note,) = (door(world) / "refused").glob("*.json")
    assert json.loads(note.read_bytes())["code"] == "submission.certificate_exists"


async def test_a_payload_put_back_after_a_crash_gives_the_earlier_document(world: World) -> None:
    """The process died after the commit, before it put the payload aside."""
    payload = await world.th.payload(world.certificate())
    accepted = await world.th.submitting.submit(payload)
    (door(world) / "form-d.xml").write_bytes(payload)

    await collect(world)

    note = json.loads((door(world) / "accepted" / "form-d.xml.json").read_bytes())
    assert note["document_id"] == accepted.document_id


async def test_two_processes_may_empty_one_door(world: World) -> None:
    for number in range(12):
        (door(world) / f"{number:02}.xml").write_bytes(await world.th.payload(world.certificate()))
    other = collecting(world, world.th.submitting)

    await asyncio.gather(collect(world), other.collect_waiting())

    assert len(await world.th.store.list_documents()) == 12
    assert names(door(world)) == []
    assert len(names(door(world) / "accepted")) == 24


def collecting(
    world: World,
    submitting: SubmitService,
    *,
    batch: int = 64,
    ticks: Callable[[], float] = time.monotonic,
) -> CollectService:
    return CollectService(
        source=world.th.folder,
        submitting=submitting,
        batch=batch,
        clock=world.clock,
        jitter=lambda: 0.0,
        retrying=RETRYING,
        ticks=ticks,
    )


class Submitting(SubmitService):
    """Fails for payloads that begin with a word, until told otherwise."""

    failure: Exception | None = None
    tried = 0

    @classmethod
    def of(cls, world: World) -> Submitting:
        return cls(
            state="TH",
            formats=world.th.formats,
            environment=Environment.TEST,
            connections=world.connections,
            store=world.th.store,
            sealer=world.th.sealer,
            clock=world.clock,
            on_commit=lambda: None,
        )

    async def submit(
        self,
        payload: bytes,
        *,
        reading: Reading | None = None,
        waits: Callable[[RefusedError], bool] | None = None,
    ) -> Accepted:
        if self.failure is not None and payload.startswith(b"<!-- bad -->"):
            self.tried += 1
            raise self.failure
        return await super().submit(payload, reading=reading, waits=waits)


async def test_a_payload_that_cannot_be_judged_waits_and_is_not_asked_all_the_time(
    world: World,
) -> None:
    submitting = Submitting.of(world)
    submitting.failure = UnavailableError("signer.unavailable", "x")
    payload = b"<!-- bad -->" + await world.th.payload(world.certificate())
    (door(world) / "a.xml").write_bytes(payload)
    (door(world) / "b.xml").write_bytes(await world.th.payload(world.certificate()))
    service = collecting(world, submitting, batch=1)

    assert await service.collect_waiting() == 0
    assert await service.collect_waiting() == 1, "what waits does not stand in others' way"
    assert await service.collect_waiting() == 0
    assert submitting.tried == 1

    submitting.failure = None
    world.clock.turn(timedelta(minutes=2))
    assert await service.collect_waiting() == 1
    assert names(door(world)) == []


async def test_never_gives_up_on_a_payload_while_something_is_down(world: World) -> None:
    submitting = Submitting.of(world)
    submitting.failure = UnavailableError("signer.unavailable", "x")
    (door(world) / "a.xml").write_bytes(b"<!-- bad -->")
    service = collecting(world, submitting)
    for _ in range(RETRYING.max_attempts * 2):
        assert await service.collect_waiting() == 0
        world.clock.turn(timedelta(minutes=2))
    assert names(door(world)) == ["a.xml"]
    assert submitting.tried == RETRYING.max_attempts * 2


@pytest.mark.parametrize("outages", [0, 7])
async def test_what_waited_for_something_else_still_waits_for_its_turn(
    world: World, outages: int
) -> None:
    submitting = Submitting.of(world)
    submitting.failure = UndeterminedError("clock.stepped", "x")
    (door(world) / "a.xml").write_bytes(b"<!-- bad -->")
    service = collecting(world, submitting)
    for _ in range(outages):
        await service.collect_waiting()
        world.clock.turn(timedelta(minutes=2))
    submitting.failure = RefusedError("exchange.number", "expected no. 1, found no. 2")
    for _ in range(3):
        assert await service.collect_waiting() == 0
        world.clock.turn(timedelta(minutes=2))
    assert names(door(world)) == ["a.xml"], "the one before it may be on its way"
    assert await service.collect_waiting() == 1
    assert names(door(world) / "refused") == ["a.xml", "a.xml.json"]


class Queue(Submitting):
    """Refuses what begins with ``2`` for its turn, and cannot judge what begins with ``1``."""

    async def submit(
        self,
        payload: bytes,
        *,
        reading: Reading | None = None,
        waits: Callable[[RefusedError], bool] | None = None,
    ) -> Accepted:
        del reading, waits
        if payload.startswith(b"1"):
            raise UnavailableError("store.unavailable", "x")
        raise RefusedError("exchange.number", "expected no. 1, found no. 2")


@pytest.mark.parametrize(
    ("waits_beside", "passed", "left"), [(True, 0, 2), (True, 601, 1), (False, 0, 0)]
)
async def test_a_number_waits_while_the_one_before_it_may_lie_at_the_door(
    world: World, waits_beside: bool, passed: float, left: int
) -> None:
    (door(world) / "b.xml").write_bytes(b"2")
    if waits_beside:
        (door(world) / "a.xml").write_bytes(b"1")
    seconds = 0.0
    service = collecting(world, Queue.of(world), ticks=lambda: seconds)
    for count in range(8):
        await service.collect_waiting()
        world.clock.turn(timedelta(minutes=2))
        seconds = passed if count else 0.0
    assert len(names(door(world))) == left


class Line(Submitting):
    """Notes in which order certificates' payloads were submitted, and cannot judge the first."""

    order: list[bytes]
    down = False

    async def submit(
        self,
        payload: bytes,
        *,
        reading: Reading | None = None,
        waits: Callable[[RefusedError], bool] | None = None,
    ) -> Accepted:
        await asyncio.sleep(0)
        if self.down and payload.endswith(b"<!-- 1 -->"):
            raise UnavailableError("store.unavailable", "x")
        self.order.append(payload[-10:])
        return await super().submit(payload, reading=reading, waits=waits)


@pytest.mark.parametrize(("passed", "later_goes"), [(0.0, False), (601.0, True)])
async def test_what_came_later_about_a_certificate_waits_for_what_came_before(
    world: World, passed: float, later_goes: bool
) -> None:
    same = await world.th.payload(world.certificate())
    other = await world.th.payload(world.certificate())
    for name, payload in (
        ("z.xml", same + b"<!-- 1 -->"),
        ("b.xml", same + b"<!-- 2 -->"),
        ("a.xml", other + b"<!-- 3 -->"),
    ):
        (door(world) / name).write_bytes(payload)
    submitting = Line.of(world)
    assert isinstance(submitting, Line)
    submitting.order, submitting.down = [], True
    seconds = 0.0
    service = collecting(world, submitting, ticks=lambda: seconds)

    assert await service.collect_waiting() == 1
    assert submitting.order == [b"<!-- 3 -->"]
    seconds = passed
    world.clock.turn(timedelta(minutes=2))
    with capture_logs() as logs:
        await service.collect_waiting()
    assert (submitting.order[1:] == [b"<!-- 2 -->"]) is later_goes
    waits = {each["payload"]: each["code"] for each in logs if each["event"] == "payload_waits"}
    assert (waits.get("b.xml") == "exchange.behind") is not later_goes
    submitting.down = False
    world.clock.turn(timedelta(minutes=2))
    while names(door(world)):
        await service.collect_waiting()
    if not later_goes:
        assert submitting.order[1:] == [b"<!-- 1 -->", b"<!-- 2 -->"], "and at once behind it"


async def test_payloads_are_taken_in_as_they_came_whatever_they_are_called(world: World) -> None:
    for name in ("c.xml", "a.xml", "b.xml"):
        (door(world) / f".{name}.part").write_bytes(b"x")
    for name in ("b.xml", "c.xml", "a.xml"):
        (door(world) / f".{name}.part").rename(door(world) / name)
        await asyncio.sleep(0.01)  # file systems tell moments by the tick of their kernel
    assert await world.th.folder.list_payloads(limit=2) == [
        WaitingPayload(name="b.xml", octets=1),
        WaitingPayload(name="c.xml", octets=1),
    ]


async def test_a_large_payload_is_read_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (door(world) / "large.xml").write_bytes(b"<a>" + b" " * 1_000_001 + b"</a>")
    asked = count_lookups(monkeypatch, world.th.folder, read="large.xml")
    assert await world.th.collecting.collect_waiting() == 1
    assert asked == {"read": 1}


async def test_a_payload_that_breaks_its_reader_is_put_aside_after_five_attempts(
    world: World,
) -> None:
    submitting = Submitting.of(world)
    submitting.failure = KeyError("secret content")
    (door(world) / "a.xml").write_bytes(b"<!-- bad -->")
    (door(world) / "b.xml").write_bytes(await world.th.payload(world.certificate()))
    service = collecting(world, submitting)
    assert await service.collect_waiting() == 1, "the good one"
    for _ in range(10):
        world.clock.turn(timedelta(minutes=2))
        await service.collect_waiting()

    assert submitting.tried == 5
    note = json.loads((door(world) / "refused" / "a.xml.json").read_bytes())
    assert (note["code"], note["actor"]) == ("internal.fault", "developer")
    assert "secret" not in json.dumps(note)


async def test_a_missing_place_for_what_is_put_aside_is_no_success(world: World) -> None:
    """Otherwise the same payload would be submitted again without a rest, for ever."""
    shutil.rmtree(door(world) / "accepted")
    (door(world) / "a.xml").write_bytes(await world.th.payload(world.certificate()))

    assert await collect(world) == 0

    assert names(door(world)) == ["a.xml"]
    with pytest.raises(UnavailableError):
        await world.th.folder.ping()
    (door(world) / "accepted").mkdir()
    world.clock.turn(timedelta(minutes=2))
    assert await collect(world) == 1
    assert len(await world.th.store.list_documents()) == 1


async def test_a_missing_door_is_told(world: World) -> None:
    shutil.rmtree(world.th.drop)
    with pytest.raises(UnavailableError) as failure:
        await collect(world)
    assert failure.value.code == "national.unavailable"


async def test_a_name_without_meaning_in_any_encoding_is_a_name(world: World) -> None:
    payload = await world.th.payload(world.certificate())
    name = b"\xffform.xml".decode(errors="surrogateescape")
    (door(world) / name).write_bytes(payload)
    assert await collect(world) == 1
    assert (door(world) / "accepted" / name).exists()


async def test_a_name_as_long_as_a_name_may_be_holds_up_no_other(world: World) -> None:
    (door(world) / ("n" * 255)).write_bytes(await world.th.payload(world.certificate()))
    (door(world) / "z.xml").write_bytes(await world.th.payload(world.certificate()))
    assert await collect(world) >= 1
    assert "z.xml" in names(door(world) / "accepted")
    assert len(await world.th.store.list_documents()) == 2
