"""The console of a gateway: what its desk is made of, gathered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.app.adapting import open_entering, open_sheets
from swb.app.node import Desk
from swb.app.roles import require_open
from swb.core.quotas import Quota
from swb.services.guessing import Gate

if TYPE_CHECKING:
    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.ports import PaperRegister

__all__ = ["add_desk"]


def add_desk(node: Node, parts: Parts, paper: PaperRegister | None) -> None:
    """Gather what the console needs, where the configuration asks for one.

    Args:
        node: The gateway, whose doors are open.
        parts: Of the gateway.
        paper: Which certificates were used on paper.
    """
    access, api = node.access, node.api
    if access is None or api is None or not api.section.console:
        return
    entering = parts.build_submitting(
        node.wake, partial(require_open, node), paper, formats=open_entering()
    )
    node.desk = Desk(
        config=parts.config,
        node=node,
        store=parts.store,
        access=access.service,
        drafts=access.store,
        trail=access.trail,
        trust=parts.trust,
        connections=parts.connections,
        clock=parts.clock,
        entering=entering,
        sheets=open_sheets(node.state),
        exporting=api.exporting,
        own_certificates=[der for _, der in parts.sealer.certificates()],
        pace=Gate(Quota(messages_per_second=api.section.pages_per_second)),
    )
