"""The region's message broker: what it shall hold, what it holds, and making one the other.

For operators. Daemons need none of this; they look passively at their own lines when they start,
which is what `check_lines` does for whoever watches them.
"""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.app.lines import build_lines
from swb.app.parts import read_connections
from swb.app.provision import needs_rabbitmq
from swb.config import (
    EmbeddedTransportConfig,
    MemberConfig,
    SecretReader,
    TopologyFile,
    load_topology,
)
from swb_schemas.errors import Actor, RefusedError, SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from swb.backends.rabbitmq.description import RegionPlan
    from swb.backends.rabbitmq.differences import Difference
    from swb.backends.rabbitmq.management import ManagementApi
    from swb.config import Config

__all__ = [
    "Applied",
    "Deviation",
    "Entry",
    "LineState",
    "apply_broker",
    "check_lines",
    "compare_broker",
    "describe_broker",
    "plan_region",
    "told",
]


_OF_PASSWORDS: Final = frozenset({"password_hash", "hashing_algorithm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that the message broker shall hold.

    Attributes:
        kind: By the name of its list in RabbitMQ's definitions.
        name: What people call it.
        value: As RabbitMQ's definitions have it; no password and no hash of one.
    """

    kind: str
    name: str
    value: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One thing that is not as it should be.

    Attributes:
        state: ``missing``, ``other`` or ``extra``.
        kind: By the name of its list in RabbitMQ's definitions.
        name: What people call it.
        details: What was expected and what was found; never a secret.
    """

    state: str
    kind: str
    name: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done to the message broker.

    Attributes:
        made: Made or changed.
        removed: What was too much, and is gone.
        left: What is too much still.
    """

    made: tuple[Deviation, ...]
    removed: tuple[Deviation, ...]
    left: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One line as its own daemon's rights show it.

    Attributes:
        line: The member.
        error: Why it cannot be used; None where it can.
    """

    line: str
    error: SwbError | None = field(default=None)


def describe_broker(config: Config) -> tuple[Entry, ...]:
    """Describe everything that the region's RabbitMQ shall hold.

    Args:
        config: A router's.

    Raises:
        RefusedError: ``config.*``, ``connection.malformed``, ``topology.*``.
        UnavailableError: ``connection.unreachable``, ``transport.not_installed``.
    """
    plan = plan_region(_load_file(config), read_connections(config).members)
    with needs_rabbitmq():
        from swb.backends.rabbitmq.description import describe_region  # noqa: PLC0415 - an extra
    return tuple(
        Entry(kind=thing.kind, name=thing.name, value=_without_hashes(thing.to_entry()))
        for thing in describe_region(plan)
    )


async def compare_broker(config: Config) -> tuple[Deviation, ...]:
    """Find in what a live RabbitMQ is not what is described. Changes nothing.

    Args:
        config: A router's, with a section ``[topology]``.

    Raises:
        RefusedError: ``topology.no_description``, ``topology.*``, ``management.*``, ``config.*``.
        UnavailableError: ``management.*``, ``transport.not_installed``.
    """
    async with _open_management(config) as (api, plan, file, passwords):
        from swb.backends.rabbitmq.applying import compare_plan  # noqa: PLC0415 - an extra

        return told(
            await compare_plan(
                api,
                plan,
                passwords=passwords,
                operators=file.operators,
                draw=secrets.token_bytes,
            )
        )


async def apply_broker(config: Config, *, prune: bool = False) -> Applied:
    """Make a live RabbitMQ what is described. Repeating it changes nothing.

    Args:
        config: A router's, with a section ``[topology]``.
        prune: Whether permissions, limits, policies and bindings that are too much go.

    Raises:
        RefusedError: ``topology.no_description``, ``topology.*``, ``management.*``, ``config.*``.
        UnavailableError: ``management.*``, ``transport.not_installed``.
    """
    async with _open_management(config) as (api, plan, file, passwords):
        from swb.backends.rabbitmq.applying import apply_plan  # noqa: PLC0415 - an extra

        done = await apply_plan(
            api,
            plan,
            passwords=passwords,
            operators=file.operators,
            draw=secrets.token_bytes,
            prune=prune,
        )
    return Applied(made=told(done.made), removed=told(done.removed), left=told(done.left))


async def check_lines(config: Config) -> tuple[LineState, ...]:
    """Look at a daemon's lines with its own rights, as it does when it starts. Changes nothing.

    Raises:
        RefusedError: ``config.*``, ``connection.malformed``.
        UnavailableError: ``connection.unreachable``, ``transport.not_installed``.
    """
    states = []
    for member, line in build_lines(config).items():
        try:
            await line.open()
        except SwbError as error:
            states.append(LineState(line=member, error=error))
        else:
            states.append(LineState(line=member))
        finally:
            await line.close()
    return tuple(states)


def plan_region(file: TopologyFile, members: Sequence[str]) -> RegionPlan:
    """Say who there is and what each may have.

    Args:
        file: What the operator says of them.
        members: The states that are connected.

    Raises:
        RefusedError: ``topology.unknown_member``, ``topology.user``.
        UnavailableError: ``transport.not_installed``.
    """
    with needs_rabbitmq():
        from swb.backends.rabbitmq import description, topology, users  # noqa: PLC0415 - an extra
    if unknown := sorted(set(file.member) - set(members)):
        message = f"expected members that are connected, found {', '.join(unknown)}"
        raise RefusedError("topology.unknown_member", message, actor=Actor.OPERATOR)
    plans = []
    for state in members:
        own, usual = file.member.get(state, MemberConfig()), file.defaults
        account = users.Account(
            name=own.user or users.member_user(state),
            has_password=own.password is not None,
            max_connections=own.max_connections or usual.max_connections,
            max_channels=own.max_channels or usual.max_channels,
        )
        plans.append(
            description.MemberPlan(
                state=state,
                account=account,
                max_length=own.max_length or usual.max_length,
                max_octets=own.max_octets or usual.max_octets,
                max_connections=own.max_vhost_connections or usual.max_vhost_connections,
            )
        )
    return description.RegionPlan(
        members=plans,
        routers=[
            users.Account(
                name=router.user,
                has_password=router.password is not None,
                max_connections=router.max_connections,
                max_channels=router.max_channels,
            )
            for router in file.router
        ],
        ceiling=topology.QueueLimits(
            max_length=file.ceiling.max_length, max_octets=file.ceiling.max_octets
        ),
    )


def _without_hashes(entry: Mapping[str, object]) -> dict[str, object]:
    """Say how a user logs in, in the place of what RabbitMQ keeps for it."""
    shown = {name: value for name, value in entry.items() if name not in _OF_PASSWORDS}
    if "limits" in entry:
        shown["login"] = "certificate" if "password_hash" in entry else "password"
    return shown


def _load_file(config: Config) -> TopologyFile:
    return TopologyFile() if config.topology is None else load_topology(config.topology.file)


@asynccontextmanager
async def _open_management(
    config: Config,
) -> AsyncIterator[tuple[ManagementApi, RegionPlan, TopologyFile, Mapping[str, str]]]:
    """Have the management API, the plan, the operator's file and every password."""
    if isinstance(config.transport, EmbeddedTransportConfig) or config.topology is None:
        message = "expected RabbitMQ as [transport] and a section [topology] in the configuration"
        raise RefusedError("topology.no_description", message, actor=Actor.OPERATOR)
    file = load_topology(config.topology.file)
    if file.management is None:
        message = f"expected a section [management] in {config.topology.file}"
        raise RefusedError("topology.no_description", message, actor=Actor.OPERATOR)
    plan = plan_region(file, read_connections(config).members)
    from swb.backends.rabbitmq.management import ManagementApi  # noqa: PLC0415 - an extra

    read = SecretReader().read
    passwords = {
        account.name: read(reference, f"the password of {account.name}")
        for account, reference in zip(plan.accounts(), _references(file, plan), strict=True)
        if reference is not None
    }
    url = read(file.management.url, "the management API's URL")
    ca = file.management.ca
    async with ManagementApi(url, ca=str(ca) if ca else None) as api:
        yield api, plan, file, passwords


def _references(file: TopologyFile, plan: RegionPlan) -> list[str | None]:
    """Where the passwords are, in the order of the plan's accounts."""
    of_members = [file.member.get(each.state, MemberConfig()).password for each in plan.members]
    return [*of_members, *(router.password for router in file.router)]


def told(differences: Iterable[Difference]) -> tuple[Deviation, ...]:
    """Tell differences in terms that need no back end."""
    return tuple(
        Deviation(
            state=each.state,
            kind=each.thing.kind,
            name=each.thing.name,
            details=each.details,
        )
        for each in differences
    )
