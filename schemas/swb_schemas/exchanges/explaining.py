"""Why a move is forbidden, for people: what was due, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.exchanges.judging import spell_state
from swb_schemas.exchanges.table import Machine, Move, Numbering, find_row

if TYPE_CHECKING:
    from swb_schemas.exchanges.judging import ExchangeState, Step

__all__ = ["ABOUT_NUMBER", "explain_refusal"]

ABOUT_NUMBER: Final = frozenset(
    {
        "exchange.answered",
        "exchange.cancellation_open",
        "exchange.nothing_asked",
        "exchange.number",
        "exchange.verification_open",
    }
)
"""Refusals for the number of a move; the others are for the move itself."""
_ASKING: Final = {
    Machine.STANDING: str(Move.CANCELLATION),
    Machine.VERIFICATION: str(Move.VERIFICATION),
}
"""What opens a round, by machine."""


def explain_refusal(state: ExchangeState, step: Step, code: str) -> str:
    """Say what the exchange expects in place of a refused move.

    Args:
        state: Where the exchange stands.
        step: The move that is refused.
        code: For which it is.
    """
    machine = find_row(step.move)[0].machine
    asking = _ASKING.get(machine, "")
    number = state.get(machine)[1]
    suspended = f"verification no. {state.request}"
    expected = {
        "exchange.number": _due(step, number),
        "exchange.nothing_asked": f"a {asking} that was asked for",
        "exchange.answered": f"a {asking} that is open",
        "exchange.cancellation_open": f"a reply to cancellation no. {state.cancellation} first",
        "exchange.verification_open": f"an outcome of {suspended} first",
        "exchange.suspended": f"an outcome of {suspended}, which suspends preference, first",
        "exchange.utilised": "a certificate that preference is not given on",
        "exchange.cancelled": "a certificate that is in force",
        "exchange.reply_missing": f"the issuing authority's reply to {suspended} first",
    }.get(code, "a move that the exchange allows")
    stands = spell_state(state) or "nothing done yet"
    return f"expected {expected}, found {_spell(step)} ({stands})"


def _due(step: Step, number: int) -> str:
    opens = find_row(step.move)[1].numbering is Numbering.OPENS
    return f"{step.move} no. {number + 1 if opens else number}"


def _spell(step: Step) -> str:
    return f"{step.move} no. {step.number}" if step.number else str(step.move)
