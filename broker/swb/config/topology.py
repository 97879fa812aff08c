"""The region's message broker as an operator describes it: who logs in how, and how much is theirs.

It is a file of its own, beside the router's configuration, because it is the operator's: daemons
read nothing of it. Who the members are stands in the router's table of connections alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from swb.config.keys import SECRET_REFERENCE
from swb.config.section import Section
from swb.config.store import REFERENCE

__all__ = [
    "MEMBER",
    "DefaultsConfig",
    "LinkConfig",
    "ManagementConfig",
    "MemberConfig",
    "QueueCeilingConfig",
    "RouterConfig",
    "TopologyConfig",
    "TopologyFile",
]

MEMBER: Final = r"^[A-Z]{2}$"


class TopologyConfig(Section):
    """Where the description of the region's message broker is, for ``swb topology``.

    Attributes:
        file: The description, TOML; see the reference of the topology. Daemons do not read it.
    """

    file: Path


class ManagementConfig(Section):
    """How the operator reaches the management API.

    Attributes:
        url: Reference to ``https://user:password@host:15671``, ``env:NAME`` or ``file:PATH``; the
            user has the tag ``administrator``.
        ca: Whoever issued the server's certificate, PEM; where it is left out, the system's
            authorities are trusted.
    """

    url: str = Field(pattern=REFERENCE)
    ca: Path | None = None


class DefaultsConfig(Section):
    """What holds for every member of which nothing else is said.

    Attributes:
        max_length: Messages in each of its queues.
        max_octets: Their bodies together, in each of its queues.
        max_connections: Connections of its user at once.
        max_channels: Channels on all of them; a gateway has three on each connection.
        max_vhost_connections: Connections to its vhost at once, by member, routers and operators.
    """

    max_length: int = Field(default=100_000, ge=1)
    max_octets: int = Field(default=4 * 1024**3, ge=1)
    max_connections: int = Field(default=8, ge=1)
    max_channels: int = Field(default=64, ge=1)
    max_vhost_connections: int = Field(default=64, ge=1)


class QueueCeilingConfig(Section):
    """What every queue is declared with; it cannot be changed while the queue is there.

    Attributes:
        max_length: Messages; no member's limit is higher.
        max_octets: Their bodies together; no member's limit is higher.
    """

    max_length: int = Field(default=100_000, ge=1)
    max_octets: int = Field(default=4 * 1024**3, ge=1)


class MemberConfig(Section):
    """One member, where something is to be said of it.

    Attributes:
        user: Its user's name, ``gateway-STATE`` where it is left out; for a member that logs in
            by certificate, the certificate's common name.
        password: Reference to its password, ``env:NAME``, ``file:PATH`` or ``prompt``. Without
            one it logs in by certificate alone.
        max_length: See the defaults; so are the following.
        max_octets: Octets.
        max_connections: Connections.
        max_channels: Channels.
        max_vhost_connections: Connections.
    """

    user: str | None = None
    password: str | None = Field(default=None, pattern=SECRET_REFERENCE)
    max_length: int | None = Field(default=None, ge=1)
    max_octets: int | None = Field(default=None, ge=1)
    max_connections: int | None = Field(default=None, ge=1)
    max_channels: int | None = Field(default=None, ge=1)
    max_vhost_connections: int | None = Field(default=None, ge=1)


class RouterConfig(Section):
    """One router's user; several routers have one each.

    Attributes:
        user: Its name; for a router that logs in by certificate, the certificate's common name.
        password: Reference to its password. Without one it logs in by certificate alone.
        max_connections: Connections at once, to all members' vhosts together.
        max_channels: Channels on all of them.
    """

    user: str = "router"
    password: str | None = Field(default=None, pattern=SECRET_REFERENCE)
    max_connections: int = Field(default=1_000, ge=1)
    max_channels: int = Field(default=8_000, ge=1)


class LinkConfig(Section):
    """Of a state that runs its own RabbitMQ: how that is linked to the region's, by two shovels.

    Attributes:
        region: Reference to the AMQP URL of the region's server with the member's user there and
            without a vhost, ``env:NAME`` or ``file:PATH``; several, divided by white space, are
            the nodes of one cluster. For TLS it names files in RabbitMQ's own way, as a query.
        user: That user's name, where the URL does not name it, as with certificates.
        prefetch: Messages on their way at once, in each direction.
        reconnect_seconds: Between losing the link and trying again.
    """

    region: str = Field(pattern=REFERENCE)
    user: str | None = Field(default=None, min_length=1, max_length=255)
    prefetch: int = Field(default=256, ge=1, le=1000)
    reconnect_seconds: int = Field(default=5, ge=1, le=300)


class TopologyFile(Section):
    """The whole file.

    Attributes:
        management: How the operator reaches the management API.
        operators: Users who administer the server, beside the one of ``management``.
        router: The routers' users.
        member: By state: what differs for a member.
        defaults: What holds for the others.
        ceiling: What every queue is declared with.
        link: In the description of a state's own server: how it is linked to the region's.
    """

    management: ManagementConfig | None = None
    operators: tuple[str, ...] = ()
    router: tuple[RouterConfig, ...] = (RouterConfig(),)
    member: dict[Annotated[str, StringConstraints(pattern=MEMBER)], MemberConfig] = Field(
        default={}
    )
    defaults: DefaultsConfig = DefaultsConfig()
    ceiling: QueueCeilingConfig = QueueCeilingConfig()
    link: LinkConfig | None = None
