"""Puts a vector to this project's own reader.

Another implementation is asked the same questions through its own command; this is what the
question means.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb_conformance.cases import Question, Verdict
from swb_schemas.errors import Actor, RefusedError, SwbError, UndeterminedError
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

    from swb_conformance.cases import Case
    from swb_schemas.wire import (
        TrustBundle,
        VerifiedDelivery,
        VerifiedMessage,
        VerifiedSealedDocument,
    )

__all__ = ["Outcome", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out.

    Attributes:
        verdict: Accepted, refused or undetermined.
        code: Of the failure; empty when accepted.
        produced: Octets that came out, by the names used in ``expected/``.
        detail: For people.
    """

    verdict: Verdict
    code: str = ""
    produced: Mapping[str, bytes]
    detail: str = ""


def judge(case: Case) -> Outcome:
    """Judge one vector."""
    try:
        produced = _judge(case)
    except UndeterminedError as error:
        return Outcome(
            verdict=Verdict.UNDETERMINED, code=error.code, produced={}, detail=error.message
        )
    except SwbError as error:
        return Outcome(verdict=Verdict.REFUSED, code=error.code, produced={}, detail=error.message)
    return Outcome(verdict=Verdict.ACCEPTED, produced=produced)


def _judge(case: Case) -> dict[str, bytes]:
    trust = parse_trust_bundle(case.trust)
    if case.question is Question.TRUST:
        return {"result.json": _dump(_describe_trust(trust))}
    if case.question is Question.SEALED_DOCUMENT:
        sealed = verify_sealed(case.subject, trust=trust, at=case.at)
        return {"result.json": _dump(_describe_sealed(sealed)), **_documents(sealed)}
    receiver = parse_party_id(case.receiver) if case.receiver else None
    message = verify_message(case.subject, trust=trust, at=case.at, receiver=receiver)
    if case.question is Question.MESSAGE:
        described: dict[str, object] = _describe_message(message)
        return {"result.json": _dump(described)}
    keys = {key.thumbprint: key for key in map(_read_key, case.decryption_keys)}
    delivery = verify_delivery(message, trust=trust, at=case.at, decryption_keys=keys)
    return {
        "result.json": _dump(_describe_delivery(delivery)),
        "sealed.xml": delivery.sealed.octets,
        **_documents(delivery.sealed),
    }


def _documents(sealed: VerifiedSealedDocument) -> dict[str, bytes]:
    return {"document.xml": sealed.document_octets}


def _describe_trust(trust: TrustBundle) -> dict[str, object]:
    return {
        "environment": trust.environment,
        "lists": {
            state: {
                **({"root_number": each.root_number} if each.root_number > 1 else {}),
                "number": each.number,
                "parties": sorted(each.parties),
            }
            for state, each in sorted(trust.lists.items())
        },
    }


def _describe_message(message: VerifiedMessage) -> dict[str, object]:
    return {
        "message_id": message.header.message_id,
        "digest": message.digest.text,
        "signer": message.signer.party,
        "purpose": message.signer.purpose,
        "body": "clear" if isinstance(message.body, ClearBody) else "encrypted",
    }


def _describe_sealed(sealed: VerifiedSealedDocument) -> dict[str, object]:
    return {
        "document_id": sealed.header.document_id,
        "message_type": sealed.header.message_type,
        "digest": sealed.digest.text,
        "signer": sealed.signer.party,
        "purpose": sealed.signer.purpose,
        "commitment": sealed.commitment,
    }


def _describe_delivery(delivery: VerifiedDelivery) -> dict[str, object]:
    return {
        "message": _describe_message(delivery.message),
        "sealed_document": _describe_sealed(delivery.sealed),
    }


def _dump(value: object) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"


def _read_key(pem: bytes) -> DecryptionKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = "expected a P-256 key in PEM"
        raise RefusedError("vector.malformed", message, actor=Actor.DEVELOPER)
    return DecryptionKey.of(key)
