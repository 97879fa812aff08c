"""A private RabbitMQ cluster: three nodes on loopback, to be killed, held and brought back.

Each node is a `PrivateNode` with a folder, ports and a warden of its own; they share a name service
(``epmd``), a cookie, one user and the settings below, find each other while they start, and end
with the process that started them. A quorum queue declared on it has a replica on each node.

The minority of a parted cluster stops its work (``pause_minority``): it could confirm nothing that
a majority holds, and two halves must not both go on. How soon a node that hangs is given up by the
others is ``net_ticktime``: RabbitMQ's default is 60 s; here it is short, so that nobody waits.

A node that was held for longer than that and goes on need not come back by itself: it meets the
others again before it has seen that it lost them, pauses nothing, and stays parted from them
(``partitions`` in the status) until it is restarted. `is_whole` and `find_parted` tell;
`PrivateNode.kill` and `start` are the restart.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Final, Self

from swb.backends.rabbitmq import node_settings
from swb.backends.rabbitmq.node import ClusterPlace, PrivateNode
from swb.backends.rabbitmq.warden import start_warden
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

__all__ = ["NODES", "TICK_SECONDS", "PrivateCluster", "pick_parted"]

NODES: Final = 3
"""The smallest number of which one can be lost."""

TICK_SECONDS: Final = 4
"""After 3 to 5 s without a word, the other nodes give a node up."""

_STOP_WITHIN: Final = 25.0
"""Seconds until the name service must have ended."""


def pick_parted(names: Sequence[str], partitions: Mapping[str, Sequence[str]]) -> int | None:
    """Pick the node that lost, or was lost by, most others; the last of several.

    Args:
        names: Of all nodes.
        partitions: By node: those that it has lost, as ``cluster_status`` tells.
    """
    parted = Counter(
        name for loser, lost in partitions.items() for other in lost for name in (loser, other)
    )
    counts = [parted[name] for name in names]
    worst = max(counts, default=0)
    return len(counts) - 1 - counts[::-1].index(worst) if worst else None


class PrivateCluster:
    """A cluster that nobody else uses. An asynchronous context manager.

    Attributes:
        nodes: Its nodes, also those that were killed.
    """

    def __init__(
        self,
        *,
        vhosts: Sequence[str] = (),
        nodes: int = NODES,
        net_ticktime: int = TICK_SECONDS,
        management: bool = False,
        plugins: Sequence[str] = (),
    ) -> None:
        """Describe the cluster.

        Args:
            vhosts: Virtual hosts to create at start.
            nodes: How many.
            net_ticktime: Seconds; see the module.
            management: Whether every node runs the management plugin's HTTP API too.
            plugins: Further plugins that every node runs.
        """
        self._vhosts = tuple(vhosts)
        self._count = nodes
        self._net_ticktime = net_ticktime
        self._management = management
        self._plugins = tuple(plugins)
        self._name_service: subprocess.Popen[bytes] | None = None
        self.nodes: tuple[PrivateNode, ...] = ()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start all nodes and wait until each runs in the cluster.

        Raises:
            UnavailableError: ``rabbitmq.not_installed``, ``rabbitmq.start_failed``.
        """
        if self.nodes:
            return
        folders = [node_settings.make_folder() for _ in range(self._count + 1)]
        try:
            self._lay_out(folders)
            await asyncio.gather(*(node.start() for node in self.nodes))
            self._require_all()
            # All at once by nodes that start, they block each other, and some stay stopped.
            await self.nodes[0].add_vhosts("/", *self._vhosts)
        except OSError as cause:
            await self.stop()
            raise UnavailableError("rabbitmq.start_failed", str(cause)) from cause
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End every process of it and remove its folders. Safe to repeat."""
        nodes, self.nodes = self.nodes, ()
        service, self._name_service = self._name_service, None
        await asyncio.gather(*(node.stop() for node in nodes), return_exceptions=True)
        if service is not None:
            if service.stdin is not None:
                service.stdin.close()
            try:
                await asyncio.to_thread(service.wait, _STOP_WITHIN)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()

    def amqp_urls(self, vhost: str = "/") -> str:
        """Where to connect to, as ``[transport] url`` takes several: divided by white space.

        They hold the password: keep them out of logs.
        """
        return "\n".join(node.amqp_url(vhost) for node in self.nodes)

    async def find_leader(self, vhost: str, queue: str, *, ask: PrivateNode) -> PrivateNode:
        """Find the node that leads a quorum queue.

        Args:
            vhost: Where.
            queue: Which.
            ask: A node that works; a second is usual.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``: the queue has no leader, or is not there.
        """
        said = await ask.ctl("list_queues", "-p", vhost, "name", "leader", "--no-table-headers")
        for line in said.splitlines():
            name, _, leader = line.partition("\t")
            for node in self.nodes:
                if name == queue and leader.strip() == node.name:
                    return node
        message = f"expected a leader of queue {queue}, found: {said[:500]}"
        raise UnavailableError("rabbitmq.ctl_failed", message)

    async def is_whole(self, *, ask: PrivateNode) -> bool:
        """Whether all nodes run in one cluster, by the word of one of them.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``.
        """
        status = json.loads(await ask.ctl("cluster_status", "--formatter", "json"))
        return len(status["running_nodes"]) == len(self.nodes) and not status["partitions"]

    async def find_parted(self) -> int | None:
        """Find the node to restart: the one that is parted from most others, by the word of all.

        Each knows only its own side: of three that are parted from each other, none sees another
        one's losses.

        Returns:
            Its number; None where no node is named as parted. One that is down is not.
        """
        told = await asyncio.gather(*(self._ask_partitions(node) for node in self.nodes))
        partitions: dict[str, list[str]] = {}
        for each in told:
            for name, lost in each.items():
                partitions.setdefault(name, []).extend(lost)
        return pick_parted([node.name for node in self.nodes], partitions)

    @staticmethod
    async def _ask_partitions(node: PrivateNode) -> Mapping[str, Sequence[str]]:
        if not await node.answers():
            return {}
        try:
            status = json.loads(await node.ctl("cluster_status", "--formatter", "json"))
        except UnavailableError:
            return {}  # struck meanwhile
        return {name: lost for name, lost in status["partitions"].items() if name == node.name}

    def _lay_out(self, folders: Sequence[Path]) -> None:
        """Start the name service and name the nodes."""
        cluster, password, cookie = (
            folders[0].name,
            secrets.token_urlsafe(24),
            secrets.token_hex(16),
        )
        (epmd_port,) = node_settings.find_free_ports(1)
        names = [node_settings.node_name(folder) for folder in folders[1:]]
        conf = {
            "cluster_name": cluster,
            "cluster_partition_handling": "pause_minority",
            "net_ticktime": str(self._net_ticktime),
            "cluster_formation.peer_discovery_backend": "classic_config",
            # The first one finds nobody, and the others wait for it: it need not ask for long.
            "cluster_formation.discovery_retry_limit": "2",
            "cluster_formation.discovery_retry_interval": "100",
        } | {
            f"cluster_formation.classic_config.nodes.{number}": name
            for number, name in enumerate(names, 1)
        }
        environment = node_settings.environment(
            folders[0], port=0, distribution_port=0, epmd_port=epmd_port
        )
        # It outlives every node, so it also removes the folders of those that are down in the end.
        self._name_service = start_warden(folders, [shutil.which("epmd") or "epmd"], environment)
        self.nodes = tuple(
            PrivateNode(
                management=self._management,
                plugins=self._plugins,
                place=ClusterPlace(
                    cluster=cluster,
                    folder=folder,
                    epmd_port=epmd_port,
                    cookie=cookie,
                    password=password,
                    conf=conf,
                ),
            )
            for folder in folders[1:]
        )

    def _require_all(self) -> None:
        """Require every node to know all others as members of its cluster."""
        for node in self.nodes:
            known = node.read_members()
            missing = [other.name for other in self.nodes if other.name not in known]
            if missing:
                message = f"expected {node.name} to know {', '.join(missing)}, found: {known[:500]}"
                raise UnavailableError("rabbitmq.start_failed", message)
