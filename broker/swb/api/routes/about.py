"""What the gateway speaks, how it is, who asks, and what codes mean."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import JSONResponse

from swb.api.guard import Served, allow
from swb.api.models import Model, ProblemKind
from swb.api.problems import documented
from swb.core.access import Principal, Right
from swb.health import check_node
from swb.plugins import discover_adapters
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.error_codes import find_error_code
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from swb_adapters.sdk import AdapterInfo

__all__ = ["PUBLIC", "ROUTER"]

ROUTER: Final = APIRouter(tags=["about"])
PUBLIC: Final = APIRouter(tags=["about"])
_Asking = Annotated[Principal, allow(Right.READ_CATALOGUE)]
_Keeping = Annotated[Principal, allow(Right.READ_HEALTH)]


class DocumentKind(Model):
    """A document type of the region."""

    message_type: str
    version: str
    namespace: str
    document_schema: str = Field(description="File name of its XSD.")
    leads: bool = Field(description="Whether it begins a conversation.")
    national: bool = Field(description="Whether national systems submit or receive it.")
    issuers: list[str]
    receivers: list[str]
    answers: list[str]
    needs_consent: bool


class Catalogue(Model):
    """The document types of the region."""

    document_types: list[DocumentKind]


class AdapterMessage(Model):
    """What an adapter makes of one document type."""

    message_type: str
    reads: bool
    writes: bool
    agreements: list[str] = Field(description="Empty where it takes those of any agreement.")


class AdapterKind(Model):
    """A national format or published standard that this installation can read or write."""

    name: str
    version: str
    provenance: str = Field(description="How well the format is known.")
    state: str | None
    system: str
    media_type: str
    messages: list[AdapterMessage]


class Adapters(Model):
    """The adapters that are installed."""

    adapters: list[AdapterKind]


class Health(Model):
    """How the gateway is."""

    status: Literal["ready", "degraded", "draining"]
    checks: dict[str, str] = Field(description="`ok`, or the code of what is wrong, by part.")


class Whoever(Model):
    """Who asks, and what it may."""

    name: str
    kind: str
    state: str
    roles: list[str]
    rights: list[str]


@ROUTER.get(
    "/principal", operation_id="getPrincipal", summary="See who one is", response_model=Whoever
)
async def principal_(principal: _Asking) -> Whoever:
    """Show as whom the gateway knows this token or certificate, and what it may."""
    return Whoever(
        name=principal.name,
        kind=principal.kind,
        state=principal.state,
        roles=sorted(principal.roles),
        rights=sorted(principal.rights),
    )


@ROUTER.get(
    "/catalogue",
    operation_id="listDocumentTypes",
    summary="List the document types",
    response_model=Catalogue,
)
async def catalogue(principal: _Asking) -> Catalogue:
    """List every document type: who issues, receives and answers it."""
    del principal
    return Catalogue(
        document_types=[
            DocumentKind(
                message_type=each.message_type,
                version=str(each.version),
                namespace=each.model.namespace,
                document_schema=each.schema,
                leads=each.leads,
                national=each.national,
                issuers=sorted(each.issuers),
                receivers=sorted(each.receivers),
                answers=list(each.answers),
                needs_consent=each.needs_consent,
            )
            for each in CATALOGUE.values()
        ]
    )


@ROUTER.get(
    "/adapters",
    operation_id="listAdapters",
    summary="List the adapters",
    response_model=Adapters,
)
def adapters(principal: _Keeping) -> Adapters:
    """List the formats that this installation reads and writes."""
    del principal
    return _list_adapters()


@ROUTER.get(
    "/health",
    operation_id="getHealth",
    summary="See how the gateway is",
    response_model=Health,
    responses={503: {"model": Health, "description": "Something is down, or it ends."}},
)
async def health(principal: _Keeping, gateway: Served) -> JSONResponse:
    """Ask every part of the gateway how it is."""
    del principal
    node = gateway.node
    checks = await check_node(node)
    good = all(outcome == "ok" for outcome in checks.values())
    told = Health(
        status="draining" if node.draining else "ready" if good else "degraded", checks=checks
    )
    return JSONResponse(told.model_dump(), status_code=200 if told.status == "ready" else 503)


@PUBLIC.get(
    "/problems/{code}",
    operation_id="explainProblem",
    summary="Explain a code",
    response_model=ProblemKind,
    responses=documented(404),
)
async def problem(
    code: Annotated[str, Path(pattern=r"^[a-z_]+(\.[a-z_]+)+$", max_length=100)],
) -> ProblemKind:
    """Explain what a code of a problem or finding means, who must act, and how."""
    known = find_error_code(code)
    if known is None:
        message = "expected a code that a problem or finding of this API has, found another one"
        raise RefusedError("api.not_found", message)
    return ProblemKind(
        code=known.code,
        family=known.family,
        actor=known.actor,
        meaning=known.meaning,
        advice=known.advice,
        section=known.section,
    )


@PUBLIC.get(
    "/openapi.json",
    operation_id="describeApi",
    summary="Describe the API",
    response_model=dict[str, Any],
)
async def describe_(request: Request) -> JSONResponse:
    """Get this description, as OpenAPI 3.1."""
    return JSONResponse(request.app.state.describe())


@cache
def _list_adapters() -> Adapters:
    """List them once: what is installed while the gateway runs is used after its next start."""
    return Adapters(adapters=[_tell(each.info) for each in discover_adapters().adapters])


def _tell(info: AdapterInfo) -> AdapterKind:
    return AdapterKind(
        name=info.name,
        version=info.version,
        provenance=info.provenance,
        state=info.state or None,
        system=info.system,
        media_type=info.media_type,
        messages=[
            AdapterMessage(
                message_type=each.message_type,
                reads=each.reads,
                writes=each.writes,
                agreements=list(each.agreements),
            )
            for each in info.messages
        ],
    )
