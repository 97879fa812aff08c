"""When a move about a certificate was made: neither in the future, nor before its issue.

Moments are in UTC and days those of their place, so a day may be one ahead of the moment's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.findings import Severity
from swb_schemas.rulebook.dates import EAST_OF_UTC, find_last_day
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.documents import AboutCertificate
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _is_not_of_the_future(
    path: str, document: AboutCertificate, context: Context
) -> Iterator[Fault]:
    made = document.made_at.date()
    if made > find_last_day(context):
        yield Fault(
            path, f"expected a moment not after {context.at}, on which it is judged, found {made}"
        )


def _is_after_issue(path: str, document: AboutCertificate, context: Context) -> Iterator[Fault]:
    subject = context.related.subject
    if subject is None:
        return
    made, issued = document.made_at.date(), subject.certificate.issued_on
    if issued - made > EAST_OF_UTC:
        yield Fault(
            path,
            f"expected a moment not before the certificate was issued on {issued}, found {made}",
        )


_OWN: Final = "no text: this broker's own"
_MADE: Final = (
    (CustomsReceipt, "At"),
    (CustomsResponse, "DecidedAt"),
    (Cancellation, "RequestedAt"),
    (CancellationReply, "RepliedAt"),
    (DeclarationWithdrawal, "RequestedAt"),
    (VerificationRequest, "RequestedAt"),
    (VerificationReply, "RepliedAt"),
    (VerificationOutcome, "ConcludedAt"),
)
"""By document: where it says when it was made."""
_DECIDED: Final = frozenset({CustomsResponse})
"""Those whose future `dates` judges."""
_NOT_OF_ORIGIN: Final = frozenset({DeclarationWithdrawal, CustomsReceipt})
"""What is about no certificate of origin, or comes by the thousand without a look at it."""

RULES: Final = (
    *(
        Rule(
            code="rule.made_in_future",
            name=model.__name__,
            severity=Severity.WARN,
            clause=_OWN,
            model=model,
            check=partial(_is_not_of_the_future, path),
        )
        for model, path in _MADE
        if model not in _DECIDED
    ),
    *(
        Rule(
            code="rule.made_before_issue",
            name=model.__name__,
            severity=Severity.WARN,
            clause=_OWN,
            model=model,
            check=partial(_is_after_issue, path),
        )
        for model, path in _MADE
        if model not in _NOT_OF_ORIGIN
    ),
)
