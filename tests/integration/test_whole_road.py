"""One Form D crosses a border and its answers come back, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_status
from swb_schemas.catalogue import get_type
from swb_schemas.documents import CustomsResponse, RelayReceipt, TransportAck
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from swb.ports import MessageRecord
    from tests.integration.world import World


async def test_a_certificate_and_its_answers_go_the_whole_road(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    assert set(await world.th.facts(document_id)) == {Fact.AS1}

    await world.carry()

    assert set(await world.th.facts(document_id)) == {Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3}
    assert [path.name for path in (world.vn.drop / "out").iterdir()] == [
        f"{document_id}.CertificateIssue.xml"
    ]

    receipt, response = world.answers(certificate)
    for answer in (receipt, response):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    events = await world.th.store.list_events(document_id)
    assert isinstance(response, CustomsResponse)
    status = judge_status((Fact(event.name), event.revision) for event in events)
    assert status == response.decision.value.replace("_", " ")
    assert Fact.RES_REC in await world.th.facts(document_id)
    assert len(list((world.th.drop / "out").iterdir())) == 2
    for store in (world.th.store, world.vn.store, world.router_store):
        counts = await store.count()
        assert (counts.held, counts.parked, counts.buried, counts.outbound) == (0, 0, 0, 0)


async def test_what_answers_what_is_as_the_page_on_the_wire_says(world: World) -> None:
    """The tables of its section "Conversation", message by message."""
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    messages = {
        message.message_id: message
        for member in (world.th, world.vn)
        for message in await member.store.list_messages()
    }
    (issue,) = (each for each in messages.values() if each.message_type == "CertificateIssue")
    told: dict[str, list[str]] = {message_id: [] for message_id in messages}
    for message in messages.values():
        opened = await world.open_delivery(parse_party_id(message.receiver).state, message.octets)
        header, sealed = opened.message.header, opened.sealed
        assert header.expires_at - header.created_at == get_type(header.message_type).lifetime
        assert header.conversation_id == document_id
        answers = sealed.header.answers.document_id if sealed.header.answers else None
        match sealed.document:
            case TransportAck(acknowledged=(judged,)):
                hop: str = judged.hop
            case RelayReceipt(relayed=(judged,)):
                hop = "relayed"
            case _:
                is_answer = header.message_type != "CertificateIssue"
                assert header.correlation == (issue.message_id if is_answer else None)
                assert answers == (document_id if is_answer else None)
                continue
        assert answers is None
        assert header.correlation == judged.message_id
        assert (header.receiver, judged.message_digest.text) == (
            messages[judged.message_id].sender,
            messages[judged.message_id].digest,
        )
        told[judged.message_id].append(hop)
    assert all(
        sorted(told[message_id]) == _owed(message) for message_id, message in messages.items()
    )


def _owed(message: MessageRecord) -> list[str]:
    """What a sender is told of a message that nobody refuses."""
    return ["AS2", "AS3", "relayed"] if get_type(message.message_type).acknowledged else []
