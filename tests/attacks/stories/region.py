"""The router and the region: they hold everything in their hands, and can only delay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.files import FileConnectionSource
from swb.core.lifecycle import Fact, judge_status
from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb.services.receive import ReceiveService
from swb.services.sealing import Route, Sealer, route_to_gateway
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.verification import VerificationPolicy, verify_delivery, verify_message
from tests.attacks import reading
from tests.attacks.story import Book, Side
from tests.integration.opening import write_connections
from tests.integration.world import load_agreements, load_opening, load_signers
from tests.vectors import documents
from tests.vectors.positive import sealed_certificate
from tests.vectors.tampering import resign_sealed
from tests.vectors.world import holder, message_header, seal_header, wrap

if TYPE_CHECKING:
    from swb.services.sealing import Sent
    from swb_schemas.documents import Document
    from tests.attacks.story import Field
    from tests.integration.world import World

__all__ = ["BOOK"]

BOOK: Final = Book("Router and region")

_GATEWAY: Final = "the gateway that it comes to"
_ROUTER: Final = PartyId(REGION, ROUTER)


async def _hand_over(world: World, octets: bytes, state: str = "VN") -> str:
    """Have the router put octets into a member's inbox; returns how the member buried them."""
    await world.hand_to(state, octets)
    (only,) = await world.members[state].buried()
    return only


def _receipt_route(sent: Sent) -> Route:
    message = sent.outbound.message
    return route_to_gateway(
        _ROUTER,
        parse_party_id(message.sender),
        environment=Environment.TEST,
        conversation_id=sent.document.conversation_id,
        correlation=message.message_id,
    )


async def _sealed_by_the_router(world: World, document: Document, route: Route) -> bytes:
    return (await world.router_sealer.seal(document, route)).outbound.message.octets


# --- what it does with messages of others ------------------------------------------------------


@BOOK.tell(
    "The router reads what it carries: it tries all its keys on a protected body, and searches its "
    "whole store for what stands in the certificate.",
    by=Side.ROUTER,
    gain="Every trader's prices and customers.",
    meets="encryption.key_missing",
    noticed_by="nobody has to: there is nothing that it can read",
)
async def a_router_that_reads(field: Field) -> str:
    async with field.region(protect=True) as world:
        certificate = world.certificate()
        await world.th.issue(certificate)
        await world.carry()
        (message,) = await world.th.sent("CertificateIssue")
        stored = b"".join(file.read_bytes() for file in world.folder.glob("store-router.db*"))
        assert message.message_id.encode() in stored
        for told in (certificate.exporter.name, certificate.reference_number):
            assert told.encode() not in stored
        bundle, at = await world.trust.fetch(), world.clock.now()
        outer = verify_message(message.octets, trust=bundle, at=at, receiver=None)
        try:
            verify_delivery(
                outer, trust=bundle, at=at, decryption_keys=load_opening(world.keys, "TH")
            )
        except (RefusedError, UndeterminedError) as error:
            return error.code
        return reading.ACCEPTED


@BOOK.tell(
    "The router changes one digit of a message.",
    by=Side.ROUTER,
    gain="A certificate that says something else.",
    meets="signature.content_digest",
    noticed_by=_GATEWAY,
)
async def a_router_that_alters(field: Field) -> str:
    async with field.region() as world:
        octets = (await world.seal(world.certificate())).outbound.message.octets
        start = octets.index(b"<Content>") + 2000
        other = b"A" if octets[start : start + 1] != b"A" else b"B"
        return await _hand_over(world, octets[:start] + other + octets[start + 1 :])


@BOOK.tell(
    "The router writes another receiver into a message.",
    by=Side.ROUTER,
    gain="A certificate in a state that it was not for.",
    meets="signature.content_digest",
    noticed_by=_GATEWAY,
)
async def a_router_that_re_addresses(field: Field) -> str:
    async with field.region() as world:
        octets = (await world.seal(world.certificate())).outbound.message.octets
        turned = octets.replace(b"urn:swb:party:VN:gateway", b"urn:swb:party:TH:gateway")
        return await _hand_over(world, turned, "TH")


@BOOK.tell(
    "The router hands a message, unchanged, to another member.",
    by=Side.ROUTER,
    gain="A member that reads another's certificates.",
    meets="message.misaddressed",
    noticed_by=_GATEWAY,
)
async def a_router_that_delivers_elsewhere(field: Field) -> str:
    async with field.region() as world:
        octets = (await world.seal(world.certificate())).outbound.message.octets
        return await _hand_over(world, octets, "TH")


