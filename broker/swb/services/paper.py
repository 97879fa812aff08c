"""The paper fallback: outage notices to partners, and certificates that were used on paper.

Paper takes the place of the exchange for technical failure only. What was used on paper is recorded
by its certificate's key at the importing gateway; when the same certificate comes electronically,
before or afterwards, the two are matched, so that one certificate is never used twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_status
from swb.ports import Direction, PaperUse
from swb.services.said import read_notice
from swb_schemas.documents import OutageNotice
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from swb.ports import Clock, DocumentRecord, KeptNotice, MessageStore, ReconciliationStore
    from swb.services.posting import Post
    from swb_schemas.documents.elements import Environment

__all__ = ["Matched", "PaperDesk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A use on paper beside what came electronically.

    Attributes:
        use: The use on paper.
        document: The certificate as it came electronically, where it did.
        status: The fact that stands for that document, or empty.
        other_spellings: Keys of other uses that differ in spelling only.
    """

    use: PaperUse
    document: DocumentRecord | None
    status: str
    other_spellings: Sequence[str]


class PaperDesk:
    """What a gateway's people say of paper.

    Args:
        state: Whose gateway it is.
        store: What came electronically.
        memory: Notices and uses.
        post: Sends notices.
        clock: The present.
    """

    def __init__(
        self,
        *,
        state: str,
        store: MessageStore,
        memory: ReconciliationStore,
        post: Post,
        clock: Clock,
    ) -> None:
        self._state = state
        self._store = store
        self._memory = memory
        self._post = post
        self._clock = clock

    async def declare(
        self,
        partner: str,
        environment: Environment,
        *,
        from_at: datetime,
        until_at: datetime | None,
        reason: OutageReason,
        replaces: str = "",
    ) -> KeptNotice:
        """Declare to a partner that paper takes the place of the exchange.

        Raises:
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        notice = OutageNotice(
            from_at=from_at, until_at=until_at, reason=reason, replaces=replaces or None
        )
        sent = await self._post.prepare(notice, self._post.route_to(partner, environment))
        kept = read_notice(notice, sent.document, sent.document.recorded_at, self._state)
        await self._memory.keep_notice(kept)
        await self._post.commit(sent)
        return kept

    async def end(self, notice_id: str, environment: Environment, at: datetime) -> KeptNotice:
        """End an outage that was declared here.

        Raises:
            RefusedError: ``outage.unknown``: no such notice of this side stands.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        for each in await self._memory.list_notices():
            if each.document_id == notice_id and each.own and at > each.from_at:
                return await self.declare(
                    each.partner,
                    environment,
                    from_at=each.from_at,
                    until_at=at,
                    reason=OutageReason(each.reason),
                    replaces=each.document_id,
                )
        message = f"expected a notice of {self._state}'s that stands and has begun, found none"
        raise RefusedError("outage.unknown", message, actor=Actor.OPERATOR)

    async def record(self, key: str, *, used_on: date, declaration: str, who: str) -> Matched:
        """Record that a certificate was used on paper.

        Raises:
            RefusedError: ``certificate_key.malformed``; ``paper.used_electronically``: preference
                was given to what came electronically; ``paper.recorded_before``: another use of it
                is recorded.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``.
        """
        parsed = parse_certificate_key(key)
        before = await self._memory.find_paper_use(str(parsed))
        document, status = await self._find_electronic(str(parsed))
        if before is None and status == Fact.GIVEN:
            message = f"preference was given to {parsed} electronically, so paper is a second use"
            raise RefusedError("paper.used_electronically", message, actor=Actor.OPERATOR)
        use = await self._memory.record_paper_use(
            PaperUse(
                certificate_key=str(parsed),
                folded=parsed.folded,
                used_on=used_on,
                declaration=declaration,
                who=who,
                recorded_at=self._clock.now(),
            )
        )
        if (use.used_on, use.declaration) != (used_on, declaration):
            message = (
                f"{parsed} is recorded as used on paper on {use.used_on.isoformat()}, "
                f"declaration {use.declaration or 'unknown'}: expected no second use"
            )
            raise RefusedError("paper.recorded_before", message, actor=Actor.OPERATOR)
        return await self._match(use, document, status)

    async def list_uses(self, key: str = "") -> Sequence[Matched]:
        """List uses on paper, each beside what came electronically.

        Raises:
            RefusedError: ``certificate_key.malformed``.
        """
        folded = parse_certificate_key(key).folded if key else ""
        return [
            await self._match(use, *await self._find_electronic(use.certificate_key))
            for use in await self._memory.list_paper_uses(folded)
        ]

    async def _match(self, use: PaperUse, document: DocumentRecord | None, status: str) -> Matched:
        return Matched(
            use=use,
            document=document,
            status=status,
            other_spellings=[
                each.certificate_key
                for each in await self._memory.list_paper_uses(use.folded)
                if each.certificate_key != use.certificate_key
            ],
        )

    async def _find_electronic(self, key: str) -> tuple[DocumentRecord | None, str]:
        record = await self._store.find_certificate(key)
        if record is None or record.direction is not Direction.IN:
            return None, ""
        events = await self._store.list_events(record.document_id)
        status = judge_status((Fact(each.name), each.revision) for each in events)
        return record, status or ""
