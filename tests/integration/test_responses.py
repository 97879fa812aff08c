"""A customs response is held to the certificate's items, and to its own number."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.core.lifecycle import Fact
from swb.services.sealing import Route
from swb_schemas.documents import CustomsResponse
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from tests.integration.world import World


async def received(world: World, *, items: int = 3) -> tuple[CertificateOfOrigin, str]:
    """A certificate that TH issued and that VN has, with its document id."""
    certificate = world.certificate(items=items)
    document_id = await world.th.issue(certificate)
    await world.carry()
    return certificate, document_id


def respond(
    world: World, certificate: CertificateOfOrigin, decisions: dict[int, str], **changes: object
) -> CustomsResponse:
    """What VN's customs decides, item by item."""
    _, response = world.answers(certificate)
    found = set(decisions.values())
    whole = "NOT_GIVEN" if "NOT_GIVEN" in found else "GIVEN" if found == {"GIVEN"} else "PENDING"
    items = [
        {
            "sequence_number": number,
            "decision": decision,
            "reasons": [{"text": "criterion not met"}] if decision == "NOT_GIVEN" else [],
        }
        for number, decision in decisions.items()
    ]
    return CustomsResponse.model_validate(
        {**response.model_dump(), "items": items, "decision": whole, **changes}
    )


@pytest.mark.parametrize(
    ("decisions", "code", "path"),
    [
        ({1: "GIVEN"}, "rule.preference_beyond_items", "CustomsResponse/Decision"),
        ({1: "GIVEN", 3: "GIVEN"}, "rule.preference_beyond_items", "CustomsResponse/Decision"),
        (
            {1: "GIVEN", 2: "GIVEN", 3: "GIVEN", 77: "GIVEN"},
            "rule.item_not_certified",
            "CustomsResponse/Item[4]/SequenceNumber",
        ),
        (
            {77: "NOT_GIVEN"},
            "rule.item_not_certified",
            "CustomsResponse/Item[1]/SequenceNumber",
        ),
    ],
    ids=["one of three", "two of three", "one too many", "another one"],
)
async def test_refuses_a_response_that_does_not_fit_the_certificate_s_items(
    world: World, decisions: dict[int, str], code: str, path: str
) -> None:
    certificate, document_id = await received(world)
    payload = await world.vn.payload(respond(world, certificate, decisions))

    with pytest.raises(RefusedError) as failure:
        await world.vn.submitting.submit(payload)

    assert failure.value.code == "submission.rule_broken"
    assert [(each.code, each.path) for each in failure.value.findings] == [(code, path)]
    assert await world.vn.sent("CustomsResponse") == []
    assert Fact.GIVEN not in await world.vn.facts(document_id)


@pytest.mark.parametrize(
    ("decisions", "fact"),
    [
        ({1: "GIVEN", 2: "GIVEN", 3: "GIVEN"}, Fact.GIVEN),
        ({1: "GIVEN", 2: "PENDING"}, Fact.PENDING),
        ({2: "NOT_GIVEN"}, Fact.NOT_GIVEN),
    ],
    ids=["every item", "one is pending", "one is denied"],
)
async def test_carries_a_response_that_claims_no_more_than_its_items(
    world: World, decisions: dict[int, str], fact: Fact
) -> None:
    certificate, document_id = await received(world)
    payload = await world.vn.payload(respond(world, certificate, decisions))
    assert (await world.vn.submitting.submit(payload)).findings == ()
    await world.carry()
    assert fact in await world.th.facts(document_id)


async def test_refuses_a_second_response_under_one_number(world: World) -> None:
    certificate, document_id = await received(world)
    pending = respond(world, certificate, {1: "PENDING"})
    payload = await world.vn.payload(pending)
    first = await world.vn.submitting.submit(payload)
    assert (await world.vn.submitting.submit(payload)).document_id == first.document_id
    other = respond(world, certificate, {2: "PENDING"})

    with pytest.raises(RefusedError) as failure:
        await world.vn.submitting.submit(await world.vn.payload(other))

    assert failure.value.code == "submission.response_exists"
    assert len(await world.vn.sent("CustomsResponse")) == 1
    for number in (2, 3):
        later = respond(world, certificate, {2: "PENDING"}, response_number=number)
        await world.vn.submitting.submit(await world.vn.payload(later))
    assert len(await world.vn.sent("CustomsResponse")) == 3
    assert Fact.PENDING in await world.vn.facts(document_id)


@pytest.mark.parametrize("number", [1, 2, 5])
async def test_refuses_a_response_whose_number_is_not_due(world: World, number: int) -> None:
    certificate, _ = await received(world)
    for each in range(1, 4):
        said = respond(world, certificate, {1: "PENDING"}, response_number=each)
        await world.vn.submitting.submit(await world.vn.payload(said))
    other = respond(world, certificate, {2: "PENDING"}, response_number=number)
    with pytest.raises(RefusedError) as failure:
        await world.vn.submitting.submit(await world.vn.payload(other))
    assert failure.value.code == "exchange.number"
    await world.carry()
    assert (await world.th.buried(), await world.vn.buried()) == ([], [])


async def test_responses_that_are_collected_together_are_taken_in_by_number(world: World) -> None:
    """A national system that was not heard for a while leaves several at its door."""
    certificate, document_id = await received(world)
    for number in (3, 2, 1):
        said = respond(world, certificate, {1: "PENDING"}, response_number=number)
        raw = await world.vn.payload(said)
        (world.vn.drop / "in" / f"{9 - number}.xml").write_bytes(raw)
    for _ in range(4):
        await world.vn.collecting.collect_waiting()
        world.clock.turn(timedelta(minutes=5))
    assert len(await world.vn.sent("CustomsResponse")) == 3
    assert Fact.PENDING in await world.vn.facts(document_id)


async def test_the_exporting_side_is_advised_and_loses_no_response(world: World) -> None:
    """Customs of the importing state has decided; what is odd about it goes along as advice."""
    certificate, document_id = await received(world)
    response = respond(world, certificate, {1: "GIVEN", 77: "GIVEN"})
    known = await world.vn.store.find_document(document_id)
    assert known is not None
    route = Route(
        issuing_party=PartyId("VN", CUSTOMS),
        receiving_party=PartyId("TH", ISSUING),
        sender=PartyId("VN", GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line="VN",
        environment=Environment.TEST,
        conversation_id=known.conversation_id,
        answers=(known.document_id, known.digest),
    )
    answer = await world.sealer("VN").seal(response, route)
    await world.hand_to("TH", answer.outbound.message.octets)
    await world.carry()

    assert await world.th.buried() == []
    assert Fact.GIVEN in await world.th.facts(document_id)
    assert advised(world, answer.document.document_id) == [
        "rule.item_not_certified",
        "rule.preference_beyond_items",
    ]


def advised(world: World, document_id: str) -> list[str]:
    """Codes of what TH's national system was told beside a delivery."""
    (path,) = (world.th.drop / "out").glob(f"{document_id}*.advice.json")
    told: list[dict[str, Any]] = json.loads(path.read_bytes())
    return [each["code"] for each in told]
