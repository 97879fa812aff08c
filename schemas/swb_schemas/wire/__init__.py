"""The wire: sealed documents, messages, signatures, encryption, trust, verification.

Pure functions over octets, without clock, network or randomness (but `encryption.encrypt_body`,
which draws an ephemeral key). Broker, conformance suite and any integrator's tool use the same.
The specification is docs/reference/wire.md.
"""

from swb_schemas.wire.binding import BoundValues, bound_values
from swb_schemas.wire.digest import digest_of, digest_text_of
from swb_schemas.wire.encryption import (
    DecryptionKey,
    EncryptedBody,
    encrypt_body,
    key_thumbprint,
)
from swb_schemas.wire.evidence import (
    LayerRecord,
    Step,
    VerifiedDelivery,
    VerifiedMessage,
    VerifiedSealedDocument,
)
from swb_schemas.wire.message import ClearBody, MessageHeader, prepare_message
from swb_schemas.wire.seal_header import Adapter, Answers, SealHeader, Source
from swb_schemas.wire.sealed import prepare_sealed
from swb_schemas.wire.signature import Unsigned
from swb_schemas.wire.trust import (
    Distrust,
    ListedCertificate,
    TrustBundle,
    TrustList,
    Unknown,
)
from swb_schemas.wire.trust_reading import parse_trust_bundle, verify_trust_list
from swb_schemas.wire.verification import (
    VerificationPolicy,
    verify_delivery,
    verify_message,
    verify_sealed,
)

__all__ = [
    "Adapter",
    "Answers",
    "BoundValues",
    "ClearBody",
    "DecryptionKey",
    "Distrust",
    "EncryptedBody",
    "LayerRecord",
    "ListedCertificate",
    "MessageHeader",
    "SealHeader",
    "Source",
    "Step",
    "TrustBundle",
    "TrustList",
    "Unknown",
    "Unsigned",
    "VerificationPolicy",
    "VerifiedDelivery",
    "VerifiedMessage",
    "VerifiedSealedDocument",
    "bound_values",
    "digest_of",
    "digest_text_of",
    "encrypt_body",
    "key_thumbprint",
    "parse_trust_bundle",
    "prepare_message",
    "prepare_sealed",
    "verify_delivery",
    "verify_message",
    "verify_sealed",
    "verify_trust_list",
]
