"""The promise of inclusion: what a relay receipt says of the log, as an extension of it.

A receipt that bears one promises that every message which it names as accepted will be in that
log, in a tree for which the log has signed a checkpoint, at that instant at the latest. The
receipt is sealed by the router, so a promise that was broken is a proof (`faults`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.elements import Extension, Extensions
from swb_schemas.documents.values import format_instant
from swb_schemas.wire.ledger.entry import ORIGIN_PATTERN

if TYPE_CHECKING:
    from swb_schemas.documents import RelayReceipt

__all__ = ["PROMISE_NAMESPACE", "LogPromise", "find_promise"]

PROMISE_NAMESPACE: Final = "urn:swb:log-promise:1"

_PROMISE: Final = re.compile(
    rf'<LogPromise xmlns="{PROMISE_NAMESPACE}"><Log>({ORIGIN_PATTERN})</Log>'
    r"<IncludedBy>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)</IncludedBy></LogPromise>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPromise:
    """By when which log holds what was accepted.

    Attributes:
        log: Origin of the log.
        included_by: The last instant.
    """

    log: str
    included_by: datetime

    def extensions(self) -> Extensions:
        """Write it as an extension that a reader may overlook."""
        element = (
            f'<LogPromise xmlns="{PROMISE_NAMESPACE}"><Log>{self.log}</Log>'
            f"<IncludedBy>{format_instant(self.included_by)}</IncludedBy></LogPromise>"
        )
        return Extensions(extensions=(Extension(must_understand=False, element=element),))


def find_promise(receipt: RelayReceipt) -> LogPromise | None:
    """Find the promise in a receipt; what is not written as one is none."""
    for extension in receipt.extensions.extensions if receipt.extensions else ():
        if match := _PROMISE.fullmatch(extension.element):
            try:
                moment = datetime.fromisoformat(match[2])
            except ValueError:
                return None
            return LogPromise(log=match[1], included_by=moment)
    return None
