"""Before and after a revocation: a road on which every certificate needs an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509

from swb.backends.files import FolderAnswerCache
from swb.core.lifecycle import Fact
from swb.core.revocation import Asking
from swb.services.revocation import RevocationService
from swb.simulator.revoking import SimulatedRevocationAuthority, load_revocation_authority
from swb_schemas.catalogue import Purpose
from swb_schemas.documents import TransportAck
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.evidence import verify_container
from swb_schemas.parties import REGION
from swb_schemas.wire import verify_sealed
from swb_schemas.wire.revocation import RevocationPolicy, Sources
from tests.integration.evidencing import open_desk
from tests.integration.opening import open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.ports import TrustSource
    from tests.integration.world import Clock, World

HOUR: Final = timedelta(hours=1)
STATES: Final = ("TH", "VN", REGION)


class Network:
    """`AnswerFetcher` that reaches every state's authority, until it is down."""

    def __init__(self) -> None:
        self.authorities: dict[str, SimulatedRevocationAuthority] = {}
        self.down = False

    async def fetch_crl(self, url: str) -> bytes:
        return self._reach(url).make_list()

    async def fetch_ocsp(self, url: str, request: bytes) -> bytes:
        return self._reach(url).answer(request)

    def _reach(self, url: str) -> SimulatedRevocationAuthority:
        if self.down:
            raise UnavailableError("revocation.unreachable", "expected an answer, found silence")
        return self.authorities[url.split("/")[2]]


