"""What a daemon's store lets go of, as its configuration says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.ports import Prunable
from swb.services.pacing import Pace
from swb.services.pruning import PruneRule, PruneService

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import RetentionConfig

__all__ = ["add_pruning"]

_ACKNOWLEDGEMENTS: Final = ("TransportAck", "RelayReceipt")


def add_pruning(node: Node, parts: Parts) -> None:
    """Have the store let go of what may go, where the configuration says for how long it stays."""
    section = parts.config.retention
    if section is None:
        return
    pruning = PruneService(
        store=parts.store,
        clock=parts.clock,
        rules=list_rules(section),
        find_limit=_nothing_is_read if node.stamping is None else node.stamping.find_position,
    )
    node.paces.append(
        Pace(
            "retention",
            pruning.prune_due,
            rest_for=section.interval_seconds,
            heeds_commits=False,
        )
    )


def list_rules(section: RetentionConfig) -> Sequence[PruneRule]:
    """List what may go, and after how long."""
    kept: Sequence[tuple[Prunable, int | None, Sequence[str]]] = (
        (Prunable.OUTBOX, section.outbox, ()),
        (Prunable.DUPLICATES, section.duplicates, ()),
        (Prunable.MESSAGES, section.acknowledgements, _ACKNOWLEDGEMENTS),
        (Prunable.DOCUMENTS, section.acknowledgements, _ACKNOWLEDGEMENTS),
        (Prunable.MESSAGES, section.messages, ()),
        (Prunable.DOCUMENTS, section.documents, ()),
        (Prunable.PAYLOADS, section.payloads, ()),
        (Prunable.DEAD_LETTERS, section.dead_letters, ()),
    )
    return [
        PruneRule(what=what, keep_for=timedelta(days=days), types=types)
        for what, days, types in kept
        if days is not None
    ]


async def _nothing_is_read() -> None:
    """Nothing beside the road reads octets."""
