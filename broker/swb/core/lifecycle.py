"""The life of a document as its parties see it: a table of facts and their rank.

Facts about a document arrive in any order and more than once; the same set of facts always gives
the same status. So status is not a machine that is driven by arrivals but a judgement over the
set: the fact of the highest rank stands, and among customs responses the one with the highest
number (a later response may reverse an earlier one).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.documents.customs import Decision, ReceiptOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DECISIONS",
    "HOPS",
    "RECEIPTS",
    "Fact",
    "judge_status",
    "name_of_acknowledgement",
    "name_of_decision",
    "name_of_receipt",
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
    QUARANTINED = "QUARANTINED"
    """Its seal may be that of a thief: the operator said that the key was stolen."""
    RELEASED = "RELEASED"
    """The operator took that back."""
    ALIKE = "ALIKE"
    """It is like another certificate that is here, by their fingerprints: people should look."""
    ASKED_AGAIN = "ASKED AGAIN"
    """This gateway asked for it once more: what comes then is handed over again."""


_RANK: Final = {
    Fact.ALIKE: -3,
    Fact.ASKED_AGAIN: -2,
    Fact.RELEASED: -1,
    Fact.COMPARED: 0,
    Fact.AS1: 1,
    Fact.RELAYED: 2,
    Fact.AS2: 3,
    Fact.DISCARDED: 4,
    # Facts speak of messages, status of the document: that one message was refused or given up does
    # not undo that another one arrived.
    Fact.REFUSED: 5,
    Fact.AS3: 6,
    Fact.RES_NOT: 7,
    Fact.RES_REC: 8,
    Fact.PENDING: 9,
    Fact.GIVEN: 9,
    Fact.NOT_GIVEN: 9,
    Fact.QUARANTINED: 10,
}

DECISIONS: Final = frozenset({Fact.PENDING, Fact.GIVEN, Fact.NOT_GIVEN})
RECEIPTS: Final = frozenset({Fact.RES_REC, Fact.RES_NOT})
HOPS: Final = (Fact.AS1, Fact.AS2, Fact.AS3)

_OF_HOP: Final = {Hop.AS2: Fact.AS2, Hop.AS3: Fact.AS3}
_OF_RECEIPT: Final = {ReceiptOutcome.REC: Fact.RES_REC, ReceiptOutcome.NOT: Fact.RES_NOT}
_OF_DECISION: Final = {
    Decision.GIVEN: Fact.GIVEN,
    Decision.NOT_GIVEN: Fact.NOT_GIVEN,
    Decision.PENDING: Fact.PENDING,
}


def name_of_acknowledgement(hop: Hop, outcome: Outcome) -> Fact:
    """Name the fact that a gateway's acknowledgement states."""
    return _OF_HOP[hop] if outcome is Outcome.ACCEPTED else Fact.REFUSED


def name_of_receipt(outcome: ReceiptOutcome) -> Fact:
    """Name the fact that a customs receipt states."""
    return _OF_RECEIPT[outcome]


def name_of_decision(decision: Decision) -> Fact:
    """Name the fact that a customs response states."""
    return _OF_DECISION[decision]


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
    severity = {Fact.NOT_GIVEN: 2, Fact.PENDING: 1}
    return max(
        known,
        key=lambda fact: (_RANK[fact[0]], fact[1], severity.get(fact[0], 0)),
        default=(None, 0),
    )[0]
