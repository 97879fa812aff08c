"""What a gateway's HTTP API and console need of it, beside what it does by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.app.accounts import open_access
from swb.app.evidence import build_exporting, open_evidence

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import ApiConfig
    from swb.ports import Clock, ConnectionSource
    from swb.services.exporting import ExportService

__all__ = ["ApiParts", "open_api"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParts:
    """What serving needs of a gateway.

    Attributes:
        section: Where, and how much.
        connections: Who is connected with whom, on which terms.
        clock: The present.
        exporting: Makes containers of evidence; None where the gateway keeps no evidence.
    """

    section: ApiConfig
    connections: ConnectionSource
    clock: Clock
    exporting: ExportService | None


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
