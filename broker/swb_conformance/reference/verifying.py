"""``verify`` and ``open``: octets judged by a trust bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb_conformance.reference.members import (
    MalformedRequestError,
    read_moment,
    read_octets,
    read_octets_list,
    read_text,
    spell_octets,
)
from swb_schemas.parties import parse_party_id
from swb_schemas.wire import (
    ClearBody,
    DecryptionKey,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_schemas.wire import (
        TrustBundle,
        VerifiedDelivery,
        VerifiedMessage,
        VerifiedSealedDocument,
    )

__all__ = [
    "describe_delivery",
    "describe_message",
    "describe_sealed",
    "describe_trust",
    "load_private_key",
    "open_message",
    "verify",
]


def verify(request: Mapping[str, Any]) -> dict[str, object]:
    """Judge a trust bundle, a sealed document or a message."""
    layer = read_text(request, "layer")
    subject = read_octets(request, "input")
    if layer == "trust":
        return _accept(describe_trust(parse_trust_bundle(subject)))
    trust = parse_trust_bundle(read_octets(request, "trust"))
    at = read_moment(request)
    if layer == "sealed-document":
        return _accept(describe_sealed(verify_sealed(subject, trust=trust, at=at)))
    if layer == "message":
        return _accept(describe_message(_verify_message(request, subject, trust)))
    raise MalformedRequestError("expected layer: trust, sealed-document or message")


def open_message(request: Mapping[str, Any]) -> dict[str, object]:
    """Judge both layers of a message, and that they agree."""
    subject = read_octets(request, "input")
    trust = parse_trust_bundle(read_octets(request, "trust"))
    message = _verify_message(request, subject, trust)
    keys = [DecryptionKey.of(load_private_key(pem)) for pem in read_octets_list(request, "keys")]
    delivery = verify_delivery(
        message,
        trust=trust,
        at=read_moment(request),
        decryption_keys={key.thumbprint: key for key in keys},
    )
    return _accept(
        {
            "result": describe_delivery(delivery),
            "sealed": spell_octets(delivery.sealed.octets),
            "document": spell_octets(delivery.sealed.document_octets),
        }
    )


def load_private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Load a P-256 private key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise MalformedRequestError("expected a private key in PEM") from cause
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MalformedRequestError("expected a P-256 key in PEM")
    return key


def describe_trust(trust: TrustBundle) -> dict[str, object]:
    """What a reader makes of a trust bundle."""
    return {
        "environment": str(trust.environment),
        "lists": {
            state: {
                **({"root_number": each.root_number} if each.root_number > 1 else {}),
                "number": each.number,
                "parties": sorted(str(party) for party in each.parties),
            }
            for state, each in sorted(trust.lists.items())
        },
    }


def describe_message(message: VerifiedMessage) -> dict[str, object]:
    """What a verifier makes of the outer layer."""
    return {
        "message_id": message.header.message_id,
        "digest": message.digest.text,
        "signer": str(message.signer.party),
        "purpose": str(message.signer.purpose),
        "body": "clear" if isinstance(message.body, ClearBody) else "encrypted",
    }


def describe_sealed(sealed: VerifiedSealedDocument) -> dict[str, object]:
    """What a verifier makes of the inner layer."""
    return {
        "document_id": sealed.header.document_id,
        "message_type": sealed.header.message_type,
        "digest": sealed.digest.text,
        "signer": str(sealed.signer.party),
        "purpose": str(sealed.signer.purpose),
        "commitment": str(sealed.commitment),
    }


def describe_delivery(delivery: VerifiedDelivery) -> dict[str, object]:
    """What a recipient makes of both."""
    return {
        "message": describe_message(delivery.message),
        "sealed_document": describe_sealed(delivery.sealed),
    }


def _verify_message(
    request: Mapping[str, Any], subject: bytes, trust: TrustBundle
) -> VerifiedMessage:
    receiver = read_text(request, "receiver", "")
    return verify_message(
        subject,
        trust=trust,
        at=read_moment(request),
        receiver=parse_party_id(receiver) if receiver else None,
    )


def _accept(output: dict[str, object]) -> dict[str, object]:
    return {"verdict": "accepted", "code": None, "output": output}
