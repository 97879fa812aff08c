"""Cancellation and verification on the whole road, and what the table forbids at either end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from structlog.testing import capture_logs

from swb.core.lifecycle import Fact
from swb.services.overdue import OverdueWatch
from swb.services.related import find_related
from swb_schemas.documents import VerificationRequest
from swb_schemas.documents.certificate_of_origin import SpecialCases
from swb_schemas.errors import RefusedError
from swb_schemas.exchanges import State
from swb_schemas.parsing import parse_xml
from tests.integration.lookups import count_calls, count_lookups
from tests.integration.opening import ADAPTERS, open_world
from tests.integration.talking import Talk, begin, subject_of, with_items
from tests.integration.test_related import advice, resting_upon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.integration.world import World

AFTER_HELD: Final = timedelta(minutes=5)
"""More than a held message waits for."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A region whose states speak the canonical documents."""
    async with open_world(tmp_path, adapters=dict.fromkeys(ADAPTERS, "canonical")) as opened:
        yield opened


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
    (finding,) = refusal.value.findings
    assert finding.path == "CancellationReply/Outcome"
    assert "expected a certificate that preference is not given on, found" in finding.message
    await talk.reply("UTILISED")
    await world.carry()
    assert await talk.status(world.th) is Fact.GIVEN
    with pytest.raises(RefusedError) as refusal:
        await talk.cancel(2)
    assert refusal.value.code == "exchange.utilised"


PARTLY: Final = {
    "another item is refused": [({1: "GIVEN", 2: "NOT_GIVEN"}, "A")],
    "another item is pending": [({1: "GIVEN", 2: "PENDING"}, "A")],
    "another declaration is pending": [({1: "GIVEN", 2: "GIVEN"}, "A"), ({1: "PENDING"}, "B")],
}


@pytest.mark.parametrize("said", PARTLY.values(), ids=PARTLY)
async def test_what_is_utilised_in_part_is_neither_cancelled_nor_replaced(
    world: World, said: list[tuple[dict[int, str], str]]
) -> None:
    certificate = with_items(world.certificate(), 2)
    talk = Talk(world, certificate, await world.th.issue(certificate))
    await world.carry()
    new = world.certificate()
    await talk.cancel(replacement=subject_of(new))  # crosses what customs says
    for number, (decisions, declaration) in enumerate(said, 1):
        await talk.decide(decisions, number=number, declaration_number=declaration)
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await talk.reply("ACCEPTED")
    assert refusal.value.code == "exchange.utilised"
    with pytest.raises(RefusedError) as refusal:
        await world.th.issue(new)
    assert [each.code for each in refusal.value.findings] == ["rule.replaced_not_cancelled"]
    await talk.reply("UTILISED")
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await talk.cancel(2)
    assert refusal.value.code == "exchange.utilised"


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
    (cancellation,) = await world.th.sent("Cancellation")
    issued = await world.th.store.find_carrier(document_id)
    assert issued is not None
    for each in (cancellation, issued):
        await world.hand_to("VN", each.octets)
    await world.vn.delivering.deliver_due()
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
    (finding,) = refusal.value.findings
    assert finding.path == "CustomsResponse/Decision"
    assert "verification no. 1, which suspends preference, first, found GIVEN" in finding.message
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


DUE: Final = {
    "exchange.nothing_asked": (
        "a CANCELLATION that was asked for",
        "a VERIFICATION that was asked for",
    ),
    "exchange.number": ("CANCELLATION no. 1",),
}
"""What is due instead, as the refusal says."""


@pytest.mark.parametrize(("act", "code"), FORBIDDEN.values(), ids=FORBIDDEN)
async def test_refuses_a_forbidden_move_before_it_is_sealed(
    world: World, act: Callable[[Talk], Awaitable[None]], code: str
) -> None:
    talk = await begin(world)
    before = len(await world.th.store.list_messages()) + len(await world.vn.store.list_messages())
    with pytest.raises(RefusedError) as refusal:
        await act(talk)
    assert refusal.value.code == code
    (finding,) = refusal.value.findings
    assert finding.message.startswith(tuple(f"expected {due}, found " for due in DUE[code]))
    assert finding.path.endswith(("/CancellationNumber", "/RequestNumber"))
    after = len(await world.th.store.list_messages()) + len(await world.vn.store.list_messages())
    assert before == after


