"""A subscriber's webhook: told where its references stand, signed, until it has it, and no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from starlette.responses import Response

from swb.backends.http.posting import Address
from swb.backends.http.subscriber_webhook import SubscriberWebhook
from swb.backends.sqlite.access import SqliteAccessStore
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.lifecycle import Fact
from swb.services.notifying import NotifyService
from swb.services.subscribing import Watched
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.national_worlds import SECRET, WebhookWorld
from tests.integration.api_world import serve_region
from tests.integration.world import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from swb.services.subscribing import SubscribeService

AT: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BANK: Final = Principal(
    name="bank", kind=PrincipalKind.SYSTEM, state="TH", roles=frozenset({AccessRole.SUBSCRIBER})
)
FIRST: Final = Watched(reference="TH:A:1", status=Fact.AS1, since=AT)
SECOND: Final = Watched(reference="TH:A:2", status=Fact.AS1, since=AT)


@dataclass
class Seen:
    """What the subscriber may see; or why it may see nothing."""

    references: list[Watched] = field(default_factory=lambda: [FIRST, SECOND])
    refusal: RefusedError | None = None
    gone: RefusedError | None = None

    async def find_subscriber(self, name: str) -> Principal:
        assert name == BANK.name
        if self.gone is not None:
            raise self.gone
        return BANK

    async def look(self, principal: Principal, reference: str = "") -> Sequence[Watched]:
        assert principal == BANK
        if self.refusal is not None:
            raise self.refusal
        return [each for each in self.references if reference in {"", each.reference}]


@dataclass
class Door:
    """A subscriber that hears, or is down."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    failure: UnavailableError | None = None
    hears: int = 100
    refuses: str = ""
    tried: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = field(default=lambda: None)

    async def tell(self, *, reference: str, status: str, since: datetime) -> None:
        del since
        self.tried.append(reference)
        self.meanwhile()
        if self.refuses and reference.startswith(self.refuses):
            raise UnavailableError("subscriber.not_taken", "422")
        if self.failure is not None and len(self.heard) >= self.hears:
            raise self.failure
        self.heard.append((reference, status))


@pytest.fixture
async def access(tmp_path: Path) -> AsyncIterator[SqliteAccessStore]:
    store = SqliteAccessStore(path=tmp_path / "access.db")
    await store.open()
    for each in (FIRST, SECOND):
        until = AT + timedelta(days=1)
        assert await store.entitle(BANK.owner, each.reference, until=until, at=AT, most=9)
    yield store
    await store.close()


def build(
    access: SqliteAccessStore, door: Door, seen: Seen, clock: Clock | None = None
) -> NotifyService:
    subscribing: SubscribeService = seen  # type: ignore[assignment]  # the two methods that it asks
    return NotifyService(
        name="bank",
        door=door,
        subscribing=subscribing,
        access=access,
        clock=clock or Clock(AT),
        draw=lambda: 0.0,
    )


async def test_each_change_is_told_once_by_whichever_process(access: SqliteAccessStore) -> None:
    door, seen = Door(), Seen()
    assert await build(access, door, seen).notify_due() == 2
    assert await build(access, door, seen).notify_due() == 0
    seen.references[1] = Watched(reference="TH:A:2", status=Fact.AS2, since=AT)
    assert await build(access, door, seen).notify_due() == 1
    assert door.heard == [("TH:A:1", "AS1"), ("TH:A:2", "AS1"), ("TH:A:2", "AS2")]


async def test_whoever_was_down_is_told_where_everything_stands_now(
    access: SqliteAccessStore,
) -> None:
    down = UnavailableError("subscriber.unavailable", "down", retry_after=timedelta(minutes=5))
    door, seen, clock = Door(failure=down, hears=1), Seen(), Clock(AT)
    service = build(access, door, seen, clock)
    assert await service.notify_due() == 1
    assert service.notices == {"bank": "subscriber.unavailable"}
    door.failure = None
    clock.turn(timedelta(minutes=4))
    assert await service.notify_due() == 0, "it asked to be left alone"
    seen.references[1] = Watched(reference="TH:A:2", status=Fact.GIVEN, since=AT)
    clock.turn(timedelta(minutes=1))
    assert await service.notify_due() == 1
    assert door.heard == [("TH:A:1", "AS1"), ("TH:A:2", "GIVEN")]
    assert service.notices == {}


