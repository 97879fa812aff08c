"""How long a message waits for its member's quota."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.quotas import Quota, take


def send(quota: Quota, messages: list[tuple[float, int]]) -> list[float]:
    """Send messages (when, octets); the moments at which they pass."""
    state, passed = quota.open(0), []
    for at, octets in messages:
        state, waits = take(state, octets=octets, at=at)
        passed.append(at + waits)
    return passed


def test_without_a_bound_nothing_waits() -> None:
    assert send(Quota(), [(0, 9_500_000)] * 1000) == [0] * 1000


def test_what_was_saved_passes_at_once_and_then_the_rate_holds() -> None:
    passed = send(Quota(messages_per_second=2, burst_seconds=5), [(0, 1)] * 20)
    assert passed[:10] == [0] * 10
    assert passed[10:] == pytest.approx([0.5 * n for n in range(1, 11)])


def test_octets_are_counted_beside_messages() -> None:
    quota = Quota(messages_per_second=100, octets_per_second=1000, burst_seconds=1)
    assert send(quota, [(0, 1000), (0, 2000), (0, 1)]) == pytest.approx([0, 2, 2.001])


def test_one_that_is_larger_than_the_bucket_passes_and_the_next_pays() -> None:
    quota = Quota(octets_per_second=1000, burst_seconds=1)
    assert send(quota, [(0, 9000), (8, 1)]) == pytest.approx([8, 8.001])


def test_a_days_messages_may_come_at_once_and_no_more_than_evenly_after() -> None:
    passed = send(Quota(messages_per_day=864), [(0, 1)] * 866)
    assert passed[863] == 0
    assert passed[864:] == pytest.approx([100, 200])


def test_silence_saves_no_more_than_the_bucket_holds() -> None:
    quota = Quota(messages_per_second=1, burst_seconds=3)
    assert send(quota, [(1000, 1)] * 4) == pytest.approx([1000, 1000, 1000, 1001])


def test_however_little_somebody_may_send_the_first_message_passes() -> None:
    for quota in (
        Quota(messages_per_second=0.01, burst_seconds=10),
        Quota(messages_per_day=0.5),
        Quota(octets_per_second=0.01),
    ):
        state, waits = take(quota.open(0), octets=1, at=0)
        assert waits == 0
        _, waits = take(state, octets=1, at=0)
        assert waits > 0


def test_unless_told_otherwise_ten_seconds_are_saved() -> None:
    state = Quota(messages_per_second=2).open(0)
    assert [each.level for each in state.buckets] == [20]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    state = Quota(messages_per_second=1, burst_seconds=1).open(100)
    state, _ = take(state, octets=1, at=100)
    state, waits = take(state, octets=1, at=50)
    assert waits == pytest.approx(1)
    assert take(state, octets=1, at=100)[1] == pytest.approx(2)


@given(
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 10_000)), min_size=1, max_size=60),
    st.floats(0.5, 50),
    st.floats(1000, 100_000),
)
def test_over_any_time_no_more_passes_than_burst_and_rate(
    gaps: list[tuple[float, int]], rate: float, octet_rate: float
) -> None:
    """Whoever waits for each before it sends the next passes no more than was agreed."""
    quota = Quota(messages_per_second=rate, octets_per_second=octet_rate, burst_seconds=2)
    state, now, count, octets = quota.open(0), 0.0, 0, 0
    for gap, size in gaps:
        now += gap
        state, waits = take(state, octets=size, at=now)
        now += waits
        count, octets = count + 1, octets + size
        assert count <= max(1, rate * 2) + rate * now + 1e-6
        assert octets <= octet_rate * 2 + octet_rate * now + 1e-3
