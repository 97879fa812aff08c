"""Members of the region that are dishonest, or that were broken into: on the road."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.rabbitmq.topology import apply_topology, build_permissions, vhost_name
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.clock import new_id
from swb.core.lifecycle import Fact
from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb.ports import LineEnd
from swb.services.sealing import Route, route_to_gateway
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.message import ClearBody, MessageHeader, prepare_message
from swb_schemas.wire.verification import verify_delivery, verify_message
from tests.attacks.reading import ACCEPTED
from tests.attacks.story import Book, Side
from tests.integration.rewrapping import rewrap
from tests.integration.world import load_signers

if TYPE_CHECKING:
    from swb.backends.rabbitmq.node import PrivateNode
    from swb.services.sealing import Sent
    from swb_schemas.documents import CertificateOfOrigin
    from tests.attacks.story import Field
    from tests.integration.world import World

__all__ = ["BOOK"]

BOOK: Final = Book("Members")

_ROUTER: Final = "the region's router"
_GATEWAY: Final = "the gateway that it is sent to"
_REPEAT: Final = "REPEAT"
_BOTH_WAYS: Final = (("TH", "VN"), ("VN", "TH"))


async def _buried_at_the_router(world: World) -> str:
    (only,) = await world.router_store.list_buried()
    return only.code


def _for_malaysia(world: World) -> CertificateOfOrigin:
    certificate = world.certificate()
    declared = certificate.exporter_declaration.model_copy(update={"importing_country": "MY"})
    return certificate.model_copy(update={"exporter_declaration": declared})


async def _buried(world: World, state: str) -> str:
    (only,) = await world.members[state].buried()
    return only


def _delivered(world: World, state: str) -> int:
    """How many payloads its national system has got."""
    return len(list((world.members[state].drop / "out").glob("*.CertificateIssue*.xml")))


def _answering(
    sent: Sent, *, state: str = "VN", environment: Environment = Environment.TEST
) -> Route:
    return Route(
        issuing_party=PartyId(state, CUSTOMS),
        receiving_party=PartyId("TH", ISSUING),
        sender=PartyId(state, GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line=state,
        environment=environment,
        conversation_id=sent.document.conversation_id,
        answers=(sent.document.document_id, sent.document.digest),
    )


async def _acknowledge(
    world: World, state: str, sent: Sent, *, digest: str = "", message_id: str = ""
) -> bytes:
    """A gateway's acknowledgement (AS2) of what TH sent, or of something else."""
    message = sent.outbound.message
    document = acknowledge(
        judge_message(
            hop=Hop.AS2,
            message_id=message_id or message.message_id,
            message_digest=digest or message.digest,
            document=(message.document_id, sent.document.digest),
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


# --- in another's name -------------------------------------------------------------------------


@BOOK.tell(
    "One member puts another's true message on its own line, to have it refused or to use up its "
    "id before the owner sends it.",
    by=Side.MEMBER,
    gain="A message that its owner cannot send any more.",
    meets="routing.foreign_line",
    noticed_by=_ROUTER,
)
async def a_copied_message_on_another_line(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        await world.hand_in("VN", sent.outbound.message.octets)
        met = await _buried_at_the_router(world)
        await world.hand_in("TH", sent.outbound.message.octets)
        await world.carry()
        assert Fact.AS3 in await world.th.facts(sent.document.document_id)
        return met


@BOOK.tell(
    "A member writes another's name into a message and signs it with its own key.",
    by=Side.MEMBER,
    gain="A message in the name of another state.",
    meets="certificate.unlisted",
    noticed_by=_ROUTER,
)
async def a_message_in_another_s_name(field: Field) -> str:
    async with field.region() as world:
        sent = await rewrap(
            world, await world.seal(world.certificate()), sender=str(world.vn.gateway)
        )
        await world.hand_in("TH", sent.outbound.message.octets)
        return await _buried_at_the_router(world)


@BOOK.tell(
    "A member makes a receipt of the router's and sends it to another.",
    by=Side.MEMBER,
    gain="A sender that believes that its message is on its way.",
    meets="routing.not_routed",
    noticed_by=_ROUTER,
)
async def a_receipt_in_the_router_s_name(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        message = sent.outbound.message
        receipt = receipt_relay(
            judge_relay(
                message_id=message.message_id, message_digest=message.digest, at=world.clock.now()
            )
        )
        route = route_to_gateway(
            PartyId(REGION, ROUTER),
            world.vn.gateway,
            environment=Environment.TEST,
            conversation_id=sent.document.conversation_id,
            correlation=message.message_id,
        )
        forged = await world.sealer("TH").seal(receipt, replace(route, sender=world.th.gateway))
        await world.hand_in("TH", forged.outbound.message.octets)
        return await _buried_at_the_router(world)


# --- answers and acknowledgements --------------------------------------------------------------


@BOOK.tell(
    "A third state acknowledges what was sent to another.",
    by=Side.MEMBER,
    gain="A sender that believes that its message arrived.",
    meets="receive.foreign_acknowledgement",
    noticed_by="the gateway that sent",
)
async def an_acknowledgement_by_a_third_state(field: Field) -> str:
    async with field.region(extra_states=["MY"]) as world:
        sent = await world.seal(
            _for_malaysia(world),
            receiving_party=PartyId("MY", CUSTOMS),
            receiver=PartyId("MY", GATEWAY),
        )
        await world.keep("TH", sent)
        await world.hand_to("TH", await _acknowledge(world, "VN", sent))
        assert await world.th.facts(sent.document.document_id) == {}
        return await _buried(world, "TH")


@BOOK.tell(
    "A gateway acknowledges a message that was never sent.",
    by=Side.MEMBER,
    gain="A false fact in another's register.",
    meets="receive.unknown_message",
    noticed_by="the gateway that is said to have sent",
)
async def an_acknowledgement_of_nothing(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        await world.hand_to("TH", await _acknowledge(world, "VN", sent, message_id=new_id()))
        return await _buried(world, "TH")


@BOOK.tell(
    "A gateway acknowledges another content than it got, under the id of the true message.",
    by=Side.MEMBER,
    gain="A receipt for something else, to be shown in a dispute.",
    meets="receive.unknown_message",
    noticed_by="the gateway that sent",
)
async def an_acknowledgement_of_another_content(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        other = "sha-256:" + "0" * 64
        await world.hand_to("TH", await _acknowledge(world, "VN", sent, digest=other))
        return await _buried(world, "TH")


@BOOK.tell(
    "Customs of a state that a certificate was not for decides on it.",
    by=Side.MEMBER,
    gain="A refusal of preference by somebody who has no say.",
    meets="receive.unknown_certificate",
    noticed_by="the gateway that sent the certificate",
)
async def an_answer_for_another_s_document(field: Field) -> str:
    pairs = [("TH", "VN"), ("TH", "MY")]
    async with field.region(pairs=pairs, extra_states=["MY"]) as world:
        certificate = world.certificate()
        sent = await world.seal(certificate)
        await world.keep("TH", sent)
        _, response = world.answers(certificate)
        answer = await world.sealer("MY").seal(response, _answering(sent, state="MY"))
        await world.hand_to("TH", answer.outbound.message.octets)
        assert await world.th.facts(sent.document.document_id) == {}
        return await _buried(world, "TH")


@BOOK.tell(
    "A decision on one certificate names another one as what it answers.",
    by=Side.MEMBER,
    gain="A decision that stands at the wrong certificate.",
    meets="receive.unknown_certificate",
    noticed_by="the gateway that sent the certificate",
)
async def an_answer_at_the_wrong_certificate(field: Field) -> str:
    async with field.region() as world:
        certificate, other = world.certificate(), world.certificate()
        sent = await world.seal(certificate)
        await world.keep("TH", sent)
        await world.keep("TH", await world.seal(other))
        _, response = world.answers(other)
        answer = await world.sealer("VN").seal(response, _answering(sent))
        await world.hand_to("TH", answer.outbound.message.octets)
        assert await world.th.facts(sent.document.document_id) == {}
        return await _buried(world, "TH")


@BOOK.tell(
    "A binding decision is sent on a certificate that was exchanged in parallel, to try things "
    "out.",
    by=Side.MEMBER,
    gain="A decision that binds, on a document that never did.",
    meets="receive.other_environment",
    noticed_by="the gateway that sent the certificate",
)
async def an_answer_that_makes_a_trial_binding(field: Field) -> str:
    production, parallel = Environment.PRODUCTION, Environment.PARALLEL
    async with field.region(environment=production) as world:
        certificate = world.certificate()
        sent = await world.seal(certificate, environment=parallel)
        await world.keep("TH", sent)
        _, response = world.answers(certificate)
        answer = await world.sealer("VN").seal(response, _answering(sent, environment=production))
        await world.hand_to("TH", answer.outbound.message.octets)
        assert await world.th.facts(sent.document.document_id) == {}
        return await _buried(world, "TH")


# --- once more, or something else under the same name ------------------------------------------


@BOOK.tell(
    "The same true message is sent fifty times more.",
    by=Side.MEMBER,
    gain="Fifty certificates out of one, or a gateway that is busy with one message.",
    meets=_REPEAT,
    noticed_by=f"{_ROUTER} and {_GATEWAY}",
)
async def a_replay_inside_the_window(field: Field) -> str:
    async with field.region() as world:
        await world.th.issue(world.certificate())
        await world.carry()
        (message,) = await world.th.sent("CertificateIssue")
        for _ in range(50):
            await world.hand_in("TH", message.octets)
            await world.hand_to("VN", message.octets)
        await world.carry()
        taken = (_delivered(world, "VN"), len(await world.vn.received("CertificateIssue")))
        return _REPEAT if taken == (1, 1) else f"taken {taken} times"


@BOOK.tell(
    "A true message is kept, and sent again when nobody remembers its id.",
    by=Side.MEMBER,
    gain="A certificate that arrives a second time.",
    meets="message.expired",
    noticed_by=f"{_ROUTER} and {_GATEWAY}",
)
async def a_replay_after_the_window(field: Field) -> str:
    async with field.region() as world:
        await world.th.issue(world.certificate())
        await world.carry()
        (message,) = await world.th.sent("CertificateIssue")
        world.clock.turn(timedelta(days=31))
        await world.hand_in("TH", message.octets)
        await world.hand_to("VN", message.octets)
        met = {await _buried_at_the_router(world), await _buried(world, "VN")}
        (only,) = met
        return only


@BOOK.tell(
    "A second message goes under the id of the first, with another certificate in it.",
    by=Side.MEMBER,
    gain="A receipt for one message that seems to be for the other.",
    meets="message.conflict",
    noticed_by=f"{_ROUTER}, and {_GATEWAY} where it comes by another way",
)
async def an_id_that_is_used_twice(field: Field) -> str:
    async with field.region() as world:
        first = await world.seal(world.certificate())
        second = await world.seal(world.certificate())
        clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
        for message in (first, clash):
            await world.hand_in("TH", message.outbound.message.octets)
            await world.hand_to("VN", message.outbound.message.octets)
        (only,) = {await _buried_at_the_router(world), await _buried(world, "VN")}
        return only


@BOOK.tell(
    "A second certificate goes under the document id of the first, which customs already has.",
    by=Side.MEMBER,
    gain="A certificate that changes after it was received.",
    meets="document.conflict",
    noticed_by=_GATEWAY,
)
async def a_document_id_that_is_used_twice(field: Field) -> str:
    async with field.region() as world:
        first = await world.seal(world.certificate())
        again = world.sealer("TH", new_ids=[first.document.document_id])
        second = await world.seal(world.certificate(), sealer=again)
        for sent in (first, second):
            await world.hand_to("VN", sent.outbound.message.octets)
        kept = await world.vn.store.find_document(first.document.document_id)
        assert kept is not None
        assert kept.octets == first.document.octets
        return await _buried(world, "VN")


@BOOK.tell(
    "A message claims to be a retransmission that the receiver asked for, and names one that "
    "brought another document.",
    by=Side.MEMBER,
    gain="A certificate that is handed over to customs a second time.",
    meets="receive.unknown_retransmission",
    noticed_by=_GATEWAY,
)
async def a_retransmission_that_nobody_asked_for(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        other = await world.seal(world.certificate())
        for each in (sent, other):
            await world.hand_to("VN", each.outbound.message.octets)
        named = other.outbound.message.message_id
        again = await rewrap(world, sent, message_id=new_id(), retransmission_of=named)
        await world.hand_to("VN", again.outbound.message.octets)
        return await _buried(world, "VN")


@BOOK.tell(
    "A recipient passes a certificate on to a third state in a message of its own, which it may "
    "truly sign.",
    by=Side.MEMBER,
    gain="A certificate that counts in two states.",
    meets="layers.disagree",
    noticed_by="the gateway of the third state",
)
async def a_document_that_is_passed_on_to_a_third_state(field: Field) -> str:
    async with field.region(extra_states=["MY"]) as world:
        sent = await world.seal(world.certificate())
        message = sent.outbound.message
        await world.hand_to("VN", message.octets)
        header = MessageHeader(
            message_id=new_id(),
            message_type=message.message_type,
            message_type_version="1.0",
            sender=str(PartyId("VN", GATEWAY)),
            receiver=str(PartyId("MY", GATEWAY)),
            created_at=world.clock.now(),
            expires_at=message.expires_at,
            environment=Environment.TEST,
            conversation_id=sent.document.conversation_id,
            document_id=sent.document.document_id,
        )
        signer = load_signers(world.keys, "VN")[Purpose.TRANSPORT]
        unsigned = prepare_message(
            header, ClearBody(sent.document.octets), certificate=signer.certificate
        )
        octets = unsigned.attach(await signer.sign(unsigned.to_be_signed))
        bundle, at = await world.trust.fetch(), world.clock.now()
        outer = verify_message(octets, trust=bundle, at=at, receiver=PartyId("MY", GATEWAY))
        try:
            verify_delivery(outer, trust=bundle, at=at, decryption_keys={})
        except RefusedError as refusal:
            return refusal.code
        return ACCEPTED


# --- beyond what was agreed --------------------------------------------------------------------


@BOOK.tell(
    "A gateway sends in clear what the terms of the connection protect.",
    by=Side.MEMBER,
    gain="A router that reads a trade secret.",
    meets="connection.protection",
    noticed_by=_GATEWAY,
)
async def a_clear_body_where_it_must_be_protected(field: Field) -> str:
    async with field.region(protect=True) as world:
        sent = await world.seal(world.certificate(), protect=False)
        await world.hand_to("VN", sent.outbound.message.octets)
        return await _buried(world, "VN")


@BOOK.tell(
    "A certificate is sealed under another agreement, whose terms were never agreed on with this "
    "state.",
    by=Side.MEMBER,
    gain="Weaker terms, by the sender's choice.",
    meets="connection.none",
    noticed_by=_GATEWAY,
)
async def a_weaker_agreement(field: Field) -> str:
    async with field.region() as world:
        other = world.certificate().model_copy(update={"agreement": "AANZFTA"})
        sent = await world.seal(other)
        await world.hand_to("VN", sent.outbound.message.octets)
        return await _buried(world, "VN")


@BOOK.tell(
    "A member sends to a state with which it has no connection.",
    by=Side.MEMBER,
    gain="Documents where nobody agreed to receive any.",
    meets="connection.none",
    noticed_by=_ROUTER,
)
async def a_state_that_is_not_connected(field: Field) -> str:
    async with field.region(extra_states=["MY"]) as world:
        sent = await world.seal(
            _for_malaysia(world),
            receiving_party=PartyId("MY", CUSTOMS),
            receiver=PartyId("MY", GATEWAY),
        )
        await world.hand_in("TH", sent.outbound.message.octets)
        return await _buried_at_the_router(world)


@BOOK.tell(
    "A certificate that was made for trying out is sent over a connection that is live.",
    by=Side.MEMBER,
    gain="A trial that customs takes for a certificate.",
    meets="connection.environment",
    noticed_by=_ROUTER,
)
async def a_trial_on_a_live_connection(field: Field) -> str:
    async with field.region(environment=Environment.PRODUCTION) as world:
        sent = await world.seal(world.certificate(), environment=Environment.PARALLEL)
        await world.hand_in("TH", sent.outbound.message.octets)
        return await _buried_at_the_router(world)


@BOOK.tell(
    "A message of the test environment, with true test keys, is put into the production line.",
    by=Side.MEMBER,
    gain="A certificate by keys that nobody guarded.",
    meets="environment.wrong",
    noticed_by=f"{_ROUTER} and {_GATEWAY}",
)
async def a_test_message_in_production(field: Field) -> str:
    async with field.region(environment=Environment.PRODUCTION) as world:
        sent = await world.seal(world.certificate(), environment=Environment.TEST)
        await world.hand_in("TH", sent.outbound.message.octets)
        await world.hand_to("VN", sent.outbound.message.octets)
        (only,) = {await _buried_at_the_router(world), await _buried(world, "VN")}
        return only


@BOOK.tell(
    "A member sends to itself, to make its register say that something arrived.",
    by=Side.MEMBER,
    gain="A receipt by the region for a document that went nowhere.",
    meets="connection.none",
    noticed_by=_ROUTER,
)
async def a_message_to_oneself(field: Field) -> str:
    async with field.region(pairs=_BOTH_WAYS) as world:
        sent = await rewrap(
            world, await world.seal(world.certificate()), receiver=str(world.th.gateway)
        )
        await world.hand_in("TH", sent.outbound.message.octets)
        return await _buried_at_the_router(world)


# --- at the edge -------------------------------------------------------------------------------


@BOOK.tell(
    "A member goes to another's line on RabbitMQ with its own name and password: to listen to the "
    "other's inbox, and to send by the other's line.",
    by=Side.MEMBER,
    gain="Every message to another state, or messages by another's line.",
    meets="transport.topology",
    noticed_by="RabbitMQ, at the first step",
)
def another_s_inbox(field: Field) -> str:
    assert field.rabbitmq is not None
    return asyncio.run(_listen_to(field.rabbitmq(), own="YY", other="YX"))


async def _listen_to(node: PrivateNode, *, own: str, other: str) -> str:
    await node.add_vhosts(vhost_name(own), vhost_name(other))
    await apply_topology(amqp_url=node.amqp_url(), members=[own, other])
    member, _ = build_permissions(own)
    name, vhost = f"member-{own}", vhost_name(own)
    await node.ctl("add_user", name, "pass-word")
    allowed = (member.configure, member.write, member.read)
    await node.ctl("set_permissions", "-p", vhost, name, *allowed)
    met = {}
    for line in (own, other):
        url = f"amqp://{name}:pass-word@127.0.0.1:{node.port}/{vhost_name(line)}"
        transport = RabbitTransport(url=url, line=line, end=LineEnd.MEMBER)
        try:
            await transport.open()
            met[line] = ACCEPTED
        except UnavailableError as error:
            met[line] = error.code if "closed to this user" in error.message else error.message
        finally:
            await transport.close()
    assert met[own] == ACCEPTED
    return met[other]
