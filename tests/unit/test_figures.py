"""What a document adds to figures follows from its facts, in whatever order they are learnt."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.figures import (
    RELEASES,
    Awaited,
    CountedDocument,
    CountedFact,
    Grain,
    Measure,
    Remark,
    RemarkKind,
    count_document,
    count_remark,
    find_changes,
)
from swb.core.lifecycle import Fact
from swb.core.release_times import BOUNDS, Histogram, find_bucket
from swb.core.spellings import Sought, fold_reference, list_spellings

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 22, 20, 45, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FACTS = st.lists(
    st.builds(
        CountedFact,
        position=st.just(0),
        name=st.sampled_from([*map(str, Fact), "A FACT OF LATER CODE"]),
        at=st.datetimes(
            datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
            datetime(2027, 1, 1),  # noqa: DTZ001 - likewise
            timezones=st.just(UTC),
        ),
        revision=st.integers(0, 2),
        code=st.sampled_from(["", "signature.invalid"]),
    ),
    max_size=12,
)


def document(
    facts: Sequence[CountedFact], *, message_type: str = "CertificateIssue", direction: str = "out"
) -> CountedDocument:
    return CountedDocument(
        document_id="d",
        message_type=message_type,
        certificate_key="TH:DFT:1",
        issuing_party="urn:swb:party:TH:issuing",
        receiving_party="urn:swb:party:VN:customs:HPH",
        environment="production",
        direction=direction,
        recorded_at=NOW,
        facts=[replace(fact, position=place) for place, fact in enumerate(facts, 1)],
    )


def facts(*names: str) -> list[CountedFact]:
    return [CountedFact(position=0, name=name, at=NOW) for name in names]


def awaited(*names: str, message_type: str = "CertificateIssue", direction: str = "out") -> object:
    counted = count_document(
        document(facts(*names), message_type=message_type, direction=direction)
    )
    found = {each.code for each in counted if each.measure is Measure.WAITING}
    return Awaited(found.pop()) if found else None


@given(facts=FACTS, cuts=st.sets(st.integers(0, 12)))
def test_changes_of_any_pages_add_up_to_what_counting_at_once_gives(
    facts: list[CountedFact], cuts: set[int]
) -> None:
    whole = document(facts)
    added: Counter[object] = Counter()
    after = 0
    for end in sorted({*cuts, len(facts)}):
        known = replace(whole, facts=[each for each in whole.facts if each.position <= end])
        added.update(find_changes([known], after=after))
        after = end
    assert {each: count for each, count in added.items() if count} == dict(count_document(whole))


@given(facts=FACTS, data=st.data())
def test_the_order_in_which_facts_are_learnt_does_not_matter(
    facts: list[CountedFact], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(facts))
    assert count_document(document(facts)) == count_document(document(other))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["AS1"], Awaited.ARRIVAL),
        (["AS1", "RELAYED"], Awaited.ARRIVAL),
        (["AS1", "AS2"], Awaited.DELIVERY),
        (["AS1", "AS3"], Awaited.RECEIPT),
        (["AS1", "AS3", "RES-NOT"], Awaited.RECEIPT),
        (["AS1", "RES-REC"], Awaited.RESPONSE),
        (["AS1", "PENDING"], Awaited.RESPONSE),
        (["AS1", "REFUSED"], None),
        (["AS1", "REFUSED", "AS3"], Awaited.RECEIPT),
        (["AS1", "DISCARDED"], None),
        (["AS1", "GIVEN"], None),
        (["AS1", "CANCELLED"], None),
    ],
)
def test_a_document_waits_for_what_comes_next(names: list[str], expected: Awaited | None) -> None:
    assert awaited(*names) is expected


def test_what_nobody_answers_is_not_waited_for() -> None:
    assert awaited("AS1", "AS3", "RES-REC", message_type="DeclarationExtract") is None
    assert awaited("AS1", "AS3", message_type="PhytosanitaryCertificate") is None
    assert awaited("AS1", message_type="TransportAck") is None
    assert awaited("ALIKE", direction="in") is Awaited.DELIVERY


def test_periods_begin_at_the_half_hour_the_day_and_the_month_of_utc() -> None:
    at = datetime(2026, 11, 23, 3, 44, 59, tzinfo=UTC).astimezone()
    told = [CountedFact(position=1, name="AS2", at=at)]
    begins = {
        each.grain: each.begins_at
        for each in count_document(document(told))
        if each.measure in {Measure.FACT, Measure.ARRIVAL}
    }
    assert begins == {
        Grain.HALF_HOUR: datetime(2026, 11, 23, 3, 30, tzinfo=UTC),
        Grain.DAY: datetime(2026, 11, 23, tzinfo=UTC),
        Grain.MONTH: datetime(2026, 11, 1, tzinfo=UTC),
    }


def test_a_release_is_timed_from_arrival_to_each_end_that_is_known() -> None:
    """Delivery, receipt and response, each once for a day and once for a month."""
    told = [
        CountedFact(position=0, name=name, at=NOW + minutes * timedelta(minutes=1))
        for name, minutes in {"AS1": -60, "AS2": 0, "AS3": 1, "RES-REC": 5, "GIVEN": 60}.items()
    ]
    timed = Counter(
        (each.measure, each.grain, each.code)
        for each in count_document(document(told))
        if each.measure in RELEASES
    )
    minute, five_minutes, hour = (find_bucket(timedelta(minutes=each)) for each in (1, 5, 60))
    assert timed == Counter(
        (measure, grain, str(bucket))
        for grain in (Grain.DAY, Grain.MONTH)
        for measure, bucket in (
            (Measure.DELIVERY, minute),
            (Measure.RECEIPT, five_minutes),
            (Measure.RESPONSE, hour),
        )
    )
    arrived = {each.measure for each in count_document(document(told[:2]))}
    assert Measure.ARRIVAL in arrived
    assert arrived.isdisjoint(RELEASES)
    assert Measure.ARRIVAL not in {each.measure for each in count_document(document(told[2:]))}


def test_partner_is_the_other_end_and_authority_who_was_addressed() -> None:
    sent, came = document(facts("AS2")), document(facts("AS2"), direction="in")
    assert (sent.partner, came.partner) == ("VN", "TH")
    authorities = {each.authority for each in count_document(came) if each.authority}
    assert authorities == {"urn:swb:party:VN:customs:HPH"}


@pytest.mark.parametrize("message_type", ["TransportAck", "CustomsResponse", "ATypeOfLaterCode"])
def test_only_what_begins_a_conversation_has_a_status(message_type: str) -> None:
    counted = count_document(document(facts("AS1", "AS2"), message_type=message_type))
    assert {each.measure for each in counted} == {Measure.FACT}
    leading = count_document(document(facts("AS1", "AS2")))
    (status,) = (each for each in leading if each.measure is Measure.STATUS)
    assert (status.code, status.grain, leading[status]) == ("AS2", Grain.EVER, 1)


def test_refusals_are_counted_by_code_once_and_nothing_else_is_one() -> None:
    told = [
        CountedFact(position=0, name=name, at=NOW + late * SECOND, code=code)
        for name, late, code in (
            ("AS1", 0, ""),
            ("REFUSED", 2, "signature.invalid"),
            ("REFUSED", 1, "signature.invalid"),
            ("REFUSED", 3, "message.expired"),
            ("RELAYED", 4, ""),
            ("RES-NOT", 5, ""),
        )
    ]
    refused = [
        each
        for each in count_document(document(told)).elements()
        if each.measure is Measure.REFUSAL
    ]
    assert Counter((each.grain, each.code) for each in refused) == Counter(
        (grain, code)
        for grain in (Grain.HALF_HOUR, Grain.DAY)
        for code in ("signature.invalid", "message.expired")
    )


def test_a_remark_counts_once_for_its_half_hour_and_once_for_its_day() -> None:
    remark = Remark(
        subject="d",
        kind=RemarkKind.RULE,
        code="rule.fob_missing",
        at=NOW,
        direction="in",
        partner="TH",
        message_type="CertificateIssue",
        environment="production",
    )
    counted = count_remark(remark)
    assert {(each.grain, each.begins_at): count for each, count in counted.items()} == {
        (Grain.HALF_HOUR, NOW.replace(minute=30)): 1,
        (Grain.DAY, NOW.replace(hour=0, minute=0)): 1,
    }
    for each in counted:
        assert (each.measure, each.code, each.direction) == (Measure.RULE, remark.code, "in")
        assert (each.partner, each.message_type) == ("TH", "CertificateIssue")
        assert each.environment == "production"
    refusal = count_remark(replace(remark, kind=RemarkKind.REFUSAL))
    assert {each.measure for each in refusal} == {Measure.REFUSAL}


# --- release times -----------------------------------------------------------------------------


def test_the_bounds_are_those_by_which_stored_times_were_counted() -> None:
    """Counts are kept by the number of their bucket: another bound makes them tell another time."""
    minute, hour, day = 60, 3600, 86400
    assert [bound.total_seconds() for bound in BOUNDS] == [
        *(1, 2, 3, 5, 7, 10, 15, 20, 30, 45),
        *(minute, 90, 2 * minute, 3 * minute, 5 * minute, 7 * minute, 10 * minute, 15 * minute),
        *(20 * minute, 30 * minute, 45 * minute, hour, 90 * minute, 2 * hour, 3 * hour, 4 * hour),
        *(6 * hour, 8 * hour, 12 * hour, 16 * hour, 20 * hour, day, 36 * hour, 2 * day, 3 * day),
        *(4 * day, 5 * day, 7 * day, 10 * day, 14 * day, 21 * day, 30 * day, 45 * day, 60 * day),
        *(90 * day, 180 * day, 365 * day),
    ]


def test_buckets_grow_and_hold_their_upper_ends() -> None:
    assert list(BOUNDS) == sorted(set(BOUNDS))
    assert all(later <= 2.1 * earlier for earlier, later in pairwise(BOUNDS))
    for place, bound in enumerate(BOUNDS):
        assert find_bucket(bound) == place
        assert find_bucket(bound + timedelta(microseconds=1)) == place + 1
    assert find_bucket(-SECOND) == 0


@given(
    seconds=st.lists(st.integers(0, 400 * 86400), min_size=1, max_size=60),
    share=st.sampled_from([0.1, 0.5, 0.9, 1.0]),
)
def test_a_quantile_is_the_end_of_the_bucket_that_holds_it(
    seconds: list[int], share: float
) -> None:
    counts = Counter(find_bucket(timedelta(seconds=each)) for each in seconds)
    found = Histogram(counts=counts).find_quantile(share)
    ordered = sorted(seconds)
    exact = next(each for place, each in enumerate(ordered, 1) if place >= share * len(ordered))
    bucket = find_bucket(timedelta(seconds=exact))
    assert found == (BOUNDS[bucket] if bucket < len(BOUNDS) else None)


def test_what_took_longer_than_the_last_bound_has_no_end() -> None:
    beyond = find_bucket(BOUNDS[-1] + SECOND)
    assert Histogram(counts={len(BOUNDS) - 1: 1, beyond: 1}).find_quantile(0.5) == BOUNDS[-1]
    assert Histogram(counts={len(BOUNDS) - 1: 1, beyond: 1}).find_quantile(0.9) is None


def test_an_empty_bucket_ends_no_quantile() -> None:
    assert Histogram(counts={0: 0}).find_quantile(0.5) is None
    assert Histogram(counts={0: 0, 1: 1, 2: 0}).find_quantile(1.0) == BOUNDS[1]


def test_no_times_have_no_quantile() -> None:
    assert Histogram(counts={}).find_quantile(0.5) is None


# --- spellings ---------------------------------------------------------------------------------


def test_a_certificate_is_spelled_with_and_without_state_and_office() -> None:
    assert list_spellings("TH:DFT:d-2026%2F1") == ["THDFTD20261", "D20261"]
    assert fold_reference("th/dft d 2026 1") == "THDFTD20261"
    assert list_spellings("") == ()


@pytest.mark.parametrize(
    ("typed", "folded", "reference", "is_id"),
    [
        ("D20", "", "D20", False),
        ("D-20 2", "D202", "D-20 2", False),
        (" th/dft d2026 ", "THDFTD2026", "th/dft d2026", False),
        ("0190ABC", "0190ABC", "0190ABC", False),
        ("0190ABCD", "0190ABCD", "0190abcd", True),
        ("0190ABCDE", "0190ABCDE", "0190abcde", True),
        ("0190abcz", "0190ABCZ", "0190abcz", False),
        ("TH:DFT:d%2F1", "THDFTD1", "TH:DFT:d%2F1", False),
    ],
)
def test_a_reference_means_what_begins_with_it(
    typed: str, folded: str, reference: str, *, is_id: bool
) -> None:
    """A number from four signs on, an id from eight hexadecimal digits on."""
    sought = Sought.of(typed)
    assert sought is not None
    behind = f"{folded[:-1]}{chr(ord(folded[-1]) + 1)}" if folded else ""
    assert (sought.reference, sought.folded_range) == (reference, (folded, behind))
    assert (sought.id_range[0] == reference) is is_id
    assert (sought.id_range == ("", "")) is not is_id


@pytest.mark.parametrize("typed", ["", "  ", "a" * 201, "TH\n1234"])
def test_what_no_certificate_is_called_means_nothing(typed: str) -> None:
    assert Sought.of(typed) is None


def test_the_longest_reference_that_is_read_has_200_signs() -> None:
    longest = Sought.of("a" * 200)
    assert longest is not None
    assert longest.folded == "A" * 200


@given(text=st.text(max_size=250))
def test_whatever_is_typed_can_be_sought_or_means_nothing(text: str) -> None:
    sought = Sought.of(text)
    if sought is not None:
        for first, behind in (sought.folded_range, sought.id_range):
            assert (first, behind) == ("", "") or first < behind
            behind.encode()
            assert not first or first <= f"{first}zz" < behind
