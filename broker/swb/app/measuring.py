"""What metrics ask of a node: what waits, what ends, how old the lists are.

Who builds something that is to be measured adds its metric to `swb.metrics.table`, and here or
where it is built a function to `Node.measures` that reads it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.config import Role
from swb.core.expiries import Subject, list_ends
from swb.metrics import Measure
from swb.services.standing import find_distrusted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.services.paced import PacedTransport
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["add_measures", "ask_pace"]


def add_measures(node: Node, parts: Parts) -> None:
    """Have a gateway or a router measured, whenever somebody asks."""
    for ask in (_survey, _ask_trust, _ask_node):
        node.measures.append(partial(ask, node, parts))
    if Role.ROUTER in parts.config.roles.run:
        node.measures.append(partial(_ask_lines, node, parts))


async def ask_pace(member: str, line: PacedTransport) -> Iterable[Measure]:
    """For how long a member's line was held back by its quota."""
    return [Measure("swb_held_back_seconds", line.waited_seconds, {"line": member})]


async def _survey(node: Node, parts: Parts) -> Iterable[Measure]:
    now = parts.clock.now()
    found = []
    for each in await parts.store.survey():
        labels = {"kind": each.kind, "destination": each.destination or node.state}
        found.append(Measure("swb_waiting", each.waiting, labels))
        found.append(Measure("swb_parked", each.parked, labels))
        if each.oldest_at is not None:
            age = max(0.0, (now - each.oldest_at).total_seconds())
            found.append(Measure("swb_oldest_waiting_seconds", age, labels))
    counts = await parts.store.count()
    return [*found, Measure("swb_buried", counts.buried, {})]


async def _ask_trust(_: Node, parts: Parts) -> Iterable[Measure]:
    return list(_tell_trust(parts, await parts.trust.fetch()))


async def _ask_node(node: Node, _: Parts) -> Iterable[Measure]:
    found = [
        Measure("swb_notices", len(ask()), {"notice": name}) for name, ask in node.notices.items()
    ]
    found += [
        Measure("swb_destination_down", 1, {"destination": name, "code": code})
        for ask in node.outages
        for name, code in ask().items()
    ]
    if node.stamping is not None:
        age = (await node.stamping.find_age()).total_seconds()
        found.append(Measure("swb_unstamped_seconds", age, {}))
    return found


async def _ask_lines(node: Node, parts: Parts) -> Iterable[Measure]:
    table = await parts.connections.fetch()
    return [Measure("swb_without_line", len(set(table.members) - set(node.lines)), {})]


def _tell_trust(parts: Parts, bundle: TrustBundle) -> Iterator[Measure]:
    now = parts.clock.now()
    ends: dict[tuple[str, str, str], float] = {}
    for each in list_ends(bundle, now):
        # A subject of X.509 is anybody's text, and a list's number is another one each time.
        party = each.name if each.subject is Subject.CERTIFICATE else ""
        key = (each.subject.value, each.state, party)
        left = (each.ends_at - now).total_seconds()
        ends[key] = min(left, ends.get(key, left))
    for (subject, state, party), left in ends.items():
        labels = {"subject": subject, "state": state, "party": party}
        yield Measure("swb_expires_seconds", left, labels)
    for state, listed in bundle.lists.items():
        age = (now - listed.issued_at).total_seconds()
        yield Measure("swb_trust_list_age_seconds", age, {"state": state})
    distrusted = find_distrusted(bundle, (der for _, der in parts.sealer.certificates()))
    yield Measure("swb_distrusted_keys", len(distrusted), {})
