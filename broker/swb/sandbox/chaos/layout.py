"""The region that chaos is made of: four gateways, two routers, a cluster, PostgreSQL, proxies."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from swb.app.private import open_cluster, open_postgres
from swb.clock import SystemClock
from swb.sandbox.chaos.faults import write_clock
from swb.sandbox.chaos.plan import Scale
from swb.sandbox.proxy import CuttableProxy
from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from swb.sandbox.chaos.faults import Cluster, Server
    from swb.sandbox.region import Region

__all__ = ["STATES", "Ground", "open_ground"]

STATES: Final = ("TH", "VN", "ID", "SG")
_IN_POSTGRESQL: Final = ("TH", "VN")
"""Gateways whose store is PostgreSQL, as the routers'; the others have SQLite."""
_LIMITS: Final = {
    "poll_seconds": 0.5,
    "lease_seconds": 5,
    "first_retry_seconds": 0.1,
    "retry_ceiling_seconds": 1,
    "probe_ceiling_seconds": 1,
    "shutdown_seconds": 15,
}
_DATABASE: Final = "chaos"
_SECOND_ROUTER: Final = "router-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything that runs beside the daemons, and where everything lies.

    Attributes:
        region: The region.
        configs: Configurations beside the region's own, by the daemon's name.
        cluster: RabbitMQ.
        postgresql: Where there is one.
        lines: By daemon: proxies between it and each node.
        stores: By daemon: the proxy between it and PostgreSQL.
        clocks: By daemon: the file that says by how much its clock is wrong.
    """

    region: Region
    configs: dict[str, Path]
    cluster: Cluster
    postgresql: Server | None
    lines: dict[str, Sequence[CuttableProxy]]
    stores: dict[str, CuttableProxy]
    clocks: dict[str, Path]

    @property
    def scale(self) -> Scale:
        """What there is to be struck."""
        return Scale(
            gateways=[file.stem for file in self.region.gateways.values()],
            routers=[self.region.router.stem, *self.configs],
            authorities=[file.stem for file in self.region.authorities.values()],
            nodes=len(self.cluster.nodes),
            postgresql=self.postgresql is not None,
            lines=[*self.lines],
            stores=[*self.stores],
        )


@asynccontextmanager
async def open_ground(
    folder: Path, *, nodes: int, postgresql: bool, seed: int
) -> AsyncIterator[Ground]:
    """Start the servers and lay the region out; no daemon runs yet.

    Args:
        folder: Empty.
        nodes: Of the RabbitMQ cluster.
        postgresql: Whether routers and half of the gateways have their stores in PostgreSQL.
        seed: Of goods and simulated people.

    Raises:
        UnavailableError: ``rabbitmq.*``, ``postgres.*``, ``transport.*``.
    """
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(open_cluster(STATES, nodes=nodes))
        region = await lay_out_region(
            folder / "region",
            states=STATES,
            at=SystemClock().now(),
            seed=seed,
            amqp_url=cluster.amqp_urls(),
            log=False,
            limits=_LIMITS,
        )
        second = region.folder / f"{_SECOND_ROUTER}.toml"
        text = region.router.read_text(encoding="utf-8")
        if postgresql:  # they share the store, and nothing of what lies on a disk
            text = text.replace("store/REGION.db", f"store/{_SECOND_ROUTER}.db")
        second.write_text(text, encoding="utf-8")
        first = region.gateways[STATES[0]]
        struck = (first, region.router)
        for file in (region.router, second, *region.gateways.values()):
            _rewrite(file, r'^(kind = "rabbitmq"\n)', r"\1heartbeat_seconds = 3\n")
        lines: dict[str, Sequence[CuttableProxy]] = {}
        for file in struck:
            proxies = lines[file.stem] = [
                await stack.enter_async_context(CuttableProxy(node.port)) for node in cluster.nodes
            ]
            urls = zip(cluster.nodes, proxies, strict=True)
            _use_own_url(
                file, "\n".join(_with_port(node.amqp_url(), each.port) for node, each in urls)
            )
        server = None
        stores: dict[str, CuttableProxy] = {}
        if postgresql:
            server = await stack.enter_async_context(open_postgres(database=_DATABASE))
            url = server.url(_DATABASE)
            for file in struck:
                stores[file.stem] = await stack.enter_async_context(CuttableProxy(server.port))
            in_postgresql = {second: region.router.stem, region.router: region.router.stem}
            in_postgresql |= {region.gateways[state]: state for state in _IN_POSTGRESQL}
            for file, schema in in_postgresql.items():
                proxy = stores.get(file.stem)
                own = _with_port(url, proxy.port) if proxy else url
                _use_postgresql(file, own, schema=schema.lower())
        ground = Ground(
            region=region,
            configs={_SECOND_ROUTER: second},
            cluster=cluster,
            postgresql=server,
            lines=lines,
            stores=stores,
            clocks={},
        )
        for name in (*ground.scale.gateways, *ground.scale.routers):
            ground.clocks[name] = folder / f"{name}.clock"
            write_clock(ground.clocks[name], 0)
        yield ground


def _use_own_url(file: Path, urls: str) -> None:
    """Have one daemon reach RabbitMQ by another way than everybody else."""
    secret = file.with_suffix(".amqp.url")
    secret.touch(mode=0o600)
    secret.write_text(urls, encoding="utf-8")
    _rewrite(file, r'^(kind = "rabbitmq"\n(?:.+\n)*?url = )".*"', rf'\1"file:{secret}"')


def _use_postgresql(file: Path, url: str, *, schema: str) -> None:
    """Move a daemon's store into PostgreSQL, under a schema that may be shared."""
    secret = file.with_suffix(".pg.url")
    secret.touch(mode=0o600)
    secret.write_text(url, encoding="utf-8")
    section = f'kind = "postgres"\nurl = "file:{secret}"\nschema = "{schema}"\n'
    _rewrite(file, r'^(\[store\]\npath = "[^"]*"\n)', rf"\1{section}")


def _rewrite(file: Path, pattern: str, replacement: str) -> None:
    text = file.read_text(encoding="utf-8")
    changed, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count, f"{file} has no {pattern}"  # noqa: S101 - `lay_out_region` writes it
    file.write_text(changed, encoding="utf-8")


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    user, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()
