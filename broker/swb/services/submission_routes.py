"""Submission routes: whom what is submitted goes to, and by which connection, or why to nobody.

A certificate goes where its importer is; what takes one back goes where that went; a move on a
certificate goes to its other side, where the table of exchanges allows the move here and now.
Here is also what a sealed move says of its certificate, and where in a payload stands what it is
refused a route for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, judge_exchange
from swb.ports import Direction, Event
from swb.services.sealing import Route
from swb.services.utilised import is_utilised
from swb_schemas.catalogue import CATALOGUE, find_type_of, get_type
from swb_schemas.documents import AboutCertificate, LeadingDocument
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.exchanges import ABOUT_NUMBER, Effect, State, Step, explain_refusal, judge_own
from swb_schemas.exchanges.table import ACROSS
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import ConnectionSource, DocumentRecord, MessageStore, Reading
    from swb.services.grounds import Subject
    from swb_schemas.documents import Document

__all__ = ["SubmissionRoutes", "place_refusal", "tell_certificate"]


class SubmissionRoutes:
    """Finds the route of what one state submits.

    Args:
        state: The gateway's state.
        environment: What the gateway serves.
        connections: What is connected; the rest is denied.
        store: Knows what carried the certificates that moves are about.
    """

    def __init__(
        self,
        *,
        state: str,
        environment: Environment,
        connections: ConnectionSource,
        store: MessageStore,
    ) -> None:
        self._state = state
        self._gateway = PartyId(state, GATEWAY)
        self._environment = environment
        self._connections = connections
        self._store = store

    async def find(
        self, document: Document, subject: Subject
    ) -> tuple[Route, DocumentRecord | None]:
        """Find where a document goes, and the certificate that it is about, where it is.

        Args:
            document: What is submitted.
            subject: What it is about, as it was looked up.

        Raises:
            RefusedError: ``submission.*``, ``connection.*``, ``exchange.*``: it goes nowhere.
            UnavailableError: The store is, or the connection is suspended.
        """
        match document:
            case LeadingDocument() if document.takes_back:
                return await self._of_withdrawal(document, subject)
            case LeadingDocument():
                return await self._of_certificate(document), None
            case AboutCertificate():
                return await self._of_move(document, subject)
            case _:
                raise RefusedError(
                    "submission.not_national",
                    f"a national system does not submit a {find_type_of(document).message_type}",
                )

    async def _of_certificate(self, document: LeadingDocument) -> Route:
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

    async def _of_withdrawal(
        self, document: LeadingDocument, subject: Subject
    ) -> tuple[Route, DocumentRecord]:
        """Take back what was issued here, once, and where it went to."""
        route = await self._of_certificate(document)
        key = str(document.key)
        records = (each.record for each in subject.certificates)
        issued = next(
            (
                each
                for each in records
                if each.direction is Direction.OUT
                and each.message_type == find_type_of(document).message_type
                and parse_party_id(each.receiving_party) == route.receiving_party
            ),
            None,
        )
        if issued is None:
            expected = f"a {find_type_of(document).message_type} issued here under {key}"
            raise RefusedError(
                "submission.unknown_certificate",
                f"expected {expected} for {document.destination}, found none",
            )
        if any(each.name == Fact.WITHDRAWN for each in subject.events[issued.document_id]):
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

    async def _of_move(
        self, document: AboutCertificate, subject: Subject
    ) -> tuple[Route, DocumentRecord]:
        key = str(document.subject.key)
        kind = find_type_of(document)
        kept = subject.certificate
        certificate = kept.record if kept else None
        by_issuer = kind.of_issuer
        if (
            kept is None
            or certificate is None
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
        await self._check_move(document, certificate, subject.events[certificate.document_id])
        own = _party_of(certificate, issuing=by_issuer)
        other = _party_of(certificate, issuing=not by_issuer)
        carrier = await self._store.find_carrier(certificate.document_id)
        table = await self._connections.fetch()
        connection = table.require(
            sender=self._state,
            receiver=other.state,
            message_type=kind.message_type,
            served=self._environment,
            agreement=kept.agreement,
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

    async def _check_move(
        self, document: AboutCertificate, certificate: DocumentRecord, events: Sequence[Event]
    ) -> None:
        """Hold a move that is made here to the table: a forbidden one is refused."""
        state = judge_exchange((Fact(each.name), each.revision) for each in events)
        step = Step(move=document.move, number=document.number)
        verdict = judge_own(state, step)
        if verdict.effect is not Effect.REFUSED and State.GIVEN in ACROSS.get(document.move, {}):
            utilised = await is_utilised(self._store, certificate, events)
            verdict = judge_own(state, step, utilised=utilised)
        if verdict.effect is Effect.REFUSED:
            raise RefusedError(verdict.code, explain_refusal(state, step, verdict.code))


def tell_certificate(
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


def place_refusal(refusal: RefusedError, reading: Reading) -> RefusedError:
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


def _party_of(certificate: DocumentRecord, *, issuing: bool) -> PartyId:
    return parse_party_id(certificate.issuing_party if issuing else certificate.receiving_party)
