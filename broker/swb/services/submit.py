"""Submit: a national payload becomes a sealed, signed, committed document, or is refused whole.

Nothing is written before everything holds; one transaction then commits payload, document,
message and AS1. The same payload again gives the earlier answer.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_status
from swb.ports import Event, Submission, SubmissionRecord
from swb.services.fingerprinting import tell_alike
from swb.services.grounds import find_grounds, find_subject
from swb.services.letting_out import LettingOut
from swb.services.noting import note, open_note
from swb.services.related import find_related
from swb.services.remarking import remark_refusal, remark_warnings
from swb.services.sealing import Origin, Route
from swb.services.second_use import SecondUse
from swb.services.submission_routes import SubmissionRoutes, place_refusal, tell_certificate
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import CertificateOfOrigin, LeadingDocument
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Actor, Finding
from swb_schemas.rulebook import NOTHING_KNOWN, check_document, get_place_of_issue
from swb_schemas.rulebook.periods import find_expiry
from swb_schemas.rulebook.register import NUMBER_USED
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.limits import check_payload_size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from swb.ports import (
        Clock,
        ConnectionSource,
        Grounds,
        MessageStore,
        NationalFormats,
        PaperRegister,
        Reading,
    )
    from swb.services.fingerprinting import Fingerprinting, TakenFingerprints
    from swb.services.grounds import Subject
    from swb.services.room import Room
    from swb.services.sealing import Sealer
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment
    from swb_schemas.rulebook import Related

__all__ = ["Accepted", "SubmitService"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a payload became.

    Attributes:
        document_id: Of the sealed document.
        certificate_key: Of the certificate that it is or speaks about.
        message_type: What kind of document it is.
        repeated: True when the same payload had been accepted before.
        findings: Warnings.
        status: The fact that stands for the document now, where it had been accepted before; else
            empty.
    """

    document_id: str
    certificate_key: str
    message_type: str
    repeated: bool
    findings: tuple[Finding, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What a document was judged by, and with what result.

    Attributes:
        subject: What it is about.
        grounds: What must still hold when it is committed; None where nothing must.
        warnings: What was found.
    """

    subject: Subject
    grounds: Grounds | None
    warnings: tuple[Finding, ...]


class SubmitService:
    """The door inward of one state's gateway.

    Args:
        state: The gateway's state.
        formats: Reads what the national system speaks.
        environment: What the gateway serves.
        connections: What is connected; the rest is denied.
        store: Commits.
        sealer: Seals and signs.
        clock: Tells the day that rules are judged by.
        on_commit: Called when something was committed that others may wait for.
        may_take: Raises `UnavailableError` while policy says that nothing new is taken.
        room: Bounds how much is read at a time.
        paper: Which certificates were used on paper.
        letting_out: What exporters consent to, and what of a document leaves; without it nothing
            leaves that needs consent.
        fingerprinting: Finds what is alike; None where no key is configured.
    """

    def __init__(  # noqa: PLR0913 - everything that submitting needs
        self,
        *,
        state: str,
        formats: NationalFormats,
        environment: Environment,
        connections: ConnectionSource,
        store: MessageStore,
        sealer: Sealer,
        clock: Clock,
        on_commit: Callable[[], None],
        may_take: Callable[[], Awaitable[None]] | None = None,
        room: Room | None = None,
        paper: PaperRegister | None = None,
        letting_out: LettingOut | None = None,
        fingerprinting: Fingerprinting | None = None,
    ) -> None:
        self._fingerprinting = fingerprinting
        self._room = room
        self._second_use = SecondUse(paper, store)
        self._letting_out = letting_out or LettingOut()
        self._may_take = may_take
        self._routes = SubmissionRoutes(
            state=state, environment=environment, connections=connections, store=store
        )
        self._state = state
        self._formats = formats
        self._environment = environment
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._on_commit = on_commit

    async def read(self, payload: bytes) -> Reading:
        """Read what a national payload says, and take nothing.

        Raises:
            RefusedError: It is too large, or malformed.
        """
        check_payload_size(len(payload))
        if self._room is None:
            return await self._formats.to_canonical(payload)
        async with self._room.take("", len(payload)):
            return await self._formats.to_canonical(payload)

    async def submit(
        self,
        payload: bytes,
        *,
        reading: Reading | None = None,
        waits: Callable[[RefusedError], bool] | None = None,
    ) -> Accepted:
        """Take one national payload.

        Args:
            payload: As it came.
            reading: What `read` read of it, where that was done.
            waits: Whether what is refused will be tried again, and its sender is not told; then it
                counts as no refusal.

        Raises:
            RefusedError: It is too large, malformed, breaks a rule, or is not this state's to send;
                findings name the places in the sender's own format. Or its certificate was sealed
                already.
            UndeterminedError: The trust list that is needed for a protected body is of no use.
            UnavailableError: Store, signer or trust list are down, or the connection is suspended;
                nothing was taken.
        """
        check_payload_size(len(payload))
        with open_note("submit"):
            if self._room is None:
                return await self._submit(payload, reading, waits)
            async with self._room.take("", len(payload)):
                return await self._submit(payload, reading, waits)

    async def check(self, payload: bytes) -> Sequence[Finding]:
        """Judge a payload as `submit` would now, and take nothing, count nothing and tell nobody.

        Args:
            payload: As it would be submitted.

        Returns:
            Warnings; none of a payload that was accepted before.

        Raises:
            RefusedError, UndeterminedError, UnavailableError: As `submit` would.
        """
        check_payload_size(len(payload))
        digest = digest_text_of(payload)
        if await self._store.find_submission(digest) is not None:
            return ()
        if self._may_take is not None:
            await self._may_take()
        reading = await self._let_out(await self.read(payload))
        subject = await find_subject(self._store, reading.document)
        warnings = self._check(reading, await self._find_related(reading.document, subject))
        try:
            async with self._second_use.guard(reading.document, subject):
                route, _ = await self._routes.find(reading.document, subject)
        except RefusedError as refusal:
            raise place_refusal(refusal, reading) from refusal
        _, alike = await self._fingerprint(reading.document, route)
        return (*warnings, *alike)

    async def _submit(
        self,
        payload: bytes,
        reading: Reading | None,
        waits: Callable[[RefusedError], bool] | None,
    ) -> Accepted:
        digest = digest_text_of(payload)
        earlier = await self._store.find_submission(digest)
        if earlier is not None:
            return await self._repeat(earlier)
        if self._may_take is not None:
            await self._may_take()
        try:
            if reading is None:
                reading = await self._formats.to_canonical(payload)
            reading = await self._let_out(reading)
            accepted = None
            while accepted is None:  # else somebody was faster, and it is judged again
                accepted = await self._judge(reading, payload, digest)
        except RefusedError as refusal:
            # Another process may have committed this very payload a moment ago.
            earlier = await self._store.find_submission(digest)
            if earlier is not None:
                return await self._repeat(earlier)
            if waits is None or not waits(refusal):
                await self._remark(refusal, digest, reading)
            raise
        return accepted

    async def _let_out(self, reading: Reading) -> Reading:
        try:
            return await self._letting_out.judge(reading, on=self._clock.now().date())
        except RefusedError as refusal:
            raise place_refusal(refusal, reading) from refusal

    async def _remark(self, refusal: RefusedError, digest: str, reading: Reading | None) -> None:
        remarks = remark_refusal(
            refusal,
            None if reading is None else reading.document,
            payload_digest=digest,
            at=self._clock.now(),
            state=self._state,
            environment=self._environment,
        )
        await self._store.record_remarks(remarks)

    async def _judge(self, reading: Reading, payload: bytes, digest: str) -> Accepted | None:
        """Judge it by what is known, and commit it; None where more is known by then."""
        document = reading.document
        subject = await find_subject(self._store, document)
        grounds = await find_grounds(self._store, document, subject)
        warnings = self._check(reading, await self._find_related(document, subject))
        judged = _Judged(subject=subject, grounds=grounds, warnings=warnings)
        async with AsyncExitStack() as held:
            try:
                await held.enter_async_context(self._second_use.guard(document, subject))
            except RefusedError as refusal:
                raise place_refusal(refusal, reading) from refusal
            return await self._commit(reading, payload, digest, judged)

    async def _commit(
        self, reading: Reading, payload: bytes, digest: str, judged: _Judged
    ) -> Accepted | None:
        """Seal what was judged, and commit it, unless its grounds have changed."""
        document = reading.document
        try:
            route, certificate = await self._routes.find(document, judged.subject)
        except RefusedError as refusal:
            raise place_refusal(refusal, reading) from refusal
        taken, alike = await self._fingerprint(document, route)
        valid_from, valid_until = _validity(document)
        origin = Origin(
            payload_digest=digest,
            adapter=reading.adapter,
            adapter_version=reading.adapter_version,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        sent = await self._sealer.seal(document, route, origin)
        note(
            message_type=sent.document.message_type,
            conversation_id=sent.document.conversation_id,
            outcome="accepted",
        )
        at = sent.document.recorded_at
        record = SubmissionRecord(
            payload_digest=digest,
            adapter=f"{reading.adapter}/{reading.adapter_version}",
            payload=payload,
            document_id=sent.document.document_id,
            recorded_at=at,
        )
        events = [Event(document_id=sent.document.document_id, name=Fact.AS1, at=at)]
        events.extend(tell_certificate(document, sent.document, certificate))
        events.extend(tell_alike(alike, sent.document.document_id, at))
        standing = await self._store.commit_submission(
            Submission(
                record=record,
                document=sent.document,
                outbound=sent.outbound,
                events=events,
                shares_key=_shares_key(document),
                fingerprinted=taken.keep(record.document_id) if taken else None,
                grounds=judged.grounds,
                remarks=remark_warnings(sent.document, (*judged.warnings, *alike)),
            )
        )
        if standing is None:
            return None
        if standing.document_id != record.document_id:
            return await self._repeat(standing)
        self._on_commit()
        return Accepted(
            document_id=record.document_id,
            certificate_key=sent.document.certificate_key,
            message_type=sent.document.message_type,
            repeated=False,
            findings=(*judged.warnings, *alike),
        )

    async def _fingerprint(
        self, document: Document, route: Route
    ) -> tuple[TakenFingerprints | None, Sequence[Finding]]:
        """Take fingerprints to keep, and look for what is alike among what was exchanged here."""
        if self._fingerprinting is None or not find_type_of(document).leads:
            return None, ()
        taken = await self._fingerprinting.take(
            document, issuing=route.issuing_party.state, receiving=route.receiving_party.state
        )
        if taken is None:
            return None, ()
        return taken, await self._fingerprinting.look(
            taken, environment=route.environment, actor=Actor.SENDER
        )

    async def _repeat(self, earlier: SubmissionRecord) -> Accepted:
        document = await self._store.find_document(earlier.document_id)
        events = await self._store.list_events(earlier.document_id)
        return Accepted(
            document_id=earlier.document_id,
            certificate_key=document.certificate_key if document else "",
            message_type=document.message_type if document else "",
            repeated=True,
            status=judge_status((Fact(each.name), each.revision) for each in events) or "",
        )

    async def _find_related(self, document: Document, subject: Subject) -> Related:
        if isinstance(document, LeadingDocument) and document.issuing_country != self._state:
            return NOTHING_KNOWN  # not this state's to send, which is what it is refused for
        return await find_related(self._store, document, subject=subject)

    def _check(self, reading: Reading, related: Related) -> tuple[Finding, ...]:
        """Judge by the rule book; this side refuses (decision 7)."""
        place = get_place_of_issue(reading.document)
        found = tuple(
            replace(finding, national_path=reading.locate(finding.path))
            for finding in check_document(
                reading.document, at=self._clock.now().date(), place=place, related=related
            )
        )
        refusing = tuple(each for each in found if place.refuses(each))
        if refusing:
            first = refusing[0]
            where = first.national_path or first.path
            exists = all(each.code == NUMBER_USED for each in refusing)
            raise RefusedError(
                "submission.certificate_exists" if exists else "submission.rule_broken",
                f"{len(refusing)} rule(s) broken; {where}: {first.message}",
                findings=found,
            )
        return (*reading.findings, *found)


def _shares_key(document: Document) -> bool:
    """Whether it may have the key of what was sealed before: what it takes back, or copies."""
    if isinstance(document, CertificateOfOrigin):
        return document.is_true_copy
    return isinstance(document, LeadingDocument) and document.takes_back


def _validity(document: Document) -> tuple[date, date] | tuple[None, None]:
    """From the day of issue, of a true copy the original's, to the last day of presenting it."""
    if not isinstance(document, CertificateOfOrigin):
        return None, None  # nothing is presented under it by a day
    issued = document.issued_on
    return issued, max(issued, find_expiry(document))  # its originals may have expired before