ANSWERED: Final = {
    "a cancellation": (
        lambda talk: talk.cancel(),
        lambda talk: talk.reply("UNKNOWN"),
        lambda talk: talk.reply("ACCEPTED"),
        "a CANCELLATION that is open",
    ),
    "a verification": (
        lambda talk: talk.ask(),
        lambda talk: talk.explain(),
        lambda talk: talk.explain(),
        "a VERIFICATION that is open",
    ),
}


@pytest.mark.parametrize(("ask", "reply", "again", "due"), ANSWERED.values(), ids=ANSWERED)
async def test_what_has_its_reply_is_not_replied_to_once_more(
    world: World,
    ask: Callable[[Talk], Awaitable[None]],
    reply: Callable[[Talk], Awaitable[None]],
    again: Callable[[Talk], Awaitable[None]],
    due: str,
) -> None:
    talk = await begin(world)
    await ask(talk)
    await world.carry()
    await reply(talk)
    world.clock.turn(timedelta(minutes=1))
    with pytest.raises(RefusedError) as refusal:
        await again(talk)
    assert refusal.value.code == "exchange.answered"
    (finding,) = refusal.value.findings
    assert finding.message.startswith(f"expected {due}, found ")
    await world.carry()
    assert await talk.stands(world.th) == await talk.stands(world.vn)


AT_ONCE: Final = {
    "given and cancelled": (
        lambda talk: talk.respond("GIVEN"),
        lambda talk: talk.reply("ACCEPTED"),
        {"exchange.cancelled", "exchange.utilised"},
    ),
    "verified with and without suspension": (
        lambda talk: talk.ask(),
        lambda talk: talk.ask(suspends=False),
        {"exchange.verification_open"},
    ),
    "two responses of one number": (
        lambda talk: talk.respond("GIVEN", declaration_number="A"),
        lambda talk: talk.respond("NOT_GIVEN", declaration_number="B"),
        {"submission.response_exists"},
    ),
}


