"""A RabbitMQ of our own on which everybody has a user, and no more rights than in production."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from swb.app.broker import plan_region
from swb.app.lines import parse_amqp_urls
from swb.app.provision import needs_rabbitmq, open_rabbitmq
from swb.config import TopologyFile
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

__all__ = ["RabbitAccess", "open_rabbitmq_by_user"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitAccess:
    """How a RabbitMQ is reached. There are passwords in it.

    Attributes:
        url: Without a vhost, of a user who may look at everything from outside; of several nodes
            divided by white space.
        users: The same by state and ``REGION``, each with the user of that gateway or router.
    """

    url: str = field(repr=False)
    users: Mapping[str, str] = field(repr=False)


@asynccontextmanager
async def open_rabbitmq_by_user(
    amqp_url: str | None, members: Sequence[str], *, nodes: int = 1
) -> AsyncIterator[RabbitAccess]:
    """Have a RabbitMQ with every member's line, as `open_rabbitmq` has, and a user for each end.

    On a given server everybody has the given user: whoever runs it decides on its users.

    Args:
        amqp_url: A server, or the nodes of a cluster, whose vhosts ``swb.<STATE>`` exist; None
            starts a private node or cluster on loopback and stops it in the end.
        members: The states.
        nodes: Of a private cluster; 1 is none.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.not_installed``,
            ``rabbitmq.start_failed``, ``transport.unreachable``, ``transport.topology``.
    """
    parties = (*members, REGION)
    if amqp_url is not None:
        async with open_rabbitmq(amqp_url, members) as url:
            yield RabbitAccess(url=url, users=dict.fromkeys(parties, url))
        return
    with needs_rabbitmq():
        from swb.backends.rabbitmq import description, users  # noqa: PLC0415 - an extra
    plan = plan_region(TopologyFile(), members)
    names = {party: account.name for party, account in zip(parties, plan.accounts(), strict=True)}
    passwords = {party: secrets.token_urlsafe(24) for party in parties}
    plan = replace(
        plan,
        members=[
            replace(each, account=replace(each.account, has_password=True)) for each in plan.members
        ],
        routers=[replace(each, has_password=True) for each in plan.routers],
    )
    hashes = {
        names[party]: users.hash_password(password, secrets.token_bytes(users.SALT_OCTETS))
        for party, password in passwords.items()
    }
    definitions = description.to_definitions(description.describe_region(plan, hashes=hashes))
    async with open_rabbitmq(None, members, nodes=nodes, definitions=definitions) as url:
        urls = parse_amqp_urls(url)
        yield RabbitAccess(
            url=url,
            users={
                party: " ".join(
                    each._replace(
                        netloc=f"{names[party]}:{password}@{each.netloc.rpartition('@')[2]}",
                        path="",
                    ).geturl()
                    for each in urls
                )
                for party, password in passwords.items()
            },
        )
