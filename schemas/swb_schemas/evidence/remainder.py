"""What is left of an erased file: its signature, over a digest of what nobody has any more.

The signature element stays whole, so a stranger can verify that this key signed that digest, and,
by the evidence record, since when. Whoever still has the file can show that it is the one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.catalogue import Commitment, Purpose, get_type
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.certificates import verify_ecdsa
from swb_schemas.wire.signature import read_signature_alone

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.wire.trust import ListedCertificate, TrustBundle

__all__ = ["Remainder", "verify_remainder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """A signature that holds, over something that was erased.

    Attributes:
        digest: The signed digest, ``sha-256:<hex>``.
        signed_at: The signing time.
        signer: Whose it is, as listed.
    """

    digest: str
    signed_at: datetime
    signer: ListedCertificate


def verify_remainder(
    raw: bytes,
    *,
    message_type: str,
    signer: str,
    is_message: bool,
    trust: TrustBundle,
    at: datetime,
    proven_at: datetime | None,
) -> Remainder:
    """Verify what is left of a message or a sealed document.

    R1. It is a signature of the one shape; the digests of its certificate and properties are right.
    R2. The certificate is listed for the signer and for what it signed with, and held then.
    R3. The signature is one by its key.
    R4. The signer commits to what such a file's signer commits to.

    Args:
        raw: The signature element.
        message_type: What it was, by whoever erased it.
        signer: Who is said to have signed.
        is_message: Whether it was a message; otherwise a sealed document.
        trust: Whom to trust.
        at: The judging moment.
        proven_at: When the signature is proven to have existed at the latest.

    Raises:
        RefusedError: ``signature.*``, ``certificate.*``, ``party.*``, ``catalogue.unknown_type``.
        UndeterminedError: ``trust.*``, ``certificate.status_unknown``.
    """
    found = read_signature_alone(raw)
    kind = get_type(message_type)
    listed = trust.judge_certificate(
        found.certificate,
        party=parse_party_id(signer),
        purpose=Purpose.TRANSPORT if is_message else kind.seal_purpose,
        moments=(found.signed_at,),
        at=at,
        proven_at=proven_at,
    )
    verify_ecdsa(listed.certificate.public_key, found.value, found.to_be_signed)
    expected = Commitment.SENDER if is_message else kind.commitment
    if found.commitment is not expected:
        message = f"expected the commitment {expected}, found {found.commitment}"
        raise RefusedError("signature.commitment", message)
    return Remainder(digest=found.digest.text, signed_at=found.signed_at, signer=listed)
