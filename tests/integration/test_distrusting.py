"""A key is stolen, and a gateway acts before the state's next list comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileDistrustRegister
from swb.core.lifecycle import Fact, judge_status
from swb.services.distrusting import DistrustService
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.core.distrust import DistrustStatement
    from swb.services.distrusting import Survey
    from tests.integration.world import World

HOUR = timedelta(hours=1)


class Operator:
    """Whoever runs the gateway of Viet Nam.

    Args:
        world: The region.
        stamped: By document, when it was time-stamped.
    """

    def __init__(self, world: World, stamped: Mapping[str, datetime] | None = None) -> None:
        self._world = world
        self._stamped = stamped or {}
        self.service = DistrustService(
            trust=world.trust,
            register=FileDistrustRegister(world.folder / "distrust"),
            store=world.vn.store,
            find_proof=self._find_proof,
            clock=world.clock,
        )

    async def _find_proof(self, document_id: str) -> datetime | None:
        return self._stamped.get(document_id)

    async def survey(self, since: datetime, purpose: Purpose | None = None) -> Survey:
        return await self.service.survey(state="TH", party=None, purpose=purpose, since=since)

    async def state(
        self, since: datetime, purpose: Purpose | None = Purpose.ISSUING_SEAL
    ) -> DistrustStatement:
        survey = await self.survey(since, purpose)
        return await self.service.state(
            survey, member="TH", purpose=purpose, since=since, reason="a call"
        )


async def deliver(world: World) -> str:
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    return document_id


async def receive(world: World) -> str:
    """Have a certificate arrive that its single window has not got yet."""
    document_id = await world.th.issue(world.certificate())
    await world.th.dispatching.dispatch_due()
    await world.drained()
    await world.router_dispatching.dispatch_due()
    await world.drained()
    assert Fact.AS3 not in await world.vn.facts(document_id)
    return document_id


async def status(world: World, document_id: str) -> Fact | None:
    events = await world.vn.store.list_events(document_id)
    return judge_status((Fact(each.name), each.revision) for each in events)


async def test_what_was_delivered_is_marked_and_released(world: World) -> None:
    document_id = await deliver(world)
    operator = Operator(world)
    before = await status(world, document_id)
    statement = await operator.state(world.clock.now() - HOUR)
    assert await status(world, document_id) is Fact.QUARANTINED
    assert (await world.vn.facts(document_id))[Fact.QUARANTINED] == "certificate.compromised"
    lifted, released = await operator.service.lift(statement.number)
    assert lifted.lifted_at is not None
    assert released == 1
    assert await status(world, document_id) is before


async def test_what_waits_for_the_single_window_is_held_for_a_person(world: World) -> None:
    document_id = await receive(world)
    await Operator(world).state(world.clock.now() - HOUR)
    await world.vn.delivering.deliver_due()
    assert Fact.AS3 not in await world.vn.facts(document_id)
    assert not list((world.vn.drop / "out").iterdir())
    counts = await world.vn.store.count()
    assert (counts.deliveries, counts.parked) == (0, 1)


async def test_what_was_here_before_the_theft_is_delivered(world: World) -> None:
    document_id = await receive(world)
    world.clock.turn(HOUR)
    await Operator(world).state(world.clock.now() - HOUR / 2)
    await world.vn.delivering.deliver_due()
    assert Fact.AS3 in await world.vn.facts(document_id)


async def test_what_comes_afterwards_is_refused(world: World) -> None:
    await Operator(world).state(world.clock.now())
    world.clock.turn(timedelta(minutes=1))
    document_id = await deliver(world)
    assert (await world.vn.buried())[0] == "certificate.compromised"
    assert Fact.AS3 not in await world.th.facts(document_id)
    assert Fact.REFUSED in await world.th.facts(document_id)


async def test_three_kinds_are_told_apart(world: World) -> None:
    """Sealed since; older by its own word, and not proven; proven to be older, by either proof."""
    early = await deliver(world)
    world.clock.turn(2 * HOUR)
    since = world.clock.now()
    # Sealed an hour ago, says the seal; it came only now.
    stamped, unproven = [await world.th.issue(world.certificate()) for _ in range(2)]
    world.clock.turn(HOUR)
    await world.carry()
    after = await deliver(world)
    since += HOUR / 2
    # A stamp that came after the theft takes nothing from what was here before it.
    stamps = {stamped: since - timedelta(minutes=1), early: since + timedelta(minutes=1)}
    operator = Operator(world, stamps)
    found = await operator.survey(since, Purpose.ISSUING_SEAL)
    assert [each.record.document_id for each in found.after] == [after]
    assert [each.record.document_id for each in found.unproven] == [unproven]
    proven = {each.record.document_id: each.proof for each in found.proven}
    assert proven == {early: "own record", stamped: "time-stamp"}
    assert await status(world, after) is not Fact.QUARANTINED, "a survey changes nothing"
    statement = await operator.service.state(
        found, member="TH", purpose=Purpose.ISSUING_SEAL, since=since, reason="a call"
    )
    marked = {each: await status(world, each) for each in (early, stamped, unproven, after)}
    assert [name for name, fact in marked.items() if fact is Fact.QUARANTINED] == [unproven, after]
    assert len(statement.certificates) == 1


async def test_every_purpose_finds_the_acknowledgements_too(world: World) -> None:
    document_id = await deliver(world)
    found = await Operator(world).survey(world.clock.now() - HOUR)
    kinds = {each.record.message_type for each in found.after}
    assert kinds >= {"CertificateIssue"}
    assert document_id in {each.record.document_id for each in found.after}
    assert {each.purpose for each in found.certificates} >= {
        Purpose.ISSUING_SEAL,
        Purpose.TRANSPORT,
        Purpose.DECRYPTION,
    }


async def test_nobody_can_be_distrusted_who_is_not_listed(world: World) -> None:
    with pytest.raises(RefusedError) as refused:
        await Operator(world).service.survey(
            state="XX", party=None, purpose=None, since=world.clock.now()
        )
    assert refused.value.code == "trust.unknown_member"


async def test_a_party_can_be_distrusted_by_itself(world: World) -> None:
    party = parse_party_id("urn:swb:party:TH:customs")
    found = await Operator(world).service.survey(
        state="TH", party=party, purpose=None, since=world.clock.now()
    )
    assert {each.party for each in found.certificates} == {str(party)}


async def test_two_statements_hold_until_both_are_lifted(world: World) -> None:
    document_id = await deliver(world)
    operator = Operator(world)
    first, second = [await operator.state(world.clock.now() - HOUR) for _ in range(2)]
    await operator.service.lift(first.number)
    assert await status(world, document_id) is Fact.QUARANTINED
    await operator.service.lift(second.number)
    assert await status(world, document_id) is not Fact.QUARANTINED


async def test_the_same_statement_is_not_made_twice(world: World) -> None:
    operator = Operator(world)
    since = world.clock.now() - HOUR
    survey = await operator.survey(since, Purpose.ISSUING_SEAL)
    stated = await operator.state(since)
    seal = Purpose.ISSUING_SEAL
    with pytest.raises(RefusedError, match="statement 1 says the same") as told:
        await operator.service.check_new(survey, member="TH", purpose=seal, since=since)
    assert told.value.code == "trust.stated"
    await operator.service.check_new(survey, member="TH", purpose=seal, since=since - HOUR)
    await operator.service.lift(stated.number)
    await operator.service.check_new(survey, member="TH", purpose=seal, since=since)
