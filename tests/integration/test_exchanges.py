"""Cancellation and verification on the whole road, and what the table forbids at either end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.lifecycle import Fact, judge_exchange, judge_status
from swb.services.related import find_related
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsResponse,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.certificate_of_origin import SpecialCases
from swb_schemas.errors import RefusedError
from swb_schemas.exchanges import State
from tests.integration import opening
from tests.integration.test_related import advice, resting_upon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin, Document
    from swb_schemas.exchanges import ExchangeState
    from tests.integration.world import Member, World

REASON: Final = {"code": "ALTERATION", "text": "Particulars changed after issue."}
AFTER_HELD: Final = timedelta(minutes=5)
"""More than a held message waits for."""


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A region whose states speak the canonical documents."""
    monkeypatch.setattr(opening, "ADAPTERS", dict.fromkeys(opening.ADAPTERS, "canonical"))
    async with opening.open_world(tmp_path) as opened:
        yield opened


class Talk:
    """What two sides say of one certificate from TH to VN."""

    def __init__(self, world: World, certificate: CertificateOfOrigin, document_id: str) -> None:
        self.world = world
        self.certificate = certificate
        self.document_id = document_id

    async def say(self, member: Member, model: type[Document], **values: object) -> None:
        """Submit one document at a member."""
        subject = subject_of(self.certificate)
        now = self.world.clock.now().replace(microsecond=0)
        moments = {name: now for name in model.model_fields if name.endswith("ed_at")}
        document = model.model_validate({"subject": subject, "office": "HQ", **moments, **values})
        await member.submitting.submit(await member.payload(document))

    async def cancel(self, number: int = 1, **values: object) -> None:
        await self.say(
            self.world.th, Cancellation, cancellation_number=number, reason=REASON, **values
        )

    async def reply(self, outcome: str, number: int = 1) -> None:
        await self.say(
            self.world.vn, CancellationReply, cancellation_number=number, outcome=outcome
        )

    async def respond(self, decision: str, number: int = 1) -> None:
        _, response = self.world.answers(self.certificate)
        reasons = [REASON] if decision == "NOT_GIVEN" else []
        items = [
            {"sequence_number": each.sequence_number, "decision": decision, "reasons": reasons}
            for each in self.certificate.items
        ]
        changed = {"items": items, "decision": decision, "response_number": number}
        document = CustomsResponse.model_validate({**response.model_dump(), **changed})
        await self.world.vn.submitting.submit(await self.world.vn.payload(document))

    async def ask(self, number: int = 1, *, suspends: bool = True) -> None:
        await self.say(
            self.world.vn,
            VerificationRequest,
            request_number=number,
            ground="RANDOM",
            suspends=suspends,
        )

    async def explain(self, number: int = 1) -> None:
        await self.say(
            self.world.th,
            VerificationReply,
            request_number=number,
            finding="ORIGINATING",
            explanation="Cost statement and records of the producer were examined.",
        )

    async def conclude(self, result: str, number: int = 1) -> None:
        reasons = [REASON] if result == "DENIED" else []
        await self.say(
            self.world.vn,
            VerificationOutcome,
            request_number=number,
            result=result,
            reasons=reasons,
        )

    async def stands(self, member: Member) -> ExchangeState:
        events = await member.store.list_events(self.document_id)
        return judge_exchange((Fact(each.name), each.revision) for each in events)

    async def status(self, member: Member) -> Fact | None:
        events = await member.store.list_events(self.document_id)
        return judge_status((Fact(each.name), each.revision) for each in events)


async def begin(world: World, *, carried: bool = True) -> Talk:
    certificate = world.certificate()
    talk = Talk(world, certificate, await world.th.issue(certificate))
    if carried:
        await world.carry()
    return talk


async def test_a_certificate_is_cancelled_when_customs_accepts(world: World) -> None:
    talk = await begin(world)
    await talk.cancel()
    assert await talk.status(world.th) is not Fact.CANCELLED
    await world.carry()
    assert (await talk.stands(world.vn)).standing is State.CANCELLATION_ASKED
    await talk.reply("ACCEPTED")
    await world.carry()
    for member in (world.th, world.vn):
        assert (await talk.stands(member)).standing is State.CANCELLED
        assert await talk.status(member) is Fact.CANCELLED
        known = await find_related(member.store, talk.certificate)
        assert [each.cancelled for each in known.same_number] == [True]
    with pytest.raises(RefusedError) as refusal:
        await talk.respond("GIVEN")
    assert refusal.value.code == "exchange.cancelled"


async def test_a_utilised_certificate_stays_in_force(world: World) -> None:
    talk = await begin(world)
    await talk.respond("GIVEN")  # on its way while the cancellation is asked for
    await talk.cancel()
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await talk.reply("ACCEPTED")
    assert refusal.value.code == "exchange.utilised"
    await talk.reply("UTILISED")
    await world.carry()
    assert await talk.status(world.th) is Fact.GIVEN
    with pytest.raises(RefusedError) as refusal:
        await talk.cancel(2)
    assert refusal.value.code == "exchange.utilised"


def subject_of(certificate: CertificateOfOrigin) -> dict[str, str]:
    key = certificate.key
    return {
        "issuing_country": key.state,
        "issuing_office": key.office,
        "reference_number": key.number,
    }


async def test_a_replacement_is_issued_with_the_cancellation_of_what_it_replaces(
    world: World,
) -> None:
    talk = await begin(world)
    new = world.certificate()
    await talk.cancel(replacement=subject_of(new))
    payload = await world.th.payload(new)
    assert (await world.th.submitting.submit(payload)).findings == ()
    await world.carry()
    assert advice(world) == {}
    known = await find_related(world.vn.store, new)
    assert [(each.document_id, each.cancelled) for each in known.replaced] == [
        (talk.document_id, True)
    ]


