"""What every way of handing documents to a national system promises."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from swb_schemas.errors import UnavailableError
from swb_schemas.findings import Actor, Finding, Severity
from tests.contract.national_worlds import DropFolderWorld, SftpWorld, WebhookWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.national_worlds import NationalWorld

ID = "019ca3b5-11d8-7000-8000-000000000001"
NAME = f"{ID}.CertificateIssue.xml"
ADVICE = Finding(
    code="rule.origin",
    severity=Severity.WARN,
    path="CertificateOfOrigin/Item[1]",
    message="expected a criterion, found ไม่มี",
    actor=Actor.RECIPIENT,
)


@pytest.fixture(params=["drop folder", "webhook", "sftp"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[NationalWorld]:
    made: NationalWorld
    match request.param:
        case "webhook":
            made = WebhookWorld()
        case "sftp":
            made = SftpWorld(tmp_path)
        case _:
            made = DropFolderWorld(tmp_path)
    await made.start()
    yield made
    await made.close()


async def hand_over(world: NationalWorld, payload: bytes = b"<a/>", **changes: Any) -> None:  # noqa: ANN401 - of a delivery
    values = {"delivery_id": ID, "message_type": "CertificateIssue", "file_suffix": ".xml"}
    await world.gateway.deliver(payload, **(values | changes))


async def test_the_payload_arrives_octet_by_octet_under_the_deliverys_name(
    world: NationalWorld,
) -> None:
    payload = bytes(range(256)) * 3 + b"\r\n--boundary\r\n\r\n"
    await hand_over(world, payload)
    (name,) = world.received()
    assert name == NAME
    received = world.received()[name]
    assert (received.payload, received.advice, received.binding) == (payload, [], True)


async def test_advice_travels_beside_the_payload(world: NationalWorld) -> None:
    await hand_over(world, findings=[ADVICE])
    (received,) = world.received().values()
    (told,) = received.advice
    assert (told["code"], told["message"]) == (ADVICE.code, ADVICE.message)


async def test_what_binds_nobody_is_told_apart(world: NationalWorld) -> None:
    await hand_over(world, binding=False)
    (received,) = world.received().values()
    assert not received.binding


async def test_a_repetition_changes_nothing(world: NationalWorld) -> None:
    for _ in range(3):
        await hand_over(world, findings=[ADVICE])
    assert list(world.received()) == [NAME]
    assert world.received()[NAME].payload == b"<a/>"


async def test_several_at_a_time_arrive_each_once(world: NationalWorld) -> None:
    ids = [f"019ca3b5-11d8-7000-8000-0000000000{number:02}" for number in range(20)]
    await asyncio.gather(*(hand_over(world, each.encode(), delivery_id=each) for each in ids))
    assert {each.payload.decode() for each in world.received().values()} == set(ids)


async def test_the_largest_payload_arrives(world: NationalWorld) -> None:
    payload = b"x" * 7_000_000
    await hand_over(world, payload)
    assert world.received()[NAME].payload == payload


async def test_an_outage_is_unavailable_and_ends_by_itself(world: NationalWorld) -> None:
    await hand_over(world)
    await world.go_down()
    for _ in range(2):
        with pytest.raises(UnavailableError) as failure:
            await hand_over(world, delivery_id=ID.replace("1", "2"))
        assert failure.value.code == "national.unavailable"
    with pytest.raises(UnavailableError):
        await world.gateway.ping()
    await world.come_back()
    await hand_over(world, delivery_id=ID.replace("1", "2"))
    await world.gateway.ping()
    assert len(world.received()) == 2
