"""What a gateway's HTTP API and console need of it, beside what it does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.app.accounts import open_access
from swb.app.evidence import build_exporting, open_evidence
from swb.app.node import ApiParts
from swb.services.subscribing import SubscribeService

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from swb.app.node import Node
    from swb.app.parts import Parts

__all__ = ["build_subscribing", "open_api"]


async def open_api(node: Node, parts: Parts, stack: AsyncExitStack) -> None:
    """Open what serving needs, where the configuration asks for it.

    Raises:
        UnavailableError: ``access.*``, ``audit.*``, ``evidence.*``.
    """
    section = parts.config.api
    if section is None:
        return
    node.access = await stack.enter_async_context(open_access(parts.config, clock=parts.clock))
    node.checks["access"] = node.access.store.ping
    exporting = None
    if parts.config.evidence is not None:
        evidence = await stack.enter_async_context(open_evidence(parts.config, create=True))
        exporting = build_exporting(parts.config, parts.store, evidence)
    node.api = ApiParts(
        section=section, connections=parts.connections, clock=parts.clock, exporting=exporting
    )


def build_subscribing(node: Node) -> SubscribeService:
    """Build what tells subscribers where their references stand.

    Args:
        node: With store and overview open, and a section ``[api]``.
    """
    assert node.api is not None  # noqa: S101 - whoever asks has looked
    assert node.access is not None  # noqa: S101 - it is opened together
    assert node.store is not None  # noqa: S101 - a gateway has one
    assert node.overview is not None  # noqa: S101 - whoever has a store has one
    return SubscribeService(
        state=node.state,
        store=node.store,
        overview=node.overview,
        access=node.access.store,
        connections=node.api.connections,
        clock=node.api.clock,
        most=node.api.section.entitlements,
    )
