"""Papers: the octets behind a document, as they were kept, for whoever has the right.

They are sent to be kept as files and never shown in the browser's window, whatever is in them.
Every one that leaves the house is entered in the audit trail first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.sealed import read_kept_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.console.pages import Visit
    from swb.services.following import Followed

__all__ = ["Paper", "list_papers", "send_evidence", "send_message", "send_payload", "send_sealed"]

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file that can be had.

    Attributes:
        path: Behind the prefix.
        kind: ``sealed`` or ``message``.
        name: Message type.
        identifier: Id of the document or message.
        octets: How many; 0 when they were erased.
    """

    path: str
    kind: str
    name: str
    identifier: str
    octets: int


def list_papers(followed: Followed) -> Sequence[Paper]:
    """List the files of a document: itself, its answers, and the messages that carried it."""
    trail = followed.trail
    papers = [
        Paper(
            path=f"/documents/{each.document_id}/sealed.xml",
            kind="sealed",
            name=each.message_type,
            identifier=each.document_id,
            octets=len(each.octets),
        )
        for each in (trail.document, *trail.answers)
    ]
    papers += [
        Paper(
            path=f"/messages/{each.message_id}.xml",
            kind="message",
            name=each.message_type,
            identifier=each.message_id,
            octets=len(each.octets),
        )
        for each in followed.messages
    ]
    return papers


async def send_sealed(visit: Visit) -> Response:
    """Send a sealed document."""
    document_id = visit.request.path_params["document_id"]
    record = await visit.desk.store.find_document(document_id)
    if record is None or not record.octets:
        raise _missing(document_id)
    return await _send(visit, record.octets, "sealed document read", f"{document_id}.xml")


async def send_message(visit: Visit) -> Response:
    """Send a message."""
    message_id = visit.request.path_params["message_id"]
    record = await visit.desk.store.find_message(message_id)
    if record is None or not record.octets:
        raise _missing(message_id)
    return await _send(visit, record.octets, "message read", f"{message_id}.xml")


async def send_payload(visit: Visit) -> Response:
    """Send the national payload that a document of this state was made of."""
    document_id = visit.request.path_params["document_id"]
    store = visit.desk.store
    record = await store.find_document(document_id)
    if record is None or not record.octets:
        raise _missing(document_id)
    header = read_kept_header(record.octets)
    if header.source is None:
        raise _missing(document_id)
    submission = await store.find_submission(header.source.payload_digest.text)
    if submission is None or not submission.payload:
        raise _missing(document_id)
    name = f"{document_id}.payload"
    return await _send(visit, submission.payload, "national payload read", name)


async def send_evidence(visit: Visit) -> Response:
    """Send the container that proves what became of a document.

    Raises:
        RefusedError: ``config.invalid``: this gateway keeps no evidence; and what `export` raises.
    """
    document_id = visit.request.path_params["document_id"]
    exporting = visit.desk.exporting
    if exporting is None:
        message = "expected a section [evidence] in the configuration, found none"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    exported = await exporting.export(document_id)
    name = f"{document_id}.asice"
    return await _send(visit, exported.octets, "evidence exported", name)


async def _send(visit: Visit, octets: bytes, action: str, name: str) -> Response:
    digest = digest_text_of(octets)
    await visit.desk.access.enter(visit.principal, action, name.rpartition(".")[0], digest)
    safe = _UNSAFE.sub("-", name)[:100]
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Response(octets, media_type="application/octet-stream", headers=headers)


def _missing(identifier: str) -> RefusedError:
    message = f"expected octets of {identifier[:80]!r} in this store, found none"
    return RefusedError("reference.unknown", message, actor=Actor.OPERATOR)
