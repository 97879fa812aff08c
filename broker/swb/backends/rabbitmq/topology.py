"""What the lines need on RabbitMQ: as data, applied by an operator, checked passively at start.

One vhost for each member, because inside a vhost a passive declare shows anybody how full a
foreign queue is. In it one topic exchange ``submit``, so that a member's user can be held to its
own routing keys, and one direct exchange ``inbox``, so that a router's user can be held to the
member's inbox: who may publish to the default exchange may put messages into any queue. The quorum
queues ``submit`` and ``inbox``; and for each a quorum queue that catches what was delivered in vain
too often. There is no alternate exchange: it would turn an unroutable key into a confirmation.

Delays, attempts and dead letters belong to the message store. The delivery limit here is only a
backstop, far above what restarts and outages can cost a good message.

Written for RabbitMQ 3.10 and 4.x: no mirrored queues, no global prefetch, every limit explicit
(4.0 has a delivery limit of 20 where none is named).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aio_pika
from aio_pika.exceptions import ChannelPreconditionFailed

from swb.backends.rabbitmq.translation import FOREIGN_ERRORS, guard, translate
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence

    from aio_pika.abc import AbstractChannel, AbstractConnection

__all__ = [
    "DEFAULT_LIMITS",
    "INBOX",
    "SUBMIT",
    "Binding",
    "Exchange",
    "MemberTopology",
    "Permissions",
    "Queue",
    "QueueLimits",
    "apply_topology",
    "build_permissions",
    "build_topology",
    "check_topology",
    "routing_key",
    "vhost_name",
]

SUBMIT: Final = "submit"
"""The exchange to which a member publishes, and the queue from which the router reads."""
INBOX: Final = "inbox"
"""The exchange to which a router publishes, and the queue from which the member reads."""
_DEAD_SUFFIX: Final = ".dead"
_MEMBER: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLimits:
    """How much a queue holds before it refuses, and how often it offers.

    Attributes:
        max_length: Messages.
        max_octets: Their bodies together.
        delivery_limit: Redeliveries of one message before it is set aside. A kill of a consumer
            costs each message of its prefetch one, and so does each release during an outage.
    """

    max_length: int = 100_000
    max_octets: int = 4 * 1024**3
    delivery_limit: int = 1_000_000


DEFAULT_LIMITS: Final = QueueLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A durable queue with its arguments."""

    name: str
    arguments: Mapping[str, str | int] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What an exchange passes on to a queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTopology:
    """Everything in one member's vhost."""

    vhost: str
    exchanges: Sequence[Exchange]
    queues: Sequence[Queue]
    bindings: Sequence[Binding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a user may do in one vhost, as patterns that RabbitMQ matches with names.

    An edge check only: authority comes from signatures.

    Attributes:
        configure: What it may declare and delete.
        write: Exchanges that it may publish to.
        read: Queues that it may consume.
        submit_keys: Routing keys that it may use on the exchange ``submit``.
    """

    configure: str
    write: str
    read: str
    submit_keys: str


def vhost_name(member: str) -> str:
    """Name the vhost of a member.

    Raises:
        RefusedError: ``topology.member`` when it is no state's code.
    """
    if _MEMBER.fullmatch(member) is None:
        message = f"expected a state's two letters, found {member[:20]!r}"
        raise RefusedError("topology.member", message, actor=Actor.OPERATOR)
    return f"swb.{member}"


def routing_key(environment: str, member: str) -> str:
    """Name the routing key under which a member submits."""
    return f"{environment}.{member}"


def build_topology(member: str, limits: QueueLimits = DEFAULT_LIMITS) -> MemberTopology:
    """Build what a member's vhost holds.

    Raises:
        RefusedError: ``topology.member``.
    """
    return MemberTopology(
        vhost=vhost_name(member),
        exchanges=(Exchange(name=SUBMIT, kind="topic"), Exchange(name=INBOX, kind="direct")),
        queues=tuple(queue for name in (SUBMIT, INBOX) for queue in _build_pair(name, limits)),
        bindings=(
            *(
                Binding(exchange=SUBMIT, queue=SUBMIT, routing_key=routing_key(environment, member))
                for environment in Environment
            ),
            Binding(exchange=INBOX, queue=INBOX, routing_key=INBOX),
        ),
    )


def _build_pair(name: str, limits: QueueLimits) -> tuple[Queue, Queue]:
    dead = f"{name}{_DEAD_SUFFIX}"
    bounded: dict[str, str | int] = {
        "x-queue-type": "quorum",
        "x-max-length": limits.max_length,
        "x-max-length-bytes": limits.max_octets,
        "x-overflow": "reject-publish",
        "x-delivery-limit": limits.delivery_limit,
    }
    arguments = bounded | {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
        "x-dead-letter-strategy": "at-least-once",
    }
    return Queue(name=name, arguments=arguments), Queue(name=dead, arguments=bounded)


def build_permissions(member: str) -> tuple[Permissions, Permissions]:
    """Build what the member's user and the router's user may do in the member's vhost."""
    nothing, keys = "^$", "|".join(Environment)
    of_member = Permissions(
        configure=nothing,
        write=f"^{SUBMIT}$",
        read=f"^{INBOX}$",
        submit_keys=rf"^({keys})\.{member}$",
    )
    of_router = Permissions(
        configure=nothing, write=f"^{INBOX}$", read=f"^{SUBMIT}$", submit_keys=nothing
    )
    return of_member, of_router


async def apply_topology(
    *,
    amqp_url: str,
    members: Iterable[str],
    limits: QueueLimits = DEFAULT_LIMITS,
    ssl_context: ssl.SSLContext | None = None,
    wait_for: float = 30.0,
) -> None:
    """Declare every member's line. Repeating it changes nothing.

    Args:
        amqp_url: Of the server, with an operator's user; its path is replaced by each vhost, which
            exists: AMQP makes none.
        members: The states that have a line.
        limits: Of every queue; RabbitMQ refuses others than those it was declared with.
        ssl_context: For ``amqps`` URLs.
        wait_for: Seconds for each vhost.

    Raises:
        UnavailableError: ``transport.unreachable``, or ``transport.topology`` when something of
            the same name has other properties.
    """
    for member in members:
        topology = build_topology(member, limits)
        server = urlsplit(amqp_url)
        url = server._replace(path=f"/{topology.vhost}").geturl()
        where = f"vhost {topology.vhost} at {server.hostname}:{server.port or 'its usual port'}"
        try:
            connection = await aio_pika.connect(url, ssl_context=ssl_context, timeout=wait_for)
            async with connection:
                await guard(_declare(connection, topology, wait_for))
        except ChannelPreconditionFailed as cause:
            raise translate(cause, "transport.topology", where) from cause
        except FOREIGN_ERRORS as cause:
            raise translate(cause, "transport.unreachable", where) from cause


async def _declare(
    connection: AbstractConnection, topology: MemberTopology, wait_for: float
) -> None:
    async with connection.channel() as channel:
        for exchange in topology.exchanges:
            await channel.declare_exchange(
                exchange.name, exchange.kind, durable=True, timeout=wait_for
            )
        for queue in topology.queues:
            await channel.declare_queue(
                queue.name, durable=True, arguments=dict(queue.arguments), timeout=wait_for
            )
        for binding in topology.bindings:
            bound = await channel.get_queue(binding.queue, ensure=False)
            await bound.bind(binding.exchange, binding.routing_key, timeout=wait_for)


async def check_topology(channel: AbstractChannel) -> None:
    """Check that both exchanges and both queues exist. Declares nothing.

    Args:
        channel: One to be thrown away: RabbitMQ closes it when something is missing.

    Raises:
        ChannelNotFoundEntity: Something is missing; the caller translates it.
    """
    for name in (SUBMIT, INBOX):
        await channel.get_exchange(name, ensure=True)
        await channel.get_queue(name, ensure=True)
