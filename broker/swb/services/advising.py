"""Advising: what customs is told with a document that came from another state.

What the rule book finds, what the document is like of what came here before, what the terms of the
connection say of its seal, and whether the certificate was used on paper already. It is advice and
no more: granting preference is the importing customs' decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.services.related import find_related
from swb.services.second_use import find_use
from swb_schemas.catalogue import get_type
from swb_schemas.findings import Actor, Finding, Severity
from swb_schemas.parties import parse_party_id
from swb_schemas.rulebook import Place, check_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import Clock, ConnectionSource, MessageStore, PaperRegister
    from swb.services.fingerprinting import Fingerprinting
    from swb_schemas.documents import Document
    from swb_schemas.wire.seal_header import SealHeader

__all__ = ["Advice", "Advising"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What there is to tell of one document, with canonical paths.

    Attributes:
        findings: All of it.
        alike: What of it says that the document is like another one.
    """

    findings: tuple[Finding, ...]
    alike: tuple[Finding, ...]


class Advising:
    """Finds what one state's customs should know.

    Args:
        state: The importing state.
        connections: Tells the terms of what is delivered.
        store: What came before.
        clock: The day by which rules are checked.
        paper: Which certificates were used on paper; None where nobody records it.
        fingerprinting: Finds what is alike; None where no key is configured.
    """

    def __init__(
        self,
        *,
        state: str,
        connections: ConnectionSource,
        store: MessageStore,
        clock: Clock,
        paper: PaperRegister | None = None,
        fingerprinting: Fingerprinting | None = None,
    ) -> None:
        self._state = state
        self._connections = connections
        self._store = store
        self._clock = clock
        self._paper = paper
        self._fingerprinting = fingerprinting

    async def advise(self, header: SealHeader, document: Document) -> Advice:
        """Find what there is to tell of a document whose seal was judged.

        Args:
            header: The seal's.
            document: The canonical document.

        Raises:
            UnavailableError: The store, the table of connections or the paper register is.
        """
        related = await find_related(
            self._store,
            document,
            document_id=header.document_id,
            environment=header.environment,
        )
        told = check_document(
            document, at=self._clock.now().date(), place=Place.IMPORTER, related=related
        )
        alike = await self._look(header, document)
        return Advice(
            findings=(
                *told,
                *alike,
                *await self._advise_on_terms(header),
                *await self._advise_on_paper(header),
            ),
            alike=tuple(alike),
        )

    async def _look(self, header: SealHeader, document: Document) -> Sequence[Finding]:
        """Tell what the document is like, of what came here before."""
        if self._fingerprinting is None or not get_type(header.message_type).leads:
            return ()
        taken = await self._fingerprinting.take(
            document,
            issuing=parse_party_id(header.issuing_party).state,
            receiving=parse_party_id(header.receiving_party).state,
        )
        if taken is None:
            return ()
        return await self._fingerprinting.look(
            taken,
            environment=header.environment,
            actor=Actor.RECIPIENT,
            document_id=header.document_id,
        )

    async def _advise_on_terms(self, header: SealHeader) -> Sequence[Finding]:
        """Tell what the connection's terms say of the document's seal."""
        table = await self._connections.fetch()
        connections = table.find(
            sender=parse_party_id(header.issuing_party).state,
            receiver=self._state,
            message_type=header.message_type,
            agreement=header.agreement,
        )
        if all(each.terms.electronic_signature for each in connections):
            return []
        message = (
            "expected a signature and seal on paper: by the terms of this connection, "
            "electronically applied ones are not recognised"
        )
        clause = "ATIGA Annex 8, Rule 7, footnote 4" if header.agreement == "ATIGA" else ""
        return [_warn("connection.signature_not_recognised", message, clause=clause)]

    async def _advise_on_paper(self, header: SealHeader) -> Sequence[Finding]:
        """Tell that a certificate was used on paper already: it is no second use."""
        if self._paper is None or not get_type(header.message_type).leads:
            return []
        key = header.certificate_key or ""
        use = await find_use(self._paper, self._store, key)
        if use is None:
            return []
        declaration = f", declaration {use.declaration}" if use.declaration else ""
        if use.certificate_key != key:
            declaration += f", recorded as {use.certificate_key}"
        message = (
            f"used on paper on {use.used_on.isoformat()}{declaration}: "
            "expected no preference to be given a second time"
        )
        return [_warn("paper.already_used", message)]


def _warn(code: str, message: str, *, clause: str = "") -> Finding:
    return Finding(
        code=code,
        severity=Severity.WARN,
        path="",
        message=message,
        actor=Actor.RECIPIENT,
        clause=clause,
    )
