"""What two states exchange about one certificate, as state machines in one table.

The table (`exchanges.table`) is data: every state, every move, and what a move does in each state.
The judgement (`exchanges.judging`) reads it, for a move that is made here and for one that came;
`exchanges.limits` are the times that the agreement sets, as data too. No clock, no store.
"""

from swb_schemas.exchanges.explaining import ABOUT_NUMBER, explain_refusal
from swb_schemas.exchanges.judging import (
    BEGINNING,
    Effect,
    ExchangeState,
    Step,
    Verdict,
    judge_own,
    judge_received,
    settle,
    spell_state,
)
from swb_schemas.exchanges.limits import LIMITS, Exceeded, TimeLimit, find_cut_short, find_exceeded
from swb_schemas.exchanges.table import MACHINES, Machine, Move, Side, State

__all__ = [
    "ABOUT_NUMBER",
    "BEGINNING",
    "LIMITS",
    "MACHINES",
    "Effect",
    "Exceeded",
    "ExchangeState",
    "Machine",
    "Move",
    "Side",
    "State",
    "Step",
    "TimeLimit",
    "Verdict",
    "explain_refusal",
    "find_cut_short",
    "find_exceeded",
    "judge_own",
    "judge_received",
    "settle",
    "spell_state",
]
