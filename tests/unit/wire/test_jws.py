"""JWS in the General JSON Serialization, held against joserfc."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as other_jws
from joserfc.jwk import ECKey

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.jws import (
    assemble_jws,
    decode_base64url,
    encode_base64url,
    parse_json,
    verify_jws,
)
from tests.vectors.world import authority

TH, VN = authority("TH"), authority("VN")
TH_ROOT, VN_ROOT = (parse_pem_certificate(each.root_pem) for each in (TH, VN))
PAYLOAD = b'{"a":1}'


def _signed(*signers: str) -> Any:  # noqa: ANN401 - JSON
    octets = assemble_jws(
        PAYLOAD, {authority(one).thumbprint: authority(one).sign(PAYLOAD) for one in signers}
    )
    return json.loads(octets)


@given(st.binary(max_size=60))
def test_base64url_has_one_spelling(octets: bytes) -> None:
    text = encode_base64url(octets)
    assert decode_base64url(text, code="c", what="w") == octets
    for other in (f"{text}=", f"{text}\n", f" {text}", f"{text}+"):
        with pytest.raises(RefusedError):
            decode_base64url(other, code="c", what="w")


def test_names_those_roots_that_signed() -> None:
    members = _signed("TH", "VN")
    both = verify_jws(members, roots=[TH_ROOT, VN_ROOT], code="c", limit=100)
    assert both.payload == PAYLOAD
    assert [each.thumbprint for each in both.signers] == [TH.thumbprint, VN.thumbprint]
    one = verify_jws(members, roots=[VN_ROOT], code="c", limit=100)
    assert [each.thumbprint for each in one.signers] == [VN.thumbprint]


def test_one_root_that_signs_twice_counts_once() -> None:
    members = _signed("TH")
    members["signatures"] *= 2
    signed = verify_jws(members, roots=[TH_ROOT], code="c", limit=100)
    assert len(signed.signers) == 1


def test_joserfc_reads_what_we_write() -> None:
    key = ECKey.import_key(TH.root_key.public_key())
    read = other_jws.deserialize_json(_signed("TH"), key, algorithms=["ES256"])
    assert read.payload == PAYLOAD


def test_we_read_what_joserfc_writes() -> None:
    member: Any = {"protected": {"alg": "ES256", "kid": TH.thumbprint}}
    written = other_jws.serialize_json(
        [member], PAYLOAD, ECKey.import_key(TH.root_key), algorithms=["ES256"]
    )
    read = verify_jws(written, roots=[TH_ROOT], code="c", limit=100)
    assert read.payload == PAYLOAD


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"payload": "eyJhIjoyfQ"}, "c.signature", id="another payload"),
        pytest.param({"payload": "eyJhIjoyfR"}, "c.jws", id="unused bits"),
        pytest.param({"payload": 1}, "c.jws", id="a payload that is no text"),
        pytest.param({"signatures": []}, "c.jws", id="no signature"),
        pytest.param({"signatures": [{}] * 17}, "c.jws", id="too many signatures"),
        pytest.param({"signatures": ["a"]}, "c.jws", id="a signature that is no object"),
        pytest.param({"signatures": [{"protected": "e30", "signature": ""}]}, "c.jws", id="no alg"),
        pytest.param({"header": {}}, "c.jws", id="an unprotected header"),
    ],
)
def test_refuses_another_form(change: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_jws(_signed("TH") | change, roots=[TH_ROOT], code="c", limit=100)
    assert refused.value.code == code


def test_refuses_a_signature_in_the_name_of_another_root() -> None:
    members = _signed("TH")
    members["signatures"][0]["protected"] = _signed("VN")["signatures"][0]["protected"]
    with pytest.raises(RefusedError) as refused:
        verify_jws(members, roots=[TH_ROOT, VN_ROOT], code="c", limit=100)
    assert refused.value.code == "c.signature"


def test_refuses_a_payload_that_is_too_large() -> None:
    with pytest.raises(RefusedError) as refused:
        verify_jws(_signed("TH"), roots=[TH_ROOT], code="c", limit=5)
    assert refused.value.code == "c.jws"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"a":1,"a":2}', id="a member twice"),
        pytest.param(b'{"a":{"b":1,"b":1}}', id="a member twice, deeper"),
        pytest.param(b"NaN", id="no number"),
        pytest.param(b"-Infinity", id="no end"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(b"[1] [2]", id="two values"),
        pytest.param(b"[" + b"1" * 5000 + b"]", id="a number of five thousand digits"),
    ],
)
def test_refuses_json_that_is_none(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_json(raw, code="some.code", limit=1_000_000)
    assert refused.value.code == "some.code"


def test_says_where_json_ends_to_be_json() -> None:
    with pytest.raises(RefusedError, match="found something else at line 2, column 3"):
        parse_json(b"{\n  [connections]", code="some.code", limit=100)
