"""What the state of a connection does to an exchange, and that all three places hold to it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.cli.entry import main
from swb.core.lifecycle import DECISIONS, Fact
from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb.formats import InProcessFormats
from swb.services.sealing import Route, route_to_gateway
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId, parse_party_id
from tests.integration.lookups import count_calls
from tests.integration.opening import open_world, write_connections
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.sealing import Sent
    from swb_adapters.sdk import Reading
    from tests.integration.world import World

BOTH_WAYS = (("TH", "VN"), ("VN", "TH"))


async def refusal(world: World) -> str:
    payload = await world.th.payload(world.certificate())
    with pytest.raises(RefusedError) as failure:
        await world.th.submitting.submit(payload)
    assert await world.th.store.list_documents() == []
    assert await world.th.store.list_messages() == []
    return failure.value.code


async def test_a_parallel_exchange_is_whole_compared_and_binds_nobody(tmp_path: Path) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION, state="PARALLEL") as world:
        certificate = world.certificate()
        document_id = await world.th.issue(certificate)
        with count_calls(type(VIETNAM).from_canonical) as called:
            await world.carry()
        assert called == {"from_canonical": 1}, "what is handed over is what is compared"
        for answer in world.answers(certificate):
            await world.vn.submitting.submit(await world.vn.payload(answer))
        await world.carry()

        facts = await world.th.facts(document_id)
        assert {Fact.AS2, Fact.AS3, Fact.RES_REC} <= set(facts)
        assert set(facts) & DECISIONS
        for member in world.members.values():
            documents = await member.store.list_documents()
            assert {each.environment for each in documents} == {"parallel"}
        assert not list((world.vn.drop / "out").iterdir())
        assert [path.suffix for path in (world.vn.drop / "parallel").iterdir()] == [".xml"]
        compared = await world.vn.facts(document_id)
        assert compared[Fact.COMPARED] == ""


class Careless:
    """The Vietnamese adapter with a fault in reading what it wrote."""

    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault
        self.info = VIETNAM.info
        self.from_canonical = VIETNAM.from_canonical

    def to_canonical(self, raw: bytes) -> Reading:
        if self._fault is not None:
            raise self._fault
        reading = VIETNAM.to_canonical(raw)
        assert isinstance(reading.document, CertificateOfOrigin)
        first, *others = reading.document.items
        changed = first.model_copy(update={"description": "SOMETHING ELSE"})
        document = reading.document.model_copy(update={"items": (changed, *others)})
        return replace(reading, document=document)


@pytest.mark.parametrize(
    ("fault", "code", "detail"),
    [
        (None, "parallel.differs", "CertificateOfOrigin/Item[1]/Description"),
        (RefusedError("adapter.schema", "box 9"), "parallel.unreadable", "adapter.schema: box 9"),
        (KeyError("box 9"), "parallel.unreadable", "KeyError"),
    ],
)
async def test_a_format_that_changes_a_parallel_document_is_reported(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fault: Exception | None,
    code: str,
    detail: str,
) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION, state="PARALLEL") as world:
        good = await world.th.issue(world.certificate())
        await world.carry()
        world.vn.delivering._handing_over._formats = InProcessFormats([Careless(fault)])  # noqa: SLF001 - a faulty format
        bad = await world.th.issue(world.certificate())
        await world.carry()

        events = {
            document_id: [
                (each.code, each.detail)
                for each in await world.vn.store.list_events(document_id)
                if each.name == Fact.COMPARED
            ]
            for document_id in (good, bad)
        }
        assert events == {good: [("", "")], bad: [(code, detail)]}
        assert Fact.AS3 in await world.th.facts(bad)
        assert (await world.vn.store.count()).parked == 0

    # What `swb connections report` makes of it.
    config = tmp_path / "gateway.toml"
    example = (ROOT / "examples" / "region" / "gateway-VN.toml").read_text()
    config.write_text(example.replace("store/VN.db", "store-VN.db"))
    capsys.readouterr()
    await asyncio.to_thread(main, ["connections", "report", "--config", str(config), "--json"])
    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert (pair["from"], pair["to"], pair["documents"], pair["compared"]) == ("TH", "VN", 2, 2)
    assert [each["paths"] for each in pair["differing"]] == [detail]
    await asyncio.to_thread(main, ["connections", "report", "--config", str(config)])
    assert "TH to VN: 2 documents, 2 compared, 1 differ" in capsys.readouterr().out


async def test_a_live_exchange_is_not_compared(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    assert Fact.COMPARED not in await world.vn.facts(document_id)
    assert list((world.vn.drop / "out").iterdir())
    assert not list((world.vn.drop / "parallel").iterdir())


@pytest.mark.parametrize(
    ("state", "environment", "code"),
    [
        ("TEST", Environment.PRODUCTION, "connection.environment"),
        ("TEST", Environment.PARALLEL, "connection.environment"),
        ("LIVE", Environment.PARALLEL, "connection.environment"),
    ],
)
async def test_nothing_is_sealed_for_a_connection_that_takes_nothing(
    tmp_path: Path, state: str, environment: Environment, code: str
) -> None:
    async with open_world(tmp_path, environment=environment, state=state) as world:
        assert await refusal(world) == code


async def test_nothing_is_sealed_for_a_state_that_is_not_connected(tmp_path: Path) -> None:
    async with open_world(tmp_path, pairs=[("VN", "TH")]) as world:
        assert await refusal(world) == "connection.none"


async def test_a_suspension_counts_without_a_restart_and_lets_answers_pass(world: World) -> None:
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    write_connections(world.folder / "connections.toml", BOTH_WAYS, state="SUSPENDED")

    with pytest.raises(UnavailableError) as failure:
        await world.th.submitting.submit(await world.th.payload(world.certificate()))
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    assert failure.value.code == "connection.suspended"
    assert Fact.RES_REC in await world.th.facts(document_id)


@pytest.mark.parametrize("environment", [Environment.TEST, Environment.PRODUCTION])
async def test_a_payload_waits_in_its_folder_until_a_suspension_ends(
    tmp_path: Path, environment: Environment
) -> None:
    async with open_world(tmp_path, environment=environment, state="SUSPENDED") as world:
        inward = world.th.drop / "in" / "form-d.xml"
        inward.write_bytes(await world.th.payload(world.certificate()))
        await world.carry()
        assert inward.exists()
        assert await world.th.store.list_documents() == []

        write_connections(tmp_path / "connections.toml", BOTH_WAYS)
        world.clock.turn(timedelta(minutes=2))
        await world.carry()

        assert not inward.exists()
        (issued,) = await world.vn.received("CertificateIssue")
        assert Fact.AS3 in await world.th.facts(issued.document_id)


async def test_the_router_holds_what_was_sealed_before_a_suspension(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    write_connections(world.folder / "connections.toml", BOTH_WAYS, state="SUSPENDED")

    await world.hand_in("TH", sent.outbound.message.octets)
    await world.carry()
    assert await world.th.facts(sent.document.document_id) == {}
    assert (await world.router_store.count()).held == 1

    write_connections(world.folder / "connections.toml", BOTH_WAYS)
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert (await world.router_store.count()).held == 0
    assert Fact.AS3 in await world.th.facts(sent.document.document_id)


async def test_the_importing_gateway_holds_what_a_router_let_pass_to_a_suspended_connection(
    world: World,
) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    write_connections(world.folder / "connections.toml", BOTH_WAYS, state="SUSPENDED")

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()
    assert (await world.vn.store.count()).held == 1
    assert await world.vn.buried() == []

    write_connections(world.folder / "connections.toml", BOTH_WAYS)
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert Fact.AS3 in await world.th.facts(sent.document.document_id)


async def issued_in_parallel(world: World, certificate: CertificateOfOrigin) -> Sent:
    sent = await world.seal(certificate, environment=Environment.PARALLEL)
    await world.keep("TH", sent)
    return sent


def back(environment: Environment, sent: Sent) -> Route:
    """The way of an answer of customs in VN to a certificate."""
    return Route(
        issuing_party=PartyId("VN", CUSTOMS),
        receiving_party=PartyId("TH", ISSUING),
        sender=PartyId("VN", GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line="VN",
        environment=environment,
        conversation_id=sent.document.conversation_id,
        answers=(sent.document.document_id, sent.document.digest),
    )


@pytest.mark.parametrize("place", [0, 1], ids=["receipt", "response"])
async def test_no_answer_makes_a_parallel_exchange_binding(tmp_path: Path, place: int) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        certificate = world.certificate()
        sent = await issued_in_parallel(world, certificate)
        answer = world.answers(certificate)[place]
        binding = await world.sealer("VN").seal(answer, back(Environment.PRODUCTION, sent))
        await world.hand_to("TH", binding.outbound.message.octets)
        assert await world.th.buried() == ["receive.other_environment"]
        assert await world.th.facts(sent.document.document_id) == {}

        like_it = await world.sealer("VN").seal(answer, back(Environment.PARALLEL, sent))
        await world.hand_to("TH", like_it.outbound.message.octets)
        assert len(await world.th.facts(sent.document.document_id)) == 1


@pytest.mark.parametrize("by", ["gateway", "router"])
async def test_no_acknowledgement_comes_from_another_environment(tmp_path: Path, by: str) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        sent = await issued_in_parallel(world, world.certificate())
        message = sent.outbound.message
        by_router = by == "router"
        receipt = receipt_relay(
            judge_relay(
                message_id=message.message_id, message_digest=message.digest, at=world.clock.now()
            )
        )
        ack = acknowledge(
            judge_message(
                hop=Hop.AS2,
                message_id=message.message_id,
                message_digest=message.digest,
                document=None,
                at=world.clock.now(),
            )
        )
        route = route_to_gateway(
            PartyId(REGION, ROUTER) if by_router else PartyId("VN", GATEWAY),
            parse_party_id(message.sender),
            environment=Environment.PRODUCTION,
            conversation_id=sent.document.conversation_id,
            correlation=message.message_id,
        )
        sealer = world.router_sealer if by_router else world.sealer("VN")
        told = await sealer.seal(receipt if by_router else ack, route)
        await world.hand_to("TH", told.outbound.message.octets)
        assert await world.th.buried() == ["receive.other_environment"]
        assert await world.th.facts(sent.document.document_id) == {}


def protect_only(table: Path, agreement: str) -> None:
    """Connect both ways under two agreements, of which one asks for protected bodies."""
    write_connections(table, BOTH_WAYS)
    lines = table.read_text()
    other = lines.replace('"ATIGA"', '"AANZFTA"')
    if agreement == "ATIGA":
        lines = lines.replace("protected = false", "protected = true")
    else:
        other = other.replace("protected = false", "protected = true")
    table.write_text(other + lines)


@pytest.mark.parametrize("agreement", ["ATIGA", "AANZFTA"])
async def test_an_answer_travels_on_the_terms_of_its_certificate(
    world: World, agreement: str
) -> None:
    protected = agreement == "ATIGA"
    table = world.folder / "connections.toml"
    protect_only(table, agreement)
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    assert Fact.RES_REC in await world.th.facts(document_id)
    for kind in ("CustomsReceipt", "CustomsResponse"):
        (sent,) = await world.vn.sent(kind)
        assert (b"<EncryptedContent" in sent.octets) == protected


async def test_a_clear_answer_is_refused_where_its_certificate_was_protected(
    world: World,
) -> None:
    protect_only(world.folder / "connections.toml", "ATIGA")
    certificate = world.certificate()
    sent = await world.seal(certificate)
    await world.keep("TH", sent)
    _, response = world.answers(certificate)
    clear = await world.sealer("VN").seal(response, back(Environment.TEST, sent))
    await world.hand_to("TH", clear.outbound.message.octets)
    assert await world.th.buried() == ["connection.protection"]


async def test_the_importing_gateway_denies_what_a_router_let_pass(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    write_connections(world.folder / "connections.toml", [("VN", "TH"), ("TH", "KH")])

    await world.hand_to("VN", sent.outbound.message.octets)
    assert await world.vn.buried() == ["connection.none"]


async def test_the_importing_gateway_denies_another_agreement(world: World) -> None:
    other = world.certificate().model_copy(update={"agreement": "AANZFTA"})
    sent = await world.seal(other)
    await world.keep("TH", sent)

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["connection.none"]
    assert (await world.th.facts(sent.document.document_id))[Fact.REFUSED] == "connection.none"


async def test_a_clear_body_is_refused_where_the_terms_protect(tmp_path: Path) -> None:
    async with open_world(tmp_path, protect=True) as world:
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        await world.hand_to("VN", sent.outbound.message.octets)
        assert await world.vn.buried() == ["connection.protection"]


async def test_nothing_is_judged_while_the_table_is_damaged(world: World) -> None:
    table = world.folder / "connections.toml"
    whole = table.read_bytes()
    table.write_bytes(b"[[connection]")
    with pytest.raises(UndeterminedError) as failure:
        await world.th.submitting.submit(await world.th.payload(world.certificate()))
    assert failure.value.code == "connection.unusable"

    sent = await world.seal(world.certificate())
    await world.hand_to("VN", sent.outbound.message.octets)
    assert (await world.vn.store.count()).held == 1

    table.write_bytes(whole)
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert Fact.AS3 in await world.vn.facts(sent.document.document_id)


async def test_terms_bound_the_number_of_items(world: World) -> None:
    table = world.folder / "connections.toml"
    table.write_text(table.read_text().replace("protected = false", "max_items = 1"))
    assert await refusal(world) == "connection.items"


async def test_customs_is_told_where_electronic_signatures_are_not_recognised(
    world: World,
) -> None:
    table = world.folder / "connections.toml"
    terms = table.read_text().replace("protected = false", "electronic_signature = false")
    table.write_text(terms)
    document_id = await world.th.issue(world.certificate())
    await world.carry()

    (advice,) = (world.vn.drop / "out").glob(f"{document_id}.*.advice.json")
    told = json.loads(advice.read_text())
    assert "connection.signature_not_recognised" in {each["code"] for each in told}
    assert Fact.AS3 in await world.vn.facts(document_id)
