"""Users of a private RabbitMQ: those of a line's two ends, and whoever may do everything."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aio_pika

from swb.backends.rabbitmq.topology import SUBMIT, build_permissions, vhost_name
from swb.backends.rabbitmq.users import hash_password

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractConnection

    from tests.contract.transport_worlds import RabbitWorld

__all__ = ["administering", "make_users"]


async def make_users(world: RabbitWorld) -> dict[str, str]:
    """Make users with no more than their roles' permissions, and return their URLs by role."""
    vhost, password = vhost_name(world.line), "pass-word"
    roles = dict(zip(("member", "router"), build_permissions(world.line), strict=True))
    names = {role: f"{role}-{world.line}" for role in roles}
    hashed = {
        "password_hash": hash_password(password, b"salt"),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }
    # All at once: each call of rabbitmqctl takes longer than any of these tests.
    await world.node.import_definitions(
        {
            "users": [{"name": names[role], **hashed} for role in roles],
            "permissions": [
                {
                    "user": names[role],
                    "vhost": vhost,
                    "configure": allowed.configure,
                    "write": allowed.write,
                    "read": allowed.read,
                }
                for role, allowed in roles.items()
            ],
            "topic_permissions": [
                {
                    "user": names[role],
                    "vhost": vhost,
                    "exchange": SUBMIT,
                    "write": allowed.submit_keys,
                    "read": ".*",
                }
                for role, allowed in roles.items()
            ],
        }
    )
    return {
        role: f"amqp://{name}:{password}@127.0.0.1:{world.node.port}/{vhost}"
        for role, name in names.items()
    }


@asynccontextmanager
async def administering(world: RabbitWorld) -> AsyncIterator[AbstractConnection]:
    """Be connected with a line as the server's own user."""
    connection = await aio_pika.connect(world.node.amqp_url(vhost_name(world.line)))
    async with connection:
        yield connection
