"""Ask the store for what bears upon a document, so that rules can judge it.

Kept documents were verified before they were kept, so they are read and not judged again. The
store has no cancellations yet: every certificate that it holds counts as in force, and
``rule.original_cancelled`` is silent. Which certificate another one replaces is known only to the
exchange that says so, and none does yet, so ``rule.replaced_not_cancelled`` is silent too.

An office gives a number once, whatever the environment, so the side that issues asks for everything
(``docs/adr/connections.md``); the side that imports asks within one environment.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.rulebook import NOTHING_KNOWN, KnownCertificate, KnownExtract, Related
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from swb.ports import DocumentRecord, MessageStore
    from swb_schemas.documents import Document
    from swb_schemas.documents.certificate_of_origin import BackToBack
    from swb_schemas.documents.elements import Environment

__all__ = ["find_related", "read_agreement"]


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
            drawn = await store.list_mentioning(document.mentions) if back_to_back else []
            extracts = await _find_extracts(store, document, environment)
            if not (same or originals or drawn or extracts):
                return NOTHING_KNOWN
            return Related(
                same_number=tuple(_read(same, document_id, environment)),
                originals=tuple(_read(originals, document_id, environment)),
                drawn_upon=tuple(
                    known
                    for known in _read(drawn, document_id, environment)
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
                certificates=tuple(_read(named, document_id, environment)),
                supporting=frozenset(
                    (each.message_type, each.certificate_key)
                    for each in named
                    if environment in {None, each.environment}
                ),
            )
        case CustomsResponse():
            certificate = await store.find_certificate(str(document.subject.key))
            return Related(
                subject=next(_read([certificate] if certificate else [], "", None), None)
            )
        case _:
            return NOTHING_KNOWN


def read_agreement(record: DocumentRecord) -> str:
    """Read under which agreement a kept document was sealed; empty where under none.

    Of an erased document nobody can tell any more.
    """
    if not record.octets:
        return ""
    header, _ = read_kept(record.octets)
    return header.agreement or ""


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


async def _find_extracts(
    store: MessageStore, certificate: CertificateOfOrigin, environment: Environment | None
) -> tuple[KnownExtract, ...]:
    """Find the extracts that name a certificate, each with what else it names."""
    found = []
    for record in await store.list_mentioning([str(certificate.key)]):
        if not record.octets or environment not in {None, record.environment}:
            continue
        _, extract = read_kept(record.octets)
        if isinstance(extract, DeclarationExtract):
            named = _read(await _find_named(store, extract), "", environment)
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


def _read(
    records: Iterable[DocumentRecord], own_id: str, environment: Environment | None
) -> Iterator[KnownCertificate]:
    for record in records:
        if record.document_id == own_id or environment not in {None, record.environment}:
            continue
        if not record.octets:
            continue  # erased: the store still knows that the number is taken
        _, document = read_kept(record.octets)
        if isinstance(document, CertificateOfOrigin):
            yield KnownCertificate(certificate=document, document_id=record.document_id)