@BOOK.tell(
    "The router keeps a message until it does not count any more.",
    by=Side.ROUTER,
    gain="A certificate that comes when the goods have long been taxed.",
    meets="message.expired",
    noticed_by="the gateway that it comes to; the sender waits for AS2 meanwhile and sees it",
)
async def a_router_that_delays(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        world.clock.turn(timedelta(days=31))
        return await _hand_over(world, sent.outbound.message.octets)


@BOOK.tell(
    "The router swallows a message and says nothing.",
    by=Side.ROUTER,
    gain="A certificate that never arrives, without anybody's fault.",
    meets="AS1",
    noticed_by="the sender: its status stays at AS1 and says what it waits for, since when",
)
async def a_router_that_drops(field: Field) -> str:
    async with field.region() as world:
        document_id = await world.th.issue(world.certificate())
        await world.th.dispatching.dispatch_due()
        with closing(sqlite3.connect(world.folder / "store-router.db", timeout=10)) as store:
            await world.drained()
            with store:
                store.execute("DELETE FROM outbox")
        await world.carry()
        assert await world.vn.received("CertificateIssue") == []
        facts = await world.th.facts(document_id)
        return str(judge_status((fact, 0) for fact in facts))


@BOOK.tell(
    "The router swallows a message and gives a receipt for having passed it on.",
    by=Side.ROUTER,
    gain="A sender that blames the other state.",
    meets="RELAYED",
    noticed_by=(
        "the sender: its status stays at RELAYED, never AS2, and the router's signed receipt is "
        "the proof against it"
    ),
)
async def a_router_that_drops_and_denies(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        message = sent.outbound.message
        receipt = receipt_relay(
            judge_relay(
                message_id=message.message_id, message_digest=message.digest, at=world.clock.now()
            )
        )
        octets = await _sealed_by_the_router(world, receipt, _receipt_route(sent))
        await world.hand_to("TH", octets)
        proof = await world.open_delivery("TH", octets)
        assert proof.sealed.signer.party == str(_ROUTER)
        facts = await world.th.facts(sent.document.document_id)
        return str(judge_status((fact, 0) for fact in facts))


@BOOK.tell(
    "The router delivers a message twenty times, and in between others.",
    by=Side.ROUTER,
    gain="Twenty certificates out of one.",
    meets="REPEAT",
    noticed_by=_GATEWAY,
)
async def a_router_that_repeats(field: Field) -> str:
    async with field.region() as world:
        sent = [await world.seal(world.certificate()) for _ in range(3)]
        for _ in range(20):
            for each in sent:
                await world.hand_to("VN", each.outbound.message.octets)
        await world.carry()
        taken = len(await world.vn.received("CertificateIssue"))
        handed = len(list((world.vn.drop / "out").glob("*.CertificateIssue*.xml")))
        return "REPEAT" if (taken, handed) == (3, 3) else f"taken {taken} times"


@BOOK.tell(
    "The router says that it refused a message which it passed on.",
    by=Side.ROUTER,
    gain="A sender that issues the certificate a second time.",
    meets="AS3",
    noticed_by=(
        "the sender: the other gateway's AS3 weighs more, and both signed statements contradict "
        "each other"
    ),
)
async def a_router_that_lies_about_a_refusal(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        message = sent.outbound.message
        lie = receipt_relay(
            judge_relay(
                message_id=message.message_id,
                message_digest=message.digest,
                at=world.clock.now(),
                refusal=RefusedError("message.expired", "it did not"),
            )
        )
        await world.hand_to("VN", message.octets)
        await world.hand_to("TH", await _sealed_by_the_router(world, lie, _receipt_route(sent)))
        await world.carry()
        facts = await world.th.facts(sent.document.document_id)
        assert facts[Fact.REFUSED] == "message.expired"
        return str(judge_status((fact, 0) for fact in facts))


# --- what it says itself -----------------------------------------------------------------------


@BOOK.tell(
    "The router acknowledges the arrival of a message in the name of the receiving gateway.",
    by=Side.ROUTER,
    gain="A sender that believes that its message arrived.",
    meets="party.wrong_role",
    noticed_by="the gateway that sent",
)
async def a_router_that_acknowledges_for_a_gateway(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        message = sent.outbound.message
        ack = acknowledge(
            judge_message(
                hop=Hop.AS2,
                message_id=message.message_id,
                message_digest=message.digest,
                document=None,
                at=world.clock.now(),
            )
        )
        octets = await _sealed_by_the_router(world, ack, _receipt_route(sent))
        met = await _hand_over(world, octets, "TH")
        assert await world.th.facts(sent.document.document_id) == {}
        return met


@BOOK.tell(
    "The router gives a receipt for another content than it got.",
    by=Side.ROUTER,
    gain="A signed statement that something else was sent.",
    meets="receive.unknown_message",
    noticed_by="the gateway that sent",
)
async def a_receipt_for_another_content(field: Field) -> str:
    async with field.region() as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        receipt = receipt_relay(
            judge_relay(
                message_id=sent.outbound.message.message_id,
                message_digest="sha-256:" + "0" * 64,
                at=world.clock.now(),
            )
        )
        octets = await _sealed_by_the_router(world, receipt, _receipt_route(sent))
        return await _hand_over(world, octets, "TH")


def _all_purposes(world: World) -> Sealer:
    """A sealer that uses the router's one sealing key for whatever it likes."""
    own = load_signers(world.keys, REGION)
    seals = dict.fromkeys((Purpose.ISSUING_SEAL, Purpose.CUSTOMS_SEAL), own[Purpose.RECEIPT_SEAL])
    return Sealer(
        signers={**own, **seals},
        trust=world.trust,
        clock=world.clock,
        new_id=world.router_sealer._new_id,  # noqa: SLF001 - the router's own
    )


@BOOK.tell(
    "The router issues a certificate of origin, in its own name.",
    by=Side.ROUTER,
    gain="A certificate of origin by the region.",
    meets="party.wrong_role",
    noticed_by=_GATEWAY,
)
def a_router_that_issues() -> str:
    issuing, own = b">urn:swb:party:TH:issuing<", b">urn:swb:party:REGION:router<"
    by = holder(_ROUTER, Purpose.RECEIPT_SEAL)
    sealed = resign_sealed(sealed_certificate(), (issuing, own), by=by)
    header = message_header(seal_header(documents.certificate()), sender=str(_ROUTER))
    return reading.judge_message(wrap(header, sealed, holder(_ROUTER, Purpose.TRANSPORT)))


@BOOK.tell(
    "The router issues a certificate of origin in the name of a state's authority, and sends it in "
    "the name of that state's gateway.",
    by=Side.ROUTER,
    gain="A certificate of origin that its authority never saw.",
    meets="certificate.unlisted",
    noticed_by=_GATEWAY,
)
async def a_router_that_issues_in_a_state_s_name(field: Field) -> str:
    async with field.region() as world:
        forged = await world.seal(world.certificate(), sealer=_all_purposes(world))
        return await _hand_over(world, forged.outbound.message.octets)


@BOOK.tell(
    "The router sends, in its own name, a certificate of origin that a state's authority truly "
    "sealed, at a time of its choice.",
    by=Side.ROUTER,
    gain="Documents that come by the region's will instead of the state's.",
    meets="layers.disagree",
    noticed_by=_GATEWAY,
)
async def a_router_that_sends_for_a_gateway(field: Field) -> str:
    async with field.region() as world:
        own = load_signers(world.keys, REGION)
        theirs = load_signers(world.keys, "TH")
        mixed = Sealer(
            signers={**theirs, Purpose.TRANSPORT: own[Purpose.TRANSPORT]},
            trust=world.trust,
            clock=world.clock,
            new_id=world.router_sealer._new_id,  # noqa: SLF001 - the router's own
        )
        forged = await world.seal(world.certificate(), sealer=mixed, sender=_ROUTER)
        return await _hand_over(world, forged.outbound.message.octets)


# --- what the region decides -------------------------------------------------------------------


@BOOK.tell(
    "The region connects two states that never agreed on it, and its router lets everything pass.",
    by=Side.REGION,
    gain="A state that receives what it never agreed to receive.",
    meets="connection.none",
    noticed_by=_GATEWAY,
)
async def a_connection_that_the_region_invents(field: Field) -> str:
    async with field.region(pairs=[("TH", "VN")]) as world:
        own = world.folder / "connections-VN.toml"
        write_connections(own, [("VN", "KH")])
        receiving = ReceiveService(
            state="VN",
            environment=Environment.TEST,
            connections=FileConnectionSource(own),
            store=world.vn.store,
            sealer=world.vn.sealer,
            trust=world.trust,
            policy=VerificationPolicy(),
            clock=world.clock,
            decryption_keys=load_agreements(world.keys, "VN"),
        )
        sent = await world.seal(world.certificate())
        await world.routing.judge(sent.outbound.message.octets, "TH")
        try:
            await receiving.judge(sent.outbound.message.octets, "VN")
        except RefusedError as refusal:
            return refusal.code
        return reading.ACCEPTED


@BOOK.tell(
    "The region's router answers for a state's customs and refuses preference.",
    by=Side.REGION,
    gain="Decisions of customs, made by the region.",
    meets="party.wrong_role",
    noticed_by="the gateway that sent the certificate",
)
async def a_region_that_decides_for_customs(field: Field) -> str:
    async with field.region() as world:
        certificate = world.certificate()
        sent = await world.seal(certificate)
        await world.keep("TH", sent)
        _, response = world.answers(certificate)
        route = Route(
            issuing_party=_ROUTER,
            receiving_party=PartyId("TH", "issuing"),
            sender=_ROUTER,
            receiver=PartyId("TH", GATEWAY),
            line="TH",
            environment=Environment.TEST,
            conversation_id=sent.document.conversation_id,
            answers=(sent.document.document_id, sent.document.digest),
        )
        forged = await _all_purposes(world).seal(response, route)
        met = await _hand_over(world, forged.outbound.message.octets, "TH")
        assert await world.th.facts(sent.document.document_id) == {}
        return met