@pytest.mark.parametrize(("one", "other", "codes"), AT_ONCE.values(), ids=AT_ONCE)
async def test_of_two_moves_that_are_made_at_once_one_is_judged_after_the_other(
    world: World,
    one: Callable[[Talk], Awaitable[None]],
    other: Callable[[Talk], Awaitable[None]],
    codes: set[str],
) -> None:
    talk = await begin(world)
    await talk.cancel()
    await world.carry()
    outcomes = await asyncio.gather(one(talk), other(talk), return_exceptions=True)
    (refused,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(refused, RefusedError)
    assert refused.code in codes
    await world.carry()
    assert await talk.stands(world.th) == await talk.stands(world.vn)


async def test_of_two_cancellations_that_are_made_at_once_one_names_the_replacement(
    world: World,
) -> None:
    talk = await begin(world)
    subjects = [subject_of(world.certificate()) for _ in range(2)]
    outcomes = await asyncio.gather(
        *(talk.cancel(replacement=each) for each in subjects), return_exceptions=True
    )
    (refused,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(refused, RefusedError)
    assert refused.code == "exchange.cancellation_open"


async def test_two_that_are_made_at_once_do_not_both_rest_upon_the_whole_original(
    world: World,
) -> None:
    certificate = world.certificate()
    original = certificate.model_copy(update={"special_cases": SpecialCases()})
    await world.th.issue(original)
    await world.carry()
    resting = [resting_upon(world, original, 1) for _ in range(2)]
    outcomes = await asyncio.gather(*map(world.vn.issue, resting), return_exceptions=True)
    (refused,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(refused, RefusedError)
    assert {each.code for each in refused.findings} == {"rule.original_quantity_exceeded"}


async def test_one_payload_that_is_submitted_twice_at_once_is_one(world: World) -> None:
    talk = await begin(world)
    first, second = await asyncio.gather(talk.cancel(), talk.cancel())
    assert first.document_id == second.document_id
    assert {first.repeated, second.repeated} == {False, True}


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
    assert (await world.vn.store.count()).held == 0
    assert await world.vn.facts(talk.document_id) == {}


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


# --- times and sums ----------------------------------------------------------------------------


async def test_a_refusal_that_comes_late_is_a_finding_at_both_ends(world: World) -> None:
    talk = await begin(world)
    receipt, _ = world.answers(talk.certificate)
    await world.vn.submitting.submit(await world.vn.payload(receipt))
    await world.carry()
    world.clock.turn(timedelta(days=61))
    accepted = await talk.respond("NOT_GIVEN")
    assert [each.code for each in accepted.findings] == ["exchange.refusal_late"]
    await world.carry()
    out = world.th.drop / "out"
    (told,) = (path.read_text(encoding="utf-8") for path in out.glob("*.advice.json"))
    assert "exchange.refusal_late" in told


async def test_each_item_that_is_refused_late_is_a_finding(world: World) -> None:
    certificate = with_items(world.certificate(), 2)
    talk = Talk(world, certificate, await world.th.issue(certificate))
    await world.carry()
    receipt, _ = world.answers(certificate)
    await world.vn.submitting.submit(await world.vn.payload(receipt))
    world.clock.turn(timedelta(days=10))
    said = await talk.decide({1: "NOT_GIVEN", 2: "PENDING"})
    assert said.findings == ()
    world.clock.turn(timedelta(days=90))
    said = await talk.decide({1: "NOT_GIVEN", 2: "PENDING"}, number=2)
    assert said.findings == ()
    said = await talk.decide({1: "NOT_GIVEN", 2: "NOT_GIVEN"}, number=3)
    assert [each.code for each in said.findings] == ["exchange.refusal_late"]


async def test_who_denies_before_a_reply_could_come_is_warned_at_both_ends(world: World) -> None:
    talk = await begin(world)
    await talk.ask()
    await world.carry()
    said = await talk.conclude("DENIED")
    assert [each.code for each in said.findings] == ["exchange.denied_early"]
    await world.carry()
    out = world.th.drop / "out"
    (told,) = (path.read_text(encoding="utf-8") for path in out.glob("*.advice.json"))
    assert "exchange.denied_early" in told


async def test_nothing_takes_the_place_of_what_another_one_has_replaced(world: World) -> None:
    talk = await begin(world)
    first, second = world.certificate(), world.certificate()
    await talk.cancel(replacement=subject_of(first))
    other = Talk(world, first, await world.th.issue(first))
    await world.carry()
    await talk.reply("UNKNOWN")
    await world.carry()
    await talk.cancel(2, replacement=subject_of(second))
    await world.carry()
    await talk.reply("ACCEPTED", 2)
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await world.th.issue(second)
    assert [each.code for each in refusal.value.findings] == ["rule.replaced_twice"]
    assert str(first.key) in refusal.value.message
    await other.cancel()
    assert await world.th.issue(second)


async def test_preference_that_nobody_gives_is_never_overdue(world: World) -> None:
    await begin(world)
    world.clock.turn(timedelta(days=300))
    for member in (world.th, world.vn):
        watch = OverdueWatch(store=member.store, clock=world.clock)
        await watch.look()
        assert watch.notices == {}


async def test_what_was_asked_and_not_answered_is_told_until_it_is(world: World) -> None:
    talk = await begin(world)
    await talk.cancel()
    await talk.ask()
    await world.carry()
    key = talk.certificate.key
    expected = {
        8: {f"{key}: exchange.cancellation_unanswered no. 1"},
        91: {
            f"{key}: exchange.cancellation_unanswered no. 1",
            f"{key}: exchange.reply_late no. 1",
        },
    }
    watches = [
        OverdueWatch(store=member.store, clock=world.clock) for member in (world.th, world.vn)
    ]
    day = 0
    with capture_logs() as logged:
        for passed, found in expected.items():
            world.clock.turn(timedelta(days=passed - day))
            day = passed
            for watch in watches:
                await watch.look()
                await watch.look()
                assert set(watch.notices) == found
    told = [each["code"] for each in logged if each["event"] == "overdue"]
    assert sorted(told) == ["exchange.cancellation_unanswered"] * 2 + ["exchange.reply_late"] * 2
    await talk.reply("ACCEPTED")
    await talk.explain()
    await world.carry()
    for watch in watches:
        await watch.look()
        assert watch.notices == {}


async def test_what_is_dated_before_the_certificate_was_issued_is_a_finding(
    world: World,
) -> None:
    talk = await begin(world)
    early = world.clock.now().replace(microsecond=0) - timedelta(days=400)
    asked = await talk.say(
        world.vn,
        VerificationRequest,
        request_number=1,
        ground="RANDOM",
        suspends=False,
        requested_at=early,
    )
    assert [each.code for each in asked.findings] == ["rule.made_before_issue"]


@pytest.mark.parametrize("days", [-17, 1800], ids=["dated long past", "dated years to come"])
async def test_a_limit_counts_from_when_the_request_came_whatever_its_date(
    world: World, days: int
) -> None:
    talk = await begin(world)
    dated = world.clock.now().replace(microsecond=0) + timedelta(days=days)
    await talk.cancel(requested_at=dated)
    await world.carry()
    watch = OverdueWatch(store=world.vn.store, clock=world.clock)
    await watch.look()
    assert watch.notices == {}
    world.clock.turn(timedelta(days=8))
    await watch.look()
    told = f"{talk.certificate.key}: exchange.cancellation_unanswered no. 1"
    assert set(watch.notices) == {told}


async def test_a_certificate_is_utilised_in_parts_and_not_twice(world: World) -> None:
    talk = await begin(world)
    await talk.respond("GIVEN", declaration_number="A0001")
    await world.carry()
    with pytest.raises(RefusedError) as refusal:
        await talk.respond("GIVEN", number=2, declaration_number="A0002")
    assert {each.code for each in refusal.value.findings} == {"rule.utilised_twice"}
    told = refusal.value.findings[0].message
    assert "the whole under declaration A0001, the whole under declaration A0002" in told
    again = await talk.respond("GIVEN", number=2, declaration_number="A0001")
    assert again.findings == ()


async def test_what_a_move_is_about_is_looked_up_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    asked = count_lookups(
        monkeypatch,
        world.vn.store,
        find_certificate=str(talk.certificate.key),
        list_events=talk.document_id,
    )
    await talk.respond("GIVEN")
    assert asked == {"find_certificate": 1, "list_events": 1}
    await talk.respond("NOT_GIVEN", 2)
    assert asked == {"find_certificate": 2, "list_events": 2}


async def test_what_a_move_is_about_is_read_once(world: World) -> None:
    talk = await begin(world)
    with count_calls(parse_xml) as called:
        await talk.respond("GIVEN")
    assert called == {"parse_xml": 2}, "the response and the certificate"


async def test_what_a_received_move_is_about_is_looked_up_once_and_read_once_where_it_is_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    await talk.respond("GIVEN")
    (sent,) = await world.vn.sent("CustomsResponse")
    asked = count_lookups(monkeypatch, world.th.store, find_document=talk.document_id)
    with count_calls(parse_xml) as called:
        await world.th.receiving.judge(sent.octets, "TH")
    assert asked == {"find_document": 1}
    assert called == {"parse_xml": 3}, "both layers, and the certificate"
    with count_calls(parse_xml) as called:
        assert await world.th.delivering.deliver_due()
    assert called == {"parse_xml": 2}, "the response as it was kept, and the certificate"
