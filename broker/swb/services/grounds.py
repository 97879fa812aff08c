"""What a document is judged by that others may add to meanwhile, counted before it is read.

Two moves that are made at one moment would each be judged without the other. So what is judged here
is committed only while its grounds are what they were: otherwise somebody else has committed, and
it is judged again. Copies of a gateway on one store are kept apart the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.ports import MENTIONS_COUNTED, Grounds
from swb_schemas.documents import AboutCertificate, CertificateOfOrigin, LeadingDocument

if TYPE_CHECKING:
    from swb.ports import Archive
    from swb_schemas.documents import Document

__all__ = ["find_grounds"]


async def find_grounds(store: Archive, document: Document) -> Grounds | None:
    """Count what a document that is made here will be judged by; None where that is nothing.

    What is said of a certificate is judged by its events, and so is what takes it back; a
    back-to-back certificate by what rests upon the same originals.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    match document:
        case AboutCertificate():
            certificate = await store.find_certificate(str(document.subject.key))
            about = [certificate] if certificate is not None else []
        case LeadingDocument() if document.takes_back:
            about = list(await store.list_certificates(str(document.key)))
        case CertificateOfOrigin() if document.mentions:
            mentioning = await store.list_mentioning(document.mentions, limit=MENTIONS_COUNTED)
            return Grounds(mentioned=document.mentions, mentioning=len(mentioning))
        case _:
            return None
    events = {each.document_id: len(await store.list_events(each.document_id)) for each in about}
    return Grounds(events=events) if events else None