async def test_nothing_takes_the_place_of_a_certificate_that_is_in_force(world: World) -> None:
    talk = await begin(world)
    await talk.respond("GIVEN")
    new = world.certificate()
    await talk.cancel(replacement=subject_of(new))
    await world.carry()
    await talk.reply("UTILISED")
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await world.th.issue(new)
    assert [each.code for each in refusal.value.findings] == ["rule.replaced_not_cancelled"]
    assert str(talk.certificate.key) in refusal.value.message


async def test_customs_is_advised_of_a_replacement_for_what_it_gave_preference_to(
    world: World,
) -> None:
    talk = await begin(world)
    await talk.respond("GIVEN")  # on its way while the replacement is made
    new = world.certificate()
    await talk.cancel(replacement=subject_of(new))
    document_id = await world.th.issue(new)
    await world.carry()
    codes = [each["code"] for each in advice(world)[document_id]]
    assert codes == ["rule.replaced_not_cancelled"]


async def test_nothing_rests_upon_an_original_that_was_cancelled(world: World) -> None:
    certificate = world.certificate()
    original = certificate.model_copy(update={"special_cases": SpecialCases()})
    talk = Talk(world, original, await world.th.issue(original))
    await world.carry()
    resting = resting_upon(world, original, 1)
    await talk.cancel()
    await world.carry()
    await talk.reply("ACCEPTED")
    with pytest.raises(RefusedError) as refusal:
        await world.vn.issue(resting)
    assert [each.code for each in refusal.value.findings] == ["rule.original_cancelled"]


async def test_a_verification_suspends_preference_until_it_is_concluded(world: World) -> None:
    talk = await begin(world)
    await talk.ask()
    await world.carry()
    assert await talk.status(world.th) is Fact.VERIFICATION_SUSPENDING
    with pytest.raises(RefusedError) as refusal:
        await talk.respond("GIVEN")
    assert refusal.value.code == "exchange.suspended"
    with pytest.raises(RefusedError) as refusal:
        await talk.conclude("CONFIRMED")
    assert refusal.value.code == "exchange.reply_missing"
    await talk.explain()
    await world.carry()
    await talk.conclude("CONFIRMED")
    await talk.respond("GIVEN")
    await world.carry()
    for member in (world.th, world.vn):
        state = await talk.stands(member)
        assert (state.verification, state.preference) == (State.CONFIRMED, State.GIVEN)
        assert await talk.status(member) is Fact.GIVEN


FORBIDDEN: Final = {
    "a reply to nothing": (lambda talk: talk.reply("ACCEPTED"), "exchange.nothing_asked"),
    "an outcome of nothing": (lambda talk: talk.conclude("DENIED"), "exchange.nothing_asked"),
    "an explanation of nothing": (lambda talk: talk.explain(), "exchange.nothing_asked"),
    "the second cancellation first": (lambda talk: talk.cancel(2), "exchange.number"),
}


@pytest.mark.parametrize(("act", "code"), FORBIDDEN.values(), ids=FORBIDDEN)
async def test_refuses_a_forbidden_move_before_it_is_sealed(
    world: World, act: Callable[[Talk], Awaitable[None]], code: str
) -> None:
    talk = await begin(world)
    before = len(await world.th.store.list_messages()) + len(await world.vn.store.list_messages())
    with pytest.raises(RefusedError) as refusal:
        await act(talk)
    assert refusal.value.code == code
    after = len(await world.th.store.list_messages()) + len(await world.vn.store.list_messages())
    assert before == after


async def test_a_cancellation_that_overtakes_its_certificate_waits_for_it(world: World) -> None:
    talk = await begin(world, carried=False)
    await talk.cancel()
    by_type = {each.message_type: each.octets for each in await world.th.store.list_messages()}
    await world.hand_to("VN", by_type["Cancellation"])
    assert (await world.vn.store.count()).held == 1
    await world.hand_to("VN", by_type["CertificateIssue"])
    world.clock.turn(AFTER_HELD)
    await world.carry()
    assert (await world.vn.store.count()).held == 0
    assert (await talk.stands(world.vn)).standing is State.CANCELLATION_ASKED
    assert await world.vn.buried() == []


async def test_a_cancellation_without_a_certificate_is_refused_when_it_expires(
    world: World,
) -> None:
    talk = await begin(world, carried=False)
    await talk.cancel()
    by_type = {each.message_type: each.octets for each in await world.th.store.list_messages()}
    await world.hand_to("VN", by_type["Cancellation"])
    world.clock.turn(timedelta(days=31))
    await world.vn.inbox.judge_held()
    assert await world.vn.buried() == ["receive.unknown_certificate"]
    assert talk.document_id


async def test_messages_out_of_order_and_twice_end_where_they_would_have_ended(
    world: World,
) -> None:
    talk = await begin(world)
    await talk.ask()
    await world.carry()
    await talk.conclude("DENIED")
    await talk.ask(2, suspends=False)
    waiting = {
        each.message_type: each.octets
        for each in await world.vn.store.list_messages()
        if each.sender == str(world.vn.gateway)
    }
    sent = await world.vn.sent("VerificationRequest")
    for raw in (sent[-1].octets, sent[-1].octets, waiting["VerificationOutcome"]) * 2:
        await world.hand_to("TH", raw)
    world.clock.turn(AFTER_HELD)
    await world.carry()
    for member in (world.th, world.vn):
        state = await talk.stands(member)
        assert (state.verification, state.request) == (State.ASKED, 2)
    assert await world.th.buried() == []
