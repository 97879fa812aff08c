"""Wycheproof's vectors for ECDSA P-256 with SHA-256 through our signature verifier."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import verify_ecdsa

if TYPE_CHECKING:
    from pathlib import Path

VECTORS = "signed/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    try:
        verify_ecdsa(key, signature, data)
    except RefusedError as error:
        return error.code != "signature.value"
    return True


def test_agrees_with_every_vector(samples: Path) -> None:
    told = json.loads((samples / VECTORS).read_bytes())
    judged = 0
    wrong = []
    for group in told["testGroups"]:
        key = load_der_public_key(bytes.fromhex(group["publicKeyDer"]))
        assert isinstance(key, ec.EllipticCurvePublicKey)
        for case in group["tests"]:
            judged += 1
            found = _holds(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            if found != (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"], case["result"]))
    assert judged == told["numberOfTests"]
    assert wrong == []
