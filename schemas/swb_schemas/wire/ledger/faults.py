"""Proofs that a log misbehaved: one JSON file that convinces whoever has the trust bundle.

``fork``
    Two checkpoints that the log signed, of one size and with different roots.
``rewrite``
    Two checkpoints that the log signed, of different sizes, and a proof that the larger tree
    begins with other entries than the smaller one holds: a root and hashes that lead from it to
    the larger tree's, while the log signed another one for that size.
``missing``
    A sealed relay receipt with a promise that has fallen due, a checkpoint that enough witnesses
    cosigned after that, and the hashes of all leaves under it, without the promised one.

A log that merely stands still, or shows an older checkpoint again, leaves no such proof: what it
owes shows as ``missing`` when it goes on, and until then as silence.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from swb_schemas.documents import RelayReceipt
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.ledger.checkpoint import (
    LEAST_WITNESSES,
    parse_checkpoint,
    verify_checkpoint,
)
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.merkle import Frontier, roots_from_consistency
from swb_schemas.wire.ledger.promise import find_promise
from swb_schemas.wire.verification import verify_sealed
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.wire.ledger.checkpoint import VerifiedCheckpoint
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "FAULT_FORMAT",
    "LogFault",
    "VerifiedFault",
    "encode_fork",
    "encode_missing",
    "encode_rewrite",
    "keep_log_lines",
    "parse_log_fault",
    "verify_log_fault",
]

FAULT_FORMAT: Final = "urn:swb:log-fault:1"
_LARGEST: Final = 400_000_000
"""Octets: a proof of what is missing holds a hash for every entry of the log."""
_HASH_OCTETS: Final = 32
_SKEW: Final = timedelta(minutes=5)


class LogFault(BaseModel):
    """A proof as it is written; nothing of it is verified.

    Attributes:
        format: Names the major version.
        kind: What the log is said to have done.
        first: The smaller checkpoint, or one of two.
        second: The larger one, or the other.
        root: Of a rewrite: the root of the larger tree's beginning, base64.
        hashes: Of a rewrite: from there to the larger root, base64.
        receipt: Of what is missing: the sealed relay receipt, base64.
        message_id: Of what is missing: which of the receipt's messages.
        leaves: Of what is missing: the hashes of all leaves in order, base64.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["urn:swb:log-fault:1"] = "urn:swb:log-fault:1"
    kind: Literal["fork", "rewrite", "missing"]
    first: str
    second: str = ""
    root: str = ""
    hashes: tuple[str, ...] = ()
    receipt: str = ""
    message_id: str = ""
    leaves: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedFault:
    """What is proven of the log.

    Attributes:
        kind: ``fork``, ``rewrite`` or ``missing``.
        origin: The log.
        first: A checkpoint that it signed.
        second: Another one, where there are two.
        entry: The promised entry that is missing, where one is.
        meaning: One sentence for people.
    """

    kind: str
    origin: str
    first: VerifiedCheckpoint
    second: VerifiedCheckpoint | None
    entry: LogEntry | None
    meaning: str


# --- writing -----------------------------------------------------------------------------------


def keep_log_lines(raw: bytes) -> bytes:
    """Leave only the log's own lines below a checkpoint; others are no part of its word.

    Raises:
        RefusedError: ``ledger.note``, ``ledger.checkpoint``.
    """
    checkpoint, note = parse_checkpoint(raw)
    own = [each for each in note.signatures if each.name == checkpoint.origin]
    return (note.text + "\n" + "".join(each.line for each in own)).encode()


def encode_fork(first: bytes, second: bytes) -> bytes:
    """Write the proof of a fork: two checkpoints of one size."""
    return _encode(LogFault(kind="fork", first=first.decode(), second=second.decode()))


def encode_rewrite(first: bytes, second: bytes, *, root: bytes, hashes: Sequence[bytes]) -> bytes:
    """Write the proof of a rewriting.

    Args:
        first: The smaller checkpoint.
        second: The larger one.
        root: What the tree of the larger one begins with, at the smaller size.
        hashes: A consistency proof from that root to the larger one's.
    """
    fault = LogFault(
        kind="rewrite",
        first=first.decode(),
        second=second.decode(),
        root=_base64(root),
        hashes=tuple(_base64(each) for each in hashes),
    )
    return _encode(fault)


def encode_missing(
    checkpoint: bytes, *, receipt: bytes, message_id: str, leaves: Sequence[bytes]
) -> bytes:
    """Write the proof of a broken promise.

    Args:
        checkpoint: Cosigned after the promise fell due.
        receipt: The sealed relay receipt.
        message_id: Which of its messages.
        leaves: Hashes of all leaves of the checkpoint's tree.
    """
    fault = LogFault(
        kind="missing",
        first=checkpoint.decode(),
        receipt=_base64(receipt),
        message_id=message_id,
        leaves=_base64(b"".join(leaves)),
    )
    return _encode(fault)


