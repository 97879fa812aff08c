"""What a document still waits for, since when, and until when somebody may answer.

A missing response is normal: customs may answer as long as the certificate holds. It is a timer to
look at and no alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

__all__ = ["Waiting", "find_waiting"]

_REFUSAL_WITHIN: Final = timedelta(days=60)
"""After receipt; a refusal with its reasons (ATIGA Annex 8, Rule 30(3)(a))."""
_ATIGA: Final = "ATIGA"
_RECEIPT: Final = "CustomsReceipt"
_RESPONSE: Final = "CustomsResponse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is awaited.

    Attributes:
        awaited: The fact, in words.
        since: From when on.
        until: Last instant at which it is of use; None when nothing bounds it.
        refusal_until: Last instant for a refusal, where the agreement names one.
        clause: What bounds it; empty where only the message's own life does.
    """

    awaited: str
    since: datetime
    until: datetime | None
    refusal_until: datetime | None = None
    clause: str = ""


def find_waiting(
    facts: Mapping[Fact, datetime],
    *,
    agreement: str,
    expires_at: datetime | None,
    valid_until: date | None,
    answers: Collection[str] = (_RECEIPT, _RESPONSE),
    cancelled: bool = False,
    denied: bool = False,
) -> Waiting | None:
    """Find what a document waits for; None when nothing is to come, or it was refused.

    Args:
        facts: What is known, each with the moment when it happened last.
        agreement: Of the certificate.
        expires_at: End of the message that carries it.
        valid_until: Last day on which the certificate holds.
        answers: Message types that may answer it, as its type has them in the catalogue.
        cancelled: Whether customs accepted its cancellation, as its exchange stands.
        denied: Whether its verification was denied, and no response has said NOT GIVEN yet.
    """
    if denied and not cancelled and _RESPONSE in answers and Fact.VERIFICATION_DENIED in facts:
        given = " which reverses GIVEN" if Fact.GIVEN in facts else ""
        return Waiting(
            awaited=f"customs response (NOT GIVEN){given}",
            since=facts[Fact.VERIFICATION_DENIED],
            until=None,
        )
    if cancelled or facts.keys() & {Fact.GIVEN, Fact.NOT_GIVEN, Fact.WITHDRAWN}:
        return None
    last_day = (
        datetime.combine(valid_until, time.max, tzinfo=UTC).replace(microsecond=0)
        if valid_until
        else None
    )
    # Answers overtake receipts and acknowledgements: who answers has it, whatever else is missing.
    received, pending = facts.get(Fact.RES_REC), facts.get(Fact.PENDING)
    known = [at for at in (received, pending) if at is not None]
    tried = [facts[each] for each in (Fact.AS3, Fact.RES_NOT) if each in facts]
    if (known and _RESPONSE not in answers) or (tried and _RECEIPT not in answers):
        return None
    if known:
        is_atiga = agreement == _ATIGA
        return Waiting(
            awaited="customs response (GIVEN or NOT GIVEN)",
            since=max(known),
            until=last_day,
            # Nobody can count from a receipt that did not come.
            refusal_until=received + _REFUSAL_WITHIN if is_atiga and received else None,
            clause="ATIGA Annex 8, Rule 30(2) and (3)(a)" if is_atiga else "",
        )
    if tried:
        return Waiting(awaited="customs receipt (RES-REC)", since=max(tried), until=last_day)
    return None if Fact.REFUSED in facts else _wait_for_a_hop(facts, expires_at)


def _wait_for_a_hop(facts: Mapping[Fact, datetime], expires_at: datetime | None) -> Waiting | None:
    for before, awaited in (
        (Fact.AS2, "delivery to the importing single window (AS3)"),
        (Fact.AS1, "arrival at the importing gateway (AS2)"),
    ):
        if before in facts:
            return Waiting(awaited=awaited, since=facts[before], until=expires_at)
    return None
