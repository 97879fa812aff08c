"""A private cluster with one member's line, whose nodes are lost on purpose: what does it cost?

See `swb.sandbox.bench.nodes`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from swb.app.provision import apply_by_any, needs_rabbitmq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb.backends.rabbitmq.cluster import PrivateCluster
    from swb.backends.rabbitmq.node import PrivateNode
    from swb.backends.rabbitmq.transport import RabbitTransport
    from swb.ports import LineEnd

__all__ = ["LosingCluster", "open_losing_cluster"]


class LosingCluster:
    """Nodes by number, from 0; and a line over all of them.

    Args:
        cluster: Running, the line's topology applied.
        member: Whose line.
    """

    def __init__(self, cluster: PrivateCluster, member: str) -> None:
        self._cluster = cluster
        self._member = member

    def line(self, end: LineEnd, *, heartbeat: int) -> RabbitTransport:
        """Build one end of the line, not yet open; it knows every node."""
        from swb.backends.rabbitmq.topology import vhost_name  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.transport import RabbitTransport  # noqa: PLC0415 - an extra

        return RabbitTransport(
            url=self._cluster.amqp_urls(vhost_name(self._member)),
            line=self._member,
            end=end,
            heartbeat=heartbeat,
        )

    def address(self, number: int) -> str:
        """Host and port of a node, as a line's end names what it is connected to."""
        return f"127.0.0.1:{self._node(number).port}"

    async def find_leader(self, *, ask: int) -> int:
        """Find which node leads the queue that the member submits to.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``.
        """
        from swb.backends.rabbitmq.topology import SUBMIT, vhost_name  # noqa: PLC0415 - an extra

        vhost = vhost_name(self._member)
        leader = await self._cluster.find_leader(vhost, SUBMIT, ask=self._node(ask))
        return self._cluster.nodes.index(leader)

    async def kill(self, number: int) -> None:
        """See `PrivateNode.kill`."""
        await self._node(number).kill()

    async def start(self, number: int) -> None:
        """Have a killed node run again, on its data; returns when it takes connections."""
        await self._node(number).start()

    def suspend(self, number: int) -> None:
        """See `PrivateNode.suspend`."""
        self._node(number).suspend()

    def resume(self, number: int) -> None:
        """See `PrivateNode.resume`."""
        self._node(number).resume()

    async def is_whole(self, *, ask: int) -> bool:
        """See `PrivateCluster.is_whole`."""
        return await self._cluster.is_whole(ask=self._node(ask))

    async def until_whole(self, *, ask: int) -> None:
        """Wait until all nodes are in the cluster again.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``.
        """
        await self._node(ask).ctl("await_online_nodes", str(len(self._cluster.nodes)))

    def _node(self, number: int) -> PrivateNode:
        return self._cluster.nodes[number]


@asynccontextmanager
async def open_losing_cluster(member: str, *, net_ticktime: int) -> AsyncIterator[LosingCluster]:
    """Have a private cluster of three with one member's line.

    Args:
        member: Whose.
        net_ticktime: Seconds after which nodes give up one that hangs, a quarter more or less.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.*``, ``transport.*``.
    """
    with needs_rabbitmq():
        from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.cluster import PrivateCluster  # noqa: PLC0415 - an extra
    vhosts = [topology.vhost_name(member)]
    async with PrivateCluster(vhosts=vhosts, net_ticktime=net_ticktime) as cluster:
        await apply_by_any(cluster.amqp_urls(), [member])
        yield LosingCluster(cluster, member)
