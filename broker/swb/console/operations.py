"""Queues and health: what waits where and for how long, and what of the gateway does not work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.health import check_node
from swb.services.state_day import AGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb.ports import Aged, ParkedKind

__all__ = ["Queue", "show"]

_REFRESH: frozenset[str] = frozenset({"30", "120"})
"""Seconds after which a browser may ask again by itself, where its reader wants that."""


@dataclass(slots=True, kw_only=True)
class Queue:
    """What of one kind waits at one line.

    Attributes:
        kind: What it is.
        line: By which it leaves or came; empty for the single window.
        ages: How many, by age: one more than `AGES`, the youngest first.
        parked: How many wait for a person.
        oldest_at: Since when the oldest of them waits.
    """

    kind: ParkedKind
    line: str
    ages: list[int]
    parked: int = 0
    oldest_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(self.ages)


async def show(visit: Visit) -> Response:
    """Show queues, checks and notices."""
    node = visit.desk.node
    now = visit.desk.clock.now()
    checks = await check_node(node)
    notices = {name: dict(told) for name, ask in node.notices.items() if (told := ask())}
    response = visit.show(
        "operations.html",
        queues=_gather(await visit.desk.overview.list_ages(now, AGES)),
        ages=AGES,
        checks=dict(sorted(checks.items(), key=lambda each: (each[1] == "ok", each[0]))),
        failing=sum(outcome != "ok" for outcome in checks.values()),
        notices=notices,
        draining=node.draining,
        roles=node.roles,
        refresh=visit.asked("refresh"),
    )
    if visit.asked("refresh") in _REFRESH:
        response.headers["Refresh"] = visit.asked("refresh")
    return response


def _gather(aged: Iterable[Aged]) -> Sequence[Queue]:
    queues: dict[tuple[str, str], Queue] = {}
    for each in aged:
        queue = queues.setdefault(
            (each.kind, each.line),
            Queue(kind=each.kind, line=each.line, ages=[0] * (len(AGES) + 1)),
        )
        if each.is_parked:
            queue.parked += each.waiting
        else:
            queue.ages[each.bucket] += each.waiting
        known = [at for at in (queue.oldest_at, each.oldest_at) if at is not None]
        queue.oldest_at = min(known, default=None)
    return [queues[key] for key in sorted(queues)]
