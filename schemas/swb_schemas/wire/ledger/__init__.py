"""The evidence log as everybody can verify it: trees, checkpoints, proofs, published files.

Pure functions over octets; whoever runs, watches or audits a log, and whoever holds a proof years
later, uses the same. The specification is docs/reference/log.md.
"""

from swb_schemas.wire.ledger.checkpoint import (
    LEAST_WITNESSES,
    Checkpoint,
    Cosigned,
    VerifiedCheckpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from swb_schemas.wire.ledger.entry import LogEntry, parse_entry
from swb_schemas.wire.ledger.faults import VerifiedFault, verify_log_fault
from swb_schemas.wire.ledger.promise import LogPromise, find_promise
from swb_schemas.wire.ledger.proof import (
    LogProof,
    VerifiedInclusion,
    parse_log_proof,
    verify_log_proof,
)

__all__ = [
    "LEAST_WITNESSES",
    "Checkpoint",
    "Cosigned",
    "LogEntry",
    "LogPromise",
    "LogProof",
    "VerifiedCheckpoint",
    "VerifiedFault",
    "VerifiedInclusion",
    "find_promise",
    "parse_checkpoint",
    "parse_entry",
    "parse_log_proof",
    "verify_checkpoint",
    "verify_log_fault",
    "verify_log_proof",
]
