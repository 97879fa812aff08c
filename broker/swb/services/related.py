"""Ask the store for what bears upon a document, so that rules can judge it.

Kept documents were verified before they were kept, so they are read and not judged again. The
exchange about a certificate says whether it is cancelled (`swb_schemas.exchanges`). Which
certificate another one replaces is told by the cancellation of that one, and the store finds it by
what takes its place.

An office gives a number once, whatever the environment, so the side that issues asks for everything
(``docs/adr/connections.md``); the side that imports asks within one environment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import DECISIONS, Fact, judge_exchange
from swb.services.grounds import find_subject
from swb.services.kept import Kept
from swb.services.learning import list_moves
from swb.services.utilised import is_utilised, read_responses
from swb_schemas.documents import (
    AboutCertificate,
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.exchanges import LIMITS, Move, State, find_cut_short, find_exceeded
from swb_schemas.rulebook import (
    NOTHING_KNOWN,
    KnownCertificate,
    KnownDocument,
    KnownExtract,
    Related,
)
from swb_schemas.rulebook.utilisation import find_refusing
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from swb.ports import Archive, DocumentRecord, Event
    from swb.services.grounds import Subject
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Environment
    from swb_schemas.exchanges import Exceeded
    from swb_schemas.parties import CertificateKey

__all__ = ["find_related"]

_ASKS: Final = frozenset({Move.CANCELLATION, Move.VERIFICATION, Move.VERIFICATION_SUSPENDING})
_JUDGED: Final = _ASKS.union(map(Move, DECISIONS), *(each.ends for each in LIMITS))
"""Moves that are judged beside what was said before: sums of responses, and times."""
_MOST_ORIGINALS: Final = 200
"""Of all certificates that are looked at together; what is beyond is not known."""
_ASKED: Final = frozenset(
    {Move.CANCELLATION, Move.UNKNOWN, Move.VERIFICATION, Move.VERIFICATION_SUSPENDING}
)
"""Further moves that are judged beside the certificate that they are about."""


async def find_related(
    store: Archive,
    document: Document,
    *,
    document_id: str = "",
    environment: Environment | None = None,
    subject: Subject | None = None,
) -> Related:
    """Find what the store holds that bears upon a document.

    Args:
        store: Of the gateway that judges.
        document: What is judged.
        document_id: Of the document, where it is in the store itself.
        environment: Only what was exchanged there bears upon it; everything when not given.
        subject: What it is about, where that was looked up.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    match document:
        case CertificateOfOrigin():
            same = await store.list_certificates(str(document.key))
            originals, drawn = await _find_drawn(store, document, document_id, environment)
            naming = await store.list_mentioning([str(document.key)])
            replaced = await _find_replaced(store, naming)
            rivals = await _find_rivals(store, replaced, document)
            extracts = await _find_extracts(store, naming, document, environment)
            if not (same or originals or replaced or drawn or extracts):
                return NOTHING_KNOWN
            return Related(
                same_number=tuple(await _read(store, same, document_id, environment)),
                originals=originals,
                replaced=tuple(
                    await _read(store, replaced, document_id, environment, asked_counts=True)
                ),
                replacements=tuple(
                    known
                    for known in await _read(
                        store, rivals, document_id, environment, asked_counts=True
                    )
                    if not known.cancelled
                ),
                drawn_upon=drawn,
                extracts=extracts,
            )
        case LeadingDocument():
            same = (
                [each.record for each in subject.certificates]
                if subject is not None and document.takes_back
                else await store.list_certificates(str(document.key))
            )
            named = await _find_named(store, document)
            return Related(
                same_key=tuple(
                    each.document_id
                    for each in same
                    if each.document_id != document_id and environment in {None, each.environment}
                ),
                certificates=tuple(await _read(store, named, document_id, environment)),
                supporting=tuple(await _read_supporting(store, named, environment)),
                taken_back=await _is_taken_back(store, document, document_id),
            )
        case AboutCertificate() if document.move in _JUDGED | _ASKED:
            return await _find_said(store, document, subject or await find_subject(store, document))
        case _:
            return NOTHING_KNOWN


