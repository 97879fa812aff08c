"""The inbox: what came for the national system, where that fetches it itself."""

from __future__ import annotations

import base64
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from swb.api.guard import Served, allow
from swb.api.models import Model, Moment, Text, ToldFinding, tell_finding
from swb.api.problems import documented
from swb.core.access import Principal, Right
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from swb.api.gateway import Gateway
    from swb.services.pulling import PullService, Taken

__all__ = ["ROUTER"]

ROUTER: Final = APIRouter(prefix="/inbox", tags=["inbox"])
_Pulling = Annotated[Principal, allow(Right.PULL)]
_DeliveryId = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        description="Id of the delivery: that of its document, the same whenever it is offered.",
    ),
]
_LeaseId = Annotated[
    str, Field(pattern=r"^[0-9a-f]{32}$", description="Proves who took the delivery.")
]
_MOST: Final = 100
_LONGEST_LEASE: Final = 43_200


class Waiting(Model):
    """A delivery that waits."""

    delivery_id: str
    message_type: str
    received_at: Moment
    due_at: Moment
    leased_until: Moment | None = Field(description="Until then somebody has it.")
    attempts: int = Field(description="How often it was offered and given back.")


class Inbox(Model):
    """What waits, in the order in which it is taken."""

    deliveries: list[Waiting]


class Taking(Model):
    """How much to take, and for how long."""

    limit: int = Field(default=10, ge=1, le=_MOST)
    lease_seconds: float | None = Field(
        default=None,
        ge=1,
        le=_LONGEST_LEASE,
        description="After so long without acknowledgement it is offered again; without it, as the "
        "gateway is configured.",
    )


class TakenDelivery(Model):
    """A delivery that was taken."""

    delivery_id: str
    message_type: str
    lease_id: _LeaseId
    lease_ends_at: Moment
    attempts: int
    binding: bool = Field(description="False in a parallel exchange: it is compared, not acted on.")
    file_suffix: str = Field(description="Of files that hold such a payload, with the dot.")
    payload: str = Field(
        description="The octets in the national format, in base64.",
        json_schema_extra={"contentEncoding": "base64"},
    )
    findings: list[ToldFinding] = Field(description="Advice for whoever decides.")


class TakenDeliveries(Model):
    """What was taken; empty where nothing waits."""

    deliveries: list[TakenDelivery]


class Holding(Model):
    """That somebody has a delivery."""

    lease_id: _LeaseId


class Returning(Model):
    """That somebody cannot keep a delivery."""

    lease_id: _LeaseId
    reason: Text = Field(min_length=1, max_length=500, description="For the audit trail.")


@ROUTER.get(
    "",
    operation_id="listInbox",
    summary="List what waits",
    response_model=Inbox,
    responses=documented(404),
)
async def list_(
    principal: _Pulling,
    gateway: Served,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
) -> Inbox:
    """List what waits, what is leased too; nothing is taken."""
    del principal
    found = await _require(gateway).list_waiting(limit=limit)
    return Inbox(
        deliveries=[
            Waiting(
                delivery_id=each.document_id,
                message_type=each.message_type,
                received_at=each.recorded_at,
                due_at=each.due_at,
                leased_until=each.leased_until,
                attempts=each.attempts,
            )
            for each in found
        ]
    )


@ROUTER.post(
    "/leases",
    operation_id="takeDeliveries",
    summary="Take what waits",
    response_model=TakenDeliveries,
    responses=documented(404),
)
async def take(principal: _Pulling, gateway: Served, wanted: Taking) -> TakenDeliveries:
    """Take deliveries, the oldest first; nobody else gets them before the lease ends.

    Store each one durably, then acknowledge it. What is not acknowledged in time is offered again
    under the same id: that is how a repetition is known.
    """
    pulling = _require(gateway)
    seconds = wanted.lease_seconds or gateway.parts.section.lease_seconds
    taken = await pulling.take(
        principal.owner, limit=wanted.limit, lease_for=timedelta(seconds=seconds)
    )
    # Which they are is known now. Nobody reads one without its entry: what is leased and not told
    # is offered again.
    for each in taken:
        await gateway.access.service.enter(principal, "inbox lease", each.delivery.document_id)
    return TakenDeliveries(deliveries=[_tell(each) for each in taken])


@ROUTER.post(
    "/{delivery_id}/acknowledgement",
    operation_id="acknowledgeDelivery",
    summary="Acknowledge a delivery",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(404, 409, 422),
)
async def acknowledge(
    principal: _Pulling, gateway: Served, delivery_id: _DeliveryId, holding: Holding
) -> Response:
    """Say that the national system has a delivery durably; its sender is told (AS3).

    It may be repeated.
    """
    pulling = _require(gateway)
    async with gateway.access.service.entering(principal, "inbox acknowledge", delivery_id):
        await pulling.acknowledge(principal.owner, delivery_id, holding.lease_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@ROUTER.post(
    "/{delivery_id}/return",
    operation_id="returnDelivery",
    summary="Give a delivery back",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(404, 409),
)
async def give_back(
    principal: _Pulling, gateway: Served, delivery_id: _DeliveryId, returning: Returning
) -> Response:
    """Give a delivery back that cannot be kept; it is offered again later."""
    pulling = _require(gateway)
    async with gateway.access.service.entering(
        principal, "inbox return", delivery_id, returning.reason
    ):
        await pulling.give_back(principal.owner, delivery_id, returning.lease_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _require(gateway: Gateway) -> PullService:
    if gateway.node.pulling is None:
        message = 'expected a gateway with kind = "pull" in [national], found another one'
        raise RefusedError("api.not_pulled", message, actor=Actor.OPERATOR)
    return gateway.node.pulling


def _tell(taken: Taken) -> TakenDelivery:
    return TakenDelivery(
        delivery_id=taken.delivery.document_id,
        message_type=taken.delivery.message_type,
        lease_id=taken.lease.lease_id,
        lease_ends_at=taken.lease.ends_at,
        attempts=taken.delivery.attempts,
        binding=taken.prepared.binding,
        file_suffix=taken.prepared.rendering.file_suffix,
        payload=base64.b64encode(taken.prepared.rendering.payload).decode(),
        findings=[tell_finding(each) for each in taken.prepared.findings],
    )
