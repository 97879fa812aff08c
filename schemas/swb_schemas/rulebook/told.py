"""What is known beside a document, as JSON: how one program tells another for a judgement.

A list of objects, one for each thing known, in any order:

===================  ==========================================================================
``kind``             what stands beside it
===================  ==========================================================================
``same-number``      ``document``, ``cancelled``: another certificate under the same key
``original``         the same: an original that a back-to-back certificate names, or one beside
``replaced``         the same: a certificate that this one takes the place of
``replacement``      the same: another that takes that place, too
``drawn-upon``       the same: another back-to-back certificate upon the same originals
``subject``          the same: the certificate that an answer speaks about; once at most
``certificate``      the same: a certificate of origin that an extract of a declaration names
``response``         ``document``: another response on that certificate
``extract``          ``document``, ``beside``: an extract that names the certificate, and the other
                     certificates that it names, as objects with ``document`` and ``cancelled``
``supporting``       ``document``, ``taken_back``: a document that the document names
``same-key``         ``document_id``: another document under the same key
``taken-back``       nothing: its authority took the certificate back, although that came first
``exceeded``         ``limit``, ``number``, ``due_at``, ``came_at``: a limit that had passed
``cut-short``        the same: a limit that was not waited for
===================  ==========================================================================

``document`` is canonical XML in base64. ``cancelled`` and ``taken_back`` are false where they are
missing; ``document_id`` may stand beside ``document``, too. ``limit`` is the code of a time limit,
``number`` that of the round (0 where it has none); ``came_at`` is null where nothing came.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from swb_schemas.catalogue import decode_document, find_type_of
from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.errors import RefusedError
from swb_schemas.exchanges.limits import LIMITS, TIME_TO_REPLY, Exceeded
from swb_schemas.rulebook.related import KnownCertificate, KnownDocument, KnownExtract, Related
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


__all__ = ["parse_related"]

Model = TypeVar("Model")
_CERTIFICATES: Final = {
    "same-number": "same_number",
    "original": "originals",
    "replaced": "replaced",
    "replacement": "replacements",
    "drawn-upon": "drawn_upon",
    "certificate": "certificates",
}
_LIMITS: Final = {each.code: each for each in (*LIMITS, TIME_TO_REPLY)}


def parse_related(told: object) -> Related:
    """Read the list above.

    Raises:
        RefusedError: ``rules.related_malformed``, and what a document in it is refused for.
    """
    try:
        entries: Sequence[Mapping[str, Any]] = [dict(each) for each in told]  # type: ignore[attr-defined]  # what is no list is caught
        return _read(entries)
    except (KeyError, TypeError, ValueError, binascii.Error) as cause:
        message = f"expected what is known beside a document, found {type(cause).__name__}"
        raise RefusedError("rules.related_malformed", message) from cause


def _read(entries: Sequence[Mapping[str, Any]]) -> Related:
    of: dict[str, list[Mapping[str, Any]]] = {}
    for each in entries:
        of.setdefault(each["kind"], []).append(each)
    values: dict[str, Any] = {
        name: tuple(_read_certificate(each) for each in of.pop(kind, ()))
        for kind, name in _CERTIFICATES.items()
    }
    subjects = [_read_certificate(each) for each in of.pop("subject", ())]
    if len(subjects) > 1:
        message = "expected one subject at most"
        raise ValueError(message)
    values |= {
        "subject": subjects[0] if subjects else None,
        "responses": tuple(
            _read_document(each, CustomsResponse) for each in of.pop("response", ())
        ),
        "extracts": tuple(_read_extract(each) for each in of.pop("extract", ())),
        "supporting": tuple(_read_supporting(each) for each in of.pop("supporting", ())),
        "same_key": tuple(str(each["document_id"]) for each in of.pop("same-key", ())),
        "taken_back": bool(of.pop("taken-back", ())),
        "exceeded": tuple(_read_limit(each) for each in of.pop("exceeded", ())),
        "cut_short": tuple(_read_limit(each) for each in of.pop("cut-short", ())),
    }
    if of:
        message = f"expected no {min(of)}"
        raise ValueError(message)
    return Related(**values)


def _read_document(told: Mapping[str, Any], model: type[Model]) -> Model:
    document = decode_document(parse_xml(base64.b64decode(told["document"], validate=True)))
    if not isinstance(document, model):
        message = f"expected a document as its kind says, found {type(document).__name__}"
        raise TypeError(message)
    return document


def _read_certificate(told: Mapping[str, Any]) -> KnownCertificate:
    return KnownCertificate(
        certificate=_read_document(told, CertificateOfOrigin),
        cancelled=bool(told.get("cancelled")),
        document_id=str(told.get("document_id", "")),
    )


def _read_extract(told: Mapping[str, Any]) -> KnownExtract:
    beside: Iterable[Mapping[str, Any]] = told.get("beside", ())
    return KnownExtract(
        extract=_read_document(told, DeclarationExtract),
        beside=tuple(_read_certificate(each) for each in beside),
    )


def _read_supporting(told: Mapping[str, Any]) -> KnownDocument:
    document = _read_document(told, LeadingDocument)
    return KnownDocument(
        message_type=find_type_of(document).message_type,
        document=document,
        taken_back=bool(told.get("taken_back")),
    )


def _read_limit(told: Mapping[str, Any]) -> Exceeded:
    came_at = told["came_at"]
    return Exceeded(
        limit=_LIMITS[told["limit"]],
        number=int(told["number"]),
        due_at=datetime.fromisoformat(told["due_at"]),
        came_at=None if came_at is None else datetime.fromisoformat(came_at),
    )
