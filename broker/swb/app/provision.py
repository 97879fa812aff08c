"""Provision: what must exist before a daemon runs, made here for one machine.

In production an operator applies the topology and a ceremony makes the keys.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.app.lines import parse_amqp_urls
from swb.app.parts import read_connections
from swb.backends.softkey import DevelopmentKeys, make_development_keys
from swb.backends.sqlite.topology import apply_topology as apply_embedded_topology
from swb.config import EmbeddedTransportConfig, resolve_secret
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from pathlib import Path

    from swb.config import Config

__all__ = [
    "DevelopmentKeys",
    "RabbitLine",
    "apply_by_any",
    "apply_topology",
    "make_development_keys",
    "make_embedded_lines",
    "name_rabbitmq_line",
    "needs_rabbitmq",
    "open_rabbitmq",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitLine:
    """What a member's line is called on RabbitMQ, for whoever measures it from outside.

    Attributes:
        vhost: The member's own.
        exchange: To which the member publishes.
        routing_key: Under which it does.
        submit: Queue from which the router reads.
        inbox: Queue from which the member reads, and exchange to which the router publishes.
    """

    vhost: str
    exchange: str
    routing_key: str
    submit: str
    inbox: str


async def apply_topology(config: Config) -> tuple[str, ...]:
    """Make the line of every member that a router's configuration connects.

    Returns:
        The members.

    Raises:
        RefusedError: ``config.invalid``: it is not a router's; ``config.secret``.
        UnavailableError: ``transport.*``.
    """
    members = read_connections(config).members
    if isinstance(config.transport, EmbeddedTransportConfig):
        await make_embedded_lines(config.transport.path, members)
    else:
        async with open_rabbitmq(resolve_secret(config.transport.url), members):
            pass
    return members


async def make_embedded_lines(path: Path, members: Sequence[str]) -> None:
    """Make the embedded transport's file with every member's line.

    Raises:
        UnavailableError: ``transport.unreachable``, ``transport.topology``.
    """
    await apply_embedded_topology(path=path, members=members)


@asynccontextmanager
async def open_rabbitmq(
    amqp_url: str | None,
    members: Sequence[str],
    *,
    nodes: int = 1,
    definitions: Mapping[str, Sequence[object]] | None = None,
) -> AsyncIterator[str]:
    """Have a RabbitMQ with every member's line: the given server, or a private one.

    Args:
        amqp_url: A server, or the nodes of a cluster, whose vhosts ``swb.<STATE>`` exist; None
            starts a private node or cluster on loopback and stops it in the end.
        members: The states.
        nodes: Of a private cluster; 1 is none.
        definitions: Everything that a private one shall have, the lines too, as RabbitMQ's
            definitions have it.

    Yields:
        The URL, without a vhost; several where there are several nodes, divided by white space.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.not_installed``,
            ``rabbitmq.start_failed``, ``transport.unreachable``, ``transport.topology``.
    """
    with needs_rabbitmq():
        from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.cluster import PrivateCluster  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.node import PrivateNode  # noqa: PLC0415 - an extra
    if amqp_url is not None:
        await apply_by_any(amqp_url, members)
        yield amqp_url
        return
    vhosts = [topology.vhost_name(member) for member in members]
    if nodes > 1:
        async with PrivateCluster(vhosts=vhosts, nodes=nodes) as cluster:
            await apply_by_any(cluster.amqp_urls(), members)
            if definitions is not None:
                await cluster.nodes[0].import_definitions(definitions)
            yield cluster.amqp_urls()
        return
    async with PrivateNode(vhosts=vhosts, definitions=definitions) as node:
        if definitions is None:
            await topology.apply_topology(amqp_url=node.amqp_url(), members=members)
        yield node.amqp_url()


async def apply_by_any(amqp_urls: str, members: Sequence[str]) -> None:
    """Apply the topology by the first node that can be reached."""
    from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra

    *others, last = (url.geturl() for url in parse_amqp_urls(amqp_urls))
    for url in others:
        try:
            await topology.apply_topology(amqp_url=url, members=members)
        except UnavailableError as error:
            if error.code != "transport.unreachable":
                raise
        else:
            return
    await topology.apply_topology(amqp_url=last, members=members)


def name_rabbitmq_line(member: str, environment: str) -> RabbitLine:
    """Name a member's line.

    Raises:
        UnavailableError: ``transport.not_installed``.
    """
    with needs_rabbitmq():
        from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra
    return RabbitLine(
        vhost=topology.vhost_name(member),
        exchange=topology.SUBMIT,
        routing_key=topology.routing_key(environment, member),
        submit=topology.SUBMIT,
        inbox=topology.INBOX,
    )


@contextmanager
def needs_rabbitmq() -> Iterator[None]:
    """Say what to install where an import inside fails.

    Raises:
        UnavailableError: ``transport.not_installed``.
    """
    try:
        yield
    except ImportError as cause:
        raise UnavailableError(
            "transport.not_installed",
            "expected the extra 'rabbitmq': pip install 'single-window-broker[rabbitmq]'",
        ) from cause
