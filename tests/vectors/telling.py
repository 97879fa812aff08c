"""What a case's register knows, as requests tell it (docs/conformance/command-protocol.md)."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.xml import encode

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.documents import Document
    from swb_schemas.exchanges import Exceeded
    from swb_schemas.rulebook import KnownCertificate, Related

__all__ = ["tell_related"]

_CERTIFICATES: Final = (
    "same_number",
    "originals",
    "replaced",
    "replacements",
    "drawn_upon",
    "certificates",
)


def tell_related(related: Related) -> list[dict[str, Any]]:
    """Write what is known as the member ``related``."""
    told = [
        {"relation": relation, **_tell_certificate(each)}
        for relation in _CERTIFICATES
        for each in getattr(related, relation)
    ]
    if related.subject is not None:
        told.append({"relation": "subject", **_tell_certificate(related.subject)})
    told += [{"relation": "responses", "document": _octets(each)} for each in related.responses]
    for known in related.extracts:
        beside = [_tell_certificate(each) for each in known.beside]
        told.append({"relation": "extracts", "document": _octets(known.extract), "beside": beside})
    for held in related.supporting:
        told.append(
            {
                "relation": "supporting",
                "message_type": held.message_type,
                "document": _octets(held.document),
                **({"taken_back": True} if held.taken_back else {}),
            }
        )
    told += [{"relation": "same_key", "document_id": each} for each in related.same_key]
    if related.taken_back:
        told.append({"relation": "taken_back"})
    told += [{"relation": "exceeded", **_tell_limit(each)} for each in related.exceeded]
    told += [{"relation": "cut_short", **_tell_limit(each)} for each in related.cut_short]
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
    came_at = exceeded.came_at
    return {
        "limit": exceeded.limit.code,
        "number": exceeded.number,
        "due_at": _tell_moment(exceeded.due_at),
        **({} if came_at is None else {"came_at": _tell_moment(came_at)}),
    }


def _tell_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
