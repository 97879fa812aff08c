"""What a gateway does with a document that it had already, or that is sent again on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.clock import new_id
from swb.core.lifecycle import Fact
from swb.ports import Event
from tests.integration.rewrapping import rewrap

if TYPE_CHECKING:
    from tests.integration.world import World


async def test_redelivers_when_asked_to_by_a_new_message_with_the_same_document(
    world: World,
) -> None:
    first = await world.seal(world.certificate())
    await world.keep("TH", first)
    await world.hand_to("VN", first.outbound.message.octets)
    await world.carry()
    out = world.vn.drop / "out"
    (delivered,) = out.iterdir()
    delivered.unlink()
    asked = "019ca3b5-0efa-7000-8000-000000000004"
    await world.vn.store.record_events(
        [
            Event(
                document_id=first.document.document_id,
                name=Fact.ASKED_AGAIN,
                at=world.clock.now(),
                message_id=asked,
            )
        ]
    )
    again = await rewrap(
        world,
        first,
        message_id="019ca3b5-0efa-7000-8000-000000000003",
        retransmission_of=first.outbound.message.message_id,
        correlation=asked,
    )

    await world.hand_to("VN", again.outbound.message.octets)
    await world.vn.delivering.deliver_due()

    assert [path.name for path in out.iterdir()] == [delivered.name]


@pytest.mark.parametrize("correlation", ["none", "of nothing", "of our receipt", "of another"])
@pytest.mark.parametrize("is_known", [True, False], ids=["came here", "never came here"])
async def test_a_retransmission_that_nobody_asked_for_is_not_handed_over_again(
    world: World, correlation: str, is_known: bool
) -> None:
    """Whatever it names: the message that carried the document first may have been lost here."""
    first = await world.seal(world.certificate())
    await world.keep("TH", first)
    await world.hand_to("VN", first.outbound.message.octets)
    await world.carry()
    out = world.vn.drop / "out"
    (delivered,) = out.iterdir()
    delivered.unlink()
    document_id = first.document.document_id
    (received,) = [
        each for each in await world.vn.store.list_events(document_id) if each.name == Fact.AS2
    ]
    if correlation == "of another":
        asked = Event(
            document_id=document_id,
            name=Fact.ASKED_AGAIN,
            at=world.clock.now(),
            message_id=new_id(),
        )
        await world.vn.store.record_events([asked])
    again = await rewrap(
        world,
        first,
        message_id="019ca3b5-0efa-7000-8000-000000000003",
        retransmission_of=first.outbound.message.message_id if is_known else new_id(),
        correlation={"none": None, "of our receipt": received.message_id}.get(
            correlation, "019ca3b5-0efa-7000-8000-000000000004"
        ),
    )
    await world.keep("TH", again)

    await world.hand_to("VN", again.outbound.message.octets)
    await world.carry()

    assert list(out.iterdir()) == []
    assert await world.vn.buried() == []
    assert (await world.th.facts(document_id)).get(Fact.REFUSED) is None


async def test_a_known_document_in_a_new_message_is_acknowledged_and_not_delivered_again(
    world: World,
) -> None:
    first = await world.seal(world.certificate())
    await world.keep("TH", first)
    await world.hand_to("VN", first.outbound.message.octets)
    await world.carry()
    (delivered,) = (world.vn.drop / "out").iterdir()
    delivered.unlink()
    again = await rewrap(world, first, message_id="019ca3b5-0efa-7000-8000-000000000003")

    await world.hand_to("VN", again.outbound.message.octets)
    await world.carry()

    assert list((world.vn.drop / "out").iterdir()) == []
    assert await world.vn.buried() == []
    acks = await world.vn.sent("TransportAck")
    assert len(acks) == 3, "AS2 and AS3 of the first message, AS2 of the second"


async def test_refuses_a_retransmission_that_names_a_message_with_another_document(
    world: World,
) -> None:
    first = await world.seal(world.certificate())
    await world.keep("TH", first)
    await world.hand_to("VN", first.outbound.message.octets)
    await world.carry()
    (delivered,) = (world.vn.drop / "out").iterdir()
    delivered.unlink()
    other = await world.seal(world.certificate())
    await world.hand_to("VN", other.outbound.message.octets)
    again = await rewrap(
        world,
        first,
        message_id="019ca3b5-0efa-7000-8000-000000000003",
        retransmission_of=other.outbound.message.message_id,
    )

    await world.hand_to("VN", again.outbound.message.octets)
    await world.vn.delivering.deliver_due()

    assert await world.vn.buried() == ["receive.unknown_retransmission"]
    assert not any(path.name == delivered.name for path in (world.vn.drop / "out").iterdir())


@pytest.mark.parametrize("is_known", [True, False], ids=["came here", "never came here"])
@pytest.mark.parametrize("is_asked", [True, False], ids=["asked for", "not asked for"])
async def test_refuses_a_retransmission_with_other_octets_whatever_it_names(
    world: World, is_known: bool, is_asked: bool
) -> None:
    first = await world.seal(world.certificate())
    document_id, asked = first.document.document_id, new_id()
    await world.keep("TH", first)
    await world.hand_to("VN", first.outbound.message.octets)
    await world.carry()
    (delivered,) = (world.vn.drop / "out").iterdir()
    delivered.unlink()
    if is_asked:
        note = Event(
            document_id=document_id, name=Fact.ASKED_AGAIN, at=world.clock.now(), message_id=asked
        )
        await world.vn.store.record_events([note])
    sealer = world.sealer("TH", new_ids=[document_id])
    other = await world.seal(world.certificate(), sealer=sealer)
    again = await rewrap(
        world,
        other,
        message_id=new_id(),
        retransmission_of=first.outbound.message.message_id if is_known else new_id(),
        correlation=asked,
    )

    await world.hand_to("VN", again.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["document.conflict"]
    kept = await world.vn.store.find_document(document_id)
    assert kept is not None
    assert kept.octets == first.document.octets
    assert list((world.vn.drop / "out").iterdir()) == []


async def test_a_retransmission_of_what_never_came_is_delivered(world: World) -> None:
    """The first message was lost; whatever it is said to repeat, the document is new here."""
    first = await world.seal(world.certificate())
    await world.keep("TH", first)
    again = await rewrap(
        world,
        first,
        message_id="019ca3b5-0efa-7000-8000-000000000003",
        retransmission_of=first.outbound.message.message_id,
    )

    await world.hand_to("VN", again.outbound.message.octets)
    await world.carry()

    assert len(list((world.vn.drop / "out").iterdir())) == 1
