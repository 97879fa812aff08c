"""Evidence: time-stamps, evidence records, and the container that an auditor gets.

Pure functions over octets, without clock, network or randomness. The specification is
docs/reference/evidence.md.
"""

from swb_schemas.evidence.evidence_record import (
    ArchiveTimeStamp,
    TimeAssertion,
    decode_evidence_record,
    encode_evidence_record,
    verify_evidence_record,
)
from swb_schemas.evidence.hash_tree import HashTree, ReducedHashTree, build_hash_tree, compute_root
from swb_schemas.evidence.time_stamp import (
    TimePolicy,
    TimeStamp,
    encode_time_stamp_query,
    read_time_stamp_answer,
    verify_time_stamp,
)

__all__ = [
    "ArchiveTimeStamp",
    "HashTree",
    "ReducedHashTree",
    "TimeAssertion",
    "TimePolicy",
    "TimeStamp",
    "build_hash_tree",
    "compute_root",
    "decode_evidence_record",
    "encode_evidence_record",
    "encode_time_stamp_query",
    "read_time_stamp_answer",
    "verify_evidence_record",
    "verify_time_stamp",
]
