"""Distrusting: the operator of a gateway acts on a stolen key before the state's next list comes.

The statement is laid over the trust bundle at once: what the key signs from then on is refused,
and what waits for the national system is judged again and held. What was delivered cannot be taken
back; it is marked, so that people see it. Nothing is erased, and all of it can be lifted.

What is quarantined: documents whose seal, by its own word, was made since the theft; and those
whose seal says that it is older while nothing proves it. A proof is a time-stamp, or that this
gateway itself had the document before.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.distrust import find_affected
from swb.core.lifecycle import Fact
from swb.ports import Event
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.sealed import read_kept_header

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from swb.core.distrust import DistrustStatement
    from swb.ports import Clock, DistrustRegister, DocumentRecord, MessageStore, TrustSource
    from swb_schemas.catalogue import Purpose
    from swb_schemas.parties import PartyId
    from swb_schemas.wire.trust import ListedCertificate

__all__ = ["AffectedDocument", "DistrustService", "Survey"]

_log = structlog.get_logger("swb.distrust")

_OPENING: Final = b"<ds:X509Certificate>"
_CLOSING: Final = b"</ds:X509Certificate>"


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedDocument:
    """A document whose seal was made by the key in question.

    Attributes:
        record: The document as it is kept.
        thumbprint: Of the sealing certificate.
        sealed_at: When, by its own word.
        proven_at: When it is proven to have existed at the latest.
        proof: ``time-stamp``, or ``own record``: this gateway had it then.
    """

    record: DocumentRecord
    thumbprint: str
    sealed_at: datetime
    proven_at: datetime
    proof: str


@dataclass(slots=True, kw_only=True)
class Survey:
    """What a statement is about.

    Attributes:
        certificates: Of the member.
        after: Documents sealed since the theft, by their own word.
        unproven: Documents that say they are older, which nothing proves.
        proven: Documents that are proven to be older: they stay valid.
    """

    certificates: Sequence[ListedCertificate]
    after: list[AffectedDocument] = field(default_factory=list)
    unproven: list[AffectedDocument] = field(default_factory=list)
    proven: list[AffectedDocument] = field(default_factory=list)

    @property
    def quarantined(self) -> list[AffectedDocument]:
        """What is not believed any more."""
        return [*self.after, *self.unproven]


class DistrustService:
    """States that keys are stolen, and takes it back.

    Args:
        trust: Whose certificates are listed.
        register: Keeps the statements.
        store: Has the documents.
        find_proof: When a document is proven by a time-stamp to have existed; None without one.
        clock: The present.
    """

    def __init__(
        self,
        *,
        trust: TrustSource,
        register: DistrustRegister,
        store: MessageStore,
        find_proof: Callable[[str], Awaitable[datetime | None]],
        clock: Clock,
    ) -> None:
        self._trust = trust
        self._register = register
        self._store = store
        self._find_proof = find_proof
        self._clock = clock

    async def survey(
        self, *, state: str, party: PartyId | None, purpose: Purpose | None, since: datetime
    ) -> Survey:
        """Find what a statement would be about; nothing is changed.

        Raises:
            RefusedError: ``trust.unknown_member``: nothing of the kind is listed.
            UndeterminedError: ``trust.unusable``.
            UnavailableError: ``trust.unreachable``, ``trust.memory``, ``store.unavailable``.
        """
        bundle = await self._trust.fetch()
        certificates = find_affected(bundle, state=state, party=party, purpose=purpose)
        if not certificates:
            name = str(party) if party else state
            message = f"expected a member with certificates on a list, found none of {name}"
            raise RefusedError("trust.unknown_member", message, actor=Actor.OPERATOR)
        found = Survey(certificates=certificates)
        names = {each.certificate.thumbprint for each in certificates}
        last = ""
        while page := await self._store.list_documents(after=last):
            last = page[-1].document_id
            for record in page:
                thumbprint = _find_signer(record.octets)
                if thumbprint in names:
                    await self._sort(record, thumbprint, since, found)
        return found

    async def check_new(
        self, survey: Survey, *, member: str, purpose: Purpose | None, since: datetime
    ) -> None:
        """Require that no standing statement says the same already.

        Raises:
            RefusedError: ``trust.stated``: it names the one that does.
            UnavailableError: ``trust.memory``.
        """
        names = {each.certificate.thumbprint for each in survey.certificates}
        for each in await self._register.list_statements():
            same = (each.member, each.purpose, each.since) == (member, purpose, since)
            if same and each.lifted_at is None and names <= set(each.certificates):
                message = (
                    f"expected something new of {member}: statement {each.number} says the same"
                )
                raise RefusedError("trust.stated", message, actor=Actor.OPERATOR)

    async def state(
        self,
        survey: Survey,
        *,
        member: str,
        purpose: Purpose | None,
        since: datetime,
        reason: str,
    ) -> DistrustStatement:
        """State that the keys are stolen, and mark what may be a thief's.

        Raises:
            UnavailableError: ``trust.memory``, ``store.unavailable``.
        """
        at = self._clock.now()
        thumbprints = sorted({each.certificate.thumbprint for each in survey.certificates})
        statement = await self._register.state(
            member=member,
            purpose=purpose,
            since=since,
            reason=reason,
            at=at,
            certificates=tuple(thumbprints),
        )
        after = {each.record.document_id for each in survey.after}
        await self._store.record_events(
            [
                Event(
                    document_id=each.record.document_id,
                    name=Fact.QUARANTINED,
                    at=at,
                    code="certificate.compromised",
                    detail="sealed since the theft, by its own word"
                    if each.record.document_id in after
                    else "says that it is older, and nothing proves it",
                    revision=statement.number,
                )
                for each in survey.quarantined
            ]
        )
        _log.warning(
            "distrust_stated",
            number=statement.number,
            member=member,
            certificates=len(thumbprints),
            quarantined=len(survey.quarantined),
        )
        return statement

    async def lift(self, number: int) -> tuple[DistrustStatement, int]:
        """Take a statement back, and release what it quarantined.

        Returns:
            The statement, and how many documents were released.

        Raises:
            RefusedError: ``trust.no_statement``.
            UnavailableError: ``trust.memory``, ``store.unavailable``.
        """
        at = self._clock.now()
        statement = await self._register.lift(number, at)
        released = 0
        last = ""
        while page := await self._store.list_documents(after=last):
            last = page[-1].document_id
            marked = [each for each in page if _find_signer(each.octets) in statement.certificates]
            events = [
                Event(document_id=each.document_id, name=Fact.RELEASED, at=at, revision=number)
                for each in marked
                if await self._is_marked(each.document_id, number)
            ]
            await self._store.record_events(events)
            released += len(events)
        _log.warning("distrust_lifted", number=number, released=released)
        return statement, released

    async def _is_marked(self, document_id: str, number: int) -> bool:
        return any(
            event.name == Fact.QUARANTINED and event.revision == number
            for event in await self._store.list_events(document_id)
        )

    async def _sort(
        self, record: DocumentRecord, thumbprint: str, since: datetime, found: Survey
    ) -> None:
        header = read_kept_header(record.octets)
        stamped_at = await self._find_proof(record.document_id)
        by_stamp = stamped_at is not None and stamped_at < since
        proven_at = stamped_at if by_stamp and stamped_at is not None else record.recorded_at
        affected = AffectedDocument(
            record=record,
            thumbprint=thumbprint,
            sealed_at=header.sealed_at,
            proven_at=proven_at,
            proof="time-stamp" if by_stamp else "own record",
        )
        if header.sealed_at >= since:
            found.after.append(affected)
        elif proven_at >= since:
            found.unproven.append(affected)
        else:
            found.proven.append(affected)


def _find_signer(octets: bytes) -> str:
    """Find the sealing certificate's thumbprint in a document that was verified when it came."""
    _, _, rest = octets.rpartition(_OPENING)
    text, closing, _ = rest.partition(_CLOSING)
    return digest_text_of(base64.b64decode(text)) if closing else ""