async def _is_taken_back(store: Archive, document: LeadingDocument, document_id: str) -> bool:
    """Whether a document that is in the store was taken back, and is not what takes it back."""
    if not document_id or document.takes_back:
        return False
    return await _is_withdrawn(store, document_id)


async def _is_withdrawn(store: Archive, document_id: str) -> bool:
    events = await store.list_events(document_id)
    return any(each.name == Fact.WITHDRAWN for each in events)


async def _find_said(store: Archive, document: AboutCertificate, subject: Subject) -> Related:
    """Find what was said of a certificate before."""
    if subject.certificate is None:
        return NOTHING_KNOWN
    certificate = subject.certificate.record
    events = subject.events[certificate.document_id]
    moves = await list_moves(store, events)
    own = (document.move, document.number, document.made_at)
    agreement = subject.certificate.agreement
    responses: tuple[CustomsResponse, ...] = ()
    refusing = None
    if isinstance(document, CustomsResponse):
        decisions = frozenset(map(Move, DECISIONS))
        others = {number for move, number, _ in moves if move in decisions} - {document.number}
        responses = await read_responses(store, certificate, others) if others else ()
        if len({each.response_number for each in responses}) == len(others):  # none is erased
            refusing = find_refusing((*responses, document))
    exceeded = find_exceeded(
        [*moves, own], agreement=agreement, at=document.made_at, refusing=refusing
    )
    cut_short = find_cut_short([*moves, own], agreement=agreement)
    told = Related(
        exceeded=tuple(each for each in exceeded if _is_ended_by(each, own)),
        cut_short=tuple(each for each in cut_short if _is_ended_by(each, own)),
    )
    known = await _know(store, subject.certificate, events)
    return replace(told, subject=known, responses=responses)


def _is_ended_by(exceeded: Exceeded, own: tuple[Move, int, datetime]) -> bool:
    return own[0] in exceeded.limit.ends and (exceeded.number, exceeded.came_at) == own[1:]


async def _find_named(store: Archive, document: LeadingDocument) -> list[DocumentRecord]:
    """Find the documents that accompany another one and are named in it."""
    found = []
    for each in getattr(document, "supporting_documents", ()):
        found += [
            record
            for record in await store.list_certificates(str(each.key))
            if record.message_type == each.message_type
        ]
    return found


async def _read_supporting(
    store: Archive, named: Iterable[DocumentRecord], environment: Environment | None
) -> list[KnownDocument]:
    """Read what accompanies a document; what was erased cannot accompany it."""
    found = []
    for record in named:
        if not record.octets or environment not in {None, record.environment}:
            continue
        _, document = read_kept(record.octets)
        if isinstance(document, LeadingDocument):
            known = KnownDocument(
                message_type=record.message_type,
                document=document,
                taken_back=document.takes_back or await _is_withdrawn(store, record.document_id),
            )
            found.append(known)
    return found


async def _find_replaced(store: Archive, naming: Iterable[DocumentRecord]) -> list[DocumentRecord]:
    """Find the certificates whose cancellation names another one as what takes their place."""
    keys = {each.certificate_key for each in naming if each.message_type == "Cancellation"}
    return [each for key in sorted(keys) if (each := await store.find_certificate(key))]


async def _find_rivals(
    store: Archive, replaced: Iterable[DocumentRecord], own: CertificateOfOrigin
) -> list[DocumentRecord]:
    """Find the other certificates that cancellations of the same ones name, too."""
    keys = {
        each.detail
        for record in replaced
        for each in await store.list_events(record.document_id)
        if each.name == Fact.CANCELLATION and each.detail
    }
    found = [await store.find_certificate(key) for key in sorted(keys - {str(own.key)})]
    return [each for each in found if each is not None]


