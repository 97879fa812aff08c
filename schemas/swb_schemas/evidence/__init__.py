"""Evidence: time-stamps, evidence records, and the container that an auditor gets.

Pure functions over octets, without clock, network or randomness. The specification is
docs/reference/evidence.md.
"""

from swb_schemas.evidence.archive import read_archive, write_archive
from swb_schemas.evidence.contents import (
    CONTENTS_NAME,
    Contents,
    ErasedFile,
    ErasureRecord,
    Fact,
    Item,
    OtherFile,
    encode_contents,
    encode_erasure_record,
    parse_contents,
    parse_erasure_record,
)
from swb_schemas.evidence.evidence_record import (
    ArchiveTimeStamp,
    TimeAssertion,
    decode_evidence_record,
    encode_evidence_record,
    verify_evidence_record,
)
from swb_schemas.evidence.hash_tree import HashTree, ReducedHashTree, build_hash_tree, compute_root
from swb_schemas.evidence.judging import ContainerVerdict, ItemVerdict, verify_container
from swb_schemas.evidence.manifest import Manifest, read_manifest, write_manifest
from swb_schemas.evidence.remainder import Remainder, verify_remainder
from swb_schemas.evidence.time_stamp import (
    TimePolicy,
    TimeStamp,
    encode_time_stamp_query,
    read_time_stamp_answer,
    verify_time_stamp,
)

__all__ = [
    "CONTENTS_NAME",
    "ArchiveTimeStamp",
    "ContainerVerdict",
    "Contents",
    "ErasedFile",
    "ErasureRecord",
    "Fact",
    "HashTree",
    "Item",
    "ItemVerdict",
    "Manifest",
    "OtherFile",
    "ReducedHashTree",
    "Remainder",
    "TimeAssertion",
    "TimePolicy",
    "TimeStamp",
    "build_hash_tree",
    "compute_root",
    "decode_evidence_record",
    "encode_contents",
    "encode_erasure_record",
    "encode_evidence_record",
    "encode_time_stamp_query",
    "parse_contents",
    "parse_erasure_record",
    "read_archive",
    "read_manifest",
    "read_time_stamp_answer",
    "verify_container",
    "verify_evidence_record",
    "verify_remainder",
    "verify_time_stamp",
    "write_archive",
    "write_manifest",
]