async def test_pauses_grow_while_nobody_answers(access: SqliteAccessStore) -> None:
    door, clock = (
        Door(failure=UnavailableError("subscriber.unavailable", "down"), hears=0),
        Clock(AT),
    )
    service = build(access, door, Seen(), clock)
    tried = []
    for second in range(16):
        before = service._attempts  # noqa: SLF001 - the door cannot tell
        await service.notify_due()
        if service._attempts > before:  # noqa: SLF001 - likewise
            tried.append(second)
        clock.turn(timedelta(seconds=1))
    assert tried == [0, 1, 3, 7, 15]


async def test_nothing_is_told_that_may_not_be_shown(access: SqliteAccessStore) -> None:
    door = Door()
    seen = Seen(refusal=RefusedError("api.no_legal_basis", "none"))
    service = build(access, door, seen)
    assert await service.notify_due() == 0
    assert service.notices == {"bank": "api.no_legal_basis"}
    seen.refusal = None
    await access.end_entitlement(BANK.owner, "TH:A:2")
    seen.references = [FIRST]
    assert await service.notify_due() == 1
    assert door.heard == [("TH:A:1", "AS1")]


@pytest.mark.parametrize("what", ["entitlement", "legal basis", "token"])
async def test_what_ends_while_one_is_told_ends_before_the_next_one(
    access: SqliteAccessStore, what: str
) -> None:
    seen, refusal = Seen(), RefusedError("access.unknown", "none")

    def end() -> None:
        if what == "entitlement":
            seen.references = [FIRST]
        elif what == "token":
            seen.gone = refusal
        else:
            seen.refusal = refusal

    door = Door(meanwhile=end)
    service = build(access, door, seen)
    assert await service.notify_due() == 1
    assert await service.notify_due() == 0
    assert door.heard == [("TH:A:1", "AS1")]


async def test_what_changes_while_another_is_told_is_told_as_it_stands_then(
    access: SqliteAccessStore,
) -> None:
    seen = Seen()

    def change() -> None:
        seen.references[1] = Watched(reference="TH:A:2", status=Fact.AS2, since=AT)

    door = Door(meanwhile=change)
    assert await build(access, door, seen).notify_due() == 2
    assert door.heard == [("TH:A:1", "AS1"), ("TH:A:2", "AS2")]


async def test_one_that_is_not_taken_holds_up_no_other_one_and_is_tried_with_growing_pauses(
    access: SqliteAccessStore,
) -> None:
    door, seen, clock = Door(refuses="TH:A:1"), Seen(), Clock(AT)
    service = build(access, door, seen, clock)
    for second in range(16):
        await service.notify_due()
        assert service.notices == {"bank": "subscriber.not_taken"}
        if second == 5:
            seen.references[1] = Watched(reference="TH:A:2", status=Fact.GIVEN, since=AT)
        clock.turn(timedelta(seconds=1))
    assert door.heard == [("TH:A:2", "AS1"), ("TH:A:2", "GIVEN")]
    assert door.tried.count("TH:A:1") == 5
    door.refuses = ""
    clock.turn(timedelta(minutes=1))
    assert await service.notify_due() == 1
    assert service.notices == {}


async def test_who_takes_nothing_is_asked_ten_at_a_time_and_all_are_tried_before_one_again(
    access: SqliteAccessStore,
) -> None:
    references = [f"TH:X:{number:02}" for number in range(25)]
    watched = [Watched(reference=each, status=Fact.AS1, since=AT) for each in references]
    door, clock = Door(refuses="TH:X"), Clock(AT)
    service = build(access, door, Seen(references=[*watched, FIRST]), clock)
    assert await service.notify_due() == 0
    assert door.tried == references[:10]
    assert await service.notify_due() == 0, "it is left alone for a time"
    for _ in range(3):
        clock.turn(timedelta(minutes=1))
        await service.notify_due()
    assert door.tried[10:26] == [*references[10:], FIRST.reference]
    assert door.heard == [("TH:A:1", "AS1")]


