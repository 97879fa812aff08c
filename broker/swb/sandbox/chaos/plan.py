"""The plan: which fault strikes whom, when and for how long; drawn from a seed, and pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Kind", "Scale", "Strike", "draw_plan"]


class Kind(StrEnum):
    """What can happen."""

    KILL_GATEWAY = "kill gateway"
    KILL_ROUTER = "kill router"
    KILL_AUTHORITY = "kill authority"
    HOLD_DAEMON = "hold daemon"
    KILL_RABBITMQ = "kill rabbitmq node"
    HOLD_RABBITMQ = "hold rabbitmq node"
    KILL_POSTGRESQL = "kill postgresql"
    CUT_LINE = "cut line"
    CUT_STORE = "cut store"
    FULL_DISK = "full disk"
    CLOCK_STEP = "clock step"


_LASTS: Final[Mapping[Kind, tuple[float, float]]] = {
    Kind.KILL_GATEWAY: (0, 1),
    Kind.KILL_ROUTER: (0, 1),
    Kind.KILL_AUTHORITY: (0, 1),
    Kind.HOLD_DAEMON: (0.5, 8),
    Kind.KILL_RABBITMQ: (0.5, 3),
    Kind.HOLD_RABBITMQ: (2, 6),
    Kind.KILL_POSTGRESQL: (0, 2),
    Kind.CUT_LINE: (0.3, 3),
    Kind.CUT_STORE: (0.3, 3),
    Kind.FULL_DISK: (0.5, 3),
    Kind.CLOCK_STEP: (2, 4),
}
"""Seconds from the fault to its end."""
_STEPS: Final = (-86_400, -3_600, -900, -60, 60, 900, 3_600, 86_400)
"""Seconds by which a clock goes wrong: within and beyond what clocks may differ by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What there is to be struck.

    Attributes:
        gateways: Names of gateways.
        routers: Names of routers.
        authorities: Names of simulated authorities.
        nodes: RabbitMQ nodes.
        postgresql: Whether there is one.
        lines: Daemons whose line to RabbitMQ can be cut.
        stores: Daemons whose way to PostgreSQL can be cut.
    """

    gateways: Sequence[str]
    routers: Sequence[str]
    authorities: Sequence[str]
    nodes: int
    postgresql: bool
    lines: Sequence[str] = ()
    stores: Sequence[str] = ()

    def find_targets(self, kind: Kind) -> Sequence[str]:
        """Whom a fault may strike; nobody where there is none."""
        daemons = [*self.gateways, *self.routers]
        nodes = [str(number) for number in range(self.nodes)]
        postgresql = ["postgresql"] if self.postgresql else []
        targets: dict[Kind, Sequence[str]] = {
            Kind.KILL_GATEWAY: self.gateways,
            Kind.KILL_ROUTER: self.routers,
            Kind.KILL_AUTHORITY: self.authorities,
            Kind.HOLD_DAEMON: daemons,
            Kind.KILL_RABBITMQ: nodes,
            Kind.HOLD_RABBITMQ: nodes,
            Kind.KILL_POSTGRESQL: postgresql,
            Kind.CUT_LINE: self.lines,
            Kind.CUT_STORE: self.stores,
            Kind.FULL_DISK: self.gateways,
            Kind.CLOCK_STEP: daemons,
        }
        return targets[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One fault.

    Attributes:
        at: When: share of the documents that have arrived by then.
        kind: What.
        target: Whom.
        lasts_for: Seconds until it is over.
        step: Seconds by which a clock goes wrong, else 0.
    """

    at: float
    kind: Kind
    target: str
    lasts_for: float
    step: int = 0

    def __str__(self) -> str:
        """One line for people."""
        step = f" by {self.step:+d} s" if self.step else ""
        return f"{self.at:6.1%}  {self.kind}{step}: {self.target} for {self.lasts_for:.1f} s"


def draw_plan(seed: int, *, strikes: int, scale: Scale, clocks: bool = True) -> list[Strike]:
    """Draw faults in the order of their moments.

    Each kind strikes once at least; then whom it has not struck yet, as far as there are strikes
    left; the rest by chance.

    Args:
        seed: The same seed always gives the same plan.
        strikes: How many; never less than there are kinds that can strike anybody.
        scale: What there is to be struck.
        clocks: Whether clocks can be made wrong here.
    """
    random = Random(f"{seed}:chaos")  # noqa: S311 - moments, not secrets
    possible = [
        (kind, target)
        for kind in Kind
        for target in scale.find_targets(kind)
        if clocks or kind is not Kind.CLOCK_STEP
    ]
    random.shuffle(possible)
    first = {kind: (kind, target) for kind, target in possible}
    others = [each for each in possible if each not in first.values()]
    struck = [*first.values(), *others[: max(0, strikes - len(first))]]
    struck += random.choices(possible, k=max(0, strikes - len(struck)))
    random.shuffle(struck)
    plan = []
    for number, (kind, target) in enumerate(struck):
        # Spread over the whole run, the first after its beginning and the last before its end.
        at = (number + random.uniform(0.1, 0.9)) / len(struck) * 0.9
        plan.append(
            Strike(
                at=at,
                kind=kind,
                target=target,
                lasts_for=round(random.uniform(*_LASTS[kind]), 3),
                step=random.choice(_STEPS) if kind is Kind.CLOCK_STEP else 0,
            )
        )
    return plan
