"""Paper in the place of the exchange: told to the partner, and no certificate is used twice."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.core.lifecycle import Fact
from swb.services.paper import PaperDesk
from swb.services.posting import Post
from swb.services.print_codes import PrintCodes
from swb.services.second_use import SecondUse
from swb.simulator.customs import draw_response
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import CertificateKey
from swb_schemas.wire.print_verification import verify_print_code
from swb_schemas.wire.verification import verify_sealed
from tests.integration.opening import open_world
from tests.integration.reconciling import open_pair
from tests.integration.world import load_signers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb.services.submit import Accepted
    from swb_schemas.documents import CertificateOfOrigin
    from tests.integration.reconciling import Pair, Side

TEST = Environment.TEST
DAY = date(2026, 11, 20)
GIVEN: Final = {"decision": Decision.GIVEN, "reasons": ()}


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with open_world(tmp_path) as world, open_pair(world) as found:
        for side in (found.th, found.vn):
            member = side.member
            handing_over = member.delivering._handing_over  # noqa: SLF001 - as below
            handing_over._advising._paper = side.memory  # noqa: SLF001 - as swb.app joins them
            guard = SecondUse(side.memory, member.store)
            member.submitting._second_use = guard  # noqa: SLF001 - as above
        yield found


async def nowhere(_: object) -> None:
    """Enter nothing: test_paper_commands looks at the trail."""


def respell(certificate: CertificateOfOrigin) -> str:
    """The certificate's key as somebody else would write it down."""
    key = certificate.key
    return str(CertificateKey(key.state, key.office.lower(), key.number.lower().replace("/", " ")))


async def answer(
    pair: Pair,
    certificate: CertificateOfOrigin,
    decision: Decision = Decision.GIVEN,
    *,
    number: int = 1,
    declaration: str | None = None,
) -> Accepted:
    """Have customs answer; of several items, the first is decided so, the others are given."""
    at = pair.world.clock.now().replace(microsecond=0)
    drawn = draw_response(certificate, state="VN", seed=1, at=at, decision=decision, number=number)
    refused, *others = drawn.items
    given = (each.model_copy(update=GIVEN) for each in others)
    changes = {"declaration_number": declaration, "items": (refused, *given)}
    response = drawn.model_copy(update=changes)
    return await pair.vn.member.submitting.submit(await pair.vn.member.payload(response))


def desk_of(side: Side) -> PaperDesk:
    member = side.member
    post = Post(
        state=member.state, store=member.store, sealer=member.sealer, on_commit=lambda: None
    )
    return PaperDesk(
        state=member.state,
        store=member.store,
        memory=side.memory,
        post=post,
        clock=side.service._clock,  # noqa: SLF001 - the world's
    )


def advice(pair: Pair, document_id: str) -> str:
    """What customs was told beside a document."""
    out = pair.vn.member.drop / "out"
    return "".join(
        path.read_text(encoding="utf-8")
        for path in out.iterdir()
        if document_id in path.name and path.name.endswith(".advice.json")
    )


async def test_what_was_used_on_paper_arrives_with_the_finding(pair: Pair) -> None:
    certificate = pair.world.certificate()
    desk = desk_of(pair.vn)
    await desk.record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    document_id = await pair.th.member.issue(certificate)
    await pair.world.carry()
    assert "paper.already_used" in advice(pair, document_id)
    assert "D-1" in advice(pair, document_id)
    (matched,) = await desk.list_uses()
    assert matched.document is not None
    assert (matched.document.document_id, matched.status) == (document_id, Fact.AS3)


async def test_what_came_electronically_first_is_matched_with_the_paper(pair: Pair) -> None:
    certificate = pair.world.certificate()
    document_id = await pair.th.member.issue(certificate)
    await pair.world.carry()
    assert "paper.already_used" not in advice(pair, document_id)
    matched = await desk_of(pair.vn).record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    assert matched.document is not None
    assert matched.document.document_id == document_id