async def _find_extracts(
    store: Archive,
    naming: Iterable[DocumentRecord],
    certificate: CertificateOfOrigin,
    environment: Environment | None,
) -> tuple[KnownExtract, ...]:
    """Find the extracts that name a certificate, each with what else it names."""
    found = []
    for record in naming:
        if not record.octets or environment not in {None, record.environment}:
            continue
        _, extract = read_kept(record.octets)
        if isinstance(extract, DeclarationExtract):
            events = await store.list_events(record.document_id)
            if await _is_cancelled(store, record, events, asked_counts=True):
                continue
            named = await _read(store, await _find_named(store, extract), "", environment)
            beside = tuple(each for each in named if each.certificate.key != certificate.key)
            found.append(KnownExtract(extract=extract, beside=beside))
    return tuple(found)


async def _find_drawn(
    store: Archive,
    document: CertificateOfOrigin,
    document_id: str,
    environment: Environment | None,
) -> tuple[tuple[KnownCertificate, ...], tuple[KnownCertificate, ...]]:
    """Find the originals of a back-to-back certificate, and what was re-exported of them before.

    What rests upon one of them may rest upon others too, and these may be drawn upon by others
    again: all are found, as long as there are not more than `_MOST_ORIGINALS`.
    """
    originals: dict[str, KnownCertificate] = {}
    drawn: dict[str, KnownCertificate] = {}
    named: set[CertificateKey] = set()
    fresh = _list_originals(document)
    while fresh and len(named) < _MOST_ORIGINALS:
        named |= fresh
        found = await _search(store, fresh)
        for known in await _read(store, found, document_id, environment):
            originals[known.document_id] = known
        mentioning = await store.list_mentioning(sorted(map(str, fresh)))
        fresh = set()
        for known in await _read(
            store, (each for each in mentioning if each.document_id not in drawn), "", environment
        ):
            certificate = known.certificate
            if (
                certificate.issuing_country == document.issuing_country
                and certificate.key != document.key
            ):
                drawn[known.document_id] = known
                fresh |= _list_originals(certificate) - named
    return tuple(originals.values()), tuple(drawn.values())


def _list_originals(certificate: CertificateOfOrigin) -> set[CertificateKey]:
    back_to_back = certificate.special_cases.back_to_back
    return {each.key for each in back_to_back.originals} if back_to_back else set()


async def _search(store: Archive, originals: Iterable[CertificateKey]) -> list[DocumentRecord]:
    """Search originals, of whose office nothing is told."""
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for key in originals:
        numbers[key.state].append(key.number)
    return [
        record
        for state, of_state in numbers.items()
        for record in await store.search_certificates(state, of_state)
    ]


async def _read(
    store: Archive,
    records: Iterable[DocumentRecord],
    own_id: str,
    environment: Environment | None,
    *,
    asked_counts: bool = False,
) -> list[KnownCertificate]:
    """Read certificates; with `asked_counts` one counts as cancelled while that is asked for."""
    found = []
    for record in records:
        if record.document_id == own_id or environment not in {None, record.environment}:
            continue
        known = await _know(store, Kept(record), asked_counts=asked_counts)
        if known is not None:
            found.append(known)
    return found


async def _know(
    store: Archive,
    kept: Kept,
    events: Sequence[Event] | None = None,
    *,
    asked_counts: bool = False,
) -> KnownCertificate | None:
    """Tell of a certificate; None of another document, and of an erased one: its number is taken.

    `events` are its own, where they were looked up.
    """
    record, document = kept.record, kept.document
    if not isinstance(document, CertificateOfOrigin):
        return None
    told = await store.list_events(record.document_id) if events is None else events
    return KnownCertificate(
        certificate=document,
        cancelled=await _is_cancelled(store, record, told, asked_counts=asked_counts),
        document_id=record.document_id,
    )


async def _is_cancelled(
    store: Archive, record: DocumentRecord, events: Sequence[Event], *, asked_counts: bool
) -> bool:
    state = judge_exchange((Fact(each.name), each.revision) for each in events)
    if state.standing is State.CANCELLED:
        return True
    is_asked = asked_counts and state.standing is State.CANCELLATION_ASKED
    return is_asked and not await is_utilised(store, record, events)
