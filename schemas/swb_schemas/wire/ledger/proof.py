"""Inclusion proofs for people and evidence containers (c2sp.org/tlog-proof): one text file.

It holds the entry (as ``extra``), its index, the proof and the checkpoint, and needs nothing but a
trust bundle to be verified, years later and without the log.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.checkpoint import LEAST_WITNESSES, verify_checkpoint
from swb_schemas.wire.ledger.entry import LogEntry, parse_entry
from swb_schemas.wire.ledger.merkle import verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.wire.ledger.checkpoint import VerifiedCheckpoint
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "PROOF_FORMAT",
    "LogProof",
    "VerifiedInclusion",
    "decode_hashes",
    "encode_hashes",
    "parse_log_proof",
    "verify_log_proof",
]

PROOF_FORMAT: Final = "c2sp.org/tlog-proof@v1"
_LARGEST: Final = 131_072
_HASH_OCTETS: Final = 32
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """An inclusion proof, nothing of it verified.

    Attributes:
        entry: What it claims to be about; None where the file does not say.
        index: Place of the entry in the log.
        hashes: From the leaf's sibling up.
        checkpoint: The signed checkpoint, byte for byte.
    """

    entry: LogEntry | None
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """Write the file."""
        extra = b""
        if self.entry is not None:
            extra = b"extra " + base64.b64encode(self.entry.encode()) + b"\n"
        head = f"index {self.index}\n{encode_hashes(self.hashes)}\n"
        return PROOF_FORMAT.encode() + b"\n" + extra + head.encode() + self.checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedInclusion:
    """That a message is in the log, as the log and enough witnesses say.

    Attributes:
        entry: The message.
        index: Its place.
        checkpoint: Who signed for it, and when.
    """

    entry: LogEntry
    index: int
    checkpoint: VerifiedCheckpoint


def parse_log_proof(raw: bytes) -> LogProof:
    """Read an inclusion proof.

    Raises:
        RefusedError: ``ledger.proof_malformed``, ``ledger.entry``.
    """
    if len(raw) > _LARGEST:
        message = f"expected at most {_LARGEST} octets of proof"
        raise RefusedError("ledger.proof_malformed", message)
    head, blank, checkpoint = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as cause:
        raise _malformed("expected ASCII before the checkpoint") from cause
    if lines.pop(0) != PROOF_FORMAT or not blank:
        raise _malformed(f"expected {PROOF_FORMAT} in the first line")
    entry = None
    if lines and lines[0].startswith("extra "):
        entry = parse_entry(_decode(lines.pop(0).removeprefix("extra ")))
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None:
        raise _malformed("expected the entry's index")
    return LogProof(
        entry=entry, index=int(index[1]), hashes=decode_hashes(lines), checkpoint=checkpoint
    )


def verify_log_proof(
    raw: bytes,
    *,
    entry: LogEntry | None,
    trust: TrustBundle,
    at: datetime,
    witnesses: int = LEAST_WITNESSES,
    origin: str | None = None,
    proven_at: datetime | None = None,
) -> VerifiedInclusion:
    """Require a message to be in the log of the region.

    I1. The file is a proof.
    I2. It is about the expected entry, where one is expected, otherwise about the one it names.
    I3. Its checkpoint verifies (`verify_checkpoint`, C1 to C5).
    I4. The hashes lead from the entry at its index to the checkpoint's root.

    Args:
        raw: The file.
        entry: What was to be logged: id, sender and digest of the verified message.
        trust: Whom to trust.
        at: The judging moment.
        witnesses: How many states must have cosigned.
        origin: The log that is meant; any log of the region where None.
        proven_at: When the proof is proven to have existed at the latest, by other evidence.

    Raises:
        RefusedError: ``ledger.*``, ``certificate.*``.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    proof = parse_log_proof(raw)  # I1
    about = entry or proof.entry  # I2
    if about is None:
        raise _malformed("expected a proof that names its entry, or an entry to hold it against")
    if proof.entry not in {None, about}:
        message = f"expected a proof for message {about.message_id}, found one for another entry"
        raise RefusedError("ledger.other_entry", message)
    checkpoint = verify_checkpoint(  # I3
        proof.checkpoint,
        trust=trust,
        at=at,
        witnesses=witnesses,
        origin=origin,
        proven_at=proven_at,
    )
    verify_inclusion(  # I4
        about.leaf,
        index=proof.index,
        size=checkpoint.checkpoint.size,
        proof=proof.hashes,
        root=checkpoint.checkpoint.root,
    )
    return VerifiedInclusion(entry=about, index=proof.index, checkpoint=checkpoint)


def encode_hashes(hashes: Sequence[bytes]) -> str:
    """Write hashes in base64, a line each."""
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in hashes)


def decode_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Read hashes in base64, one of each line.

    Raises:
        RefusedError: ``ledger.proof_malformed``.
    """
    hashes = tuple(_decode(line) for line in lines)
    if any(len(each) != _HASH_OCTETS for each in hashes):
        raise _malformed(f"expected hashes of {_HASH_OCTETS} octets")
    return hashes


def _decode(line: str) -> bytes:
    try:
        octets = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise _malformed("expected base64") from cause
    if base64.b64encode(octets).decode() != line:
        raise _malformed("expected base64 in its one spelling")
    return octets


def _malformed(message: str) -> RefusedError:
    return RefusedError("ledger.proof_malformed", message)
