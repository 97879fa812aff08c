"""Subscribers' webhooks, as the configuration names them, each told by a step of its own."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from swb.app.api import build_subscribing
from swb.app.national import find_address
from swb.backends.http.subscriber_webhook import SubscriberWebhook
from swb.services.notifying import NotifyService
from swb.services.pacing import Pace

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from swb.app.node import Node
    from swb.config import WebhookConfig

__all__ = ["build_subscriber_webhook", "open_webhooks"]


async def open_webhooks(node: Node, stack: AsyncExitStack) -> None:
    """Have each subscriber that has a webhook told what becomes of its references.

    Args:
        node: With store and overview open.
        stack: Closes what is opened here.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``, ``config.secret_exposed``.
    """
    if node.api is None or node.access is None or not node.api.section.webhooks:
        return
    subscribing, told = build_subscribing(node), []
    for name, section in node.api.section.webhooks.items():
        door = build_subscriber_webhook(name, section)
        await door.open()
        stack.push_async_callback(door.close)
        notifying = NotifyService(
            name=name,
            door=door,
            subscribing=subscribing,
            access=node.access.store,
            clock=node.api.clock,
            draw=SystemRandom().random,
        )
        told.append(notifying)
        node.paces.append(
            Pace(
                f"webhook {name}",
                notifying.notify_due,
                rest_for=node.api.section.events_seconds,
                heeds_commits=False,
            )
        )
    node.notices["subscribers"] = lambda: {
        name: code for each in told for name, code in each.notices.items()
    }


def build_subscriber_webhook(name: str, section: WebhookConfig) -> SubscriberWebhook:
    """Name a subscriber's webhook; nothing is opened yet.

    Raises:
        RefusedError: ``config.secret``, ``config.secret_exposed``.
    """
    return SubscriberWebhook(
        find_address(section, f"[api.webhooks.{name}]", what=f"the secret of {name}'s webhook")
    )
