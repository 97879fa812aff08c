"""Puts a vector to this project's own reader.

Another implementation is asked the same questions through its own command; this is what the
question means.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_conformance.cases import Question, Verdict
from swb_conformance.reference.verifying import (
    describe_delivery,
    describe_message,
    describe_sealed,
    describe_trust,
    load_private_key,
)
from swb_schemas.errors import SwbError, UndeterminedError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire import (
    DecryptionKey,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_conformance.cases import Case
    from swb_schemas.wire import VerifiedSealedDocument

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
        return {"result.json": _dump(describe_trust(trust))}
    if case.question is Question.SEALED_DOCUMENT:
        sealed = verify_sealed(case.subject, trust=trust, at=case.at)
        return {"result.json": _dump(describe_sealed(sealed)), **_documents(sealed)}
    receiver = parse_party_id(case.receiver) if case.receiver else None
    message = verify_message(case.subject, trust=trust, at=case.at, receiver=receiver)
    if case.question is Question.MESSAGE:
        return {"result.json": _dump(describe_message(message))}
    held = [DecryptionKey.of(load_private_key(pem)) for pem in case.decryption_keys]
    keys = {key.thumbprint: key for key in held}
    delivery = verify_delivery(message, trust=trust, at=case.at, decryption_keys=keys)
    return {
        "result.json": _dump(describe_delivery(delivery)),
        "sealed.xml": delivery.sealed.octets,
        **_documents(delivery.sealed),
    }


def _documents(sealed: VerifiedSealedDocument) -> dict[str, bytes]:
    return {"document.xml": sealed.document_octets}


def _dump(value: object) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"
