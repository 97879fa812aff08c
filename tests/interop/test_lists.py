"""Signed lists between this project and jose, a JOSE library of Node.js."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from swb_schemas.errors import RefusedError
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.trust_list import encode_trust_list
from tests.interop.node import ask
from tests.vectors.world import authority, bundle, list_form


def signed_by_jose(state: str, **how: str) -> bytes:
    """The standard bundle with Thailand's list, signed by jose in the name of Thailand's root."""
    key = authority(state).root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = {"key": key.decode(), "kid": authority("TH").thumbprint, **how}
    payload = base64.b64encode(encode_trust_list(list_form("TH"))).decode()
    (jws,) = ask([{"verb": "jws.sign", "content": payload, "signers": [signer]}])
    members: dict[str, Any] = json.loads(bundle())
    members["lists"]["TH"] = jws
    return json.dumps(members).encode()


def test_we_accept_a_list_that_jose_signed() -> None:
    trust = parse_trust_bundle(signed_by_jose("TH"))
    assert trust.lists["TH"].number == 1


def test_a_list_that_jose_signed_with_another_key_is_refused() -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_trust_bundle(signed_by_jose("VN"))
    assert refusal.value.code == "trust.signature"
