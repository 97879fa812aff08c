"""A national payload becomes a sealed document, or is refused whole."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from swb.api.guard import Served, allow
from swb.api.models import Model, ToldFinding, tell_finding
from swb.api.problems import documented
from swb.api.repeating import IdempotencyKey, answer_once
from swb.core.access import Principal, Right
from swb_schemas.wire.digest import digest_text_of

__all__ = ["ROUTER"]

ROUTER: Final = APIRouter(tags=["submissions"])
_Submitting = Annotated[Principal, allow(Right.SUBMIT)]


class Submitted(Model):
    """What a payload became."""

    document_id: str
    certificate_key: str = Field(description="Of the certificate that it is or speaks about.")
    message_type: str
    repeated: bool = Field(description="Whether the same payload had been accepted before.")
    status: str | None = Field(description="Where it stands, if it had been accepted before.")
    findings: list[ToldFinding] = Field(description="Warnings, and what is not carried.")


_LOCATION: Final = {
    "headers": {
        "Location": {"description": "Where to follow it.", "schema": {"type": "string"}},
    }
}


@ROUTER.post(
    "/submissions",
    operation_id="submit",
    summary="Submit a national payload",
    status_code=HTTPStatus.CREATED,
    response_model=Submitted,
    responses={
        200: {
            "model": Submitted,
            "description": "The same payload was accepted before; this is what it became.",
            **_LOCATION,
        },
        201: {"description": "It is sealed, signed and committed.", **_LOCATION},
        **documented(409, 422),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The payload, in a format that the gateway's adapters read, as it is.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def submit(
    request: Request,
    principal: _Submitting,
    gateway: Served,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Read, check, seal, sign and commit a payload, or refuse it whole.

    A refusal names each fault with the path in the sender's own format. The same payload again
    gives the earlier document, with or without `Idempotency-Key`.
    """
    payload = await request.body()

    async def act() -> Response:
        # The document's id is known afterwards alone; the digest says beforehand what is sent.
        await gateway.access.service.enter(principal, "submit", digest_text_of(payload))
        accepted = await gateway.submitting.submit(payload)
        told = Submitted(
            document_id=accepted.document_id,
            certificate_key=accepted.certificate_key,
            message_type=accepted.message_type,
            repeated=accepted.repeated,
            status=accepted.status or None,
            findings=[tell_finding(each) for each in accepted.findings],
        )
        await gateway.access.service.enter(
            principal, "submitted", accepted.document_id, "again" if accepted.repeated else ""
        )
        return JSONResponse(
            told.model_dump(mode="json"),
            status_code=HTTPStatus.OK if accepted.repeated else HTTPStatus.CREATED,
            headers={"Location": f"/v1/documents/{accepted.document_id}"},
        )

    return await answer_once(request, gateway, principal, idempotency_key, act)
