"""A line is connected again whatever happens while that is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.backends.rabbitmq.link import Link
from swb.ports import LineEnd
from tests.contract.test_rabbitmq_transport import (
    proxy,
    publish_when_back,
    through,
    world,
)
from tests.contract.test_transport import opened

if TYPE_CHECKING:
    from yarl import URL

    from tests.contract.tcp_proxy import TcpProxy
    from tests.contract.transport_worlds import RabbitWorld

__all__ = ["proxy", "world"]

# Class and method of AMQP 0-9-1, as they stand in a frame.
CHANNEL_OPEN = b"\x00\x14\x00\x0a"
EXCHANGE_DECLARE = b"\x00\x28\x00\x0a"


@pytest.mark.parametrize("step", [CHANNEL_OPEN, EXCHANGE_DECLARE])
async def test_is_back_although_the_server_fell_silent_while_it_was_made(
    world: RabbitWorld, proxy: TcpProxy, step: bytes
) -> None:
    """aio-pika tells a loss at such a moment by a cancellation, and nobody had cancelled."""
    member = through(proxy, world, LineEnd.MEMBER, heartbeat=1, connect_for=20)
    async with opened(member):
        await proxy.go_down()
        proxy.silent_at, proxy.silences = step, 1
        await proxy.come_back()
        await publish_when_back(member, "m1")
    assert proxy.silences == 0


async def test_is_back_although_connecting_again_broke_in_a_way_that_nobody_foresaw(
    world: RabbitWorld, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Link._connect  # noqa: SLF001 - what the library does, in a way that it never did
    broken: list[URL] = []

    async def connect(self: Link, url: URL) -> object:
        if not broken:
            broken.append(url)
            raise KeyError
        return await honest(self, url)

    member = through(proxy, world, LineEnd.MEMBER)
    async with opened(member):
        monkeypatch.setattr(Link, "_connect", connect)
        await proxy.go_down()
        await proxy.come_back()
        await publish_when_back(member, "m1")
    assert broken