async def test_what_was_told_of_an_entitlement_that_ended_is_told_again_with_the_next_one(
    access: SqliteAccessStore,
) -> None:
    door, seen = Door(), Seen(references=[FIRST])
    assert await build(access, door, seen).notify_due() == 1
    await access.end_entitlement(BANK.owner, FIRST.reference)
    until = AT + timedelta(days=1)
    await access.entitle(BANK.owner, FIRST.reference, until=until, at=AT, most=9)
    assert await build(access, door, seen).notify_due() == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, ""),
        (204, ""),
        (409, ""),
        (302, "subscriber.unavailable"),
        (400, "subscriber.not_taken"),
        (401, "subscriber.unavailable"),
        (422, "subscriber.not_taken"),
        (429, "subscriber.unavailable"),
        (503, "subscriber.unavailable"),
    ],
)
async def test_what_an_answer_means(status: int, code: str) -> None:
    world = WebhookWorld()
    await world.come_back()
    world.answer = Response(status_code=status, headers={"Retry-After": "7"})
    webhook = SubscriberWebhook(
        Address(
            url=world.url.replace("deliveries", "references"),
            secret=SECRET,
            key_id="swb",
            now=lambda: AT,
            answer_within=timedelta(seconds=10),
        )
    )
    await webhook.open()

    async def tell() -> None:
        await webhook.tell(reference="TH:A:1", status="AS1", since=AT)

    try:
        for _ in range(2):
            if not code:
                await tell()
            else:
                with pytest.raises(UnavailableError) as failure:
                    await tell()
                assert failure.value.code == code
                assert failure.value.retry_after == timedelta(seconds=7)
        (_, first, body), (_, second, again) = world.requests
        assert body == again
        assert first["idempotency-key"] == second["idempotency-key"]
        world.answer = None
        await tell()
        told = {"reference": "TH:A:1", "status": "AS1", "since": "2026-11-22T08:00:00Z"}
        assert world.heard.get_nowait() == told, "its signature is good"
    finally:
        await webhook.close()
        await world.go_down()


async def test_a_gateway_tells_its_subscriber_what_becomes_of_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", SECRET.decode())
    world = WebhookWorld()
    await world.come_back()
    url = world.url.replace("deliveries", "references")
    section = f'\n[api.webhooks.subscriber-th]\nurl = "{url}"\nsecret = "env:HOOK"\n'
    try:
        await asyncio.to_thread(_submit, tmp_path, section, world)
    finally:
        await world.go_down()


def _submit(folder: Path, section: str, world: WebhookWorld) -> None:
    loop = world.loop
    with serve_region(folder, api=section) as region:
        table = region.region.folder / "connections.toml"
        basis = 'protected = true, legal_basis = "Protocol 4"'
        terms = table.read_text(encoding="utf-8").replace("protected = true", basis)
        table.write_text(terms, encoding="utf-8")
        region.token("TH", AccessRole.SUBSCRIBER)
        document_id = region.submit()
        with region.client("TH", AccessRole.SINGLE_WINDOW) as nsw:
            document = nsw.get(f"/v1/documents/{document_id}").json()["document"]
            wanted = {
                "subscriber": "subscriber-th",
                "reference": document["certificate_key"],
                "until": "2030-01-01T00:00:00Z",
            }
            assert nsw.put("/v1/entitlements", json=wanted).status_code == 204
        statuses = []
        while "AS2" not in statuses:
            heard = asyncio.run_coroutine_threadsafe(world.heard.get(), loop).result(30)
            assert heard["reference"] == document["certificate_key"]
            statuses.append(heard["status"])
        assert len(statuses) == len(set(statuses)), "each change once"
