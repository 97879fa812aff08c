"""What reconciliation remembers beside the store: summaries, lists, requests, notices, paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime

__all__ = [
    "AskedDocument",
    "KeptList",
    "KeptNotice",
    "KeptSummary",
    "PaperRegister",
    "PaperUse",
    "ReconciliationStore",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSummary:
    """The summary of a day that counts: of all that one side sealed, the last.

    Attributes:
        partner: The other state, whoever sealed it.
        environment: test, parallel or production.
        day: In UTC.
        own: Whether this side sealed it.
        revision: Its number.
        document_id: Of the sealed document, which is in the store.
        message_id: Of the message that carried it.
        sealed_at: When it was sealed.
        octets: The canonical document.
    """

    partner: str
    environment: str
    day: date
    own: bool
    revision: int
    document_id: str
    message_id: str
    sealed_at: datetime
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """A list of the other side's, of some buckets of a day.

    Attributes:
        partner: The other state, which sealed it.
        environment: test, parallel or production.
        day: In UTC.
        revision: Of that side's summary.
        document_id: Of the sealed document, which is in the store.
        sealed_at: When it was sealed.
        octets: The canonical document.
    """

    partner: str
    environment: str
    day: date
    revision: int
    document_id: str
    sealed_at: datetime
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDocument:
    """A document that was asked for again.

    Attributes:
        document_id: Of the document.
        partner: The state that was asked.
        message_id: The message with the request.
        reason: Why.
        wanted: What of it.
        asked_at: When.
        outcome: What the other side said became of it; empty while it has not.
    """

    document_id: str
    partner: str
    message_id: str
    reason: str
    wanted: str
    asked_at: datetime
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """A time in which two states take paper.

    Attributes:
        document_id: Of the notice.
        partner: The other state, whoever declared it.
        own: Whether this side declared it.
        from_at: Its begin.
        until_at: Its end; None while nobody knows it.
        reason: What has failed.
        replaces: The notice in whose place it is, or empty.
        sealed_at: When it was sealed.
    """

    document_id: str
    partner: str
    own: bool
    from_at: datetime
    until_at: datetime | None
    reason: str
    replaces: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperUse:
    """That a certificate was used, or issued, on paper.

    Attributes:
        certificate_key: ``STATE:office:number``.
        folded: Its folded form, for finding other spellings.
        used_on: The day of the declaration, or of issue.
        declaration: Number of the customs declaration; may be empty.
        who: Account of the person who recorded it.
        recorded_at: When.
    """

    certificate_key: str
    folded: str
    used_on: date
    declaration: str
    who: str
    recorded_at: datetime


class PaperRegister(Protocol):
    """Which certificates were used on paper."""

    async def list_paper_uses(self, folded: str = "") -> Sequence[PaperUse]:
        """List uses on paper, the earliest first: of one folded key, or all.

        Raises:
            UnavailableError: ``reconciliation.unavailable``.
        """
        ...

    async def count_paper_uses(self) -> int:
        """Count the uses on paper.

        Raises:
            UnavailableError: ``reconciliation.unavailable``.
        """
        ...

    def hold_paper(self, *, to_record: bool) -> AbstractAsyncContextManager[None]:
        """Keep the register as it is until something was judged by it and committed.

        Of those who judge by it any number may hold it at a time, in any process; who records a
        use or withdraws one holds it alone.

        Args:
            to_record: Whether it is held to be changed.

        Raises:
            UnavailableError: ``reconciliation.unavailable``: others held it for too long.
        """
        ...


class ReconciliationStore(PaperRegister, Protocol):
    """What one gateway remembers of reconciliation. Each method is one transaction.

    Every method may raise `UnavailableError` ``reconciliation.unavailable``, and then nothing of it
    happened.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``reconciliation.unavailable``, ``reconciliation.schema``.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    async def begin(self, today: date) -> date:
        """Note the first day that is reconciled; returns the one that was noted first."""
        ...

    async def find_position(self) -> tuple[int, str]:
        """Find how far the store was read: position and message id there; (0, "") at first."""
        ...

    async def move_to(self, position: int, message_id: str) -> None:
        """Note how far the store was read."""
        ...

    async def keep_summary(self, summary: KeptSummary) -> bool:
        """Keep a summary in the place of one that was sealed before; False where it is older."""
        ...

    async def find_summary(
        self, partner: str, environment: str, day: date, *, own: bool
    ) -> KeptSummary | None:
        """Find the summary of a day that counts."""
        ...

    async def list_summaries(self, *, since: date) -> Sequence[KeptSummary]:
        """List what counts of every day since one."""
        ...

    async def keep_list(self, kept: KeptList) -> None:
        """Keep a list; those of earlier revisions are forgotten."""
        ...

    async def list_lists(self, partner: str, environment: str, day: date) -> Sequence[KeptList]:
        """List the other side's lists of a day."""
        ...

    async def keep_asked(self, asked: Sequence[AskedDocument]) -> None:
        """Keep what was asked for. Repeating it changes nothing."""
        ...

    async def keep_outcome(self, partner: str, document_id: str, outcome: str) -> None:
        """Keep what the asked side said, of every request for the document."""
        ...

    async def list_asked(self, document_id: str) -> Sequence[AskedDocument]:
        """List the requests for a document, the earliest first."""
        ...

    async def keep_notice(self, notice: KeptNotice) -> None:
        """Keep an outage notice. Repeating it changes nothing."""
        ...

    async def list_notices(self) -> Sequence[KeptNotice]:
        """List the notices that no other one replaces, the earliest first."""
        ...

    async def record_paper_use(self, use: PaperUse) -> PaperUse:
        """Record a use on paper; returns the one that stands, which may be an earlier one."""
        ...

    async def withdraw_paper_use(self, certificate_key: str) -> bool:
        """Forget a use that was recorded by mistake; False where none is."""
        ...