async def issue(pair: Pair, certificate: CertificateOfOrigin) -> str:
    """Have a certificate arrive; returns its document id."""
    document_id = await pair.th.member.issue(certificate)
    await pair.world.carry()
    return document_id


@pytest.mark.parametrize("spell", [lambda each: str(each.key), respell], ids=["same", "other"])
@pytest.mark.parametrize("first", ["paper", "exchange"])
async def test_no_preference_is_given_to_what_was_used_on_paper_in_whatever_order_and_spelling(
    pair: Pair, first: str, spell: Callable[[CertificateOfOrigin], str]
) -> None:
    certificate, desk = pair.world.certificate(items=2), desk_of(pair.vn)
    if first == "exchange":
        await issue(pair, certificate)
    await desk.record(
        spell(certificate), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    if first == "paper":
        await issue(pair, certificate)
    for decision in (Decision.GIVEN, Decision.NOT_GIVEN):  # the latter gives the other item
        with pytest.raises(RefusedError) as refused:
            await answer(pair, certificate, decision, declaration="D-2")
        assert refused.value.code == "submission.used_on_paper"
        assert refused.value.actor is Actor.SENDER
        assert refused.value.findings[0].national_path
        assert "D-1" in refused.value.message
    (matched,) = await desk.list_uses()
    assert matched.document is not None
    assert matched.document.certificate_key == str(certificate.key)
    assert matched.status == Fact.AS3
    told = advice(pair, matched.document.document_id)
    assert ("paper.already_used" in told) is (first == "paper")


async def test_an_answer_that_gives_nothing_is_free_of_paper(pair: Pair) -> None:
    certificate = pair.world.certificate(items=1)
    await issue(pair, certificate)
    await desk_of(pair.vn).record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    assert not (await answer(pair, certificate, Decision.NOT_GIVEN)).repeated


@pytest.mark.parametrize("first", ["paper", "answer"])
async def test_an_answer_by_the_declaration_of_the_paper_is_the_same_use(
    pair: Pair, first: str
) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    await issue(pair, certificate)
    if first == "answer":
        await answer(pair, certificate, declaration="D-1")
    await desk.record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    if first == "paper":
        await answer(pair, certificate, declaration="D-1")
    (matched,) = await desk.list_uses()
    assert matched.status == Fact.GIVEN


@pytest.mark.parametrize("decision", [Decision.GIVEN, Decision.NOT_GIVEN])
@pytest.mark.parametrize("spell", [lambda each: str(each.key), respell], ids=["same", "other"])
async def test_refuses_paper_where_preference_was_given_electronically(
    pair: Pair, decision: Decision, spell: Callable[[CertificateOfOrigin], str]
) -> None:
    """For one item at least: one refused item makes all of it NOT GIVEN."""
    certificate, desk = pair.world.certificate(items=2), desk_of(pair.vn)
    await issue(pair, certificate)
    await answer(pair, certificate, decision)
    with pytest.raises(RefusedError) as refused:
        await desk.record(
            spell(certificate), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
        )
    assert refused.value.code == "paper.used_electronically"
    assert await desk.list_uses() == []


async def test_paper_is_taken_again_when_customs_took_its_preference_back(pair: Pair) -> None:
    certificate, desk = pair.world.certificate(items=1), desk_of(pair.vn)
    await issue(pair, certificate)
    await answer(pair, certificate)
    await answer(pair, certificate, Decision.NOT_GIVEN, number=2)
    await desk.record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    with pytest.raises(RefusedError, match="D-1"):
        await answer(pair, certificate, number=3)


async def test_a_record_that_was_a_mistake_is_withdrawn(pair: Pair) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    await issue(pair, certificate)
    await desk.record(
        respell(certificate), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
    )
    with pytest.raises(RefusedError) as refused:
        await desk.withdraw(
            respell(certificate), enter=nowhere
        )  # it stands as the certificate is spelled
    assert refused.value.code == "paper.unknown"
    assert await desk.withdraw(str(certificate.key), enter=nowhere) == str(certificate.key)
    await answer(pair, certificate)


async def test_a_second_use_on_paper_is_refused_in_any_spelling_and_the_same_one_changes_nothing(
    pair: Pair,
) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    key = str(certificate.key)
    first = await desk.record(key, used_on=DAY, declaration="D-1", who="officer", enter=nowhere)
    for spelled in (key, respell(certificate)):
        again = await desk.record(
            spelled, used_on=DAY, declaration="D-1", who="other", enter=nowhere
        )
        assert again == first
        for changed in ({"declaration": "D-2"}, {"used_on": DAY + timedelta(days=1)}):
            values = {"used_on": DAY, "declaration": "D-1", **changed}
            with pytest.raises(RefusedError) as refused:
                await desk.record(spelled, who="officer", enter=nowhere, **values)  # type: ignore[arg-type]  # fields by name
            assert refused.value.code == "paper.recorded_before"


async def test_without_a_declaration_a_use_is_recorded_once_and_who_did_is_told(pair: Pair) -> None:
    key, desk = str(pair.world.certificate().key), desk_of(pair.vn)
    await desk.record(key, used_on=DAY, declaration="", who="first officer", enter=nowhere)
    with pytest.raises(RefusedError, match="by first officer at ") as refused:
        await desk.record(key, used_on=DAY, declaration="", who="second officer", enter=nowhere)
    assert refused.value.code == "paper.recorded_before"


async def test_a_print_of_another_document_than_came_electronically_is_refused(pair: Pair) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    key = str(certificate.key)
    await issue(pair, certificate)
    record = await pair.vn.member.store.find_certificate(key)
    assert record is not None
    use = {"used_on": DAY, "declaration": "D-1", "who": "officer", "enter": nowhere}
    with pytest.raises(RefusedError) as refused:
        await desk.record(key, digest=f"sha-256:{'0' * 64}", **use)  # type: ignore[arg-type]  # fields by name
    assert refused.value.code == "paper.differs"
    assert await desk.list_uses() == []
    await desk.record(key, digest=record.digest, **use)  # type: ignore[arg-type]  # fields by name


async def test_certificates_that_differ_in_separators_only_are_not_taken_for_each_other(
    pair: Pair,
) -> None:
    one = pair.world.certificate()
    other = one.model_copy(update={"reference_number": one.reference_number.replace("/", "-")})
    assert one.key.folded == other.key.folded
    assert one.key != other.key
    desk = desk_of(pair.vn)
    for each in (one, other):
        await issue(pair, each)
    with pytest.raises(RefusedError) as refused:
        await desk.record(
            respell(one), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
        )
    assert refused.value.code == "paper.ambiguous"
    await desk.record(str(one.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere)
    await answer(pair, other)
    with pytest.raises(RefusedError):
        await answer(pair, one)


async def test_paper_is_not_recorded_while_an_answer_is_judged_by_what_is_recorded(
    pair: Pair,
) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    await issue(pair, certificate)
    async with pair.vn.memory.hold_paper(to_record=False):
        recording = asyncio.create_task(
            desk.record(
                str(certificate.key), used_on=DAY, declaration="D-1", who="officer", enter=nowhere
            )
        )
        await answer(pair, certificate)  # whoever judges does not wait for another one
        assert not recording.done()
    with pytest.raises(RefusedError) as refused:
        await recording
    assert refused.value.code == "paper.used_electronically"


async def test_a_certificate_that_is_entered_again_from_paper_is_refused_at_its_office(
    pair: Pair,
) -> None:
    certificate = pair.world.certificate()
    await pair.th.member.issue(certificate)
    entered = certificate.model_copy(update={"remarks": "entered from paper"})
    with pytest.raises(RefusedError) as refused:
        await pair.th.member.issue(entered)
    assert refused.value.code == "submission.certificate_exists"


async def test_an_outage_is_told_to_the_partner_and_ends(pair: Pair) -> None:
    desk, now = desk_of(pair.th), pair.world.clock.now()
    notice = await desk.declare(
        "VN", TEST, from_at=now, until_at=None, reason=OutageReason.NETWORK, enter=nowhere
    )
    await pair.settle()
    (here,), (there,) = await pair.th.memory.list_notices(), await pair.vn.memory.list_notices()
    assert (here.own, here.partner, there.own, there.partner) == (True, "VN", False, "TH")
    assert pair.th.service.outages == {"VN, declared by TH": "outage.declared"}
    assert pair.vn.service.outages == {"TH, declared by TH": "outage.declared"}

    pair.world.clock.turn(timedelta(hours=1))
    await desk.end(notice.document_id, TEST, pair.world.clock.now(), enter=nowhere)
    await pair.settle()
    pair.world.clock.turn(timedelta(minutes=2))
    await pair.settle()
    (ended,) = await pair.vn.memory.list_notices()
    assert ended.until_at is not None
    assert pair.th.service.outages == pair.vn.service.outages == {}


async def test_only_a_notice_of_ones_own_is_ended(pair: Pair) -> None:
    now = pair.world.clock.now()
    notice = await desk_of(pair.th).declare(
        "VN", TEST, from_at=now, until_at=None, reason=OutageReason.REGION, enter=nowhere
    )
    await pair.settle()
    with pytest.raises(RefusedError) as refused:
        await desk_of(pair.vn).end(
            notice.document_id, TEST, now + timedelta(hours=1), enter=nowhere
        )
    assert refused.value.code == "outage.unknown"


async def test_remembers_over_a_restart(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, open_pair(world) as pair:
        key = str(world.certificate().key)
        await desk_of(pair.vn).record(
            key, used_on=DAY, declaration="", who="officer", enter=nowhere
        )
        await pair.vn.memory.close()
        memory = SqliteReconciliationStore(path=tmp_path / "VN.reconciliation.db", create=False)
        await memory.open()
        assert [each.certificate_key for each in await memory.list_paper_uses()] == [key]
        await memory.close()


async def print_code(pair: Pair, certificate: CertificateOfOrigin) -> str:
    """The text of the code on its print, as the gateway that issued it signs it."""
    member = pair.th.member
    record = await member.store.find_certificate(str(certificate.key))
    assert record is not None
    at = pair.world.clock.now()
    sealed = verify_sealed(record.octets, trust=await pair.world.trust.fetch(), at=at)
    signer = load_signers(pair.world.keys, "TH")[Purpose.ISSUING_SEAL]
    (text,) = await PrintCodes(sealed, signer, at).write([range(len(certificate.items))])
    return text


@pytest.mark.parametrize("first", ["paper", "exchange"])
async def test_a_printed_code_is_entered_once_whatever_it_was_used_for_before(
    pair: Pair, first: str
) -> None:
    certificate, desk = pair.world.certificate(), desk_of(pair.vn)
    await issue(pair, certificate)
    text, trust = await print_code(pair, certificate), await pair.world.trust.fetch()
    fields = verify_print_code(text, trust=trust, at=pair.world.clock.now()).fields
    assert fields.certificate_key == str(certificate.key)
    if first == "paper":
        await desk.record(
            fields.certificate_key, used_on=DAY, declaration="D-1", who="officer", enter=nowhere
        )
    else:
        await answer(pair, certificate, declaration="D-1")
    with pytest.raises(RefusedError) as failure:
        await desk.record(
            fields.certificate_key, used_on=DAY, declaration="D-2", who="officer", enter=nowhere
        )
    assert (
        failure.value.code
        == {
            "paper": "paper.recorded_before",
            "exchange": "paper.used_electronically",
        }[first]
    )
