"""What a gateway does with acknowledgements and answers: to what it sent, by whom it sent it to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import DECISIONS, Fact
from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb.services.sealing import Route, route_to_gateway
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId, parse_party_id
from tests.integration.opening import open_world

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.sealing import Sent
    from tests.integration.world import World


async def test_refuses_an_acknowledgement_by_somebody_else(tmp_path: Path) -> None:
    async with open_world(tmp_path, extra_states=["MY"]) as world:
        certificate = world.certificate()
        declared = certificate.exporter_declaration.model_copy(update={"importing_country": "MY"})
        sent = await world.seal(
            certificate.model_copy(update={"exporter_declaration": declared}),
            receiving_party=PartyId("MY", CUSTOMS),
            receiver=PartyId("MY", GATEWAY),
        )
        await world.keep("TH", sent)

        ack = await acknowledge_by(world, "VN", sent)
        await world.hand_to("TH", ack)

        assert await world.th.buried() == ["receive.foreign_acknowledgement"]
        assert await world.th.facts(sent.document.document_id) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "019ca3b5-0efa-7000-8000-000000000003"},
        {"digest": "sha-256:" + "0" * 64},
        {"document_id": "019ca3b5-0efa-7000-8000-000000000003"},
    ],
    ids=["another message", "another digest", "another document"],
)
async def test_refuses_an_acknowledgement_of_what_was_never_sent(
    world: World, changes: dict[str, str]
) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)

    ack = await acknowledge_by(world, "VN", sent, **changes)
    await world.hand_to("TH", ack)

    assert await world.th.buried() == ["receive.unknown_message"]
    assert await world.th.facts(sent.document.document_id) == {}


async def acknowledge_by(world: World, state: str, sent: Sent, **changes: str) -> bytes:
    """An acknowledgement by a state's gateway of what TH sent."""
    message = sent.outbound.message
    document = acknowledge(
        judge_message(
            hop=Hop.AS2,
            message_id=changes.get("message_id", message.message_id),
            message_digest=changes.get("digest", message.digest),
            document=(changes.get("document_id", message.document_id), sent.document.digest),
            at=world.clock.now(),
        )
    )
    route = route_to_gateway(
        PartyId(state, GATEWAY),
        parse_party_id(message.sender),
        environment=Environment.TEST,
        conversation_id=sent.document.conversation_id,
        correlation=message.message_id,
    )
    return (await world.sealer(state).seal(document, route)).outbound.message.octets


async def test_refuses_an_answer_to_a_certificate_that_was_never_sent(world: World) -> None:
    certificate = world.certificate()
    theirs = await world.seal(certificate)
    _, response = world.answers(certificate)
    answer = await world.sealer("VN").seal(response, route_of_answer(theirs))
    await world.keep("VN", answer)

    await world.hand_to("TH", answer.outbound.message.octets)
    await world.carry()

    assert await world.th.buried() == ["receive.unknown_certificate"]
    facts = await world.vn.facts(answer.document.document_id)
    assert facts[Fact.REFUSED] == "receive.unknown_certificate"


async def test_refuses_an_answer_that_names_another_digest(world: World) -> None:
    certificate = world.certificate()
    sent = await world.seal(certificate)
    await world.keep("TH", sent)
    _, response = world.answers(certificate)
    route = replace(
        route_of_answer(sent), answers=(sent.document.document_id, "sha-256:" + "0" * 64)
    )
    answer = await world.sealer("VN").seal(response, route)

    await world.hand_to("TH", answer.outbound.message.octets)

    assert await world.th.buried() == ["receive.unknown_certificate"]
    assert await world.th.facts(sent.document.document_id) == {}


async def test_refuses_an_answer_by_a_state_that_the_certificate_was_not_for(
    tmp_path: Path,
) -> None:
    pairs = [("TH", "VN"), ("TH", "MY")]
    async with open_world(tmp_path, pairs=pairs, extra_states=["MY"]) as world:
        certificate = world.certificate()
        sent = await world.seal(certificate)
        await world.keep("TH", sent)
        _, response = world.answers(certificate)
        theirs = replace(
            route_of_answer(sent),
            issuing_party=PartyId("MY", CUSTOMS),
            sender=PartyId("MY", GATEWAY),
            line="MY",
        )
        answer = await world.sealer("MY").seal(response, theirs)

        await world.hand_to("TH", answer.outbound.message.octets)

        assert await world.th.buried() == ["receive.unknown_certificate"]
        assert await world.th.facts(sent.document.document_id) == {}


async def test_refuses_an_answer_that_speaks_of_another_certificate_than_it_names(
    world: World,
) -> None:
    certificate, other = world.certificate(), world.certificate()
    sent = await world.seal(certificate)
    await world.keep("TH", sent)
    await world.keep("TH", await world.seal(other))
    _, response = world.answers(other)
    answer = await world.sealer("VN").seal(response, route_of_answer(sent))

    await world.hand_to("TH", answer.outbound.message.octets)

    assert await world.th.buried() == ["receive.unknown_certificate"]
    assert await world.th.facts(sent.document.document_id) == {}


async def test_refuses_a_relay_receipt_for_what_came_in(world: World) -> None:
    """The router has passed it on to here; that is no news about anything sent from here."""
    certificate = world.certificate()
    sent = await world.seal(certificate)
    await world.keep("TH", sent)
    _, response = world.answers(certificate)
    answer = await world.sealer("VN").seal(response, route_of_answer(sent))
    came = answer.outbound.message
    await world.hand_to("TH", came.octets)
    receipt = receipt_relay(
        judge_relay(message_id=came.message_id, message_digest=came.digest, at=world.clock.now())
    )
    route = route_to_gateway(
        PartyId(REGION, ROUTER),
        world.th.gateway,
        environment=Environment.TEST,
        conversation_id=sent.document.conversation_id,
        correlation=came.message_id,
    )

    await world.hand_to(
        "TH", (await world.router_sealer.seal(receipt, route)).outbound.message.octets
    )

    assert await world.th.buried() == ["receive.unknown_message"]
    assert Fact.RELAYED not in await world.th.facts(answer.document.document_id)


async def test_an_answer_that_arrives_before_any_acknowledgement_counts(world: World) -> None:
    certificate = world.certificate()
    sent = await world.seal(certificate)
    await world.keep("TH", sent)
    receipt, response = world.answers(certificate)
    for document in (response, receipt):
        answer = await world.sealer("VN").seal(document, route_of_answer(sent))
        await world.hand_to("TH", answer.outbound.message.octets)

    facts = await world.th.facts(sent.document.document_id)
    assert Fact.RES_REC in facts
    assert facts.keys() & DECISIONS


def route_of_answer(sent: Sent) -> Route:
    """From VN's customs to TH's issuing authority."""
    return Route(
        issuing_party=PartyId("VN", CUSTOMS),
        receiving_party=PartyId("TH", ISSUING),
        sender=PartyId("VN", GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line="VN",
        environment=Environment.TEST,
        conversation_id=sent.document.conversation_id,
        answers=(sent.document.document_id, sent.document.digest),
    )
