"""What a subscriber may follow, and who entitles it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, Field
from starlette.responses import Response, StreamingResponse

from swb.api.guard import Served, allow, authenticate
from swb.api.models import Model, Moment, Text
from swb.api.problems import documented
from swb.core.access import Principal, Right, require_right
from swb.core.lifecycle import Fact
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError
from swb_schemas.parties import parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from swb.api.gateway import Gateway
    from swb.services.subscribing import Watched

__all__ = ["ROUTER"]

ROUTER: Final = APIRouter(tags=["references"])
_Subscribing = Annotated[Principal, allow(Right.SUBSCRIBE)]
_Entitling = Annotated[Principal, allow(Right.ENTITLE)]
_STREAMS: Final = 2
"""Of one subscriber at a time."""
_LASTS: Final = 900.0
"""Seconds after which a stream ends; whoever follows opens the next one."""
_EVENTS: Final = "text/event-stream"
_KEY: Final = "A certificate's key STATE:office:number."


class Reference(Model):
    """A certificate as a subscriber sees it."""

    reference: str = Field(description=_KEY)
    status: Fact
    since: Moment


class References(Model):
    """What one may follow, as far as it is known here and may be shown."""

    references: list[Reference]


class CountedStream(StreamingResponse):
    """A stream of events that has its place from before it is sent until it is over.

    Args:
        events: What is sent.
        owner: Whose it is.
        open_now: How many streams each principal has open.

    Raises:
        UnavailableError: ``api.too_many_streams``.
    """

    def __init__(self, events: AsyncIterator[str], *, owner: str, open_now: dict[str, int]) -> None:
        if open_now.get(owner, 0) >= _STREAMS:
            message = f"expected at most {_STREAMS} streams of one subscriber"
            raise UnavailableError("api.too_many_streams", message, actor=Actor.SENDER)
        super().__init__(events, media_type=_EVENTS)
        self._owner = owner
        self._open_now = open_now
        open_now[owner] = open_now.get(owner, 0) + 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, see ASGI."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open_now[self._owner] -= 1


class Entitlement(Model):
    """That a subscriber may follow a reference."""

    subscriber: Text = Field(min_length=1, max_length=64, description="Name of the system.")
    reference: Text = Field(min_length=1, max_length=500, description=_KEY)
    until: AwareDatetime = Field(description="So long; with its offset from UTC.")


@ROUTER.get(
    "/references",
    operation_id="listReferences",
    summary="See where one's references stand",
    response_model=References,
)
async def list_(principal: _Subscribing, gateway: Served) -> References:
    """List the references that one is entitled to, as far as they may be shown."""
    found = await gateway.subscribing.look(principal)
    return References(references=[_tell(each) for each in found])


@ROUTER.get(
    "/references/events",
    operation_id="streamReferences",
    summary="Be told when one's references change",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: first where each reference stands, then each "
            "change. `event: status` with a Reference as `data`.",
            "content": {_EVENTS: {"schema": {"type": "string"}}},
        }
    },
)
async def stream(request: Request, principal: _Subscribing, gateway: Served) -> Response:
    """Follow one's references by server-sent events.

    A stream begins with where everything stands, so whoever comes back misses nothing.
    """
    await gateway.subscribing.look(principal)  # refused now, where it is
    return CountedStream(
        _tell_changes(request, gateway, principal), owner=principal.owner, open_now=gateway.streams
    )


@ROUTER.put(
    "/entitlements",
    operation_id="entitle",
    summary="Let a subscriber follow a reference",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(404, 409),
)
async def entitle(principal: _Entitling, gateway: Served, wanted: Entitlement) -> Response:
    """Let a subscriber follow a reference; the certificate need not be known yet."""
    until = wanted.until
    key = str(parse_certificate_key(wanted.reference))
    told = f"{wanted.subscriber} until {datetime.isoformat(until)}"
    async with gateway.access.service.entering(principal, "entitle", key, told):
        await gateway.subscribing.entitle(wanted.subscriber, key, until=until)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@ROUTER.delete(
    "/entitlements",
    operation_id="endEntitlement",
    summary="Let a subscriber follow a reference no longer",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
async def end(
    principal: _Entitling,
    gateway: Served,
    subscriber: Annotated[Text, Query(min_length=1, max_length=64)],
    reference: Annotated[Text, Query(min_length=1, max_length=500, description=_KEY)],
) -> Response:
    """Let a subscriber follow a reference no longer. It may be repeated."""
    key = str(parse_certificate_key(reference))
    await gateway.access.service.enter(principal, "entitle end", key, subscriber)
    await gateway.subscribing.end(subscriber, key)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _tell_changes(
    request: Request, gateway: Gateway, principal: Principal
) -> AsyncIterator[str]:
    told: dict[str, Reference] = {}
    ends_at = asyncio.get_running_loop().time() + _LASTS
    try:
        while asyncio.get_running_loop().time() < ends_at and not gateway.node.draining:
            # What was revoked meanwhile, or has no legal basis any more, ends the stream.
            principal = await authenticate(request, gateway)
            require_right(principal, Right.SUBSCRIBE, gateway.state)
            now = {
                each.reference: _tell(each) for each in await gateway.subscribing.look(principal)
            }
            for reference, each in now.items():
                if told.get(reference) != each:
                    yield f"event: status\ndata: {each.model_dump_json()}\n\n"
            told = now
            yield ": alive\n\n"
            await asyncio.sleep(gateway.parts.section.events_seconds)
    except RefusedError as error:
        yield f'event: end\ndata: {{"code":"{error.code}"}}\n\n'
    except SwbError:
        return  # whoever follows comes back


def _tell(watched: Watched) -> Reference:
    return Reference(reference=watched.reference, status=watched.status, since=watched.since)
