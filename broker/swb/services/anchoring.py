"""Anchoring: the audit trail's head is time-stamped, so that nobody cuts off its end later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.ports import Feed, Leaf, LeafKind
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.evidence import build_hash_tree, verify_time_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.core.audit import AuditEntry
    from swb.ports import AuditTrail, EvidenceStore, StampedLeaf
    from swb_schemas.evidence import TimePolicy
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["check_anchor", "find_anchor", "take_in_head", "verify_anchor"]


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


def verify_anchor(
    anchor: StampedLeaf, *, trust: TrustBundle, at: datetime, policy: TimePolicy
) -> datetime | None:
    """Verify the time-stamp over a head of the trail.

    Args:
        anchor: What `find_anchor` found.
        trust: Whose time-stamps count.
        at: The judging moment.
        policy: What is asked of time-stamps.

    Returns:
        When the head is proven to have existed; None while it waits for its time-stamp.

    Raises:
        RefusedError: ``evidence.other_record``: the head is not under the time-stamp;
            ``time_stamp.*``, ``certificate.*``.
        UndeterminedError: ``trust.*``, ``certificate.status_unknown``.
    """
    if anchor.batch is None:
        return None
    tree = build_hash_tree([leaf.group for leaf in anchor.others])
    tree.reduce(anchor.leaf.group)
    stamp = verify_time_stamp(
        anchor.batch.token, imprint=tree.root, trust=trust, at=at, policy=policy
    )
    return stamp.proven_at
