"""The whole message broker of a region as data: what `show` prints, `diff` compares, `apply` makes.

A description is a list of things in the order of their making, in RabbitMQ's own terms: each is an
entry of its *definitions*, which RabbitMQ exports, imports and loads at start.

What must never change on a live queue, and what keeps it bounded whatever else is lost, stands in
its arguments; what an operator may change while messages flow stands in an operator policy, of
which RabbitMQ takes the lower of both. A member's limits of connections and queues are limits of
its vhost and of its user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.backends.rabbitmq.topology import (
    DEFAULT_LIMITS,
    INBOX,
    SUBMIT,
    QueueLimits,
    build_permissions,
    build_topology,
)
from swb.backends.rabbitmq.users import HASHING, NO_PASSWORD
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb.backends.rabbitmq.topology import Permissions
    from swb.backends.rabbitmq.users import Account

__all__ = [
    "POLICY",
    "Kind",
    "MemberPlan",
    "RegionPlan",
    "Thing",
    "describe_region",
    "to_definitions",
]

POLICY: Final = "swb-limits"
"""The operator policy of each member's vhost."""
_EVERY_QUEUE: Final = rf"^({SUBMIT}|{INBOX})(\.dead)?$"


class Kind(StrEnum):
    """What there is, by the name of its list in RabbitMQ's definitions; in the order of making."""

    VHOST = "vhosts"
    USER = "users"
    PERMISSION = "permissions"
    TOPIC_PERMISSION = "topic_permissions"
    PARAMETER = "parameters"
    POLICY = "policies"
    EXCHANGE = "exchanges"
    QUEUE = "queues"
    BINDING = "bindings"

    @property
    def identity(self) -> tuple[str, ...]:
        """The keys of an entry that tell which one it is."""
        return _IDENTITY[self]


