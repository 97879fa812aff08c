"""What the console of a gateway is made of: its back ends, and whoever proves who asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from swb.app.adapting import Sheets, open_entering, open_sheets
from swb.app.roles import require_open
from swb.clock import new_id
from swb.core.quotas import Quota
from swb.services.approving import Approvals
from swb.services.guessing import Gate
from swb.services.parking import ParkingService

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import Config
    from swb.core.access import Principal
    from swb.ports import (
        AccessStore,
        AuditTrail,
        Clock,
        ConnectionSource,
        MessageStore,
        Overview,
        PaperRegister,
        TrustSource,
    )
    from swb.services.access import AccessService
    from swb.services.exporting import ExportService
    from swb.services.submit import SubmitService
    from swb_schemas.documents.elements import Environment

__all__ = ["Desk", "add_desk"]


@dataclass(slots=True, kw_only=True)
class Desk:
    """What pages of one gateway are made of.

    Attributes:
        config: Of the daemon.
        node: The daemon itself, whose health is shown.
        store: Its store.
        access: Proves who asks.
        drafts: Keeps what people have begun to enter.
        trail: Where what people do is entered.
        trust: Certificates of all states.
        connections: Who exchanges what with whom.
        clock: The present.
        entering: The door inward for what people enter by hand.
        sheets: Reads the spreadsheets that they bring.
        own_certificates: DER of what this gateway signs with.
        pace: How many pages one person is answered.
        exporting: Makes containers of evidence; None where the gateway keeps no evidence.
    """

    config: Config
    node: Node
    store: MessageStore
    access: AccessService
    drafts: AccessStore
    trail: AuditTrail
    trust: TrustSource
    connections: ConnectionSource
    clock: Clock
    entering: SubmitService
    sheets: Sheets
    own_certificates: Sequence[bytes]
    pace: Gate
    exporting: ExportService | None

    @property
    def overview(self) -> Overview:
        """Searches and figures over the store."""
        assert self.node.overview is not None  # noqa: S101 - whoever has a store has one
        return self.node.overview

    @property
    def state(self) -> str:
        """Whose gateway it is."""
        return self.node.state

    @property
    def environment(self) -> Environment:
        """What it serves."""
        return self.config.party.environment

    @property
    def parking(self) -> ParkingService:
        """What people may do with what waits for them."""
        return ParkingService(store=self.store, clock=self.clock)

    def approvals_of(self, principal: Principal) -> Approvals:
        """What lets one person act, or two."""
        return Approvals(
            trail=self.trail,
            guarded=self.config.approvals.two_people,
            who=principal.account,
            clock=self.clock,
            new_id=new_id,
        )


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
