"""Two people for one act: who asked, who agreed, and whether the act may be done now.

Requests live in the audit trail and nowhere else: an entry that asks, one that agrees, one that the
act was done. What is asked for is named by a digest over the whole act, so that nobody agrees to
one thing and another is done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from swb.core.audit import AuditEntry

__all__ = ["VALID_FOR", "Act", "Guarded", "Request", "Step", "check_request", "list_requests"]

VALID_FOR: Final = timedelta(hours=24)
"""How long after it was asked for an act may be agreed to and done."""


class Guarded(StrEnum):
    """Acts that policy may put under two people."""

    TRUST = "trust"
    """To declare a key stolen, or to take that back."""
    ERASE = "erase"
    """To erase a payload."""
    REPLAY = "replay"
    """To send or hand over again what waits for a person."""
    DISCARD = "discard"
    """To give up what waits for a person."""


class Step(StrEnum):
    """Actions in the audit trail that make up a request."""

    ASKED = "approval asked"
    GIVEN = "approval given"
    USED = "approval used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a person wants to do.

    Attributes:
        kind: Which policy holds for it.
        action: For example ``trust compromise``.
        subject: To what.
        arguments: Everything that decides what happens, the reason too.
    """

    kind: Guarded
    action: str
    subject: str
    arguments: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over kind, action, subject and arguments, 64 hexadecimal digits."""
        whole = [self.kind, self.action, self.subject, sorted(self.arguments.items())]
        return sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()

    @property
    def text(self) -> str:
        """What a second person reads before agreeing."""
        told = "; ".join(f"{name}: {value}" for name, value in sorted(self.arguments.items()))
        return f"{self.action} {self.subject}; {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An act that somebody asked for.

    Attributes:
        request_id: Names it on the command line.
        asked_by: Who asked.
        asked_at: When.
        act_digest: Of what.
        text: The same for people.
        given_by: Who agreed; empty as long as nobody did.
        used: Whether the act was done.
    """

    request_id: str
    asked_by: str
    asked_at: datetime
    act_digest: str
    text: str
    given_by: str = ""
    used: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether it may still be agreed to and done."""
        return not self.used and at - self.asked_at <= VALID_FOR


def list_requests(entries: Iterable[AuditEntry]) -> dict[str, Request]:
    """Read the requests of a trail, by id, in the order in which they were asked."""
    found: dict[str, Request] = {}
    for entry in entries:
        known = found.get(entry.subject)
        if entry.action == Step.ASKED and known is None:
            digest, _, text = entry.detail.partition(" ")
            found[entry.subject] = Request(
                request_id=entry.subject,
                asked_by=entry.who,
                asked_at=entry.at,
                act_digest=digest,
                text=text,
            )
        elif known is not None and entry.action in {Step.GIVEN, Step.USED}:
            found[entry.subject] = Request(
                request_id=known.request_id,
                asked_by=known.asked_by,
                asked_at=known.asked_at,
                act_digest=known.act_digest,
                text=known.text,
                given_by=entry.who if entry.action == Step.GIVEN else known.given_by,
                used=known.used or entry.action == Step.USED,
            )
    return found


def check_request(request: Request | None, request_id: str, *, at: datetime) -> Request:
    """Require a request that is still open.

    Raises:
        RefusedError: ``approval.unknown``, ``approval.used``, ``approval.expired``.
    """
    if request is None:
        message = f"expected the id of a request in the audit trail, found {request_id[:80]!r}"
        raise RefusedError("approval.unknown", message, actor=Actor.OPERATOR)
    if request.used:
        message = f"expected a request that was not used yet, found {request_id}"
        raise RefusedError("approval.used", message, actor=Actor.OPERATOR)
    if not request.is_open(at):
        message = f"expected a request younger than {VALID_FOR}, found one of {request.asked_at}"
        raise RefusedError("approval.expired", message, actor=Actor.OPERATOR)
    return request
