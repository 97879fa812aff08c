"""The gateway that an application serves, as its routes find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import Request  # noqa: TC002 - FastAPI looks at annotations

from swb.app.api import build_subscribing
from swb.core.quotas import Quota
from swb.services.guessing import Gate
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from datetime import datetime

    from swb.app import Node
    from swb.app.accounts import Access
    from swb.app.node import ApiParts
    from swb.ports import MessageStore
    from swb.services.submit import SubmitService
    from swb.services.subscribing import SubscribeService

__all__ = ["Gateway", "get_gateway"]

_AT_ONCE_SECONDS = 10
_FAILURES = Quota(messages_per_second=1, burst_seconds=30)
"""Tokens that are none, from one address: thirty at once, then one a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What the routes use.

    Attributes:
        node: The gateway, open.
        access: Who may do what.
        parts: What else it has for serving.
        store: Its store.
        submitting: Its door inward.
        subscribing: What subscribers may see.
        pace: How often each principal may ask.
        failures: How often each address may be wrong about who it is.
        streams: How many streams of events each principal has open.
    """

    node: Node
    access: Access
    parts: ApiParts
    store: MessageStore
    submitting: SubmitService
    subscribing: SubscribeService
    pace: Gate
    failures: Gate
    streams: dict[str, int]

    @classmethod
    def of(cls, node: Node) -> Gateway:
        """Take what serving needs out of a node.

        Raises:
            RefusedError: ``config.invalid``: it is no gateway with a section ``[api]``.
        """
        store, submitting = node.store, node.submitting
        if node.access is None or node.api is None or not store or not submitting:
            message = f"expected a gateway with a section [api], found {node.name}"
            raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
        rate = Quota(
            messages_per_second=node.api.section.requests_per_second,
            burst_seconds=_AT_ONCE_SECONDS,
        )
        return cls(
            node=node,
            access=node.access,
            parts=node.api,
            store=store,
            submitting=submitting,
            subscribing=build_subscribing(node),
            pace=Gate(rate),
            failures=Gate(_FAILURES),
            streams={},
        )

    @property
    def state(self) -> str:
        """Whose gateway it is."""
        return self.node.state

    def now(self) -> datetime:
        """The present.

        Raises:
            UnavailableError: ``clock.stepped``.
        """
        return self.parts.clock.now()


def get_gateway(request: Request) -> Gateway:
    """Get the gateway that a request is for."""
    return cast("Gateway", request.app.state.gateway)
