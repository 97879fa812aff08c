"""The ports: what the use cases need from the world, in the terms of the domain.

Transport speaks bytes and strings only. The store speaks domain operations, one transaction
each. Every method that touches the world is asynchronous and bounded in time by its
implementation; every foreign exception is translated into `swb_schemas.errors`, the cause kept.
"""

from swb.core.duplicates import Disposition
from swb.core.traffic import Traffic
from swb.ports.audit import AuditTrail
from swb.ports.evidence import (
    EvidenceStore,
    Feed,
    KeptTrust,
    Leaf,
    LeafKind,
    StampedBatch,
    StampedLeaf,
    Tally,
    TimeStampAuthority,
)
from swb.ports.ledger import (
    CosignedCheckpoint,
    KeptCheckpoint,
    LedgerStore,
    LogFolder,
    LogIncident,
    LogReader,
    LogState,
    WitnessStore,
)
from swb.ports.migrating import Migratable
from swb.ports.national import (
    NationalFormats,
    NationalGateway,
    PayloadSource,
    Reading,
    Rendering,
)
from swb.ports.pruning import Prunable, Pruned
from swb.ports.reconciliation import (
    AskedDocument,
    KeptList,
    KeptNotice,
    KeptSummary,
    PaperRegister,
    PaperUse,
    ReconciliationStore,
)
from swb.ports.records import (
    Acceptance,
    BuriedMessage,
    Counts,
    Direction,
    DocumentRecord,
    Erasure,
    Event,
    Exchanged,
    HeldMessage,
    MessageRecord,
    NationalDelivery,
    OutboundMessage,
    Recorded,
    RecordedOctets,
    Submission,
    SubmissionRecord,
    Trail,
)
from swb.ports.revocation import (
    AnswerCache,
    AnswerFetcher,
    RevocationAnswers,
)
from swb.ports.store import (
    MessageStore,
)
from swb.ports.transport import (
    Delivery,
    LineEnd,
    Settlement,
    Transport,
)
from swb.ports.trust import (
    Clock,
    ConnectionSource,
    DistrustRegister,
    KeyAgreement,
    ListFetcher,
    ListShelf,
    Signer,
    TrustSource,
)
from swb.ports.waiting import (
    Backlog,
    Parked,
    ParkedFilter,
    ParkedKind,
    Share,
    Standing,
    Surveyed,
)

__all__ = [
    "Acceptance",
    "AnswerCache",
    "AnswerFetcher",
    "AskedDocument",
    "AuditTrail",
    "Backlog",
    "BuriedMessage",
    "Clock",
    "ConnectionSource",
    "CosignedCheckpoint",
    "Counts",
    "Delivery",
    "Direction",
    "Disposition",
    "DistrustRegister",
    "DocumentRecord",
    "Erasure",
    "Event",
    "EvidenceStore",
    "Exchanged",
    "Feed",
    "HeldMessage",
    "KeptCheckpoint",
    "KeptList",
    "KeptNotice",
    "KeptSummary",
    "KeptTrust",
    "KeyAgreement",
    "Leaf",
    "LeafKind",
    "LedgerStore",
    "LineEnd",
    "ListFetcher",
    "ListShelf",
    "LogFolder",
    "LogIncident",
    "LogReader",
    "LogState",
    "MessageRecord",
    "MessageStore",
    "Migratable",
    "NationalDelivery",
    "NationalFormats",
    "NationalGateway",
    "OutboundMessage",
    "PaperRegister",
    "PaperUse",
    "Parked",
    "ParkedFilter",
    "ParkedKind",
    "PayloadSource",
    "Prunable",
    "Pruned",
    "Reading",
    "ReconciliationStore",
    "Recorded",
    "RecordedOctets",
    "Rendering",
    "RevocationAnswers",
    "Settlement",
    "Share",
    "Signer",
    "StampedBatch",
    "StampedLeaf",
    "Standing",
    "Submission",
    "SubmissionRecord",
    "Surveyed",
    "Tally",
    "TimeStampAuthority",
    "Traffic",
    "Trail",
    "Transport",
    "TrustSource",
    "WitnessStore",
]
