"""The life of a document as its parties see it: a table of facts and their rank.

Facts about a document arrive in any order and more than once; the same set of facts always gives
the same status. So status is not a machine that is driven by arrivals but a judgement over the
set: the fact of the highest rank stands, and among customs responses the one with the highest
number (a later response may reverse an earlier one). Whether a certificate is cancelled, its
preference suspended, or its origin denied after verification, is what its exchange says
(`swb_schemas.exchanges`): facts are its moves.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.exchanges import ExchangeState, Move, State, Step, settle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = [
    "DECISIONS",
    "Fact",
    "is_to_reverse",
    "judge_exchange",
    "judge_status",
    "name_of_acknowledgement",
]


class Fact(StrEnum):
    """What can be known of a document; AS codes as in facts 3.3."""

    AS1 = "AS1"
    """The gateway of the exporting state has it."""
    RELAYED = "RELAYED"
    """The region's router has passed it on."""
    AS2 = "AS2"
    """The gateway of the importing state has it."""
    AS3 = "AS3"
    """The national single window of the importing state has it."""
    COMPARED = "COMPARED"
    """In a parallel exchange: the importing gateway compared what it delivered with what came."""
    DISCARDED = "DISCARDED"
    """A person gave up what waited here: the message that carries it, or its delivery."""
    REFUSED = "REFUSED"
    """Router or importing gateway refused it."""
    RES_NOT = "RES-NOT"
    """The customs system did not receive it, for a technical reason."""
    RES_REC = "RES-REC"
    """The customs system of the importing state has it."""
    PENDING = "PENDING"
    """Customs answered, and has not decided every item."""
    GIVEN = "GIVEN"
    """Preferential treatment given."""
    NOT_GIVEN = "NOT GIVEN"
    """Preferential treatment not given for at least one item."""
    CANCELLATION = "CANCELLATION"
    """The issuing authority asked for its cancellation."""
    CANCELLED = "CANCELLED"
    """Customs accepted the cancellation."""
    CANCELLATION_UTILISED = "CANCELLATION UTILISED"
    """Customs did not: it is utilised already."""
    CANCELLATION_UNKNOWN = "CANCELLATION UNKNOWN"
    """Customs did not: it does not know it."""
    VERIFICATION = "VERIFICATION"
    """Customs asked the issuing authority to verify it."""
    VERIFICATION_SUSPENDING = "VERIFICATION SUSPENDING"
    """The same, and preference is suspended meanwhile."""
    VERIFICATION_REPLY = "VERIFICATION REPLY"
    """The issuing authority said what it found."""
    VERIFICATION_CONFIRMED = "VERIFICATION CONFIRMED"
    """Customs concluded that the goods originate."""
    VERIFICATION_DENIED = "VERIFICATION DENIED"
    """Customs concluded that they do not, or that nothing shows it."""
    WITHDRAWN = "WITHDRAWN"
    """Its authority sent it once more with the status that takes it back."""
    QUARANTINED = "QUARANTINED"
    """Its seal may be that of a thief: the operator said that the key was stolen."""
    RELEASED = "RELEASED"
    """The operator took that back."""
    ALIKE = "ALIKE"
    """It is like another certificate that is here, by their fingerprints: people should look."""
    ASKED_AGAIN = "ASKED AGAIN"
    """This gateway asked for it once more: what comes then is handed over again."""


DECISIONS: Final = frozenset({Fact.PENDING, Fact.GIVEN, Fact.NOT_GIVEN})

_RISING: Final = (
    # What the exchange judges, not the rank; alone they say no more than that they happened.
    {Fact.VERIFICATION},
    {Fact.VERIFICATION_SUSPENDING},
    {Fact.VERIFICATION_REPLY},
    {Fact.VERIFICATION_CONFIRMED},
    {Fact.VERIFICATION_DENIED},
    {Fact.CANCELLATION},
    {Fact.CANCELLATION_UNKNOWN},
    {Fact.CANCELLATION_UTILISED},
    {Fact.CANCELLED},
    {Fact.ALIKE},
    {Fact.ASKED_AGAIN},
    {Fact.RELEASED},
    {Fact.COMPARED},
    {Fact.AS1},
    {Fact.RELAYED},
    {Fact.AS2},
    {Fact.DISCARDED},
    # Facts speak of messages, status of the document: that one message was refused or given up does
    # not undo that another one arrived.
    {Fact.REFUSED},
    {Fact.AS3},
    {Fact.RES_NOT},
    {Fact.RES_REC},
    DECISIONS,
    {Fact.WITHDRAWN},
    {Fact.QUARANTINED},
)
_RANK: Final = {fact: rank for rank, facts in enumerate(_RISING) for fact in facts}

_OF_HOP: Final = {Hop.AS2: Fact.AS2, Hop.AS3: Fact.AS3}
_MOVES: Final = frozenset(map(str, Move))


def name_of_acknowledgement(hop: Hop, outcome: Outcome) -> Fact:
    """Name the fact that a gateway's acknowledgement states."""
    return _OF_HOP[hop] if outcome is Outcome.ACCEPTED else Fact.REFUSED


def judge_exchange(facts: Iterable[tuple[Fact, int]]) -> ExchangeState:
    """Judge where the exchange about a certificate stands; facts that are no moves say nothing."""
    moves = (Step(move=Move(fact), number=number) for fact, number in facts if str(fact) in _MOVES)
    state, _ = settle(moves)
    return state


def is_to_reverse(state: ExchangeState) -> bool:
    """Whether verification was denied, and customs has not said NOT GIVEN by a response yet."""
    return state.verification is State.DENIED and state.preference is not State.NOT_GIVEN


def judge_status(facts: Iterable[tuple[Fact, int]]) -> Fact | None:
    """Judge where a document stands.

    Args:
        facts: What is known, each with its revision (the number of a customs response, or of the
            operator's statement on a stolen key, else 0).

    Returns:
        The fact that stands, or None when nothing is known. Two responses with one number that
        disagree are a fault of the sender; the less favourable one stands.
    """
    known = set(facts)
    released = {revision for fact, revision in known if fact is Fact.RELEASED}
    known -= {(Fact.QUARANTINED, revision) for revision in released}
    in_exchange = _find_in_exchange(known)
    if in_exchange is not None and not any(fact is Fact.QUARANTINED for fact, _ in known):
        return in_exchange
    severity = {Fact.NOT_GIVEN: 2, Fact.PENDING: 1}
    return max(
        known,
        key=lambda fact: (_RANK[fact[0]], fact[1], severity.get(fact[0], 0)),
        default=(None, 0),
    )[0]


def _find_in_exchange(known: Collection[tuple[Fact, int]]) -> Fact | None:
    """Find what outweighs a decision: cancelled, suspended, denied and not reversed yet."""
    state = judge_exchange(known)
    if state.standing is State.CANCELLED:
        return Fact.CANCELLED
    if state.is_suspended:
        return Fact.VERIFICATION_SUSPENDING
    return Fact.VERIFICATION_DENIED if is_to_reverse(state) else None
