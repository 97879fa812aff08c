"""Where documents stand, what they say, and what proves it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from swb.api.guard import Served, allow
from swb.api.problems import documented
from swb.api.status import Status, tell_status
from swb.core.access import Principal, Right
from swb.services.following import follow
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_certificate_key

__all__ = ["ROUTER", "DocumentId"]

ROUTER: Final = APIRouter(tags=["documents"])
_Following = Annotated[Principal, allow(Right.FOLLOW)]
_Reading = Annotated[Principal, allow(Right.READ_PAYLOAD)]
_Proving = Annotated[Principal, allow(Right.READ_EVIDENCE)]

DocumentId = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        description="Id of the document, a UUID.",
    ),
]
_SEALED: Final = "application/xml"
_CONTAINER: Final = "application/vnd.etsi.asic-e+zip"


@ROUTER.get(
    "/documents",
    operation_id="findDocument",
    summary="Follow a reference",
    response_model=Status,
    responses=documented(404),
)
async def find(
    principal: _Following,
    gateway: Served,
    reference: Annotated[
        str,
        Query(
            min_length=1,
            max_length=500,
            description="A certificate's key STATE:office:number, a document id or a message id.",
        ),
    ],
) -> Status:
    """Show where the document of a reference stands."""
    return await _follow(gateway, principal, _spell(reference))


@ROUTER.get(
    "/documents/{document_id}",
    operation_id="followDocument",
    summary="Follow a document",
    response_model=Status,
    responses=documented(404),
)
async def followed(
    principal: _Following,
    gateway: Served,
    document_id: DocumentId,
) -> Status:
    """Show where a document stands."""
    return await _follow(gateway, principal, document_id)


@ROUTER.get(
    "/documents/{document_id}/content",
    operation_id="readDocument",
    summary="Read a sealed document",
    response_class=Response,
    responses={
        200: {
            "description": "The sealed document, byte for byte.",
            "content": {_SEALED: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404),
    },
)
async def read(
    principal: _Reading,
    gateway: Served,
    document_id: DocumentId,
) -> Response:
    """Get the octets that were sealed."""
    record = await gateway.store.find_document(document_id)
    if record is None or not record.octets:
        message = "expected a document whose octets are here, found none, or what is left of it"
        raise RefusedError("reference.unknown", message, actor=Actor.OPERATOR)
    await gateway.access.service.enter(principal, "read", document_id)
    return _attach(record.octets, _SEALED, f"{document_id}.xml")


@ROUTER.get(
    "/documents/{document_id}/evidence",
    operation_id="exportEvidence",
    summary="Get what proves a document",
    response_class=Response,
    responses={
        200: {
            "description": "A container (ASiC-E) that `swb evidence verify` judges.",
            "content": {_CONTAINER: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404, 422),
    },
)
async def export(
    principal: _Proving,
    gateway: Served,
    document_id: DocumentId,
) -> Response:
    """Get one container with all documents, messages, receipts and time-stamps of it."""
    exporting = gateway.parts.exporting
    if exporting is None:
        message = "expected a gateway with a section [evidence], found one without"
        raise RefusedError("api.no_evidence", message, actor=Actor.OPERATOR)
    exported = await exporting.export(document_id)
    await gateway.access.service.enter(principal, "evidence export", document_id)
    return _attach(exported.octets, _CONTAINER, f"{document_id}.asice")


def _attach(octets: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(octets, media_type=media_type, headers=headers)


def _spell(reference: str) -> str:
    return str(parse_certificate_key(reference)) if ":" in reference else reference


async def _follow(gateway: Served, principal: Principal, reference: str) -> Status:
    found = await follow(gateway.store, reference, at=gateway.now())
    return tell_status(found, reads=Right.READ_PAYLOAD in principal.rights)
