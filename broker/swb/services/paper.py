"""The paper fallback: outage notices to partners, and certificates that were used on paper.

Paper takes the place of the exchange for technical failure only. What was used on paper is recorded
by its certificate's key at the importing gateway; when the same certificate comes electronically,
before or afterwards, the two are matched, so that one certificate is never used twice. Customs is
told when it comes; what customs then answers is `swb.services.second_use`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_exchange, judge_status
from swb.ports import Direction, PaperUse
from swb.services.said import read_notice
from swb.services.second_use import (
    find_spellings,
    find_use,
    gives_preference,
    is_same_declaration,
)
from swb_schemas.documents import CustomsResponse, OutageNotice
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.exchanges import State
from swb_schemas.parties import parse_certificate_key
from swb_schemas.wire.sealed import read_kept
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date, datetime

    from swb.ports import Archive, Clock, DocumentRecord, KeptNotice, ReconciliationStore
    from swb.services.posting import Post
    from swb_schemas.parties import CertificateKey

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
        store: Archive,
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
        enter: Callable[[KeptNotice], Awaitable[object]],
        replaces: str = "",
    ) -> KeptNotice:
        """Declare to a partner that paper takes the place of the exchange.

        Args:
            partner: The other state.
            environment: Of both gateways.
            from_at: Since when.
            until_at: How long; None where that is not known yet.
            reason: Why.
            enter: Enters the notice in the audit trail, before it is kept or sent; where it cannot,
                it is neither.
            replaces: Id of the notice whose place it takes, or empty.

        Raises:
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``;
                whatever `enter` raises.
        """
        notice = OutageNotice(
            from_at=from_at, until_at=until_at, reason=reason, replaces=replaces or None
        )
        sent = await self._post.seal(notice, partner, environment)
        kept = read_notice(notice, sent.document, sent.document.recorded_at, self._state)
        await enter(kept)
        await self._memory.keep_notice(kept)
        await self._post.commit(sent)
        return kept

    async def end(
        self,
        notice_id: str,
        environment: Environment,
        at: datetime,
        *,
        enter: Callable[[KeptNotice], Awaitable[object]],
    ) -> KeptNotice:
        """End an outage that was declared here; `enter` is as for `declare`.

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
                    enter=enter,
                    replaces=each.document_id,
                )
        message = (
            f"expected a notice of {self._state}'s that stands and has begun, found none with the "
            f"id {notice_id[:40]!r}"
        )
        raise RefusedError("outage.unknown", message, actor=Actor.OPERATOR)

    async def record(
        self,
        key: str,
        *,
        used_on: date,
        declaration: str,
        who: str,
        enter: Callable[[str], Awaitable[object]],
        digest: str = "",
    ) -> Matched:
        """Record that a certificate was used on paper.

        It is recorded as the certificate that came electronically is spelled, where one did.
        Without a declaration nobody can tell the same use from a second one, so it is recorded
        once.

        Args:
            key: ``STATE:office:number``, in any spelling.
            used_on: Day of the declaration.
            declaration: Its number, or empty.
            who: Who records it.
            enter: Enters it in the audit trail under the key that it is given, before it is
                recorded; where it cannot, nothing is. What was recorded before is not entered.
            digest: What the code on the paper says of the sealed document, as
                ``sha-256:<hex>``; empty where there is no code.

        Raises:
            RefusedError: ``certificate_key.malformed``; ``paper.ambiguous``: several certificates
                are spelled like it; ``paper.used_electronically``: preference was given to what
                came electronically, by another declaration; ``paper.recorded_before``: another use
                of it is recorded, in this spelling or another one; ``paper.differs``: the code on
                the paper is of another document than the one that came electronically.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``; whatever
                `enter` raises.
        """
        parsed = parse_certificate_key(key)
        async with self._memory.hold_paper(to_record=True):
            document = await self._find_electronic(parsed)
            if document is not None and digest not in {"", document.digest}:
                message = (
                    f"expected a print of {document.document_id}, which came electronically and "
                    f"has {document.digest}, found one of a document with {digest}"
                )
                raise RefusedError("paper.differs", message, actor=Actor.OPERATOR)
            spelled = document.certificate_key if document else str(parsed)
            use = await find_use(self._memory, self._store, spelled)
            repeats = use is not None
            if use is None:
                await self._require_unused(document, declaration)
                await enter(spelled)
                use = await self._memory.record_paper_use(
                    PaperUse(
                        certificate_key=spelled,
                        folded=parsed.folded,
                        used_on=used_on,
                        declaration=declaration,
                        who=who,
                        recorded_at=self._clock.now(),
                    )
                )
        same = (use.used_on, use.declaration) == (used_on, declaration)
        if repeats and not (same and declaration):
            message = (
                f"{use.certificate_key} is recorded as used on paper on "
                f"{use.used_on.isoformat()}, declaration {use.declaration or 'unknown'}, by "
                f"{use.who} at {format_instant(use.recorded_at)}: expected no second use"
            )
            raise RefusedError("paper.recorded_before", message, actor=Actor.OPERATOR)
        return await self._match(use, document)

    async def withdraw(self, key: str, *, enter: Callable[[str], Awaitable[object]]) -> str:
        """Forget a use that was recorded by mistake.

        Args:
            key: Exactly as it is recorded.
            enter: Enters it in the audit trail under the key that it is given, before it is
                forgotten; where it cannot, nothing is.

        Returns:
            The key under which it was recorded.

        Raises:
            RefusedError: ``certificate_key.malformed``; ``paper.unknown``: none is recorded under
                exactly this key.
            UnavailableError: ``reconciliation.unavailable``; whatever `enter` raises.
        """
        parsed = parse_certificate_key(key)
        recorded = str(parsed)
        async with self._memory.hold_paper(to_record=True):
            uses = await self._memory.list_paper_uses(parsed.folded)
            if any(each.certificate_key == recorded for each in uses):
                await enter(recorded)
                await self._memory.withdraw_paper_use(recorded)
                return recorded
        message = f"expected a use on paper recorded as {recorded}, found none"
        raise RefusedError("paper.unknown", message, actor=Actor.OPERATOR)

    async def list_uses(self, key: str = "") -> Sequence[Matched]:
        """List uses on paper, each beside what came electronically.

        Raises:
            RefusedError: ``certificate_key.malformed``.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``.
        """
        folded = parse_certificate_key(key).folded if key else ""
        uses = await self._memory.list_paper_uses(folded)
        documents = {each: await self._find_received(each.certificate_key) for each in uses}
        spellings = await find_spellings(
            self._store,
            [parse_certificate_key(use.certificate_key) for use in uses if not documents[use]],
        )
        for use in uses:
            alike = spellings.get(use.folded, ())
            if documents[use] is None and len(alike) == 1:
                documents[use] = await self._find_received(alike[0])
        return [await self._match(use, documents[use]) for use in uses]

    async def _match(self, use: PaperUse, document: DocumentRecord | None) -> Matched:
        status = ""
        if document is not None:
            events = await self._store.list_events(document.document_id)
            status = judge_status((Fact(each.name), each.revision) for each in events) or ""
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

    async def _find_electronic(self, key: CertificateKey) -> DocumentRecord | None:
        """Find the certificate as it came: spelled like that, or the only one spelled alike."""
        found = await self._find_received(str(key))
        if found is not None:
            return found
        alike = (await find_spellings(self._store, [key])).get(key.folded, ())
        came = [record for each in alike if (record := await self._find_received(each))]
        if len(came) > 1:
            names = " and ".join(each.certificate_key for each in came[:5])
            message = f"expected the key as the certificate has it, found {names} spelled alike"
            raise RefusedError("paper.ambiguous", message, actor=Actor.OPERATOR)
        return came[0] if came else None

    async def _find_received(self, key: str) -> DocumentRecord | None:
        record = await self._store.find_certificate(key)
        return record if record and record.direction is Direction.IN else None

    async def _require_unused(self, document: DocumentRecord | None, declaration: str) -> None:
        """Refuse where customs gives preference to a certificate by what it said last."""
        if document is None or document.environment == Environment.PARALLEL.value:
            return
        trail = await self._store.find_trail(document.document_id)
        said = [
            response
            for each in (trail.answers if trail else ())
            if each.message_type == "CustomsResponse" and each.octets
            for response in [read_kept(each.octets)[1]]
            if isinstance(response, CustomsResponse)
        ]
        if said:
            last = max(said, key=lambda each: each.response_number)
            if not gives_preference(last) or is_same_declaration(last, declaration):
                return
        else:  # or what was said is erased
            events = await self._store.list_events(document.document_id)
            exchange = judge_exchange((Fact(each.name), each.revision) for each in events)
            if exchange.preference is not State.GIVEN:
                return
        message = (
            f"preference was given to {document.certificate_key} electronically, "
            "so paper is a second use"
        )
        raise RefusedError("paper.used_electronically", message, actor=Actor.OPERATOR)
