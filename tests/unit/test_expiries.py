"""Whatever trust rests on warns 60, 30 and 7 days before it ends, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import structlog

from swb.core.expiries import (
    NO_THRESHOLD,
    THRESHOLDS,
    Subject,
    find_expiries,
    find_threshold,
    list_ends,
)
from swb.core.trust_drafts import add_authority
from swb.services.expiring import ExpiryWatch
from swb_schemas.catalogue import Purpose
from swb_schemas.wire import TrustBundle, parse_trust_bundle
from tests.unit.wire.issuing import issue
from tests.vectors.roots import bundle_of_chain, state_roots
from tests.vectors.world import (
    AT,
    END,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NEXT = holder(TH_GATEWAY, Purpose.TRANSPORT, label="second")


@pytest.mark.parametrize(
    ("before_the_end", "threshold"),
    [
        pytest.param(61 * DAY, None, id="in time"),
        pytest.param(60 * DAY, 60, id="at sixty days"),
        pytest.param(30 * DAY + SECOND, 60, id="before thirty days"),
        pytest.param(30 * DAY, 30, id="at thirty days"),
        pytest.param(7 * DAY, 7, id="at seven days"),
        pytest.param(timedelta(0), 7, id="at its last instant"),
        pytest.param(-SECOND, 0, id="when it has ended"),
    ],
)
def test_an_end_is_told_at_its_thresholds(before_the_end: timedelta, threshold: int | None) -> None:
    assert find_threshold(END, END - before_the_end) == threshold


def ending(*, until: datetime, successor: bool = False) -> TrustBundle:
    """Thailand's transport key ends, with or without another one that follows."""
    entries = [
        (party, entry.model_copy(update={"until": until}))
        if (party, entry.purpose) == (TH_GATEWAY, Purpose.TRANSPORT)
        else (party, entry)
        for party, entry in STANDARD_ENTRIES
    ]
    if successor:
        entries.append(entry_of(NEXT))
    return parse_trust_bundle(bundle(list_form("TH", entries)))


def test_nothing_is_told_of_what_holds_for_years() -> None:
    assert find_expiries(parse_trust_bundle(bundle()), AT) == ()


def test_a_key_without_a_successor_is_told() -> None:
    (told,) = find_expiries(ending(until=AT + 20 * DAY), AT)
    assert (told.subject, told.state, told.threshold) == (Subject.CERTIFICATE, "TH", 30)
    assert told.name == f"{TH_GATEWAY} transport"
    assert "ends" in told.text


def test_a_key_that_is_being_rolled_over_is_not_told() -> None:
    assert find_expiries(ending(until=AT + 20 * DAY, successor=True), AT) == ()


def test_a_key_that_ended_long_ago_is_not_told_for_ever() -> None:
    assert find_expiries(ending(until=AT - 8 * DAY), AT) == ()
    assert [each.threshold for each in find_expiries(ending(until=AT - DAY), AT)] == [0]


def test_of_everything_is_told_when_it_ends_however_far_that_is() -> None:
    issuing = issue("issuing authority", authority=True).certificate
    listed = add_authority(list_form("TH"), issuing, crl=["http://th.example/crl"], ocsp=[])
    told = {
        (each.subject, each.state, each.name): each
        for each in list_ends(parse_trust_bundle(bundle(listed)), AT)
    }
    authority_ = told[Subject.AUTHORITY, "TH", issuing.subject]
    assert (authority_.identity, authority_.ends_at) == (issuing.thumbprint, issuing.valid_until)
    assert {each.threshold for each in told.values()} == {NO_THRESHOLD}
    assert THRESHOLDS == (7, 30, 60)
    assert NO_THRESHOLD not in {0, *THRESHOLDS}
    assert (Subject.LIST, "TH", f"number {listed.number}") in told
    assert {each.subject for each in told.values()} == set(Subject) - {Subject.ROOT_STATEMENT}


def test_lists_statements_and_roots_are_told() -> None:
    at = END - 5 * DAY
    told = find_expiries(parse_trust_bundle(bundle_of_chain(state_roots(expires=END - DAY))), at)
    assert {each.subject for each in told} >= {
        Subject.LIST,
        Subject.ROOT_STATEMENT,
        Subject.ROOT,
        Subject.CERTIFICATE,
    }
    assert told[0].subject is Subject.ROOT_STATEMENT


class Source:
    """A trust source of which the bundle is given."""

    def __init__(self, trust: TrustBundle) -> None:
        self.trust = trust

    async def fetch(self) -> TrustBundle:
        return self.trust


class Clock:
    """A clock that a test turns."""

    moment = AT

    def now(self) -> datetime:
        return self.moment


async def test_each_threshold_is_logged_once() -> None:
    clock = Clock()
    watch = ExpiryWatch(state="TH", trust=Source(ending(until=AT + 61 * DAY)), clock=clock)
    told = []
    with structlog.testing.capture_logs() as logs:
        for day in range(64):
            clock.moment = AT + day * DAY
            await watch.look()
            await watch.look()
            told += [(day, each["event"], each["within_days"]) for each in logs]
            logs.clear()
    assert told == [
        (1, "ends_soon", 60),
        (31, "ends_soon", 30),
        (54, "ends_soon", 7),
        (62, "ended", 0),
    ]
    assert list(watch.notices) == [f"certificate of TH: {TH_GATEWAY} transport"]


async def test_a_renewed_list_ends_the_notice_at_once() -> None:
    source, clock = Source(ending(until=AT + DAY)), Clock()
    watch = ExpiryWatch(state="VN", trust=source, clock=clock)
    await watch.look()
    assert watch.notices
    source.trust = replace(ending(until=AT + DAY, successor=True))
    await watch.look()
    assert watch.notices == {}
