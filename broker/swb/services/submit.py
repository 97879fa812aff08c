"""Submit: a national payload becomes a sealed, signed, committed document, or is refused whole.

Nothing is written before everything holds; one transaction then commits payload, document,
message and AS1. The same payload again gives the earlier answer.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_exchange, judge_status
from swb.ports import Direction, Event, Submission, SubmissionRecord
from swb.services.fingerprinting import tell_alike
from swb.services.grounds import find_grounds
from swb.services.letting_out import LettingOut
from swb.services.noting import note, open_note
from swb.services.related import find_related, read_agreement
from swb.services.remarking import remark_refusal, remark_warnings
from swb.services.sealing import Origin, Route
from swb.services.second_use import SecondUse
from swb.services.utilised import is_utilised
from swb_schemas.catalogue import CATALOGUE, find_type_of, get_type
from swb_schemas.documents import AboutCertificate, CertificateOfOrigin, LeadingDocument
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.exchanges import ABOUT_NUMBER, Effect, State, Step, explain_refusal, judge_own
from swb_schemas.exchanges.table import ACROSS
from swb_schemas.findings import Actor, Finding, Severity
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from swb_schemas.rulebook import NOTHING_KNOWN, check_document, get_place_of_issue
from swb_schemas.rulebook.periods import find_expiry
from swb_schemas.rulebook.register import NUMBER_USED
from swb_schemas.wire.limits import check_payload_size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from swb.ports import (
        Clock,
        ConnectionSource,
        DocumentRecord,
        Fingerprinted,
        Grounds,
        MessageStore,
        NationalFormats,
        PaperRegister,
        Reading,
    )
    from swb.services.fingerprinting import Fingerprinting
    from swb.services.room import Room
    from swb.services.sealing import Sealer
    from swb_schemas.documents import Document
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
        self._state = state
        self._gateway = PartyId(state, GATEWAY)
        self._formats = formats
        self._environment = environment
        self._connections = connections
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
        digest = f"sha-256:{sha256(payload).hexdigest()}"
        if await self._store.find_submission(digest) is not None:
            return ()
        if self._may_take is not None:
            await self._may_take()
        reading = await self._let_out(await self.read(payload))
        warnings = self._check(reading, await self._find_related(reading.document))
        try:
            async with self._second_use.guard(reading.document):
                route, _ = await self._route(reading.document)
        except RefusedError as refusal:
            raise _place(refusal, reading) from refusal
        return (*warnings, *await self._look(reading.document, route))

    async def _submit(
        self,
        payload: bytes,
        reading: Reading | None,
        waits: Callable[[RefusedError], bool] | None,
    ) -> Accepted:
        digest = f"sha-256:{sha256(payload).hexdigest()}"
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
            raise _place(refusal, reading) from refusal

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
        grounds = await find_grounds(self._store, reading.document)
        related = await self._find_related(reading.document)
        warnings = self._check(reading, related)
        async with AsyncExitStack() as held:
            try:
                await held.enter_async_context(self._second_use.guard(reading.document))
            except RefusedError as refusal:
                raise _place(refusal, reading) from refusal
            return await self._commit(reading, payload, digest, warnings, grounds)

    async def _commit(
        self,
        reading: Reading,
        payload: bytes,
        digest: str,
        warnings: tuple[Finding, ...],
        grounds: Grounds | None,
    ) -> Accepted | None:
        """Seal what was judged, and commit it, unless its grounds have changed."""
        document = reading.document
        try:
            route, subject = await self._route(document)
        except RefusedError as refusal:
            raise _place(refusal, reading) from refusal
        alike = await self._look(document, route)
        valid = _validity(document)
        origin = Origin(
            payload_digest=digest,
            adapter=reading.adapter,
            adapter_version=reading.adapter_version,
            valid_from=valid[0],
            valid_until=valid[1],
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
        events.extend(_own_answer(document, sent.document, subject))
        events.extend(tell_alike(alike, sent.document.document_id, at))
        standing = await self._store.commit_submission(
            Submission(
                record=record,
                document=sent.document,
                outbound=sent.outbound,
                events=events,
                shares_key=_shares_key(document),
                fingerprinted=await self._take(document, route, record.document_id),
                grounds=grounds,
                remarks=remark_warnings(sent.document, (*warnings, *alike)),
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
            findings=(*warnings, *alike),
        )

    async def _look(self, document: Document, route: Route) -> Sequence[Finding]:
        """Look for what is alike among what this side sent and received, before it is sealed."""
        if self._fingerprinting is None or not find_type_of(document).leads:
            return ()
        return await self._fingerprinting.look(
            document,
            issuing=route.issuing_party.state,
            receiving=route.receiving_party.state,
            environment=route.environment,
            actor=Actor.SENDER,
        )

    async def _take(
        self, document: Document, route: Route, document_id: str
    ) -> Fingerprinted | None:
        """Take the fingerprints that are kept with the document."""
        if self._fingerprinting is None or not find_type_of(document).leads:
            return None
        return await self._fingerprinting.take(
            document,
            document_id=document_id,
            issuing=route.issuing_party.state,
            receiving=route.receiving_party.state,
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

    async def _find_related(self, document: Document) -> Related:
        if isinstance(document, LeadingDocument) and document.issuing_country != self._state:
            return NOTHING_KNOWN  # not this state's to send, which is what it is refused for
        return await find_related(self._store, document)

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

    async def _route(self, document: Document) -> tuple[Route, DocumentRecord | None]:
        match document:
            case LeadingDocument() if document.takes_back:
                return await self._route_of_withdrawal(document)
            case LeadingDocument():
                return await self._route_of_certificate(document), None
            case AboutCertificate():
                return await self._route_of_move(document)
            case _:
                raise RefusedError(
                    "submission.not_national",
                    f"a national system does not submit a {find_type_of(document).message_type}",
                )

    async def _route_of_certificate(self, document: LeadingDocument) -> Route:
        if document.issuing_country != self._state:
            raise RefusedError(
                "submission.foreign_issuer",
                f"expected a certificate issued by {self._state}, "
                f"found one of {document.issuing_country}",
            )
        importing = document.destination
        kind = find_type_of(document)
        table = await self._connections.fetch()
        connection = table.require(
            sender=self._state,
            receiver=importing,
            message_type=kind.message_type,
            served=self._environment,
            agreement=getattr(document, "agreement", ""),
        )
        terms = connection.terms
        if terms.max_items is not None and document.line_count > terms.max_items:
            raise RefusedError(
                "connection.items",
                f"expected at most {terms.max_items} items for {importing}, "
                f"found {document.line_count}",
            )
        return Route(
            issuing_party=PartyId(self._state, kind.issuing_role),
            receiving_party=PartyId(importing, kind.receiving_role),
            sender=self._gateway,
            receiver=PartyId(importing, GATEWAY),
            line=self._state,
            environment=connection.environment(self._environment) or self._environment,
            protect=terms.protected,
        )

    async def _route_of_withdrawal(self, document: LeadingDocument) -> tuple[Route, DocumentRecord]:
        """Take back what was issued here, once, and where it went to."""
        route = await self._route_of_certificate(document)
        key = str(document.key)
        kept = [
            each
            for each in await self._store.list_certificates(key)
            if each.direction is Direction.OUT
            and each.message_type == find_type_of(document).message_type
            and parse_party_id(each.receiving_party) == route.receiving_party
        ]
        if not kept:
            expected = f"a {find_type_of(document).message_type} issued here under {key}"
            raise RefusedError(
                "submission.unknown_certificate",
                f"expected {expected} for {document.destination}, found none",
            )
        issued = kept[0]
        events = await self._store.list_events(issued.document_id)
        if any(each.name == Fact.WITHDRAWN for each in events):
            message = f"expected a certificate that is in force, found {key} taken back already"
            raise RefusedError("submission.withdrawn", message)
        carrier = await self._store.find_carrier(issued.document_id)
        return replace(
            route,
            environment=Environment(issued.environment),
            conversation_id=issued.conversation_id,
            answers=(issued.document_id, issued.digest),
            correlation=carrier.message_id if carrier else None,
        ), issued

    async def _route_of_move(self, document: AboutCertificate) -> tuple[Route, DocumentRecord]:
        key = str(document.subject.key)
        kind = find_type_of(document)
        certificate = await self._store.find_certificate(key)
        by_issuer = kind.of_issuer
        if (
            certificate is None
            or _party_of(certificate, issuing=by_issuer).state != self._state
            or certificate.direction is not (Direction.OUT if by_issuer else Direction.IN)
        ):
            leading = (
                name for name, each in CATALOGUE.items() if kind.message_type in each.answers
            )
            expected = f"{' or '.join(leading)} {'issued' if by_issuer else 'received'} here"
            raise RefusedError(
                "submission.unknown_certificate",
                f"expected a {expected} under {key}, found none",
            )
        if kind.message_type not in get_type(certificate.message_type).answers:
            answered = get_type(certificate.message_type)
            raise RefusedError(
                "submission.answer_not_foreseen",
                f"expected {' or '.join(answered.answers)} on a {answered.message_type}, "
                f"found a {kind.message_type}",
            )
        await self._check_move(document, certificate)
        own = _party_of(certificate, issuing=by_issuer)
        other = _party_of(certificate, issuing=not by_issuer)
        carrier = await self._store.find_carrier(certificate.document_id)
        table = await self._connections.fetch()
        connection = table.require(
            sender=self._state,
            receiver=other.state,
            message_type=kind.message_type,
            served=self._environment,
            agreement=read_agreement(certificate),
            environment=Environment(certificate.environment),
        )
        route = Route(
            issuing_party=own,
            receiving_party=other,
            sender=self._gateway,
            receiver=PartyId(other.state, GATEWAY),
            line=self._state,
            environment=Environment(certificate.environment),
            protect=connection.terms.protected,
            conversation_id=certificate.conversation_id,
            answers=(certificate.document_id, certificate.digest),
            correlation=carrier.message_id if carrier else None,
        )
        return route, certificate

    async def _check_move(self, document: AboutCertificate, certificate: DocumentRecord) -> None:
        """Hold a move that is made here to the table: a forbidden one is refused."""
        events = await self._store.list_events(certificate.document_id)
        state = judge_exchange((Fact(each.name), each.revision) for each in events)
        step = Step(move=document.move, number=document.number)
        verdict = judge_own(state, step)
        if verdict.effect is not Effect.REFUSED and State.GIVEN in ACROSS.get(document.move, {}):
            utilised = await is_utilised(self._store, certificate, events)
            verdict = judge_own(state, step, utilised=utilised)
        if verdict.effect is Effect.REFUSED:
            raise RefusedError(verdict.code, explain_refusal(state, step, verdict.code))


def _place(refusal: RefusedError, reading: Reading) -> RefusedError:
    """Say of a refusal where in the payload stands what it is refused for."""
    document = reading.document
    root = type(document).__name__
    if isinstance(document, AboutCertificate) and refusal.code.startswith("exchange."):
        is_number = refusal.code in ABOUT_NUMBER
        path = f"{root}/{document.number_path if is_number else document.move_path}"
    elif not isinstance(document, LeadingDocument):
        path = f"{root}/Subject/ReferenceNumber"
    elif refusal.code == "submission.foreign_issuer":
        path = f"{root}/{document.issuer_path}"
    elif refusal.code == "connection.items":
        path = f"{root}/Item[{document.line_count}]"
    elif refusal.code == "policy.mandatory":
        path = refusal.findings[0].path
    elif refusal.code == "consent.missing":
        path = f"{root}/Exporter/Identifier"
    else:
        path = f"{root}/{document.destination_path}"
    finding = Finding(
        code=refusal.code,
        severity=Severity.REFUSE,
        path=path,
        message=refusal.message,
        actor=refusal.actor,
        national_path=reading.locate(path),
    )
    where = finding.national_path or path
    return RefusedError(
        refusal.code, f"{where}: {refusal.message}", actor=refusal.actor, findings=(finding,)
    )


def _own_answer(
    document: Document, sent: DocumentRecord, subject: DocumentRecord | None
) -> Sequence[Event]:
    """What an answer that was just sealed here says of its certificate."""
    if subject is None:
        return ()
    if isinstance(document, LeadingDocument):
        ids = (subject.document_id, sent.document_id)
        return [Event(document_id=each, name=Fact.WITHDRAWN, at=sent.recorded_at) for each in ids]
    if not isinstance(document, AboutCertificate):
        return ()
    event = Event(
        document_id=subject.document_id,
        name=Fact(document.move),
        at=sent.recorded_at,
        detail=str(document.replaced_by or ""),
        revision=document.number,
    )
    return (event,)


def _shares_key(document: Document) -> bool:
    """Whether it may have the key of what was sealed before: what it takes back, or copies."""
    if isinstance(document, CertificateOfOrigin):
        return document.is_true_copy
    return isinstance(document, LeadingDocument) and document.takes_back


def _party_of(certificate: DocumentRecord, *, issuing: bool) -> PartyId:
    return parse_party_id(certificate.issuing_party if issuing else certificate.receiving_party)


def _validity(document: Document) -> tuple[date, date] | tuple[None, None]:
    """From the day of issue, of a true copy the original's, to the last day of presenting it."""
    if not isinstance(document, CertificateOfOrigin):
        return None, None  # nothing is presented under it by a day
    issued = document.issued_on
    return issued, max(issued, find_expiry(document))  # its originals may have expired before
