"""What is said of a certificate, judged beside what was said before: times and sums.

Nothing here is asked of who says nothing: that customs gives no preference is no fault (ATIGA
Annex 8, Rule 30(2)).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    AboutCertificate,
    CancellationReply,
    CustomsResponse,
    VerificationOutcome,
    VerificationReply,
)
from swb_schemas.exchanges.limits import LIMITS, TIME_TO_REPLY
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule
from swb_schemas.rulebook.utilisation import add_up
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.documents import Document
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]

_ONE_DAY: Final = timedelta(days=1)
_COMES_LATE: Final[dict[str, type[Document]]] = {
    "exchange.refusal_late": CustomsResponse,
    "exchange.cancellation_unanswered": CancellationReply,
    "exchange.reply_late": VerificationReply,
    "exchange.verification_late": VerificationOutcome,
}
"""By limit: the document that comes late."""


def _comes_in_time(code: str, document: AboutCertificate, context: Context) -> Iterator[Fault]:
    for each in context.related.exceeded:
        if each.limit.code == code and each.came_at is not None:
            yield Fault(
                "",
                f"expected {document.move} by {format_instant(each.due_at)}, found it made "
                f"{format_instant(each.came_at)}",
            )


def _waits_for_the_reply(outcome: VerificationOutcome, context: Context) -> Iterator[Fault]:
    for each in context.related.cut_short:
        yield Fault(
            "",
            f"expected a reply before {outcome.move}, or none by {format_instant(each.due_at)}, "
            f"found it made {format_instant(outcome.made_at)} without one",
        )


def _is_utilised_once(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    """Over several declarations; what one of them claims alone is no matter of the others."""
    subject = context.related.subject
    if subject is None:
        return
    utilised = add_up((*context.related.responses, response))
    certified = {item.sequence_number: item.quantity for item in subject.certificate.items}
    for place, item in enumerate(response.items, 1):
        used = utilised.get(item.sequence_number)
        most = certified.get(item.sequence_number)
        if used is None or len(used.parts) == 1 or not used.exceeds(most):
            continue
        total = used.total(most)
        parts = used.spell_parts()
        found = parts if total is None else f"{total:f}: {parts}"
        expected = "each of it once" if most is None else f"at most {most.value:f} {most.unit}"
        yield Fault(
            f"Item[{place}]",
            f"expected {expected} over all declarations, found {found}",
        )


RULES: Final = (
    *(
        Rule(
            code=limit.code,
            severity=Severity.WARN,
            clause=limit.clause or "no text: this broker's own limit",
            model=_COMES_LATE[limit.code],
            check=partial(_comes_in_time, limit.code),
        )
        for limit in LIMITS
    ),
    Rule(
        code=TIME_TO_REPLY.code,
        severity=Severity.WARN,
        clause=TIME_TO_REPLY.clause,
        model=VerificationOutcome,
        check=_waits_for_the_reply,
    ),
    Rule(
        code="rule.utilised_twice",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 7, boxes 4 and 7; Annex 8 Rule 30(2)",
        model=CustomsResponse,
        check=_is_utilised_once,
    ),
)
