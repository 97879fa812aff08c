"""A node: what one configured daemon, its HTTP API and its console are made of, once open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb.clock import new_id
from swb.services.approving import Approvals
from swb.services.parking import ParkingService

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from swb.app.accounts import Access
    from swb.app.adapting import Sheets
    from swb.config import ApiConfig, Config
    from swb.core.access import Principal
    from swb.metrics import Measure, NodeMeter
    from swb.ports import (
        AccessStore,
        AuditTrail,
        Clock,
        ConnectionSource,
        MessageStore,
        Overview,
        Transport,
        TrustSource,
    )
    from swb.services.access import AccessService
    from swb.services.exporting import ExportService
    from swb.services.guessing import Gate
    from swb.services.inbox import InboxService
    from swb.services.noting import Note
    from swb.services.pacing import Pace
    from swb.services.pulling import PullService
    from swb.services.stamping import StampingService
    from swb.services.submit import SubmitService
    from swb.simulator.authority import SimulatedAuthority
    from swb_schemas.documents.elements import Environment

__all__ = ["ApiParts", "Desk", "Node"]


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


@dataclass(slots=True, kw_only=True)
class Node:
    """One configured daemon, its back ends open.

    Attributes:
        state: Whose it is.
        roles: For people.
        store: None for a simulated authority alone.
        overview: Of the store, for pages; None where that is.
        paces: Steps that repeat.
        inboxes: Loops over a line's deliveries; they end when the line closes.
        lines: Transport lines by member.
        checks: What health asks, by name.
        notices: What health tells and a person should look at, though everything works: by name,
            what asks for codes by subject.
        measures: What metrics ask, each time that somebody asks for them.
        draining: Whether it was asked to end: it takes nothing new, and ends what it began.
        outages: What asks for destinations that are down, each with the code.
        tell: What traces each step, where that is asked for.
        submitting: The door inward, for a gateway.
        access: Who may do what by HTTP, for a gateway that serves it.
        desk: What its console is made of, where it serves one.
        api: What else that needs of the gateway.
        pulling: The door outward of a national system that fetches what there is.
        ports: Where it listens, by what for.
        meter: Where it measures what it does; None where nobody asked for that.
        stamping: What gets time-stamps, where it does.
        authority: The simulated authority, where there is one.
    """

    state: str
    roles: str
    store: MessageStore | None = None
    overview: Overview | None = None
    paces: list[Pace] = field(default_factory=list)
    inboxes: list[InboxService] = field(default_factory=list)
    lines: dict[str, Transport] = field(default_factory=dict)
    checks: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    notices: dict[str, Callable[[], Mapping[str, str]]] = field(default_factory=dict)
    measures: list[Callable[[], Awaitable[Iterable[Measure]]]] = field(default_factory=list)
    draining: bool = False
    outages: list[Callable[[], Mapping[str, str]]] = field(default_factory=list)
    tell: Callable[[Note], None] | None = None
    submitting: SubmitService | None = None
    access: Access | None = None
    desk: Desk | None = None
    api: ApiParts | None = None
    pulling: PullService | None = None
    ports: dict[str, int] = field(default_factory=dict)
    meter: NodeMeter | None = None
    stamping: StampingService | None = None
    authority: SimulatedAuthority | None = None

    @property
    def name(self) -> str:
        """State and roles, for logs and health."""
        return f"{self.state} {self.roles}"

    def wake(self) -> None:
        """End the rest of every step: something was committed."""
        for pace in self.paces:
            pace.wake()


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
