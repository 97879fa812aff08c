"""The audit trail: what people and daemons did here, each entry chained to the one before it.

An entry's digest is SHA-256 over one JSON array, compact and in UTF-8::

    [sequence, "at", "who", "action", "subject", "detail", "previous"]

with `at` in UTC as ``2026-01-20T08:00:00.000000Z`` and `previous` the digest of the entry before,
or 64 zeros for the first. So nobody can change, remove or insert an entry without every later
digest changing; that the end was cut off is noticed by whoever noted an earlier head.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb.core.printing import one_line
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["BEGINNING", "AuditEntry", "check_chain", "make_entry"]

BEGINNING: Final = "0" * 64
"""What the first entry is chained to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that was done.

    Attributes:
        sequence: 1 for the first, without gaps.
        at: When.
        who: The operator's account, or the daemon.
        action: What, for example ``trust compromise``.
        subject: To what: a reference, a member, a file's digest.
        detail: Why, and with which arguments; no payload content, no secret.
        previous: Digest of the entry before.
        digest: Of this entry, 64 hexadecimal digits.
    """

    sequence: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: str
    previous: str
    digest: str


def make_entry(
    previous: AuditEntry | None, *, at: datetime, who: str, action: str, subject: str, detail: str
) -> AuditEntry:
    """Chain a new entry to the one before it.

    Its texts are brought into one line: nobody makes an entry look like two.
    """
    who, action, subject, detail = map(one_line, (who, action, subject, detail))
    sequence = previous.sequence + 1 if previous else 1
    before = previous.digest if previous else BEGINNING
    digest = _digest(sequence, at, who, action, subject, detail, before)
    return AuditEntry(
        sequence=sequence,
        at=at,
        who=who,
        action=action,
        subject=subject,
        detail=detail,
        previous=before,
        digest=digest,
    )


def check_chain(entries: Iterable[AuditEntry], *, known_head: str | None = None) -> str:
    """Require that every entry is what was written, in order and without gaps.

    Args:
        entries: All of them, from the first.
        known_head: A digest that somebody noted before; it must be one of the chain's.

    Returns:
        The head: the digest of the last entry.

    Raises:
        RefusedError: ``audit.broken``, naming the first entry that does not fit; ``audit.cut``: the
            noted head is not in the chain.
    """
    head, expected, found_known = BEGINNING, 1, known_head in {None, BEGINNING}
    for entry in entries:
        digest = _digest(
            entry.sequence, entry.at, entry.who, entry.action, entry.subject, entry.detail, head
        )
        if (entry.sequence, entry.previous, entry.digest) != (expected, head, digest):
            message = (
                f"expected entry {expected} with the digest {digest} after {head}, found entry "
                f"{entry.sequence} with {entry.digest} after {entry.previous}"
            )
            raise RefusedError("audit.broken", message, actor=Actor.OPERATOR)
        head, expected = entry.digest, expected + 1
        found_known = found_known or head == known_head
    if not found_known:
        message = f"expected an entry with the noted digest {known_head}, found none"
        raise RefusedError("audit.cut", message, actor=Actor.OPERATOR)
    return head


def _digest(  # noqa: PLR0917 - the fields of an entry, in the order of the array
    sequence: int, at: datetime, who: str, action: str, subject: str, detail: str, previous: str
) -> str:
    fields = [sequence, f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", who, action, subject, detail, previous]
    octets = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return sha256(octets).hexdigest()
