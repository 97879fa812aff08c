"""What a certificate waits for, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from swb.core.lifecycle import Fact
from swb.core.waiting import find_waiting
from swb_schemas.catalogue import get_type

BEGAN = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
EXPIRES = BEGAN + timedelta(days=30)
LAST_DAY = date(2027, 1, 9)
LAST = datetime(2027, 1, 9, 23, 59, 59, tzinfo=UTC)


def facts(*names: Fact) -> dict[Fact, datetime]:
    return {name: BEGAN + timedelta(hours=hour) for hour, name in enumerate(names)}


SENT = (Fact.AS1,)
ARRIVED = (Fact.AS1, Fact.RELAYED, Fact.AS2)
DELIVERED = (*ARRIVED, Fact.AS3)
RECEIVED = (*DELIVERED, Fact.RES_REC)


@pytest.mark.parametrize(
    ("known", "awaited", "since", "until"),
    [
        (SENT, "AS2", 0, EXPIRES),
        (ARRIVED, "AS3", 2, EXPIRES),
        (DELIVERED, "customs receipt", 3, LAST),
        ((*DELIVERED, Fact.RES_NOT), "customs receipt", 4, LAST),
        (RECEIVED, "customs response", 4, LAST),
        ((*RECEIVED, Fact.PENDING), "customs response", 5, LAST),
        ((*DELIVERED, Fact.PENDING), "customs response", 4, LAST),
        ((*DELIVERED, Fact.RES_NOT, Fact.PENDING), "customs response", 5, LAST),
        ((Fact.AS1, Fact.PENDING), "customs response", 1, LAST),
        ((Fact.AS1, Fact.RES_REC), "customs response", 1, LAST),
    ],
)
def test_waits_for_the_next_thing_that_somebody_has_to_say(
    known: tuple[Fact, ...], awaited: str, since: int, until: datetime
) -> None:
    found = find_waiting(facts(*known), agreement="ATIGA", expires_at=EXPIRES, valid_until=LAST_DAY)
    assert found is not None
    assert awaited in found.awaited
    assert found.since == BEGAN + timedelta(hours=since)
    assert found.until == until


@pytest.mark.parametrize(
    "known",
    [
        (*RECEIVED, Fact.GIVEN),
        (*RECEIVED, Fact.NOT_GIVEN),
        (*DELIVERED, Fact.WITHDRAWN),
        (Fact.AS1, Fact.REFUSED),
        (),
    ],
)
def test_waits_for_nothing_when_it_is_decided_taken_back_or_refused(
    known: tuple[Fact, ...],
) -> None:
    assert (
        find_waiting(facts(*known), agreement="ATIGA", expires_at=None, valid_until=LAST_DAY)
        is None
    )


@pytest.mark.parametrize("known", [SENT, DELIVERED, RECEIVED, (*RECEIVED, Fact.PENDING)])
def test_waits_for_nothing_once_it_is_cancelled(known: tuple[Fact, ...]) -> None:
    """A cancellation alone ends nothing: customs may not accept it."""
    asked = facts(*known, Fact.CANCELLATION)
    terms = {"agreement": "ATIGA", "expires_at": EXPIRES, "valid_until": LAST_DAY}
    assert find_waiting(asked, **terms) is not None  # type: ignore[arg-type]  # fields by name
    assert find_waiting(asked, **terms, cancelled=True) is None  # type: ignore[arg-type]  # fields by name


def test_waits_for_customs_to_reverse_what_it_gave_once_verification_is_denied() -> None:
    known = facts(*RECEIVED, Fact.GIVEN, Fact.VERIFICATION_DENIED)
    terms = {"agreement": "ATIGA", "expires_at": EXPIRES, "valid_until": LAST_DAY}
    found = find_waiting(known, **terms, denied=True)  # type: ignore[arg-type]  # fields by name
    assert found is not None
    assert "reverses GIVEN" in found.awaited
    assert (found.since, found.until) == (known[Fact.VERIFICATION_DENIED], None)
    assert find_waiting(known, **terms) is None  # type: ignore[arg-type]  # fields by name


def test_a_refusal_is_due_within_sixty_days_where_the_agreement_says_so() -> None:
    known = facts(*RECEIVED)
    atiga = find_waiting(known, agreement="ATIGA", expires_at=EXPIRES, valid_until=LAST_DAY)
    other = find_waiting(known, agreement="AANZFTA", expires_at=EXPIRES, valid_until=LAST_DAY)
    assert atiga is not None
    assert other is not None
    assert atiga.refusal_until == known[Fact.RES_REC] + timedelta(days=60)
    assert "(3)(a)" in atiga.clause
    assert (other.refusal_until, other.clause) == (None, "")


def test_counts_no_sixty_days_from_a_receipt_that_did_not_come() -> None:
    known = facts(*DELIVERED, Fact.PENDING)
    found = find_waiting(known, agreement="ATIGA", expires_at=EXPIRES, valid_until=LAST_DAY)
    assert found is not None
    assert found.refusal_until is None
    assert "Rule 30(2)" in found.clause


@pytest.mark.parametrize(
    ("message_type", "known", "awaited"),
    [
        ("DeclarationExtract", SENT, "AS2"),
        ("DeclarationExtract", DELIVERED, "customs receipt"),
        ("DeclarationExtract", RECEIVED, None),
        ("CertificateOfConformity", RECEIVED, None),
        ("CertificateIssue", RECEIVED, "customs response"),
        ("CustomsResponse", ARRIVED, "AS3"),
        ("CustomsResponse", DELIVERED, None),
    ],
)
def test_waits_for_no_answer_that_the_type_does_not_have(
    message_type: str, known: tuple[Fact, ...], awaited: str | None
) -> None:
    found = find_waiting(
        facts(*known),
        agreement="",
        expires_at=EXPIRES,
        valid_until=None,
        answers=get_type(message_type).answers,
    )
    assert (found is None) == (awaited is None)
    if found is not None:
        assert awaited is not None
        assert awaited in found.awaited