def _encode(fault: LogFault) -> bytes:
    given = fault.model_dump(mode="json").items()
    members = {name: value for name, value in given if value}
    return json.dumps(members, indent=1).encode() + b"\n"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


# --- verification ------------------------------------------------------------------------------


def parse_log_fault(raw: bytes) -> LogFault:
    """Read a proof of misbehaviour.

    Raises:
        RefusedError: ``ledger.fault_malformed``.
    """
    value = parse_json(raw, code="ledger.fault_malformed", limit=_LARGEST)
    try:
        return LogFault.model_validate(value)
    except ValidationError as cause:
        message = f"expected {FAULT_FORMAT}, found {cause.error_count()} fault(s) of form"
        raise RefusedError("ledger.fault_malformed", message) from cause


def verify_log_fault(raw: bytes, *, trust: TrustBundle, at: datetime) -> VerifiedFault:
    """Require a proof to convict the region's log.

    Raises:
        RefusedError: ``ledger.not_proven``: what it says does not follow from what it holds;
            ``ledger.*``, ``certificate.*`` and those of `verify_sealed` where a part of it does
            not verify.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    fault = parse_log_fault(raw)
    if fault.kind == "missing":
        return _verify_missing(fault, trust, at)
    first = verify_checkpoint(fault.first.encode(), trust=trust, at=at, witnesses=0)
    second = verify_checkpoint(
        fault.second.encode(),
        trust=trust,
        at=at,
        witnesses=0,
        origin=first.checkpoint.origin,
    )
    one, other = first.checkpoint, second.checkpoint
    if fault.kind == "fork":
        if one.size != other.size or one.root == other.root:
            raise _not_proven("expected two checkpoints of one size with different roots")
        meaning = f"the log signed two different trees of size {one.size}"
    else:
        begins_with = _octets(fault.root)
        proof = [_octets(each) for each in fault.hashes]
        if not 0 < one.size < other.size:
            raise _not_proven("expected a smaller and a larger checkpoint")
        found = roots_from_consistency(one.size, other.size, proof, begins_with)
        if found != (begins_with, other.root) or begins_with == one.root:
            raise _not_proven("expected the larger tree to begin otherwise than the smaller one")
        meaning = (
            f"the log signed a tree of size {other.size} whose first {one.size} entries are not "
            f"those that it had signed"
        )
    return VerifiedFault(
        kind=fault.kind, origin=one.origin, first=first, second=second, entry=None, meaning=meaning
    )


def _verify_missing(fault: LogFault, trust: TrustBundle, at: datetime) -> VerifiedFault:
    sealed = verify_sealed(_octets(fault.receipt), trust=trust, at=at)
    receipt = sealed.document
    promise = find_promise(receipt) if isinstance(receipt, RelayReceipt) else None
    if not isinstance(receipt, RelayReceipt) or promise is None:
        raise _not_proven("expected a relay receipt with a promise of inclusion")
    relayed = next((each for each in receipt.relayed if each.message_id == fault.message_id), None)
    if relayed is None or relayed.outcome is not Outcome.ACCEPTED:
        raise _not_proven(f"expected a receipt that accepts message {fault.message_id[:40]}")
    verified = verify_checkpoint(
        fault.first.encode(), trust=trust, at=at, witnesses=LEAST_WITNESSES, origin=promise.log
    )
    due = promise.included_by + _SKEW
    late = {each.state for each in verified.cosigned if each.at > due}
    if len(late) < LEAST_WITNESSES:
        message = f"expected {LEAST_WITNESSES} witnesses after {format_instant(due)}"
        raise _not_proven(f"{message}, found {len(late)}")
    entry = LogEntry(
        message_id=relayed.message_id,
        sender=sealed.header.receiving_party,
        digest=relayed.message_digest.text,
    )
    octets = _octets(fault.leaves)
    leaves = [octets[at : at + _HASH_OCTETS] for at in range(0, len(octets), _HASH_OCTETS)]
    tree = Frontier().append(leaves)
    if (tree.size, tree.root) != (verified.checkpoint.size, verified.checkpoint.root):
        raise _not_proven("expected all leaves of the checkpoint's tree")
    if entry.leaf in leaves:
        raise _not_proven("expected the promised entry not to be there")
    meaning = (
        f"message {entry.message_id} was promised to be in the log by "
        f"{format_instant(promise.included_by)} and is not in the tree that witnesses saw later"
    )
    return VerifiedFault(
        kind=fault.kind,
        origin=promise.log,
        first=verified,
        second=None,
        entry=entry,
        meaning=meaning,
    )


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise RefusedError("ledger.fault_malformed", "expected base64") from cause


def _not_proven(message: str) -> RefusedError:
    return RefusedError("ledger.not_proven", message)
