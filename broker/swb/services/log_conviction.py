"""Convicting: what is said of a log rests on its own signatures, or is called one's own word.

A file that somebody kept, an incident in a store, a proof that was just made: none is believed
before it verifies as whoever it is shown to would verify it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire.ledger.checkpoint import verify_checkpoint
from swb_schemas.wire.ledger.faults import keep_log_lines, verify_log_fault

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["check_signed", "keep_if_proven"]


def check_signed(raw: bytes, *, trust: TrustBundle, at: datetime, origin: str | None) -> None:
    """Require a checkpoint that somebody kept to be one that the log signed.

    The log's own line decides; where its certificate has ended since, witnesses say that it was
    signed before.

    Args:
        raw: The checkpoint.
        trust: Whom to trust.
        at: The judging moment.
        origin: The log that is meant; any log of the region where None.

    Raises:
        RefusedError: ``ledger.*``, ``certificate.*``.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    try:
        verify_checkpoint(keep_log_lines(raw), trust=trust, at=at, witnesses=0, origin=origin)
    except RefusedError:
        verify_checkpoint(raw, trust=trust, at=at, witnesses=0, origin=origin)


def keep_if_proven(proof: bytes, *, trust: TrustBundle, at: datetime) -> bytes:
    """Return a proof of misbehaviour as it is, or nothing where it would not convince others."""
    if not proof:
        return b""
    try:
        verify_log_fault(proof, trust=trust, at=at)
    except (RefusedError, UndeterminedError):
        return b""
    return proof
