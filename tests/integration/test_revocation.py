"""Revocation beside the traffic: an outage holds, a revocation refuses, never the other way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID
from hypothesis import given, settings
from hypothesis import strategies as st

from swb.backends.files import FolderAnswerCache
from swb.core.revocation import Asking
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from swb_schemas.wire.kept_answers import answers_among, lay_revocations
from swb_schemas.wire.revocation import AnswerKind, RevocationAnswer, Sources
from tests.integration.revocation import CRL, OCSP, Asked, ListedState, judge, make_service
from tests.integration.world import Clock
from tests.unit.wire.answering import DAY, HOUR, make_crl, make_ocsp
from tests.unit.wire.issuing import AT, issue

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb.services.revocation import RevocationService
    from tests.unit.wire.issuing import Issued

STATE = ListedState()
LEAF, OTHER = STATE.leaves


async def code_of(service: RevocationService, leaf: Issued = LEAF) -> str:
    """Judge a certificate; ``good``, or why not."""
    try:
        judge(await service.fetch(), leaf)
    except SwbError as error:
        return error.code
    return "good"


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def asked(clock: Clock) -> Asked:
    return Asked(STATE.answers(clock.now))


@pytest.fixture
def service(asked: Asked, clock: Clock, tmp_path: Path) -> RevocationService:
    return make_service(STATE, asked, clock, tmp_path)


async def test_before_anything_was_answered_nothing_is_determined(
    service: RevocationService,
) -> None:
    assert await code_of(service) == "certificate.status_unknown"
    with pytest.raises(UnavailableError) as caught:
        await service.check()
    assert caught.value.code == "revocation.unanswered"


async def test_a_good_answer_lets_pass(service: RevocationService) -> None:
    assert await service.refresh_due() == 2
    assert await code_of(service) == "good"
    await service.check()
    assert await service.refresh_due() == 0


async def test_a_revoked_certificate_is_refused_and_the_other_is_not(
    asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    answers = STATE.answers(clock.now)
    answers.revoke(LEAF.x509, reason=x509.ReasonFlags.key_compromise)
    asked.ocsp = answers.answer
    service = make_service(STATE, asked, clock, tmp_path)
    await service.refresh_due()
    assert await code_of(service) == "certificate.revoked"
    assert await code_of(service, OTHER) == "good"
    judge(await service.fetch(), LEAF, proven_at=AT - HOUR)
    with pytest.raises(RefusedError):
        judge(await service.fetch(), LEAF, proven_at=AT)


async def test_a_list_answers_where_the_responder_is_silent(
    service: RevocationService, asked: Asked
) -> None:
    asked.down.add(OCSP)
    await service.refresh_due()
    assert await code_of(service) == "good"
    assert asked.questions.count(CRL) == 1


async def test_an_outage_holds_when_answers_end_and_passes_when_it_is_over(
    service: RevocationService, asked: Asked, clock: Clock
) -> None:
    await service.refresh_due()
    asked.down.update({OCSP, CRL})
    clock.turn(HOUR / 2)
    await service.refresh_due()
    assert await code_of(service) == "good"
    await service.check()
    clock.turn(HOUR / 3)
    await service.refresh_due()
    with pytest.raises(UnavailableError) as caught:
        await service.check()
    assert caught.value.code == "revocation.near_end"
    assert await code_of(service) == "good"
    clock.turn(HOUR / 2)
    assert await code_of(service) == "certificate.status_unknown"
    asked.down.clear()
    clock.turn(HOUR)
    await service.refresh_due()
    assert await code_of(service) == "good"


async def test_a_source_that_breaks_its_reader_does_not_keep_others_from_being_asked(
    service: RevocationService, asked: Asked
) -> None:
    def broken(_: bytes) -> bytes:
        raise ExceptionGroup("unforeseen", [OverflowError()])

    asked.ocsp = broken
    await service.refresh_due()
    assert await code_of(service) == "good"


async def test_an_outage_is_asked_again_ever_more_seldom(
    service: RevocationService, asked: Asked, clock: Clock
) -> None:
    asked.down.update({OCSP, CRL})
    assert await service.refresh_due() == 2
    assert await service.refresh_due() == 0
    waits = []
    for _ in range(10):
        waited = 0
        while await service.refresh_due() == 0:
            clock.turn(timedelta(seconds=1))
            waited += 1
        waits.append(waited)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_a_clock_that_leaps_and_comes_back_does_not_end_the_asking(
    service: RevocationService, asked: Asked, clock: Clock
) -> None:
    await service.refresh_due()
    clock.turn(400 * DAY)
    await service.refresh_due()
    clock.turn(-400 * DAY)
    known = len(asked.questions)
    for _ in range(3):
        clock.turn(HOUR)
        await service.refresh_due()
    assert len(asked.questions) > known
    assert await code_of(service) == "good"


async def test_what_was_laid_in_a_leap_of_the_clock_is_laid_anew_when_it_is_back(
    service: RevocationService, asked: Asked, clock: Clock
) -> None:
    await service.refresh_due()
    asked.down.update({OCSP, CRL})
    clock.turn(3 * HOUR)
    assert await code_of(service) == "certificate.status_unknown"
    clock.turn(-3 * HOUR)
    assert await code_of(service) == "good"


async def test_an_outage_in_a_leap_of_the_clock_is_asked_again_within_minutes(
    service: RevocationService, asked: Asked, clock: Clock
) -> None:
    asked.down.update({OCSP, CRL})
    clock.turn(400 * DAY)
    await service.refresh_due()
    asked.down.clear()
    clock.turn(-400 * DAY)
    await service.refresh_due()
    clock.turn(timedelta(minutes=5))
    await service.refresh_due()
    assert await code_of(service) == "good"


async def test_a_restart_needs_no_network(
    service: RevocationService, asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    await service.refresh_due()
    asked.down.update({OCSP, CRL})
    again = make_service(STATE, asked, clock, tmp_path)
    assert await code_of(again) == "good"
    clock.turn(3 * HOUR)
    assert await code_of(again) == "certificate.status_unknown"


async def test_what_was_revoked_stays_so_over_a_restart_and_an_older_answer(
    asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    answers = STATE.answers(clock.now)
    answers.revoke(LEAF.x509)
    asked.ocsp = answers.answer
    await make_service(STATE, asked, clock, tmp_path).refresh_due()
    answers.release(LEAF.x509)
    clock.turn(30 * DAY)
    again = make_service(STATE, asked, clock, tmp_path)
    await again.refresh_due()
    assert await code_of(again) == "certificate.revoked"


async def test_a_hold_holds_until_a_later_answer_takes_it_back(
    asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    answers = STATE.answers(clock.now)
    asked.ocsp, asked.crl = answers.answer, answers.make_list
    service = make_service(STATE, asked, clock, tmp_path)
    await service.refresh_due()
    answers.revoke(LEAF.x509, reason=x509.ReasonFlags.certificate_hold)
    clock.turn(HOUR)
    await service.refresh_due()
    assert await code_of(service) == "certificate.status_unknown"
    assert await code_of(service, OTHER) == "good"
    again = make_service(STATE, asked, clock, tmp_path)
    assert await code_of(again) == "certificate.status_unknown"
    answers.release(LEAF.x509)
    clock.turn(HOUR)
    await again.refresh_due()
    assert await code_of(again) == "good"


async def test_a_state_that_names_nobody(asked: Asked, clock: Clock, tmp_path: Path) -> None:
    silent = ListedState(sources=Sources())
    for asking, code in (
        (Asking.PREFER, "good"),
        (Asking.REQUIRE, "certificate.status_unknown"),
    ):
        service = make_service(silent, asked, clock, tmp_path, asking=asking)
        assert await service.refresh_due() == 0
        assert await code_of(service, silent.leaves[0]) == code
    assert asked.questions == []


async def test_prefer_is_no_waving_through(asked: Asked, clock: Clock, tmp_path: Path) -> None:
    asked.down.update({OCSP, CRL})
    service = make_service(STATE, asked, clock, tmp_path, asking=Asking.PREFER)
    await service.refresh_due()
    assert await code_of(service) == "certificate.status_unknown"


async def test_what_certificates_name_is_asked_by_policy(
    asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    silent = ListedState(sources=Sources())
    there = x509.UniformResourceIdentifier(OCSP)
    access = x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, there)]
    )
    leaf = issue("leaf", silent.issuer, extensions={access: False})
    silent.leaves = [leaf]
    silent.relist()
    asked.ocsp = silent.answers(clock.now).answer
    for named, code in ((False, "certificate.status_unknown"), (True, "good")):
        service = make_service(
            silent, asked, clock, tmp_path / str(named), named_in_certificates=named
        )
        await service.refresh_due()
        assert await code_of(service, leaf) == code
    assert asked.questions == [OCSP]


async def test_a_revoked_issuing_authority_takes_its_certificates_with_it(
    clock: Clock, tmp_path: Path
) -> None:
    state = ListedState()
    root = state.root
    points = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(
                [x509.UniformResourceIdentifier("http://root.example/crl")], None, None, None
            )
        ]
    )
    state.issuer = issue("issuing", root, authority=True, extensions={points: False})
    state.leaves = [issue("leaf", state.issuer)]
    state.relist()
    revoked = make_crl(root, [state.issuer], this_update=AT - HOUR, next_update=AT + DAY)
    good = Asked(state.answers(clock.now))
    service = make_service(state, good, clock, tmp_path)
    good.crl = lambda: revoked
    await service.refresh_due()
    assert await code_of(service, state.leaves[0]) == "certificate.revoked"


async def test_answers_are_there_for_evidence(asked: Asked, clock: Clock, tmp_path: Path) -> None:
    answers = STATE.answers(clock.now)
    asked.ocsp, asked.crl = answers.answer, answers.make_list
    service = make_service(STATE, asked, clock, tmp_path)
    await service.refresh_due()
    answers.revoke(LEAF.x509)
    asked.down.add(OCSP)
    clock.turn(HOUR)
    await service.refresh_due()
    for source in (service, FolderAnswerCache(tmp_path)):
        found = await source.answers_for(LEAF.certificate.thumbprint)
        assert [each.kind for each in found] == [AnswerKind.OCSP, AnswerKind.CRL]
        assert await source.answers_for("sha-256:" + 64 * "0") == ()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"{"), id="no JSON"),
        pytest.param(lambda path: path.write_bytes(b"[1]"), id="another shape"),
        pytest.param(lambda path: path.write_bytes(b'{"a": ["../../etc/passwd"]}'), id="a path"),
        pytest.param(
            lambda path: [each.write_bytes(b"x") for each in path.parent.glob("*.ocsp")],
            id="changed answers",
        ),
        pytest.param(
            lambda path: [each.unlink() for each in path.parent.glob("*.ocsp")], id="lost answers"
        ),
    ],
)
async def test_a_damaged_cache_is_asked_for_anew(
    service: RevocationService,
    asked: Asked,
    clock: Clock,
    tmp_path: Path,
    damage: Callable[[Path], object],
) -> None:
    await service.refresh_due()
    damage(tmp_path / "answers.json")
    again = make_service(STATE, asked, clock, tmp_path)
    assert await code_of(again) == "certificate.status_unknown"
    await again.refresh_due()
    assert await code_of(again) == "good"
    assert await code_of(make_service(STATE, asked, clock, tmp_path)) == "good"


async def test_a_folder_that_cannot_be_written_is_told(
    asked: Asked, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "a file"
    folder.write_bytes(b"")
    service = make_service(STATE, asked, clock, folder / "answers")
    with pytest.raises(UnavailableError) as caught:
        await service.refresh_due()
    assert caught.value.code == "revocation.cache"
    assert await code_of(service) == "good"


async def test_a_certificate_that_ended_needs_an_answer_of_its_last_days(
    clock: Clock, tmp_path: Path
) -> None:
    state = ListedState()
    leaf = issue("leaf", state.issuer, end=AT + HOUR)
    state.leaves = [leaf]
    state.relist()
    asked = Asked(state.answers(clock.now))
    service = make_service(state, asked, clock, tmp_path)
    await service.refresh_due()
    clock.turn(100 * DAY)
    assert await code_of(service, leaf) == "good"
    late = make_service(state, asked, clock, tmp_path / "elsewhere")
    assert await late.refresh_due() == 0
    assert await code_of(late, leaf) == "certificate.status_unknown"
    lenient = make_service(state, asked, clock, tmp_path / "else", asking=Asking.PREFER)
    assert await code_of(lenient, leaf) == "good"


# --- years later -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "kind", "code"),
    [
        pytest.param(
            make_crl(STATE.issuer, [LEAF]), AnswerKind.CRL, "certificate.revoked", id="list"
        ),
        pytest.param(
            make_crl(STATE.issuer, [LEAF], this_update=AT - 300 * DAY, next_update=AT - 299 * DAY),
            AnswerKind.CRL,
            "certificate.revoked",
            id="old list",
        ),
        pytest.param(
            make_ocsp(LEAF, STATE.issuer, status=x509.ocsp.OCSPCertStatus.REVOKED),
            AnswerKind.OCSP,
            "certificate.revoked",
            id="response",
        ),
        pytest.param(make_crl(STATE.issuer, [OTHER]), AnswerKind.CRL, "good", id="another"),
        pytest.param(
            make_crl(STATE.issuer, [LEAF], signer=issue("issuing", authority=True)),
            AnswerKind.CRL,
            "good",
            id="forged",
        ),
        pytest.param(
            make_crl(STATE.issuer, [LEAF], this_update=AT + DAY, next_update=AT + 2 * DAY),
            AnswerKind.CRL,
            "good",
            id="of later",
        ),
        pytest.param(b"garbage", AnswerKind.OCSP, "good", id="garbage"),
    ],
)
def test_what_kept_answers_revoke_is_laid_over_a_bundle(
    octets: bytes, kind: AnswerKind, code: str
) -> None:
    answers = answers_among(
        {f"revocation/a.{kind}": octets, f"a.{kind}": b"", "revocation/readme": b""},
        folder="revocation/",
    )
    assert answers == (RevocationAnswer(kind=kind, octets=octets),)
    found = "good"
    try:
        judge(lay_revocations(STATE.bundle, answers, at=AT), LEAF)
    except SwbError as error:
        found = error.code
    assert found == code


# --- any mixture -------------------------------------------------------------------------------

STRANGER = issue("issuing", authority=True)
FORGED = {
    "garbage": b"<html></html>",
    "forged good": make_ocsp(LEAF, STATE.issuer, signer=STRANGER),
    "about another": make_ocsp(OTHER, STATE.issuer),
    "too old": make_ocsp(LEAF, STATE.issuer, this_update=AT - 9 * DAY, next_update=AT - 8 * DAY),
    "of the future": make_ocsp(LEAF, STATE.issuer, this_update=AT + DAY, next_update=AT + 2 * DAY),
    "forged list": make_crl(STRANGER, []),
    "old list": make_crl(STATE.issuer, [], this_update=AT - 9 * DAY, next_update=AT - 8 * DAY),
    "forged revocation": make_crl(STATE.issuer, [LEAF], signer=STRANGER),
    "silence": b"",
}
LISTS = {"forged list", "old list", "forged revocation", "good list", "revoked list"}
TRUE = {
    "good": make_ocsp(LEAF, STATE.issuer),
    "good list": make_crl(STATE.issuer, []),
    "revoked": make_ocsp(
        LEAF, STATE.issuer, status=x509.ocsp.OCSPCertStatus.REVOKED, this_update=AT - 9 * DAY
    ),
    "revoked list": make_crl(STATE.issuer, [LEAF]),
}


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted({**FORGED, **TRUE})), max_size=6), st.booleans())
def test_no_mixture_of_answers_passes_without_a_good_one_or_refuses_without_a_revoking_one(
    names: list[str],
    restart: bool,
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_mix(names, Path(folder), restart=restart))


async def _mix(names: list[str], folder: Path, *, restart: bool) -> None:
    clock = Clock(AT)
    asked = Asked(STATE.answers(clock.now))
    service = make_service(STATE, asked, clock, folder)
    seen: set[str] = set()
    for name in names:
        octets = {**FORGED, **TRUE}[name]
        asked.down = {OCSP, CRL} if name == "silence" else set()
        is_list = name in LISTS
        asked.says(ocsp=b"" if is_list else octets, crl=octets if is_list else b"")
        await service.refresh_due()
        seen.add(name)
        code = await code_of(service)
        if seen & {"revoked", "revoked list"}:
            assert code == "certificate.revoked"
        elif seen & {"good", "good list"}:
            assert code == "good"
        else:
            assert code == "certificate.status_unknown"
        # What was answered does not end within this time, and everything is due again.
        clock.turn(timedelta(minutes=61 if code == "good" else 6))
        if restart:
            service = make_service(STATE, asked, clock, folder)
            assert await code_of(service) == code
