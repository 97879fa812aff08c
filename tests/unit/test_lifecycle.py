"""Where a document stands: the same facts give the same status, in any order and number."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.lifecycle import (
    DECISIONS,
    Fact,
    judge_status,
    name_of_acknowledgement,
)
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.exchanges import Move

if TYPE_CHECKING:
    from random import Random

FACTS = st.tuples(st.sampled_from(sorted(set(Fact) - {Fact.RELEASED})), st.integers(0, 5)).map(
    lambda drawn: drawn if drawn[0] in DECISIONS else (drawn[0], 0)
)


_RECEIPTS = frozenset({Fact.RES_REC, Fact.RES_NOT})


@given(st.lists(FACTS), st.randoms())
def test_neither_order_nor_repetition_matters(
    facts: list[tuple[Fact, int]], random: Random
) -> None:
    shuffled = [*facts, *facts[::2]]
    random.shuffle(shuffled)
    assert judge_status(shuffled) == judge_status(facts)


@given(st.lists(FACTS, min_size=1))
def test_the_status_is_one_of_the_facts(facts: list[tuple[Fact, int]]) -> None:
    assert judge_status(facts) in {fact for fact, _ in facts}


@given(st.lists(FACTS), FACTS)
def test_one_more_fact_leaves_the_status_or_becomes_it(
    facts: list[tuple[Fact, int]], more: tuple[Fact, int]
) -> None:
    assert judge_status([*facts, more]) in {judge_status(facts), more[0]}


@given(st.lists(FACTS))
def test_no_hop_undoes_what_customs_said(facts: list[tuple[Fact, int]]) -> None:
    before = judge_status(facts)
    after = judge_status(
        [*facts, *((hop, 0) for hop in (Fact.AS1, Fact.AS2, Fact.AS3)), (Fact.REFUSED, 0)]
    )
    if before in DECISIONS | _RECEIPTS:
        assert after is before


def test_nothing_is_known_of_what_nobody_told() -> None:
    assert judge_status([]) is None


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({Fact.AS1}, Fact.AS1),
        ({Fact.AS1, Fact.RELAYED}, Fact.RELAYED),
        ({Fact.AS1, Fact.RELAYED, Fact.AS2}, Fact.AS2),
        ({Fact.AS2, Fact.AS3}, Fact.AS3),
        # An acknowledgement may be lost or late: the later hop says enough.
        ({Fact.AS1, Fact.AS3}, Fact.AS3),
        ({Fact.AS1, Fact.REFUSED}, Fact.REFUSED),
        ({Fact.AS1, Fact.RELAYED, Fact.REFUSED}, Fact.REFUSED),
        # One message with the document was refused, another one arrived.
        ({Fact.AS1, Fact.REFUSED, Fact.AS2, Fact.AS3}, Fact.AS3),
        ({Fact.AS1, Fact.AS3, Fact.RES_NOT}, Fact.RES_NOT),
        # The customs system was down, and took it later.
        ({Fact.AS3, Fact.RES_NOT, Fact.RES_REC}, Fact.RES_REC),
        ({Fact.RES_REC, Fact.PENDING}, Fact.PENDING),
        # The response overtook everything else.
        ({Fact.AS1, Fact.GIVEN}, Fact.GIVEN),
    ],
)
def test_the_fact_that_weighs_most_stands(facts: set[Fact], status: Fact) -> None:
    for order in permutations(facts):
        assert judge_status((fact, 0) for fact in order) is status


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ([(Fact.PENDING, 1), (Fact.GIVEN, 2)], Fact.GIVEN),
        ([(Fact.GIVEN, 1), (Fact.NOT_GIVEN, 2)], Fact.NOT_GIVEN),
        ([(Fact.NOT_GIVEN, 1), (Fact.GIVEN, 2)], Fact.GIVEN),
        ([(Fact.GIVEN, 9), (Fact.PENDING, 10)], Fact.PENDING),
        # Two of one number: the less favourable one.
        ([(Fact.GIVEN, 1), (Fact.NOT_GIVEN, 1)], Fact.NOT_GIVEN),
        ([(Fact.GIVEN, 1), (Fact.PENDING, 1)], Fact.PENDING),
        ([(Fact.PENDING, 1), (Fact.NOT_GIVEN, 1)], Fact.NOT_GIVEN),
    ],
)
def test_the_latest_response_stands(responses: list[tuple[Fact, int]], status: Fact) -> None:
    for order in permutations(responses):
        assert judge_status(order) is status


RISING = [
    Fact.VERIFICATION,
    Fact.VERIFICATION_SUSPENDING,
    Fact.VERIFICATION_REPLY,
    Fact.VERIFICATION_CONFIRMED,
    Fact.VERIFICATION_DENIED,
    Fact.CANCELLATION,
    Fact.CANCELLATION_UNKNOWN,
    Fact.CANCELLATION_UTILISED,
    Fact.CANCELLED,
    Fact.ALIKE,
    Fact.ASKED_AGAIN,
    Fact.RELEASED,
    Fact.COMPARED,
    Fact.AS1,
    Fact.RELAYED,
    Fact.AS2,
    Fact.DISCARDED,
    Fact.REFUSED,
    Fact.AS3,
    Fact.RES_NOT,
    Fact.RES_REC,
    Fact.PENDING,
    Fact.WITHDRAWN,
    Fact.QUARANTINED,
]


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(RISING)))
def test_of_two_facts_the_higher_one_stands_whatever_their_numbers(
    lower: Fact, higher: Fact
) -> None:
    assert judge_status([(lower, 9), (higher, 0)]) is higher


def test_every_fact_has_its_place_and_the_decisions_share_one() -> None:
    assert {*RISING, *DECISIONS} == set(Fact)


def test_every_outcome_that_can_be_told_has_a_name() -> None:
    named = {
        (hop, outcome): name_of_acknowledgement(hop, outcome) for hop in Hop for outcome in Outcome
    }
    assert named == {
        (Hop.AS2, Outcome.ACCEPTED): Fact.AS2,
        (Hop.AS3, Outcome.ACCEPTED): Fact.AS3,
        (Hop.AS2, Outcome.REFUSED): Fact.REFUSED,
        (Hop.AS3, Outcome.REFUSED): Fact.REFUSED,
    }


def test_every_move_of_an_exchange_is_a_fact() -> None:
    assert {Fact(move) for move in Move} >= DECISIONS | _RECEIPTS | {Fact.CANCELLED}


ASKED_AND_GIVEN = [(Fact.GIVEN, 1), (Fact.VERIFICATION_SUSPENDING, 1)]

EXCHANGES = {
    "cancelled outweighs what customs decided": (
        [(Fact.NOT_GIVEN, 1), (Fact.CANCELLATION, 1), (Fact.CANCELLED, 1)],
        Fact.CANCELLED,
    ),
    "a cancellation that nobody replied to says nothing": (
        [(Fact.RES_REC, 0), (Fact.CANCELLATION, 1)],
        Fact.RES_REC,
    ),
    "utilised already": (
        [(Fact.GIVEN, 1), (Fact.CANCELLATION, 1), (Fact.CANCELLATION_UTILISED, 1)],
        Fact.GIVEN,
    ),
    "suspended": (ASKED_AND_GIVEN, Fact.VERIFICATION_SUSPENDING),
    "suspended still": ([*ASKED_AND_GIVEN, (Fact.VERIFICATION_REPLY, 1)], ASKED_AND_GIVEN[1][0]),
    "suspended no more": (
        [*ASKED_AND_GIVEN, (Fact.VERIFICATION_REPLY, 1), (Fact.VERIFICATION_CONFIRMED, 1)],
        Fact.GIVEN,
    ),
    "denied while it was given": (
        [*ASKED_AND_GIVEN, (Fact.VERIFICATION_DENIED, 1)],
        Fact.VERIFICATION_DENIED,
    ),
    "denied before customs decided": (
        [(Fact.RES_REC, 0), (Fact.VERIFICATION, 1), (Fact.VERIFICATION_DENIED, 1)],
        Fact.VERIFICATION_DENIED,
    ),
    "denied, and reversed by the next response": (
        [*ASKED_AND_GIVEN, (Fact.VERIFICATION_DENIED, 1), (Fact.NOT_GIVEN, 2)],
        Fact.NOT_GIVEN,
    ),
    "quarantined outweighs even that": (
        [(Fact.CANCELLATION, 1), (Fact.CANCELLED, 1), (Fact.QUARANTINED, 1)],
        Fact.QUARANTINED,
    ),
}


@pytest.mark.parametrize(("facts", "status"), EXCHANGES.values(), ids=EXCHANGES)
def test_the_exchange_says_whether_it_is_cancelled_or_suspended(
    facts: list[tuple[Fact, int]], status: Fact
) -> None:
    for order in permutations(facts):
        assert judge_status(order) is status