class Road:
    """A region in which certificates need an answer."""

    def __init__(self) -> None:
        self.network = Network()
        self.service: RevocationService
        self.world: World

    def check(self, folder: Path, trust: TrustSource, clock: Clock) -> RevocationService:
        """Put the service before the bundle."""
        self.service = RevocationService(
            trust=trust,
            fetcher=self.network,
            cache=FolderAnswerCache(folder),
            clock=clock,
            jitter=lambda: 0.0,
            asking=Asking.REQUIRE,
            policy=RevocationPolicy(),
            refresh_every=HOUR,
            named_in_certificates=True,
        )
        return self.service

    def revoke(self, state: str, purpose: Purpose) -> None:
        pem = self.world.keys.certificate(state, purpose).read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        reason = x509.ReasonFlags.key_compromise
        self.network.authorities[state].revoke(certificate, reason=reason)

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass and what is due be asked."""
        self.world.clock.turn(by)
        await self.service.refresh_due()


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    road = Road()
    async with open_world(
        tmp_path,
        sources={each: Sources(ocsp=(f"http://{each}/ocsp",)) for each in STATES},
        checked=lambda trust, clock: road.check(tmp_path / "answers", trust, clock),
    ) as world:
        road.world = world
        for state in STATES:
            root = world.keys.directory / "keys" / state / "root.pem"
            road.network.authorities[state] = load_revocation_authority(
                world.keys.roots[state], root, now=world.clock.now
            )
        await road.service.refresh_due()
        yield road


async def test_nothing_is_delayed_while_everybody_answers(road: Road) -> None:
    document = await road.world.th.issue(road.world.certificate())
    await road.world.carry()
    facts = await road.world.th.facts(document)
    assert facts[Fact.AS3] == ""
    assert Fact.REFUSED not in facts


async def test_what_was_sealed_before_and_arrives_after_is_refused_and_its_sender_is_told(
    road: Road,
) -> None:
    """Its seal proves nothing of its own age: who has the key now could have dated it back."""
    world = road.world
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    await road.pass_time(HOUR)
    road.revoke("TH", Purpose.ISSUING_SEAL)
    await road.pass_time(HOUR)

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["certificate.revoked"]
    (ack,) = await world.vn.sent("TransportAck")
    opened = await world.open_delivery("TH", ack.octets)
    assert isinstance(opened.sealed.document, TransportAck)
    (judged,) = opened.sealed.document.acknowledged
    assert (judged.outcome, judged.code) == (Outcome.REFUSED, "certificate.revoked")
    facts = await world.th.facts(sent.document.document_id)
    assert facts[Fact.REFUSED] == "certificate.revoked"


async def test_what_was_received_before_stays_as_it_is(road: Road) -> None:
    document = await road.world.th.issue(road.world.certificate())
    await road.world.carry()
    road.revoke("TH", Purpose.ISSUING_SEAL)
    road.revoke("TH", Purpose.TRANSPORT)
    await road.pass_time(HOUR)
    await road.world.carry()
    facts = await road.world.th.facts(document)
    assert Fact.AS3 in facts
    assert Fact.REFUSED not in facts


async def test_an_outage_holds_what_comes_and_lets_it_pass_when_it_is_over(road: Road) -> None:
    world = road.world
    road.network.down = True
    await road.pass_time(2 * HOUR)
    document = await world.th.issue(world.certificate())
    await world.carry()
    assert (await world.router_store.count()).held == 1
    assert await world.th.facts(document) == {Fact.AS1: ""}

    road.network.down = False
    await road.pass_time(timedelta(minutes=10))
    await world.carry()

    facts = await world.th.facts(document)
    assert facts[Fact.AS3] == ""
    assert (await world.router_store.count()).held == 0
    assert await world.router_store.list_buried() == []


async def test_an_outage_holds_what_comes_and_a_revocation_refuses_it_when_it_is_over(
    road: Road,
) -> None:
    world = road.world
    road.network.down = True
    await road.pass_time(2 * HOUR)
    document = await world.th.issue(world.certificate())
    await world.carry()
    assert (await world.router_store.count()).held == 1

    road.revoke("TH", Purpose.TRANSPORT)
    road.network.down = False
    await road.pass_time(timedelta(minutes=10))
    await world.carry()

    assert [each.code for each in await world.router_store.list_buried()] == ["certificate.revoked"]
    assert (await world.router_store.count()).held == 0
    facts = await world.th.facts(document)
    assert facts == {Fact.AS1: ""}, "whose transport key is revoked is not authenticated"
    assert await world.vn.received("CertificateIssue") == []


async def test_a_receiver_holds_what_the_router_let_pass_before_the_outage(road: Road) -> None:
    world = road.world
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    road.network.down = True
    await road.pass_time(2 * HOUR)
    await world.hand_to("VN", sent.outbound.message.octets)
    assert (await world.vn.store.count()).held == 1
    road.network.down = False
    await road.pass_time(timedelta(minutes=10))
    await world.carry()
    assert Fact.AS3 in await world.th.facts(sent.document.document_id)


async def test_evidence_of_before_the_revocation_saves_a_seal_and_later_evidence_does_not(
    road: Road,
) -> None:
    world = road.world
    sent = await world.seal(world.certificate())
    sealed_at = world.clock.now()
    await road.pass_time(HOUR)
    road.revoke("TH", Purpose.ISSUING_SEAL)
    await road.pass_time(HOUR)
    bundle = await road.service.fetch()
    octets = sent.document.octets
    stamped_at = sealed_at + timedelta(minutes=1)
    kept = verify_sealed(octets, trust=bundle, at=world.clock.now(), proven_at=stamped_at)
    assert kept.header.document_id == sent.document.document_id
    for proven_at in (None, sealed_at + HOUR, world.clock.now()):
        with pytest.raises(RefusedError) as caught:
            verify_sealed(octets, trust=bundle, at=world.clock.now(), proven_at=proven_at)
        assert caught.value.code == "certificate.revoked"


async def test_a_container_proves_that_a_seal_is_older_than_the_revocation(road: Road) -> None:
    """An auditor with a bundle that knows of no revocation learns of it from the container."""
    world = road.world
    before = await world.th.issue(world.certificate())
    await world.carry()
    async with open_desk(world, "VN") as desk:
        desk.revocation = road.service
        await desk.stamping().stamp_due()
        after = await world.seal(world.certificate())
        await world.keep("TH", after)
        await world.hand_to("VN", after.outbound.message.octets)
        await road.pass_time(HOUR)
        road.revoke("TH", Purpose.ISSUING_SEAL)
        await road.pass_time(HOUR)
        await desk.stamping().stamp_due()
        old = await desk.export(before)
        new = await desk.export(after.document.document_id)
    trust = world.keys.bundle.read_bytes()
    later = world.clock.now() + 24 * HOUR
    assert verify_container(old, trust=trust, at=later).error is None
    refused = verify_container(new, trust=trust, at=later).error
    assert refused is not None
    assert refused.code == "certificate.revoked"
