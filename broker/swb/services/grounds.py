"""What a document that is made here is judged by, looked up once, and counted as it was then.

Two moves that are made at one moment would each be judged without the other. So what is judged here
is committed only while its grounds are what they were: otherwise somebody else has committed, and
it is judged again. Copies of a gateway on one store are kept apart the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb.ports import MENTIONS_COUNTED, Grounds
from swb.services.kept import Kept
from swb_schemas.documents import AboutCertificate, CertificateOfOrigin, LeadingDocument

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb.ports import Archive, DocumentRecord, Event
    from swb_schemas.documents import Document

__all__ = ["Subject", "find_grounds", "find_subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is kept of what a document is about, at one moment, looked up once for one judgement.

    Attributes:
        certificates: Of a move the latest certificate under its key, of what takes something back
            all that have the key, earliest first; of everything else none.
        events: What is known of each, by its id, in the order in which it happened.
    """

    certificates: Sequence[Kept] = ()
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)

    @property
    def certificate(self) -> Kept | None:
        """The certificate that a move is about; None where it is not here."""
        return self.certificates[-1] if self.certificates else None


async def find_subject(store: Archive, document: Document) -> Subject:
    """Find what a document is about.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    found: Sequence[DocumentRecord]
    match document:
        case AboutCertificate():
            certificate = await store.find_certificate(str(document.subject.key))
            found = () if certificate is None else (certificate,)
        case LeadingDocument() if document.takes_back:
            found = await store.list_certificates(str(document.key))
        case _:
            return Subject()
    events = {each.document_id: await store.list_events(each.document_id) for each in found}
    return Subject(certificates=tuple(map(Kept, found)), events=events)


async def find_grounds(store: Archive, document: Document, subject: Subject) -> Grounds | None:
    """Count what a document that is made here will be judged by; None where that is nothing.

    What is said of a certificate is judged by its events, and so is what takes it back; a
    back-to-back certificate by what rests upon the same originals.

    Args:
        store: Of the gateway that judges.
        document: What will be judged.
        subject: What it is about, by which it will be judged.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    if subject.events:
        return Grounds(events={name: len(events) for name, events in subject.events.items()})
    if isinstance(document, CertificateOfOrigin) and document.mentions:
        mentioning = await store.list_mentioning(document.mentions, limit=MENTIONS_COUNTED)
        return Grounds(mentioned=document.mentions, mentioning=len(mentioning))
    return None
