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
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import DECISIONS, Fact, judge_exchange
from swb_schemas.documents import (
    AboutCertificate,
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.exchanges import LIMITS, Move, State, find_exceeded
from swb_schemas.rulebook import NOTHING_KNOWN, KnownCertificate, KnownExtract, Related
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from swb.ports import DocumentRecord, Event, MessageStore
    from swb_schemas.documents import Document
    from swb_schemas.documents.certificate_of_origin import BackToBack
    from swb_schemas.documents.elements import Environment

__all__ = ["find_related", "list_moves", "read_agreement"]

_JUDGED: Final = frozenset(map(Move, DECISIONS)).union(*(each.ends for each in LIMITS))
"""Moves that are judged beside what was said before: sums of responses, and times."""
_ASKED: Final = frozenset(
    {Move.CANCELLATION, Move.UNKNOWN, Move.VERIFICATION, Move.VERIFICATION_SUSPENDING}
)
"""Further moves that are judged beside the certificate that they are about."""


async def find_related(
    store: MessageStore,
    document: Document,
    *,
    document_id: str = "",
    environment: Environment | None = None,
) -> Related:
    """Find what the store holds that bears upon a document.

    Args:
        store: Of the gateway that judges.
        document: What is judged.
        document_id: Of the document, where it is in the store itself.
        environment: Only what was exchanged there bears upon it; everything when not given.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    match document:
        case CertificateOfOrigin():
            same = await store.list_certificates(str(document.key))
            back_to_back = document.special_cases.back_to_back
            originals = await _find_originals(store, back_to_back) if back_to_back else []
            naming = await store.list_mentioning([str(document.key)])
            replaced = await _find_replaced(store, naming)
            drawn = await store.list_mentioning(document.mentions) if back_to_back else []
            extracts = await _find_extracts(store, naming, document, environment)
            if not (same or originals or replaced or drawn or extracts):
                return NOTHING_KNOWN
            return Related(
                same_number=tuple(await _read(store, same, document_id, environment)),
                originals=tuple(await _read(store, originals, document_id, environment)),
                replaced=tuple(
                    await _read(store, replaced, document_id, environment, asked_counts=True)
                ),
                drawn_upon=tuple(
                    known
                    for known in await _read(store, drawn, document_id, environment)
                    if known.certificate.issuing_country == document.issuing_country
                    and known.certificate.key != document.key
                ),
                extracts=extracts,
            )
        case LeadingDocument():
            same = await store.list_certificates(str(document.key))
            named = await _find_named(store, document)
            return Related(
                same_key=tuple(
                    each.document_id
                    for each in same
                    if each.document_id != document_id and environment in {None, each.environment}
                ),
                certificates=tuple(await _read(store, named, document_id, environment)),
                supporting=frozenset(
                    (each.message_type, each.certificate_key)
                    for each in named
                    if environment in {None, each.environment}
                ),
                taken_back=await _is_taken_back(store, document, document_id),
            )
        case AboutCertificate() if document.move in _JUDGED | _ASKED:
            return await _find_said(store, document)
        case _:
            return NOTHING_KNOWN


def list_moves(events: Iterable[Event]) -> list[tuple[Move, int, datetime]]:
    """List the moves among events, each with its number and when it was made."""
    moves = frozenset(map(str, Move))
    return [(Move(each.name), each.revision, each.at) for each in events if each.name in moves]


def read_agreement(record: DocumentRecord) -> str:
    """Read under which agreement a kept document was sealed; empty where under none.

    Of an erased document nobody can tell any more.
    """
    if not record.octets:
        return ""
    header, _ = read_kept(record.octets)
    return header.agreement or ""


async def _is_taken_back(store: MessageStore, document: LeadingDocument, document_id: str) -> bool:
    """Whether a document that is in the store was taken back, and is not what takes it back."""
    if not document_id or document.takes_back:
        return False
    events = await store.list_events(document_id)
    return any(each.name == Fact.WITHDRAWN for each in events)


async def _find_said(store: MessageStore, document: AboutCertificate) -> Related:
    """Find what was said of a certificate before."""
    certificate = await store.find_certificate(str(document.subject.key))
    if certificate is None:
        return NOTHING_KNOWN
    moves = list_moves(await store.list_events(certificate.document_id))
    own = (document.move, document.number, document.made_at)
    exceeded = tuple(
        each
        for each in find_exceeded(
            [*moves, own], agreement=read_agreement(certificate), at=document.made_at
        )
        if own[0] in each.limit.ends and (each.number, each.came_at) == own[1:]
    )
    known = await _read(store, [certificate], "", None)
    if not isinstance(document, CustomsResponse):
        return Related(subject=next(iter(known), None), exceeded=exceeded)
    decisions = frozenset(map(Move, DECISIONS))
    others = {number for move, number, _ in moves if move in decisions} - {document.number}
    return Related(
        subject=next(iter(known), None),
        responses=await _read_responses(store, certificate, others) if others else (),
        exceeded=exceeded,
    )


async def _read_responses(
    store: MessageStore, certificate: DocumentRecord, numbers: Collection[int]
) -> tuple[CustomsResponse, ...]:
    trail = await store.find_trail(certificate.document_id)
    read = [read_kept(each.octets)[1] for each in (trail.answers if trail else ()) if each.octets]
    return tuple(
        each
        for each in read
        if isinstance(each, CustomsResponse) and each.response_number in numbers
    )


async def _find_named(store: MessageStore, document: LeadingDocument) -> list[DocumentRecord]:
    """Find the documents that accompany another one and are named in it."""
    found = []
    for each in getattr(document, "supporting_documents", ()):
        found += [
            record
            for record in await store.list_certificates(str(each.key))
            if record.message_type == each.message_type
        ]
    return found


async def _find_replaced(
    store: MessageStore, naming: Iterable[DocumentRecord]
) -> list[DocumentRecord]:
    """Find the certificates whose cancellation names another one as what takes their place."""
    keys = {each.certificate_key for each in naming if each.message_type == "Cancellation"}
    return [each for key in sorted(keys) if (each := await store.find_certificate(key))]


async def _find_extracts(
    store: MessageStore,
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
            if await _is_cancelled(store, record, asked_counts=True):
                continue
            named = await _read(store, await _find_named(store, extract), "", environment)
            beside = tuple(each for each in named if each.certificate.key != certificate.key)
            found.append(KnownExtract(extract=extract, beside=beside))
    return tuple(found)


async def _find_originals(store: MessageStore, back_to_back: BackToBack) -> list[DocumentRecord]:
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for original in back_to_back.originals:
        numbers[original.issuing_country].append(original.reference_number)
    return [
        record
        for state, of_state in numbers.items()
        for record in await store.search_certificates(state, of_state)
    ]


async def _read(
    store: MessageStore,
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
        if not record.octets:
            continue  # erased: the store still knows that the number is taken
        _, document = read_kept(record.octets)
        if isinstance(document, CertificateOfOrigin):
            known = KnownCertificate(
                certificate=document,
                cancelled=await _is_cancelled(store, record, asked_counts=asked_counts),
                document_id=record.document_id,
            )
            found.append(known)
    return found


async def _is_cancelled(store: MessageStore, record: DocumentRecord, *, asked_counts: bool) -> bool:
    events = await store.list_events(record.document_id)
    state = judge_exchange((Fact(each.name), each.revision) for each in events)
    is_asked = state.standing is State.CANCELLATION_ASKED and state.preference is not State.GIVEN
    return state.standing is State.CANCELLED or (asked_counts and is_asked)
