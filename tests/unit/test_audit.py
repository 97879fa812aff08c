"""The audit trail's chain, and acts under two people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.approving import VALID_FOR, Act, Guarded, Step, check_request, list_requests
from swb.core.audit import BEGINNING, AuditEntry, check_chain, make_entry
from swb_schemas.errors import RefusedError

AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
LINES: Final = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8)


def trail_of(acts: list[tuple[str, str]]) -> list[AuditEntry]:
    """Chain some acts."""
    entries: list[AuditEntry] = []
    for action, subject in acts:
        last = entries[-1] if entries else None
        entries.append(
            make_entry(last, at=AT, who="operator", action=action, subject=subject, detail="")
        )
    return entries


def follow(last: AuditEntry | None, *, number: int) -> AuditEntry:
    """Chain an entry whose digest is right and whose number is chosen."""
    before = replace(last or FOUR[0], sequence=number - 1)
    if last is None:
        before = replace(before, digest=BEGINNING)
    return make_entry(before, at=AT, who="operator", action="x", subject="", detail="")


FOUR: Final = trail_of([("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")])


@given(LINES)
def test_a_trail_leads_to_its_head(acts: list[tuple[str, str]]) -> None:
    entries = trail_of(acts)
    assert check_chain(entries) == (entries[-1].digest if entries else BEGINNING)
    for entry in entries:
        assert check_chain(entries, known_head=entry.digest) == entries[-1].digest


def test_nobody_makes_one_entry_look_like_two() -> None:
    entry = make_entry(
        None,
        at=AT,
        who="operator",
        action="a",
        subject="TH\n     9  2026  other  approval given",
        detail="why\r\x1b[2K\tso\u2028now",
    )
    assert entry.subject == "TH\\u000a     9  2026  other  approval given"
    assert entry.detail == "why\\u000d\\u001b[2K\\u0009so\\u2028now"
    assert check_chain([entry]) == entry.digest


def test_the_digest_is_one_that_others_can_compute() -> None:
    # printf '[1,"2026-03-02T03:04:05.000000Z","operator","a","1","","000...0"]' | sha256sum
    assert FOUR[0].digest == "ac65d9ac2170b52289a351ce1810fac409fe70e7068de733a8688edf72144273"
    # The same of [...,"a","ก",...]: letters are written as they are, in UTF-8.
    (thai,) = trail_of([("a", "ก")])
    assert thai.digest == "e2dfef4eced488e3b3a018f0893090c22189f04a2d79335f6b040ba14330fa21"


@pytest.mark.parametrize(
    "tampered",
    [
        pytest.param([FOUR[0], replace(FOUR[1], subject="9"), *FOUR[2:]], id="a subject changed"),
        pytest.param([FOUR[0], replace(FOUR[1], who="other"), *FOUR[2:]], id="a person changed"),
        pytest.param(
            [FOUR[0], replace(FOUR[1], at=AT + timedelta(microseconds=1)), *FOUR[2:]],
            id="a time changed",
        ),
        pytest.param([FOUR[0], *FOUR[2:]], id="one removed"),
        pytest.param(FOUR[1:], id="the first removed"),
        pytest.param([FOUR[0], FOUR[2], FOUR[1], FOUR[3]], id="two exchanged"),
        pytest.param([*FOUR[:2], FOUR[1], *FOUR[2:]], id="one doubled"),
        pytest.param([FOUR[0], follow(FOUR[0], number=3)], id="a gap, and every digest mended"),
        pytest.param([FOUR[0], follow(FOUR[0], number=1)], id="a number twice, digests mended"),
        pytest.param([follow(None, number=2)], id="it begins later, digests mended"),
        pytest.param([FOUR[0], replace(FOUR[1], previous="0" * 63 + "1")], id="another before it"),
        pytest.param([FOUR[0], replace(FOUR[1], sequence=3)], id="renumbered"),
        pytest.param(
            [
                FOUR[0],
                make_entry(FOUR[0], at=AT, who="operator", action="x", subject="", detail=""),
                *FOUR[2:],
            ],
            id="one replaced and its own digest mended",
        ),
    ],
)
def test_a_trail_that_was_altered_is_refused(tampered: list[AuditEntry]) -> None:
    with pytest.raises(RefusedError) as refused:
        check_chain(tampered)
    assert refused.value.code == "audit.broken"


def test_a_cut_end_is_noticed_by_who_noted_a_head() -> None:
    assert check_chain(FOUR[:2])
    with pytest.raises(RefusedError) as refused:
        check_chain(FOUR[:2], known_head=FOUR[3].digest)
    assert refused.value.code == "audit.cut"


# --- two people --------------------------------------------------------------------------------

ACT: Final = Act(
    kind=Guarded.TRUST, action="trust compromise", subject="TH", arguments={"since": "2026"}
)


def test_an_act_is_named_by_everything_in_it() -> None:
    others = [
        replace(ACT, kind=Guarded.ERASE),
        replace(ACT, action="trust lift"),
        replace(ACT, subject="VN"),
        replace(ACT, arguments={"since": "2025"}),
        replace(ACT, arguments={"since": "2026", "purpose": "transport"}),
    ]
    assert len({ACT.digest, *(each.digest for each in others)}) == 1 + len(others)


def test_an_act_has_the_same_name_in_every_version() -> None:
    """A request of yesterday is found by who upgraded in between."""
    # printf '["trust", "trust compromise", "TH", [["reason", "ขโมย"], ["since", "2026"]]]' |
    # sha256sum
    arguments = {"since": "2026", "reason": "ขโมย"}
    assert replace(ACT, arguments=arguments).digest == (
        "063e1c89e9c43c714db3533506735fa799eda4c3c36a24fc5736ce7a4cc3cb49"
    )


def request_of(*steps: Step) -> list[AuditEntry]:
    """A trail of one request that came so far."""
    entries: list[AuditEntry] = []
    for number, step in enumerate(steps):
        entries.append(
            make_entry(
                entries[-1] if entries else None,
                at=AT,
                who=f"person {number}",
                action=step,
                subject="r1",
                detail=f"{ACT.digest} {ACT.text}",
            )
        )
    return entries


def test_a_request_is_read_from_the_trail() -> None:
    request = list_requests(request_of(Step.ASKED, Step.GIVEN))["r1"]
    assert (request.asked_by, request.given_by, request.used) == ("person 0", "person 1", False)
    assert (request.act_digest, request.text) == (ACT.digest, ACT.text)


@pytest.mark.parametrize("step", [Step.GIVEN, Step.USED])
def test_nothing_is_agreed_to_that_nobody_asked_for(step: Step) -> None:
    assert list_requests(request_of(step)) == {}


@pytest.mark.parametrize(
    ("steps", "at", "code"),
    [
        pytest.param((), AT, "approval.unknown", id="unknown"),
        pytest.param((Step.ASKED, Step.GIVEN, Step.USED), AT, "approval.used", id="used"),
        pytest.param(
            (Step.ASKED,), AT + VALID_FOR + timedelta(seconds=1), "approval.expired", id="too old"
        ),
    ],
)
def test_a_request_is_good_once_and_for_a_day(
    steps: tuple[Step, ...], at: datetime, code: str
) -> None:
    request = list_requests(request_of(*steps)).get("r1")
    with pytest.raises(RefusedError) as refused:
        check_request(request, "r1", at=at)
    assert refused.value.code == code


def test_a_request_of_a_day_ago_is_still_good() -> None:
    request = list_requests(request_of(Step.ASKED)).get("r1")
    assert check_request(request, "r1", at=AT + VALID_FOR).request_id == "r1"
