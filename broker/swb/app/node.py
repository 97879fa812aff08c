"""A node: what one configured daemon is made of, once its back ends are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from swb.app.accounts import Access
    from swb.app.api import ApiParts
    from swb.app.console import Desk
    from swb.metrics import Measure, NodeMeter
    from swb.ports import MessageStore, Overview, Transport
    from swb.services.inbox import InboxService
    from swb.services.noting import Note
    from swb.services.pacing import Pace
    from swb.services.pulling import PullService
    from swb.services.stamping import StampingService
    from swb.services.submit import SubmitService
    from swb.simulator.authority import SimulatedAuthority

__all__ = ["Node"]


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
