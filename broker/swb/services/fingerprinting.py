"""Fingerprinting: tells people that a certificate is like another one that is here.

The exporting gateway looks before it seals, the importing one when it hands over; both keep the
fingerprints in the transaction that keeps the document. It is done only where the terms of the
connection say so and name a legal basis, and only under a key that is shared with that partner.
Whatever is found is a warning: part shipments of one invoice are honest, and a likeness stops
nothing (`swb_schemas.fingerprints`).

Two that are submitted in the same moment do not see each other at the exporting side. The importing
side keeps before it looks, so there the later one of any two sees the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.lifecycle import Fact, judge_status
from swb.ports import Event, Fingerprinted
from swb_schemas.catalogue import find_type_of
from swb_schemas.findings import Finding, Severity
from swb_schemas.fingerprints import (
    Likeness,
    is_expected,
    judge_likeness,
    spell_kinds,
    take_fingerprints,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb.ports import Alike, ConnectionSource, MessageStore
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment
    from swb_schemas.findings import Actor
    from swb_schemas.fingerprints import Fingerprint, FingerprintKey

__all__ = ["Fingerprinting", "TakenFingerprints", "tell_alike"]

_log = structlog.get_logger("swb.fingerprinting")

_LOOKED_AT: Final = 32
"""Documents that are judged."""
_TOLD: Final = 5
"""Findings for one document; the gravest are told."""
_DETAIL_CHARACTERS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFingerprints:
    """What was taken of a document.

    Attributes:
        document: The document.
        basis: The legal basis that allows it.
        fingerprints: Under the current key.
        earlier_keys: Under which others may have been kept.
    """

    document: Document
    basis: str
    fingerprints: Sequence[Fingerprint]
    earlier_keys: Sequence[FingerprintKey]

    def keep(self, document_id: str) -> Fingerprinted:
        """What is to be kept with the document, under the id under which it is sealed."""
        return Fingerprinted(document_id=document_id, fingerprints=self.fingerprints)


class Fingerprinting:
    """Finds what is alike in one gateway's store.

    Args:
        state: The gateway's state.
        store: Holds fingerprints of what was exchanged before.
        connections: Tell whether the pair agreed, and on which legal basis.
        keys: By partner: the current key, then earlier ones.
    """

    def __init__(
        self,
        *,
        state: str,
        store: MessageStore,
        connections: ConnectionSource,
        keys: Mapping[str, Sequence[FingerprintKey]],
    ) -> None:
        self._state = state
        self._store = store
        self._connections = connections
        self._keys = keys
        self._without_key: set[str] = set()

    async def take(
        self, document: Document, *, issuing: str, receiving: str
    ) -> TakenFingerprints | None:
        """Take the fingerprints of a document; None where none may be taken, or there is nothing.

        Args:
            document: Submitted or received.
            issuing: State that issued it.
            receiving: State that it is for.

        Raises:
            UndeterminedError: ``connection.unusable``.
            UnavailableError: ``connection.unreachable``.
        """
        basis = await self._find_basis(document, issuing, receiving)
        keys = self._keys_for(issuing, receiving) if basis else ()
        taken = take_fingerprints(document, keys[0]) if keys else ()
        if not taken:
            return None
        return TakenFingerprints(
            document=document, basis=basis, fingerprints=taken, earlier_keys=keys[1:]
        )

    async def look(
        self,
        taken: TakenFingerprints,
        *,
        environment: Environment,
        actor: Actor,
        document_id: str = "",
    ) -> Sequence[Finding]:
        """Look for what is like a document among what was exchanged in the same environment.

        Args:
            taken: What was taken of it.
            environment: In which it is exchanged.
            actor: Who should look into it.
            document_id: Of the document itself, where it is kept.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        document = taken.document
        earlier = (take_fingerprints(document, key) for key in taken.earlier_keys)
        values = [each.value for some in (taken.fingerprints, *earlier) for each in some]
        alike = await self._store.find_alike(
            values, environment=environment.value, other_than=document_id, limit=_LOOKED_AT
        )
        judged = [
            (likeness, each)
            for each in alike
            if not is_expected(document, each.certificate_key)
            and (likeness := judge_likeness(each.kinds)) is not None
        ]
        judged.sort(key=lambda pair: list(Likeness).index(pair[0]))
        return [
            Finding(
                code=likeness.value,
                severity=Severity.WARN,
                path="",
                message=await self._spell(likeness, each),
                actor=actor,
                clause=f"agreement: {taken.basis}",
            )
            for likeness, each in judged[:_TOLD]
        ]

    async def _find_basis(self, document: Document, issuing: str, receiving: str) -> str:
        """Find the legal basis that the pair agreed on; empty where there is none."""
        table = await self._connections.fetch()
        found = table.find(
            sender=issuing,
            receiver=receiving,
            message_type=find_type_of(document).message_type,
            agreement=getattr(document, "agreement", ""),
        )
        return next((each.terms.legal_basis for each in found if each.terms.fingerprints), "")

    def _keys_for(self, issuing: str, receiving: str) -> Sequence[FingerprintKey]:
        partner = receiving if issuing == self._state else issuing
        keys = self._keys.get(partner, ())
        if not keys and partner not in self._without_key:
            self._without_key.add(partner)
            _log.warning("fingerprints_without_key", partner=partner)
        return keys

    async def _spell(self, likeness: Likeness, alike: Alike) -> str:
        events = await self._store.list_events(alike.document_id)
        status = judge_status((Fact(each.name), each.revision) for each in events)
        stands = f", which stands at {status}" if status else ""
        return (
            f"{_EXPECTED[likeness]}, found {alike.certificate_key}{stands}, alike in: "
            f"{spell_kinds(alike.kinds)}"
        )


_EXPECTED: Final = {
    Likeness.DUPLICATE: "expected no other certificate for the same invoice and goods",
    Likeness.NEAR_DUPLICATE: (
        "expected no other certificate for the same goods under nearly the same invoice"
    ),
    Likeness.SHARED_CONSIGNMENT: (
        "expected no other certificate for the same consignment under another invoice"
    ),
    Likeness.SHARED_INVOICE: (
        "expected no other certificate for this invoice unless it is shipped in parts"
    ),
}


def tell_alike(findings: Sequence[Finding], document_id: str, at: datetime) -> list[Event]:
    """Make the event by which a document's status tells what was found alike; none for nothing."""
    if not findings:
        return []
    detail = "; ".join(each.message for each in findings)[:_DETAIL_CHARACTERS]
    code = findings[0].code
    return [Event(document_id=document_id, name=Fact.ALIKE, at=at, code=code, detail=detail)]
