"""What a gateway refuses, answers, buries, keeps waiting and recognises."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.softkey import make_development_keys
from swb.clock import new_id
from swb.core.lifecycle import DECISIONS, Fact
from swb.core.receipts import acknowledge, receipt_relay
from swb.ports import ParkedFilter, ParkedKind
from swb.services.receive import ReceiveService
from swb.services.sealing import Route, receipt_route
from swb_schemas.catalogue import Purpose
from swb_schemas.documents import TransportAck
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId
from swb_schemas.wire.verification import VerificationPolicy
from tests.integration.opening import open_world
from tests.integration.reissuing import reissue_list
from tests.integration.rewrapping import rewrap
from tests.integration.world import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from swb.ports import MessageRecord
    from swb.services.sealing import Sent
    from tests.integration.world import World


# --- refused and answered ----------------------------------------------------------------------


async def expired(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    world.clock.turn(timedelta(days=31))
    return sent


async def from_tomorrow(world: World) -> Sent:
    ahead = Clock(world.clock.now() + timedelta(hours=1))
    return await world.seal(world.certificate(), sealer=world.sealer("TH", clock=ahead))


async def other_conversation(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, conversation_id=new_id())


async def other_type(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, message_type="CustomsResponse")


async def unknown_type(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, message_type="LetterOfCredit")


async def too_long_lived(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, expires_at=world.clock.now() + timedelta(days=91))


async def damaged_seal(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    octets = sent.document.octets.replace(b"EXAMPLE", b"EXAMPLF", 1)
    damaged = replace(sent, document=replace(sent.document, octets=octets))
    return await rewrap(world, damaged)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (expired, "message.expired"),
        (from_tomorrow, "message.not_yet_valid"),
        (other_conversation, "layers.disagree"),
        (other_type, "layers.disagree"),
        (unknown_type, "layers.disagree"),
        (too_long_lived, "message.lifetime"),
        (damaged_seal, "signature.content_digest"),
    ],
)
async def test_tells_a_verified_sender_why_a_message_is_refused(
    world: World, make: Callable[[World], Awaitable[Sent]], code: str
) -> None:
    sent = await make(world)
    await world.keep("TH", sent)

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == [code]
    assert (await world.th.facts(sent.outbound.message.document_id))[Fact.REFUSED] == code
    assert not list((world.vn.drop / "out").iterdir())
    assert await world.vn.facts(sent.document.document_id) == {}


# --- buried, never answered --------------------------------------------------------------------


async def garbage(_: World) -> bytes:
    return b"\x00\xff no message at all"


async def altered(world: World) -> bytes:
    sent = await world.seal(world.certificate())
    return sent.outbound.message.octets.replace(b"<Type>CertificateIssue", b"<Type>CustomsReceipt")


async def not_canonical(world: World) -> bytes:
    sent = await world.seal(world.certificate())
    return sent.outbound.message.octets + b"\n"


async def of_an_impostor(world: World) -> bytes:
    folder = world.folder / "impostor"
    foreign = make_development_keys(folder, ["TH"], Environment.TEST, world.clock.now())
    impostor = replace(world, keys=foreign)
    sent = await world.seal(world.certificate(), sealer=impostor.sealer("TH"))
    return sent.outbound.message.octets


async def of_an_unknown_party(world: World) -> bytes:
    sender = PartyId("TH", GATEWAY, "branch")
    return (await world.seal(world.certificate(), sender=sender)).outbound.message.octets


async def of_another_environment(world: World) -> bytes:
    sent = await world.seal(world.certificate(), environment=Environment.PRODUCTION)
    return sent.outbound.message.octets


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (garbage, "xml.malformed"),
        (altered, "signature.content_digest"),
        (not_canonical, "xml.not_canonical"),
        (of_an_impostor, "certificate.unlisted"),
        (of_an_unknown_party, "party.unknown"),
        (of_another_environment, "environment.wrong"),
    ],
)
async def test_buries_what_cannot_be_verified_and_answers_nobody(
    world: World, make: Callable[[World], Awaitable[bytes]], code: str
) -> None:
    await world.hand_to("VN", await make(world))

    assert await world.vn.buried() == [code]
    assert await world.vn.store.list_messages() == []
    assert (await world.vn.store.count()).outbound == 0


async def test_a_live_connection_takes_nothing_that_binds_nobody(tmp_path: Path) -> None:
    """Parallel exchanges are judged by production roots, and are never binding."""
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        sent = await world.seal(world.certificate(), environment=Environment.PARALLEL)
        await world.keep("TH", sent)

        await world.hand_to("VN", sent.outbound.message.octets)
        await world.carry()

        assert await world.vn.buried() == ["connection.environment"]
        assert not list((world.vn.drop / "out").iterdir())


async def test_refuses_a_message_for_somebody_else(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    (message,) = await world.th.sent("CertificateIssue")

    await world.hand_to("TH", message.octets)

    assert await world.th.buried() == ["message.misaddressed"]
    assert set(await world.th.facts(document_id)) == {Fact.AS1}
    assert await world.th.sent("TransportAck") == [], "only a receiver may refuse for good"


# --- waiting for trust, store, keys ------------------------------------------------------------


async def test_holds_what_it_cannot_judge_while_the_trust_bundle_is_missing(world: World) -> None:
    sent = await world.seal(world.certificate())
    aside = world.keys.bundle.with_suffix(".aside")
    world.keys.bundle.rename(aside)

    await world.hand_to("VN", sent.outbound.message.octets)

    (held,) = await world.vn.store.claim_held(
        world.clock.now() + timedelta(minutes=5), limit=9, lease_for=timedelta(0)
    )
    assert held.code == "trust.unreachable"
    assert await world.vn.buried() == []

    aside.rename(world.keys.bundle)
    world.clock.turn(timedelta(minutes=10))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)
    assert (await world.vn.store.count()).held == 0


@pytest.mark.parametrize("content", [b"", b"{}", b"no bundle"])
async def test_holds_what_it_cannot_judge_while_the_trust_bundle_is_damaged(
    world: World, content: bytes
) -> None:
    sent = await world.seal(world.certificate())
    whole = world.keys.bundle.read_bytes()
    world.keys.bundle.write_bytes(content)

    await world.hand_to("VN", sent.outbound.message.octets)
    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1

    world.keys.bundle.write_bytes(whole)
    world.clock.turn(timedelta(minutes=10))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)


async def test_never_gives_up_while_a_trust_list_has_expired(world: World) -> None:
    """Undetermined says nothing about the message, however long it lasts."""
    now = world.clock.now()
    reissue_list(world.keys, "TH", number=2, expires_at=now + timedelta(days=2))
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    world.clock.turn(timedelta(days=3))
    await world.hand_to("VN", sent.outbound.message.octets)
    for _ in range(12):
        world.clock.turn(timedelta(minutes=2))
        assert await world.vn.inbox.judge_held() == 1

    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1

    reissue_list(world.keys, "TH", number=3, expires_at=now + timedelta(days=200))
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)
    assert set(await world.th.facts(sent.document.document_id)) == {Fact.AS2, Fact.AS3}


async def test_holds_everything_while_the_bundle_is_one_of_another_environment(
    world: World,
) -> None:
    """Whoever gave a gateway the wrong bundle refuses nobody by that."""
    sent = await world.seal(world.certificate())
    others = make_development_keys(
        world.folder / "production", ["TH", "VN"], Environment.PRODUCTION, world.clock.now()
    )
    shutil.copyfile(others.bundle, world.keys.bundle)

    await world.hand_to("VN", sent.outbound.message.octets)

    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1


async def test_a_trust_list_that_goes_back_to_an_older_one_judges_nothing(world: World) -> None:
    now = world.clock.now()
    reissue_list(world.keys, "TH", number=5, expires_at=now + timedelta(days=2))
    await world.trust.fetch()
    reissue_list(world.keys, "TH", number=4, expires_at=now + timedelta(days=200))

    sent = await world.seal(world.certificate())
    await world.hand_to("VN", sent.outbound.message.octets)

    later = now + timedelta(minutes=5)
    (held,) = await world.vn.store.claim_held(later, limit=9, lease_for=timedelta(0))
    assert held.code == "trust.unusable"
    assert await world.vn.buried() == []


async def test_gives_a_message_back_to_the_line_while_the_store_is_down(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.vn.store.close()
    await world.router_lines["VN"].publish(
        sent.outbound.message.octets, message_id="1", message_type="", environment="test"
    )
    await asyncio.sleep(0.3)
    assert world.count_queued() == 1

    await world.vn.store.open()
    await world.drained()
    assert await world.vn.facts(sent.document.document_id)
    assert (await world.vn.store.count()).held == 0


async def test_holds_a_good_message_while_the_key_to_acknowledge_it_is_missing(
    world: World,
) -> None:
    sent = await world.seal(world.certificate())
    sealer = world.sealer("VN", without=Purpose.RECEIPT_SEAL)
    receiving = ReceiveService(
        state="VN",
        environment=Environment.TEST,
        connections=world.connections,
        store=world.vn.store,
        sealer=sealer,
        trust=world.trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        decryption_keys={},
    )
    with pytest.raises(UnavailableError) as failure:
        await receiving.judge(sent.outbound.message.octets, "VN")
    assert failure.value.code == "signer.missing"
    assert failure.value.actor == "operator"


# --- once more, and conflicts ------------------------------------------------------------------


async def test_the_same_message_again_takes_effect_once_and_is_acknowledged_again(
    world: World,
) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()
    counts = await world.vn.store.count()
    assert (counts.outbound, counts.deliveries) == (0, 0)

    await world.hand_to("VN", sent.outbound.message.octets)

    counts = await world.vn.store.count()
    assert counts.outbound == 2, "AS2 and AS3 are due again"
    assert counts.deliveries == 0
    await world.carry()
    assert len(await world.th.received("TransportAck")) == 2
    names = [event.name for event in await world.th.store.list_events(sent.document.document_id)]
    assert sorted(names) == ["AS2", "AS3"]


async def test_another_message_under_a_known_id_is_refused_and_reported(world: World) -> None:
    first = await world.seal(world.certificate())
    second = await world.seal(world.certificate())
    clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
    await world.keep("TH", clash)
    await world.hand_to("VN", first.outbound.message.octets)

    await world.hand_to("VN", clash.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["message.conflict"]
    assert await world.vn.facts(second.document.document_id) == {}
    assert (await world.th.facts(second.document.document_id))[Fact.REFUSED] == "message.conflict"


async def test_a_repeated_conflict_is_reported_again_by_the_same_message(world: World) -> None:
    first = await world.seal(world.certificate())
    second = await world.seal(world.certificate())
    clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
    await world.keep("TH", clash)
    await world.hand_to("VN", first.outbound.message.octets)
    for _ in range(3):
        await world.hand_to("VN", clash.outbound.message.octets)
        await world.carry()

    refusals = [
        message
        for message in await world.vn.sent("TransportAck")
        if b"message.conflict" in await carried_by(world, message)
    ]
    assert len(refusals) == 1


async def test_a_duplicate_that_comes_after_everything_expired_parks_nothing(
    world: World,
) -> None:
    """Any member has the messages of old in its archive, and may hand one in."""
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    (message,) = await world.vn.received("CertificateIssue")
    told = await world.th.facts(document_id)
    published = await world.vn.sent("TransportAck")
    world.clock.turn(timedelta(days=31))

    await world.hand_in("TH", message.octets)
    await world.hand_to("VN", message.octets)
    await world.carry()

    assert await world.vn.buried() == ["message.expired"]
    for store in (world.vn.store, world.router_store):
        assert await store.list_parked(ParkedFilter(kind=ParkedKind.OUTBOUND)) == []
    assert await world.vn.sent("TransportAck") == published
    assert await world.th.facts(document_id) == told


async def carried_by(world: World, message: MessageRecord) -> bytes:
    """The sealed document in a message of VN."""
    document = await world.vn.store.find_document(message.document_id)
    assert document is not None
    return document.octets


async def test_other_content_under_a_known_document_id_is_refused_and_reported(
    world: World,
) -> None:
    first = await world.seal(world.certificate())
    sealer = world.sealer("TH", new_ids=[first.document.document_id])
    second = await world.seal(world.certificate(), sealer=sealer)
    assert second.document.document_id == first.document.document_id
    await world.keep("TH", second)
    await world.hand_to("VN", first.outbound.message.octets)

    await world.hand_to("VN", second.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["document.conflict"]
    facts = await world.th.facts(second.document.document_id)
    assert facts[Fact.REFUSED] == "document.conflict"


# --- acknowledgements and answers of the wrong people ------------------------------------------


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
        hop=Hop.AS2,
        message_id=changes.get("message_id", message.message_id),
        message_digest=changes.get("digest", message.digest),
        document=(changes.get("document_id", message.document_id), sent.document.digest),
        at=world.clock.now(),
    )
    route = receipt_route(
        PartyId(state, GATEWAY),
        other=message.sender,
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
        message_id=came.message_id, message_digest=came.digest, at=world.clock.now()
    )
    route = receipt_route(
        PartyId(REGION, ROUTER),
        other=str(world.th.gateway),
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


async def test_the_signed_refusal_says_what_it_refuses(world: World) -> None:
    sent = await expired(world)
    await world.keep("TH", sent)
    await world.hand_to("VN", sent.outbound.message.octets)
    (ack,) = await world.vn.sent("TransportAck")

    opened = await world.open_delivery("TH", ack.octets)

    document = opened.sealed.document
    assert isinstance(document, TransportAck)
    (judged,) = document.acknowledged
    assert (judged.outcome, judged.code) == (Outcome.REFUSED, "message.expired")
    assert judged.message_id == sent.outbound.message.message_id
    assert judged.message_digest.text == sent.outbound.message.digest
    assert opened.message.header.correlation == sent.outbound.message.message_id
    assert str(opened.sealed.signer.purpose) == Purpose.RECEIPT_SEAL
