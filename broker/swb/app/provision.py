"""Provision: what must exist before a daemon runs, made here for one machine.

In production an operator applies the topology and a ceremony makes the keys.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from swb.app.parts import missing_section
from swb.backends.softkey import DevelopmentKeys, make_development_keys
from swb.backends.sqlite.topology import apply_topology as apply_embedded_topology
from swb.config import EmbeddedTransportConfig, resolve_secret
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from swb.config import Config

__all__ = [
    "DevelopmentKeys",
    "apply_topology",
    "make_development_keys",
    "make_embedded_lines",
    "open_rabbitmq",
]


async def apply_topology(config: Config) -> tuple[str, ...]:
    """Make the line of every member that a router's configuration connects.

    Returns:
        The members.

    Raises:
        RefusedError: ``config.invalid``: it is not a router's; ``config.secret``.
        UnavailableError: ``transport.*``.
    """
    if config.connections is None:
        raise missing_section("connections")
    members = config.connections.members
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
async def open_rabbitmq(amqp_url: str | None, members: Sequence[str]) -> AsyncIterator[str]:
    """Have a RabbitMQ with every member's line: the given server, or a private node.

    Args:
        amqp_url: A server whose vhosts ``swb.<STATE>`` exist; None starts a private node on
            loopback and stops it in the end.
        members: The states.

    Yields:
        The URL, without a vhost.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.not_installed``,
            ``rabbitmq.start_failed``, ``transport.unreachable``, ``transport.topology``.
    """
    try:
        from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.node import PrivateNode  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "transport.not_installed",
            "expected the extra 'rabbitmq': pip install 'single-window-broker[rabbitmq]'",
        ) from cause
    if amqp_url is not None:
        await topology.apply_topology(amqp_url=amqp_url, members=members)
        yield amqp_url
        return
    vhosts = [topology.vhost_name(member) for member in members]
    async with PrivateNode(vhosts=vhosts) as node:
        await topology.apply_topology(amqp_url=node.amqp_url(), members=members)
        yield node.amqp_url()