_IDENTITY: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.VHOST: ("name",),
    Kind.USER: ("name",),
    Kind.PERMISSION: ("vhost", "user"),
    Kind.TOPIC_PERMISSION: ("vhost", "user", "exchange"),
    Kind.PARAMETER: ("vhost", "component", "name"),
    Kind.POLICY: ("vhost", "name"),
    Kind.EXCHANGE: ("vhost", "name"),
    Kind.QUEUE: ("vhost", "name"),
    Kind.BINDING: ("vhost", "source", "destination_type", "destination", "routing_key"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One entry of RabbitMQ's definitions.

    Attributes:
        kind: What it is.
        identity: Which one, by the keys that its kind names.
        properties: What is said of it besides.
    """

    kind: Kind
    identity: tuple[str, ...]
    properties: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def vhost(self) -> str:
        """The vhost that it is in; a user is in none."""
        return "" if self.kind is Kind.USER else self.identity[0]

    @property
    def name(self) -> str:
        """What people call it."""
        if self.kind in {Kind.VHOST, Kind.USER}:
            return self.identity[0]
        return f"{' '.join(each for each in self.identity[1:] if each)} in {self.vhost}"

    def to_entry(self) -> dict[str, object]:
        """Write it as RabbitMQ imports it."""
        return {**dict(zip(self.kind.identity, self.identity, strict=True)), **self.properties}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlan:
    """What differs from member to member.

    Attributes:
        state: The member.
        account: Of its gateway.
        max_length: Messages in each of its queues.
        max_octets: Their bodies together.
        max_connections: To its vhost, by all users together.
    """

    state: str
    account: Account
    max_length: int
    max_octets: int
    max_connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlan:
    """Who there is, and what each may have.

    Attributes:
        members: Each with a vhost.
        routers: Their users; each may do the same in every vhost.
        ceiling: What every queue is declared with; a member's limits lie within.
    """

    members: Sequence[MemberPlan]
    routers: Sequence[Account]
    ceiling: QueueLimits = DEFAULT_LIMITS

    def accounts(self) -> Iterator[Account]:
        """Every user."""
        yield from (member.account for member in self.members)
        yield from self.routers


def describe_region(
    plan: RegionPlan, *, hashes: Mapping[str, str] | None = None
) -> tuple[Thing, ...]:
    """Describe everything that the region's message broker holds.

    Args:
        plan: Who there is.
        hashes: Password hashes by user. A user with a password of which there is none gets no
            hash: the description is then good for showing, not for making.

    Raises:
        RefusedError: ``topology.member``, ``topology.user``: two ends share a user, so that
            RabbitMQ could not tell them apart; ``topology.limit``: a member's limit is above what
            its queues are declared with.
    """
    names = [account.name for account in plan.accounts()]
    for name in names:
        if names.count(name) > 1:
            message = f"expected a user for each member and router, found {name!r} twice"
            raise RefusedError("topology.user", message, actor=Actor.OPERATOR)
    things = [_user(account, hashes or {}) for account in plan.accounts()]
    for member in plan.members:
        things += _describe_member(member, plan)
    order = list(Kind)
    return tuple(sorted(things, key=lambda thing: order.index(thing.kind)))


def _user(account: Account, hashes: Mapping[str, str]) -> Thing:
    known = hashes.get(account.name, "") if account.has_password else NO_PASSWORD
    limits = {"max-connections": account.max_connections, "max-channels": account.max_channels}
    properties: dict[str, object] = {"tags": [], "limits": limits}
    if known or not account.has_password:
        properties |= {"password_hash": known, "hashing_algorithm": HASHING}
    return Thing(kind=Kind.USER, identity=(account.name,), properties=properties)


def _describe_member(member: MemberPlan, plan: RegionPlan) -> Iterator[Thing]:
    if member.max_length > plan.ceiling.max_length or member.max_octets > plan.ceiling.max_octets:
        message = (
            f"member {member.state}: expected at most {plan.ceiling.max_length} messages and "
            f"{plan.ceiling.max_octets} octets, which its queues are declared with, found "
            f"{member.max_length} and {member.max_octets}"
        )
        raise RefusedError("topology.limit", message, actor=Actor.OPERATOR)
    topology = build_topology(member.state, plan.ceiling)
    vhost = topology.vhost
    yield Thing(kind=Kind.VHOST, identity=(vhost,))
    of_member, of_router = build_permissions(member.state)
    yield from _permit(vhost, member.account, of_member)
    for router in plan.routers:
        yield from _permit(vhost, router, of_router)
    yield _parameter(
        vhost,
        "vhost-limits",
        "limits",
        {"max-connections": member.max_connections, "max-queues": len(topology.queues)},
    )
    yield _parameter(
        vhost,
        "operator_policy",
        POLICY,
        {
            "pattern": _EVERY_QUEUE,
            "apply-to": "queues",
            "priority": 0,
            "definition": {
                "max-length": member.max_length,
                "max-length-bytes": member.max_octets,
            },
        },
    )
    durable = {"durable": True, "auto_delete": False}
    for exchange in topology.exchanges:
        yield Thing(
            kind=Kind.EXCHANGE,
            identity=(vhost, exchange.name),
            properties={"type": exchange.kind, **durable, "internal": False, "arguments": {}},
        )
    for queue in topology.queues:
        yield Thing(
            kind=Kind.QUEUE,
            identity=(vhost, queue.name),
            properties={**durable, "arguments": dict(queue.arguments)},
        )
    for binding in topology.bindings:
        yield Thing(
            kind=Kind.BINDING,
            identity=(vhost, binding.exchange, "queue", binding.queue, binding.routing_key),
            properties={"arguments": {}},
        )


def _permit(vhost: str, account: Account, permissions: Permissions) -> Iterator[Thing]:
    yield Thing(
        kind=Kind.PERMISSION,
        identity=(vhost, account.name),
        properties={
            "configure": permissions.configure,
            "write": permissions.write,
            "read": permissions.read,
        },
    )
    yield Thing(
        kind=Kind.TOPIC_PERMISSION,
        identity=(vhost, account.name, SUBMIT),
        properties={"write": permissions.submit_keys, "read": "^$"},
    )


def _parameter(vhost: str, component: str, name: str, value: Mapping[str, object]) -> Thing:
    return Thing(
        kind=Kind.PARAMETER, identity=(vhost, component, name), properties={"value": value}
    )


def to_definitions(things: Iterable[Thing]) -> dict[str, list[object]]:
    """Write things as RabbitMQ imports them, by the names of its lists."""
    lists: dict[str, list[object]] = {}
    for thing in things:
        lists.setdefault(thing.kind, []).append(thing.to_entry())
    return lists
