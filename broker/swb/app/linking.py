"""A state that runs its own RabbitMQ: what it shall hold, and how it is linked to the region's.

For operators of that server. The state's gateway uses it as any line; it does not know of the link.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from swb.app.broker import Applied, Entry, plan_region, told
from swb.app.lines import parse_amqp_urls
from swb.app.provision import needs_rabbitmq
from swb.config import EmbeddedTransportConfig, MemberConfig, SecretReader, load_topology
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from swb.backends.rabbitmq.description import RegionPlan, Thing
    from swb.config import Config, TopologyFile

__all__ = ["apply_link", "describe_link"]


def describe_link(config: Config) -> tuple[Entry, ...]:
    """Describe everything that the state's own RabbitMQ shall hold; no secret is in it.

    Args:
        config: A gateway's, with a section ``[topology]`` whose file has a section ``[link]``.

    Raises:
        RefusedError: ``topology.no_description``, ``topology.*``, ``config.*``.
        UnavailableError: ``transport.not_installed``.
    """
    file = _load_file(config)
    with needs_rabbitmq():
        from swb.backends.rabbitmq.description import describe_region  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.shovels import without_secrets  # noqa: PLC0415 - an extra
    plan = _plan(file, config.party.state)
    shovels = _shovels(file, config.party.state, SecretReader())
    return tuple(
        Entry(kind=thing.kind, name=thing.name, value=thing.to_entry())
        for thing in (*describe_region(plan), *map(without_secrets, shovels))
    )


async def apply_link(config: Config) -> Applied:
    """Make the state's own RabbitMQ hold its line and the shovels. Repeating it changes nothing.

    Shovels are written anew each time, for what RabbitMQ shows of them has no password in it to
    compare; one that is written as it was goes on where it was.

    Args:
        config: See `describe_link`.

    Raises:
        RefusedError: ``topology.no_description``, ``topology.*``, ``management.*``, ``config.*``.
        UnavailableError: ``management.*``, ``transport.not_installed``.
    """
    file, state = _load_file(config), config.party.state
    if file.management is None:
        message = "expected a section [management] in the file that [topology] names"
        raise RefusedError("topology.no_description", message, actor=Actor.OPERATOR)
    with needs_rabbitmq():
        from swb.backends.rabbitmq.applying import apply_plan  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.description import to_definitions  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.management import ManagementApi  # noqa: PLC0415 - an extra
    plan, reader = _plan(file, state), SecretReader()
    password = file.member.get(state, MemberConfig()).password
    name = plan.members[0].account.name
    url = reader.read(file.management.url, "the management API's URL")
    ca = file.management.ca
    async with ManagementApi(url, ca=str(ca) if ca else None) as api:
        done = await apply_plan(
            api,
            plan,
            passwords={name: reader.read(password, f"the password of {name}")} if password else {},
            operators=file.operators,
            draw=secrets.token_bytes,
        )
        await api.import_definitions(to_definitions(_shovels(file, state, reader)))
    return Applied(made=told(done.made), removed=told(done.removed), left=told(done.left))


def _load_file(config: Config) -> TopologyFile:
    if (
        isinstance(config.transport, EmbeddedTransportConfig)
        or config.topology is None
        or config.party.state == REGION
    ):
        message = "expected a gateway's configuration with RabbitMQ and a section [topology]"
        raise RefusedError("topology.no_description", message, actor=Actor.OPERATOR)
    file = load_topology(config.topology.file)
    if file.link is None:
        message = f"expected a section [link] in {config.topology.file}"
        raise RefusedError("topology.no_description", message, actor=Actor.OPERATOR)
    return file.model_copy(update={"router": ()})


def _plan(file: TopologyFile, state: str) -> RegionPlan:
    """The state's own server has one line, and no router."""
    return plan_region(file, (state,))


def _shovels(file: TopologyFile, state: str, reader: SecretReader) -> tuple[Thing, ...]:
    from swb.backends.rabbitmq.shovels import describe_shovels  # noqa: PLC0415 - an extra

    link = file.link
    assert link is not None  # noqa: S101 - see `_load_file`
    urls = parse_amqp_urls(reader.read(link.region, "the region's AMQP URL"))
    return describe_shovels(
        state,
        region=[url.geturl() for url in urls],
        user=link.user or "",
        prefetch=link.prefetch,
        reconnect_seconds=link.reconnect_seconds,
    )
