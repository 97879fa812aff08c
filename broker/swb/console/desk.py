"""What pages are made of: a node's back ends, and whoever proves who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.clock import new_id
from swb.services.approving import Approvals
from swb.services.parking import ParkingService

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.app import Node
    from swb.config import Config
    from swb.core.access import Principal
    from swb.ports import (
        AccessStore,
        AuditTrail,
        Clock,
        ConnectionSource,
        MessageStore,
        Overview,
        TrustSource,
    )
    from swb.services.access import AccessService
    from swb_schemas.documents.elements import Environment

__all__ = ["Desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What pages of one gateway are made of.

    Attributes:
        config: Of the daemon.
        node: The daemon itself, whose health is shown.
        store: Its store.
        overview: Searches and figures over that.
        access: Proves who asks.
        drafts: Keeps what people have begun to enter.
        trail: Where what people do is entered.
        trust: Certificates of all states.
        connections: Who exchanges what with whom.
        clock: The present.
        own_certificates: DER of what this gateway signs with.
    """

    config: Config
    node: Node
    store: MessageStore
    overview: Overview
    access: AccessService
    drafts: AccessStore
    trail: AuditTrail
    trust: TrustSource
    connections: ConnectionSource
    clock: Clock
    own_certificates: Sequence[bytes] = ()

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

    async def enter(self, principal: Principal, action: str, subject: str, detail: str) -> None:
        """Enter into the audit trail what somebody does.

        Raises:
            UnavailableError: ``audit.unavailable``; then it is not done.
        """
        await self.trail.append(
            at=self.clock.now(),
            who=principal.account,
            action=action,
            subject=subject,
            detail=detail,
        )
