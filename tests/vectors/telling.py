"""Writes what is known beside a document; `swb_schemas.rulebook.told` reads it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.xml import encode

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from swb_schemas.exchanges.limits import Exceeded
    from swb_schemas.rulebook.related import KnownCertificate, Related

__all__ = ["tell_related"]

_CERTIFICATES: Final = {
    "same-number": "same_number",
    "original": "originals",
    "replaced": "replaced",
    "replacement": "replacements",
    "drawn-upon": "drawn_upon",
    "certificate": "certificates",
}


def tell_related(related: Related) -> list[dict[str, Any]]:
    """Write what is known as that list; `parse_related` is its inverse."""
    told = [
        {"kind": kind, **_tell_certificate(each)}
        for kind, name in _CERTIFICATES.items()
        for each in getattr(related, name)
    ]
    if related.subject is not None:
        told.append({"kind": "subject", **_tell_certificate(related.subject)})
    told += [{"kind": "response", "document": _octets(each)} for each in related.responses]
    for known in related.extracts:
        beside = [_tell_certificate(each) for each in known.beside]
        told.append({"kind": "extract", "document": _octets(known.extract), "beside": beside})
    for held in related.supporting:
        taken_back = {"taken_back": True} if held.taken_back else {}
        told.append({"kind": "supporting", "document": _octets(held.document), **taken_back})
    told += [{"kind": "same-key", "document_id": each} for each in related.same_key]
    if related.taken_back:
        told.append({"kind": "taken-back"})
    told += [{"kind": "exceeded", **_tell_limit(each)} for each in related.exceeded]
    told += [{"kind": "cut-short", **_tell_limit(each)} for each in related.cut_short]
    return told


def _octets(document: Document) -> str:
    return base64.b64encode(encode(document)).decode()


def _tell_certificate(known: KnownCertificate) -> dict[str, Any]:
    return {
        "document": _octets(known.certificate),
        **({"cancelled": True} if known.cancelled else {}),
        **({"document_id": known.document_id} if known.document_id else {}),
    }


def _tell_limit(exceeded: Exceeded) -> dict[str, Any]:
    return {
        "limit": exceeded.limit.code,
        "number": exceeded.number,
        "due_at": _tell_moment(exceeded.due_at),
        "came_at": exceeded.came_at and _tell_moment(exceeded.came_at),
    }


def _tell_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
