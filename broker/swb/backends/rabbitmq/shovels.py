"""A state that runs its own RabbitMQ, and what carries its line to the region's: two shovels.

Both ends have the same line: exchanges, queues and bindings of `topology`, in a vhost of the same
name. Both shovels run on the state's own server, so the state alone connects, outward only, with
the user that the region gave it, and the region needs to know nothing of it:

* ``swb-submit`` takes what the gateway submitted and publishes it to the region's exchange
  ``submit`` under the routing key that it had, so the region's permissions hold for it;
* ``swb-inbox`` takes what the region has for the member and publishes it to the own ``inbox``.

A message is taken off the one queue after the other server has confirmed it (``on-confirm``), so a
lost link or server delays and may repeat, and loses nothing. RabbitMQ refuses a message whose
``user_id`` is not the user who publishes it, and a shovel that meets one ends and begins anew, for
ever; so what goes to the region gets the user's own name there. What comes in is published by the
server itself, of which it asks that not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from swb.backends.rabbitmq.description import Kind, Thing
from swb.backends.rabbitmq.topology import INBOX, SUBMIT, vhost_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PREFETCH", "RECONNECT_SECONDS", "describe_shovels", "without_secrets"]

PREFETCH: Final = 256
"""Messages on their way at once, in each direction; RabbitMQ's own default is 1,000."""
RECONNECT_SECONDS: Final = 5
_HEARTBEAT: Final = "heartbeat=10"
_URIS: Final = ("src-uri", "dest-uri")


def describe_shovels(
    member: str,
    *,
    region: Sequence[str],
    user: str = "",
    prefetch: int = PREFETCH,
    reconnect_seconds: int = RECONNECT_SECONDS,
) -> tuple[Thing, ...]:
    """Describe what the state's own server runs.

    Args:
        member: The state.
        region: URLs of the region's nodes, with the member's user there and without a vhost; a
            shovel connects to any of them.
        user: The member's user at the region, where the URLs do not name it, as with certificates.
        prefetch: Messages on their way at once.
        reconnect_seconds: Between losing a link and trying again.

    Raises:
        RefusedError: ``topology.member``.
    """
    vhost = vhost_name(member)
    there = [_in_vhost(url, vhost) for url in region]
    here = [f"amqp:///{vhost}"]
    user = user or unquote(urlsplit(region[0]).username or "")
    common: dict[str, object] = {
        "src-protocol": "amqp091",
        "src-prefetch-count": prefetch,
        "dest-protocol": "amqp091",
        "ack-mode": "on-confirm",
        "reconnect-delay": reconnect_seconds,
    }
    values: dict[str, dict[str, object]] = {
        SUBMIT: {
            "src-uri": here,
            "src-queue": SUBMIT,
            "dest-uri": there,
            "dest-exchange": SUBMIT,
            "dest-publish-properties": {"user_id": user},
        },
        INBOX: {
            "src-uri": there,
            "src-queue": INBOX,
            "dest-uri": here,
            "dest-exchange": INBOX,
        },
    }
    return tuple(
        Thing(
            kind=Kind.PARAMETER,
            identity=(vhost, "shovel", f"swb-{name}"),
            properties={"value": {**common, **value}},
        )
        for name, value in values.items()
    )


def without_secrets(shovel: Thing) -> Thing:
    """Show a shovel without the user and password that it connects with."""
    value = shovel.properties["value"]
    assert isinstance(value, dict)  # noqa: S101 - see `describe_shovels`
    shown = {
        name: [_without_user(each) for each in setting] if name in _URIS else setting
        for name, setting in value.items()
    }
    return Thing(kind=shovel.kind, identity=shovel.identity, properties={"value": shown})


def _in_vhost(url: str, vhost: str) -> str:
    parts = urlsplit(url)
    query = parts.query if "heartbeat=" in parts.query else f"{parts.query}&{_HEARTBEAT}"
    return parts._replace(path=f"/{vhost}", query=query.strip("&")).geturl()


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
