"""Exchanges: every move in every state, what is shuffled and repeated, and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_schemas.error_codes import find_error_code
from swb_schemas.exchanges import (
    BEGINNING,
    LIMITS,
    MACHINES,
    Effect,
    ExchangeState,
    Machine,
    Move,
    Side,
    State,
    Step,
    find_cut_short,
    find_exceeded,
    judge_own,
    judge_received,
    settle,
    spell_state,
)
from swb_schemas.exchanges.limits import Gravity
from swb_schemas.exchanges.table import ACROSS, KEPT, Numbering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from swb_schemas.exchanges.table import MachineTable, MoveRow

ROUND: Final = 3
"""The number at which a machine stands in the walks."""

PAIRS: Final = [
    pytest.param(table, row, state, id=f"{row.move} in {state}")
    for table in MACHINES
    for row in table.moves
    for state in table.states
]


def standing(table: MachineTable, state: State) -> ExchangeState:
    """A state of the whole in which one machine stands there, in round 3."""
    return BEGINNING.put(table.machine, state, ROUND)


def due(row: MoveRow) -> int:
    """The number that a move has when it comes in its turn."""
    return {
        Numbering.NONE: 0,
        Numbering.LATEST: ROUND + 1,
        Numbering.OPENS: ROUND + 1,
        Numbering.CLOSES: ROUND,
    }[row.numbering]


# --- the table itself --------------------------------------------------------------------------


def test_every_move_has_an_entry_for_every_state_of_its_machine_and_no_other() -> None:
    for table in MACHINES:
        for row in table.moves:
            assert tuple(row.entries) == table.states


def test_every_move_stands_in_one_machine_and_every_state_too() -> None:
    moves = [row.move for table in MACHINES for row in table.moves]
    states = [state for table in MACHINES for state in table.states]
    assert sorted(moves) == sorted(Move)
    assert sorted(states) == sorted(State)


def test_every_state_is_reached_from_the_first() -> None:
    for table in MACHINES:
        reached = {table.states[0]}
        for _ in table.states:
            reached |= {
                entry
                for row in table.moves
                for state, entry in row.entries.items()
                if state in reached and isinstance(entry, State)
            }
        assert reached == set(table.states)


def test_every_refusal_has_a_code_that_is_explained() -> None:
    codes = {
        entry
        for table in MACHINES
        for row in table.moves
        for entry in row.entries.values()
        if not isinstance(entry, State) and entry != KEPT
    }
    codes |= {code for each in ACROSS.values() for code in each.values()}
    codes |= {limit.code for limit in LIMITS}
    assert [code for code in sorted(codes) if find_error_code(code) is None] == []


# --- walking it: each move in each state is in test_exchange_moves -----------------------------


@pytest.mark.parametrize(("table", "row", "state"), PAIRS)
def test_a_move_of_an_earlier_number_changes_nothing(
    table: MachineTable, row: MoveRow, state: State
) -> None:
    if row.numbering is Numbering.NONE:
        return
    before = standing(table, state)
    for number in range(1, ROUND):
        verdict = judge_received(before, Step(move=row.move, number=number))
        assert (verdict.effect, verdict.state) == (Effect.KEEPS, before)


@pytest.mark.parametrize(("table", "row", "state"), PAIRS)
def test_taking_a_move_once_more_changes_nothing(
    table: MachineTable, row: MoveRow, state: State
) -> None:
    step = Step(move=row.move, number=due(row))
    once = judge_received(standing(table, state), step)
    if once.effect in {Effect.GOES, Effect.KEEPS}:
        again = judge_received(once.state, step)
        assert (again.effect, again.state) == (Effect.KEEPS, once.state)


@pytest.mark.parametrize("response", [State.UNDECIDED, State.PENDING, State.NOT_GIVEN])
def test_what_was_utilised_in_part_is_not_cancelled_whatever_the_last_response_says(
    response: State,
) -> None:
    before = BEGINNING.put(Machine.PREFERENCE, response, 1)
    ask = Step(move=Move.CANCELLATION, number=1)
    assert judge_own(before, ask).effect is Effect.GOES
    assert judge_own(before, ask, utilised=True).code == "exchange.utilised"
    asked = before.put(Machine.STANDING, State.CANCELLATION_ASKED, 1)
    accept = Step(move=Move.CANCELLED, number=1)
    assert judge_own(asked, accept).effect is Effect.GOES
    assert judge_own(asked, accept, utilised=True).code == "exchange.utilised"
    refuse = Step(move=Move.UTILISED, number=1)
    assert judge_own(asked, refuse, utilised=True).effect is Effect.GOES


NUMBERS: Final = {
    "a second cancellation before the first": (BEGINNING, Move.CANCELLATION, 2),
    "no number": (BEGINNING, Move.CANCELLATION, 0),
    "a verification out of turn": (BEGINNING, Move.VERIFICATION, 5),
    "the second response before the first": (BEGINNING, Move.GIVEN, 2),
    "the fifth response after the first": (
        BEGINNING.put(Machine.PREFERENCE, State.GIVEN, 1),
        Move.NOT_GIVEN,
        5,
    ),
    "the third response after the fifth": (
        BEGINNING.put(Machine.PREFERENCE, State.NOT_GIVEN, 5),
        Move.GIVEN,
        3,
    ),
    "a reply to another round": (
        BEGINNING.put(Machine.VERIFICATION, State.ASKED, 2),
        Move.VERIFICATION_REPLY,
        1,
    ),
}


@pytest.mark.parametrize(("before", "move", "number"), NUMBERS.values(), ids=NUMBERS)
def test_refuses_what_is_made_here_under_another_number_than_is_due(
    before: ExchangeState, move: Move, number: int
) -> None:
    verdict = judge_own(before, Step(move=move, number=number))
    assert (verdict.effect, verdict.code) == (Effect.REFUSED, "exchange.number")


def test_an_outcome_waits_for_its_request_and_a_reply_to_nothing_is_refused() -> None:
    early = judge_received(BEGINNING, Step(move=Move.DENIED, number=1))
    assert (early.effect, early.code) == (Effect.WAITS, "exchange.too_early")
    for move in (Move.CANCELLED, Move.VERIFICATION_REPLY):
        refused = judge_received(BEGINNING, Step(move=move, number=1))
        assert (refused.effect, refused.code) == (Effect.REFUSED, "exchange.nothing_asked")


def test_of_two_responses_with_one_number_the_less_favourable_stands() -> None:
    for one, other in product((Move.GIVEN, Move.PENDING, Move.NOT_GIVEN), repeat=2):
        there, _ = settle([Step(move=one, number=1), Step(move=other, number=1)])
        back, _ = settle([Step(move=other, number=1), Step(move=one, number=1)])
        assert there == back


# --- shuffled and repeated ---------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Side, Step]]:
    """Two honest sides at work: each makes what the table lets it, and hears the other late."""
    known: dict[Side, list[Step]] = {Side.EXPORTING: [], Side.IMPORTING: []}
    heard = dict.fromkeys(known, 0)
    made: dict[Side, list[Step]] = {Side.EXPORTING: [], Side.IMPORTING: []}
    story: list[tuple[Side, Step]] = []
    for _ in range(draw(st.integers(0, 25))):
        side = draw(st.sampled_from(sorted(Side)))
        other = Side.IMPORTING if side is Side.EXPORTING else Side.EXPORTING
        heard[side] = draw(st.integers(heard[side], len(made[other])))
        known[side] = [*made[side], *made[other][: heard[side]]]
        state, waiting = settle(known[side])
        assert waiting == ()
        options = list(possible(side, state))
        if options:
            step = draw(st.sampled_from(options))
            made[side].append(step)
            story.append((side, step))
    return story


def possible(side: Side, state: ExchangeState) -> Iterator[Step]:
    """What a side may do."""
    for table in MACHINES:
        _, number = state.get(table.machine)
        for row in table.moves:
            counts_on = row.numbering in {Numbering.OPENS, Numbering.LATEST}
            step = Step(move=row.move, number=number + 1 if counts_on else number)
            if row.by is side and judge_own(state, step).effect is not Effect.REFUSED:
                yield step


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False))
def test_messages_shuffled_and_repeated_end_in_the_same_state(
    story: list[tuple[Side, Step]], random: Random
) -> None:
    """Each side has made its own moves in order; what comes from the other is in any order.

    What is too early is held and judged again, as an inbox does; nothing is refused on the way.
    """
    steps = [step for _, step in story]
    expected, left = settle(steps)
    assert left == ()
    for side in Side:
        own = [step for by, step in story if by is side]
        came = [step for by, step in story if by is not side]
        came += came[::2]
        random.shuffle(came)
        state, left = settle(own)
        known = list(own)
        held = came
        while held:
            still = []
            for step in held:
                state, _ = settle(known)
                verdict = judge_received(state, step)
                if verdict.effect is Effect.WAITS or (
                    # Own replies rest upon what has not come yet.
                    verdict.effect is Effect.REFUSED and left
                ):
                    still.append(step)
                    continue
                assert verdict.effect is not Effect.REFUSED, (step, state)
                known.append(step)
                state, left = settle(known)
            assert len(still) < len(held), "held for ever"
            held = still
        assert (state, left) == (expected, ())


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False))
def test_a_set_of_moves_has_one_state_in_whatever_order_it_is_read(
    story: list[tuple[Side, Step]], random: Random
) -> None:
    steps = [step for _, step in story]
    shuffled = [*steps, *steps[::3]]
    random.shuffle(shuffled)
    assert settle(shuffled) == settle(steps)


STEPS: Final = st.builds(Step, move=st.sampled_from(Move), number=st.integers(0, 3))


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=8), st.randoms(use_true_random=False))
def test_a_set_of_moves_has_one_state_of_sides_that_contradict_themselves_too(
    steps: list[Step], random: Random
) -> None:
    shuffled = [*steps, *steps[::3]]
    random.shuffle(shuffled)
    assert settle(shuffled) == settle(steps)


@pytest.mark.parametrize("replied", [False, True])
def test_of_two_requests_of_one_number_the_one_that_suspends_stands(*, replied: bool) -> None:
    asked = [Step(move=Move.VERIFICATION, number=1)]
    suspending = Step(move=Move.VERIFICATION_SUSPENDING, number=1)
    reply = [Step(move=Move.VERIFICATION_REPLY, number=1)] if replied else []
    for order in ([*asked, *reply, suspending], [suspending, *asked, *reply]):
        state, left = settle(order)
        assert (state.is_suspended, left) == (True, ())


def test_spells_what_is_beyond_the_beginning() -> None:
    assert not spell_state(BEGINNING)
    state, _ = settle(
        [
            Step(move=Move.GIVEN, number=2),
            Step(move=Move.VERIFICATION_SUSPENDING, number=1),
        ]
    )
    assert spell_state(state) == "preference: GIVEN (no. 2); verification: ASKED, SUSPENDED (no. 1)"
    assert state.is_suspended


# --- times -------------------------------------------------------------------------------------

BEGUN: Final = datetime(2026, 1, 10, 8, tzinfo=UTC)
DAY: Final = timedelta(days=1)

TIMES: Final = {
    "no response at all is no alarm": ([(Move.RES_REC, 0, 0)], 400, []),
    "given late is no finding": ([(Move.RES_REC, 0, 0), (Move.GIVEN, 1, 200)], 400, []),
    "not given on the sixtieth day": ([(Move.RES_REC, 0, 0), (Move.NOT_GIVEN, 1, 60)], 400, []),
    "not given on the sixty-first day": (
        [(Move.RES_REC, 0, 0), (Move.NOT_GIVEN, 1, 61)],
        400,
        [("exchange.refusal_late", Gravity.FINDING)],
    ),
    "not given, received nobody knows when": ([(Move.NOT_GIVEN, 1, 61)], 400, []),
    "a cancellation without a reply": (
        [(Move.CANCELLATION, 1, 0)],
        8,
        [("exchange.cancellation_unanswered", Gravity.ALARM)],
    ),
    "a cancellation that is young": ([(Move.CANCELLATION, 1, 0)], 7, []),
    "a cancellation that was replied to": (
        [(Move.CANCELLATION, 1, 0), (Move.UTILISED, 1, 3)],
        400,
        [],
    ),
    "the reply to the first cancellation does not end the second": (
        [(Move.CANCELLATION, 1, 0), (Move.UNKNOWN, 1, 3), (Move.CANCELLATION, 2, 4)],
        20,
        [("exchange.cancellation_unanswered", Gravity.ALARM)],
    ),
    "a verification after 90 days": ([(Move.VERIFICATION, 1, 0)], 90, []),
    "a verification after 91 days": (
        [(Move.VERIFICATION, 1, 0)],
        91,
        [("exchange.reply_late", Gravity.ALARM)],
    ),
    "a reply after 91 days": (
        [(Move.VERIFICATION, 1, 0), (Move.VERIFICATION_REPLY, 1, 91)],
        100,
        [("exchange.reply_late", Gravity.FINDING)],
    ),
    "a verification that nobody concludes": (
        [(Move.VERIFICATION_SUSPENDING, 1, 0), (Move.VERIFICATION_REPLY, 1, 30)],
        181,
        [("exchange.verification_late", Gravity.ALARM)],
    ),
    "a verification that was concluded late": (
        [
            (Move.VERIFICATION, 1, 0),
            (Move.VERIFICATION_REPLY, 1, 30),
            (Move.DENIED, 1, 190),
        ],
        400,
        [("exchange.verification_late", Gravity.FINDING)],
    ),
}


@pytest.mark.parametrize(("moves", "day", "expected"), TIMES.values(), ids=TIMES)
def test_times_are_judged_by_the_moment_that_is_given(
    moves: list[tuple[Move, int, int]], day: int, expected: list[tuple[str, Gravity]]
) -> None:
    known = [(move, number, BEGUN + after * DAY) for move, number, after in moves]
    found = find_exceeded(known, agreement="ATIGA", at=BEGUN + day * DAY)
    assert [(each.limit.code, each.gravity) for each in found] == expected


RECEIVED: Final = (Move.RES_REC, 0, BEGUN)


def on(day: int, move: Move, number: int) -> tuple[Move, int, datetime]:
    """A move that was made so many days after the beginning."""
    return move, number, BEGUN + day * DAY


REFUSALS: Final = {
    "in time, then reversed, then late": (
        [
            RECEIVED,
            on(10, Move.NOT_GIVEN, 1),
            on(20, Move.GIVEN, 2),
            on(300, Move.NOT_GIVEN, 3),
        ],
        None,
        {3: 300},
    ),
    "in time, then repeated late": (
        [RECEIVED, on(10, Move.NOT_GIVEN, 1), on(300, Move.NOT_GIVEN, 2)],
        None,
        {},
    ),
    "late, then repeated": (
        [RECEIVED, on(100, Move.NOT_GIVEN, 1), on(300, Move.NOT_GIVEN, 2)],
        None,
        {1: 100},
    ),
    "one item in time, another late": (
        [RECEIVED, on(10, Move.NOT_GIVEN, 1), on(100, Move.NOT_GIVEN, 2)],
        {1, 2},
        {2: 100},
    ),
    "two items late": (
        [RECEIVED, on(100, Move.NOT_GIVEN, 1), on(200, Move.NOT_GIVEN, 2)],
        {1, 2},
        {1: 100, 2: 200},
    ),
    "received once more later": (
        [RECEIVED, on(30, Move.RES_REC, 0), on(61, Move.NOT_GIVEN, 1)],
        None,
        {1: 61},
    ),
    "not found to refuse anything": ([RECEIVED, on(61, Move.NOT_GIVEN, 1)], set(), {}),
}


@pytest.mark.parametrize(("known", "refusing", "late"), REFUSALS.values(), ids=REFUSALS)
def test_each_refusal_is_held_to_sixty_days_from_the_first_receipt(
    known: list[tuple[Move, int, datetime]], refusing: set[int] | None, late: dict[int, int]
) -> None:
    at = BEGUN + 400 * DAY
    found = list(find_exceeded(known[::-1], agreement="ATIGA", at=at, refusing=refusing))
    assert {each.number: each.came_at for each in found} == {
        number: BEGUN + day * DAY for number, day in late.items()
    }
    assert {each.due_at for each in found} <= {BEGUN + 60 * DAY}


def test_nobody_is_awaited_for_a_certificate_that_is_cancelled() -> None:
    asked = on(0, Move.VERIFICATION_SUSPENDING, 1)
    cancelled = [on(1, Move.CANCELLATION, 1), on(2, Move.CANCELLED, 1)]
    in_force = [on(1, Move.CANCELLATION, 1), on(2, Move.UNKNOWN, 1)]
    codes = ["exchange.reply_late", "exchange.verification_late"]
    for known, expected in (
        ([asked], codes),
        ([asked, *cancelled], []),
        ([asked, *in_force], codes),
    ):
        found = find_exceeded(known, agreement="ATIGA", at=BEGUN + 400 * DAY)
        assert [each.limit.code for each in found] == expected
    late = on(200, Move.DENIED, 1)
    found = find_exceeded([asked, *cancelled, late], agreement="ATIGA", at=BEGUN + 400 * DAY)
    assert [each.limit.code for each in found] == codes, "what came late is one nevertheless"


EARLY: Final = {
    "in the minute it was asked": ([on(0, Move.DENIED, 1)], [1]),
    "on the last day": ([on(90, Move.DENIED, 1)], [1]),
    "after the last day": ([on(91, Move.DENIED, 1)], []),
    "after a reply": ([on(1, Move.VERIFICATION_REPLY, 1), on(2, Move.DENIED, 1)], []),
    "in the second round, after a reply in the first": (
        [
            on(1, Move.VERIFICATION_REPLY, 1),
            on(2, Move.CONFIRMED, 1),
            on(3, Move.VERIFICATION, 2),
            on(92, Move.DENIED, 2),
        ],
        [2],
    ),
    "not asked, as far as is known": ([on(0, Move.DENIED, 7)], []),
}


@pytest.mark.parametrize(("moves", "rounds"), EARLY.values(), ids=EARLY)
def test_who_denies_without_a_reply_leaves_the_time_for_one(
    moves: list[tuple[Move, int, datetime]], rounds: list[int]
) -> None:
    known = [on(0, Move.VERIFICATION, 1), *moves]
    assert [each.number for each in find_cut_short(known, agreement="ATIGA")] == rounds
    assert list(find_cut_short(known, agreement="AANZFTA")) == []


def test_limits_of_an_agreement_bind_under_no_other() -> None:
    known = [(Move.RES_REC, 0, BEGUN), (Move.NOT_GIVEN, 1, BEGUN + 90 * DAY)]
    assert list(find_exceeded(known, agreement="AANZFTA", at=BEGUN + 91 * DAY)) == []
