"""What the behaviour suite of transports needs from each back end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from swb.backends.rabbitmq.topology import QueueLimits, vhost_name
from swb.backends.rabbitmq.topology import apply_topology as apply_to_rabbitmq
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.backends.sqlite.topology import apply_topology as apply_to_sqlite
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.ports import LineEnd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.backends.rabbitmq.node import PrivateNode
    from swb.ports import Transport

SHORT_LEASE = timedelta(milliseconds=500)
"""For what a killed process had, in tests that wait for it."""


class TransportWorld(Protocol):
    """A place with a line, and transports that reach it.

    Attributes:
        line: The line's name.
        slack: How many messages beyond its limit a full queue may take.
    """

    line: str
    slack: int

    async def make_other_line(self) -> str:
        """Make one more line, and return its name."""
        ...

    def transport(
        self, end: LineEnd, *, line: str = "", prefetch: int = 64, elsewhere: bool = False
    ) -> Transport:
        """Build a transport, not yet open.

        Args:
            end: Whose.
            line: Of which line; else of the first.
            prefetch: See there.
            elsewhere: As another process would have it, where that makes a difference.
        """
        ...

    def describe(self, end: LineEnd) -> str:
        """Say as JSON what `build_from_description` needs in another process."""
        ...


@dataclass
class SqliteWorld:
    """A line in a file."""

    path: Path
    line: str = "TH"
    slack: int = 0
    _file: TransportFile = field(init=False)

    def __post_init__(self) -> None:
        self._file = TransportFile(path=self.path)

    async def make(self, *, max_length: int) -> None:
        await apply_to_sqlite(path=self.path, members=[self.line], max_length=max_length)

    async def make_other_line(self) -> str:
        await apply_to_sqlite(path=self.path, members=["VN"])
        return "VN"

    def transport(
        self, end: LineEnd, *, line: str = "", prefetch: int = 64, elsewhere: bool = False
    ) -> Transport:
        return SqliteTransport(
            file=TransportFile(path=self.path) if elsewhere else self._file,
            line=line or self.line,
            end=end,
            prefetch=prefetch,
        )

    def describe(self, end: LineEnd) -> str:
        return json.dumps({"path": str(self.path), "line": self.line, "end": end.value})


@dataclass
class RabbitWorld:
    """A line on a private node, in a vhost that no other test uses."""

    node: PrivateNode
    states: Iterator[str]
    line: str = field(init=False)
    slack: int = 2
    """Quorum queues count what they hold a little late."""

    def __post_init__(self) -> None:
        self.line = next(self.states)

    async def make(self, *, max_length: int) -> None:
        await apply_to_rabbitmq(
            amqp_url=self.node.amqp_url(),
            members=[self.line],
            limits=QueueLimits(max_length=max_length),
        )

    async def make_other_line(self) -> str:
        line = next(self.states)
        await apply_to_rabbitmq(amqp_url=self.node.amqp_url(), members=[line])
        return line

    def transport(
        self, end: LineEnd, *, line: str = "", prefetch: int = 64, elsewhere: bool = False
    ) -> Transport:
        del elsewhere
        line = line or self.line
        url = self.node.amqp_url(vhost_name(line))
        return RabbitTransport(url=url, line=line, end=end, prefetch=prefetch)

    def describe(self, end: LineEnd) -> str:
        url = self.node.amqp_url(vhost_name(self.line))
        return json.dumps({"url": url, "line": self.line, "end": end.value})


def build_from_description(text: str) -> Transport:
    """Build a transport from what `TransportWorld.describe` said."""
    described = json.loads(text)
    line, end = described["line"], LineEnd(described["end"])
    if "url" in described:
        return RabbitTransport(url=described["url"], line=line, end=end)
    file = TransportFile(path=Path(described["path"]))
    return SqliteTransport(file=file, line=line, end=end, lease_for=SHORT_LEASE)
