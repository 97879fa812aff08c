"""Signatures of certificates' keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import verify_ecdsa

KEY = ec.derive_private_key(20260302, ec.SECP256R1())
DATA = b"what is signed"
R, S = decode_dss_signature(KEY.sign(DATA, ec.ECDSA(hashes.SHA256())))
HALVES = R.to_bytes(32), S.to_bytes(32)


def test_a_signature_is_r_and_s_of_32_octets_each() -> None:
    verify_ecdsa(KEY.public_key(), b"".join(HALVES), DATA)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(HALVES[0] + b"\x00" + HALVES[1], id="s has a zero before it"),
        pytest.param(HALVES[0] + bytes(40) + HALVES[1], id="s has many zeros before it"),
        pytest.param(b"\x00" + HALVES[0] + HALVES[1], id="r has a zero before it"),
        pytest.param(HALVES[0] + HALVES[1] + b"\x00", id="a zero after it"),
        pytest.param(HALVES[0] + HALVES[1][:-1], id="an octet is missing"),
        pytest.param(HALVES[0], id="r alone"),
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(64), id="zeros"),
        pytest.param(KEY.sign(DATA, ec.ECDSA(hashes.SHA256())), id="in DER"),
    ],
)
def test_refuses_any_other_spelling(signature: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_ecdsa(KEY.public_key(), signature, DATA)
    assert refused.value.code == "signature.value"
