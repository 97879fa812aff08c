"""Anchoring: the audit trail's head is time-stamped, so that nobody cuts off its end later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.ports import Feed, Leaf, LeafKind
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.core.audit import AuditEntry
    from swb.ports import AuditTrail, EvidenceStore, StampedLeaf

__all__ = ["check_anchor", "find_anchor", "take_in_head"]


async def take_in_head(trail: AuditTrail, evidence: EvidenceStore) -> None:
    """Have the trail's last entry stamped: its digest covers every one before it.

    Raises:
        UnavailableError: ``audit.unavailable``, ``evidence.unavailable``.
    """
    after = await evidence.get_position(Feed.AUDIT)
    head: AuditEntry | None = None
    while page := await trail.list_entries(after=head.sequence if head else after):
        head = page[-1]
    if head is None:
        return
    leaf = Leaf(
        kind=LeafKind.AUDIT,
        subject_id=str(head.sequence),
        octets_digest=bytes.fromhex(head.digest),
        signature_digest=b"",
        recorded_at=head.at,
    )
    await evidence.take_in(Feed.AUDIT, [leaf], position=head.sequence)


async def find_anchor(evidence: EvidenceStore) -> StampedLeaf | None:
    """Find the last head of the trail that was taken in to be stamped.

    Raises:
        UnavailableError: ``evidence.unavailable``.
    """
    position = await evidence.get_position(Feed.AUDIT)
    return await evidence.find_stamped(LeafKind.AUDIT, str(position)) if position else None


def check_anchor(entries: Sequence[AuditEntry], anchor: StampedLeaf) -> None:
    """Require a trail to lead through the head that was taken in to be stamped.

    Args:
        entries: All of the trail.
        anchor: What `find_anchor` found.

    Raises:
        RefusedError: ``audit.cut``.
    """
    sequence, digest = anchor.leaf.subject_id, anchor.leaf.octets_digest.hex()
    if not any((str(each.sequence), each.digest) == (sequence, digest) for each in entries):
        message = f"expected entry {sequence}, {digest}, whose time-stamp was asked for, found none"
        raise RefusedError("audit.cut", message, actor=Actor.OPERATOR)
