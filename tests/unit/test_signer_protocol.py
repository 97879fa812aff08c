"""The protocol of signers: what is a request, and everything else is none."""

from __future__ import annotations

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from swb.core.signer_protocol import (
    DATA_LIMIT,
    FRAME_LIMIT,
    HEADER_OCTETS,
    MEMBERS,
    PROTOCOL,
    AgreeRequest,
    DescribeRequest,
    SignRequest,
    encode_agree,
    encode_describe,
    encode_frame,
    encode_sign,
    parse_length,
    parse_reply,
    parse_request,
    read_octets,
)
from swb.signer.clients import RateBound
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import encode_base64url
from tests.services import ROOT

KEY = ec.derive_private_key(20261122, ec.SECP256R1()).public_key()
POINT = encode_base64url(KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
OUTSIDE = encode_base64url(b"\4" + bytes(63) + b"\1")


def body(frame: bytes) -> bytes:
    assert parse_length(frame[:HEADER_OCTETS]) == len(frame) - HEADER_OCTETS
    return frame[HEADER_OCTETS:]


@given(st.integers(0, 2**53 - 1), st.sampled_from(Purpose), st.binary(max_size=2000))
def test_reads_what_a_client_asks(number: int, purpose: Purpose, data: bytes) -> None:
    assert parse_request(body(encode_describe(number))) == DescribeRequest(number)
    asked = parse_request(body(encode_sign(number, purpose, data)))
    assert asked == SignRequest(number, purpose, data)
    agreed = parse_request(body(encode_agree(number, "name", KEY)))
    assert agreed == AgreeRequest(number, "name", KEY)


SIGN = {"id": 1, "op": "sign", "purpose": "transport", "data": "QQ"}
AGREE = {"id": 1, "op": "agree", "key": "name", "ephemeral": POINT}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"{" * 5000, id="very deep"),
        pytest.param(b'{"id":1,"id":2,"op":"describe"}', id="a member twice"),
        pytest.param(b'{"op":"describe"}', id="no id"),
        pytest.param(b'{"id":true,"op":"describe"}', id="an id that is no number"),
        pytest.param(b'{"id":-1,"op":"describe"}', id="a negative id"),
        pytest.param(b'{"id":1e3,"op":"describe"}', id="an id with a fraction"),
        pytest.param(b'{"id":1,"op":"export"}', id="an operation that gives keys away"),
        pytest.param(b'{"id":1,"op":["sign"]}', id="an operation that is no text"),
        pytest.param(json.dumps({**SIGN, "purpose": "root"}).encode(), id="no purpose"),
        pytest.param(json.dumps({**SIGN, "data": "QQ=="}).encode(), id="padded base64"),
        pytest.param(json.dumps({**SIGN, "data": "QR"}).encode(), id="another spelling of base64"),
        pytest.param(json.dumps({**SIGN, "data": 7}).encode(), id="data that are no text"),
        pytest.param(json.dumps({**SIGN, "algorithm": "none"}).encode(), id="one member more"),
        pytest.param(json.dumps({**AGREE, "key": "k" * 201}).encode(), id="a long name"),
        pytest.param(json.dumps({**AGREE, "ephemeral": OUTSIDE}).encode(), id="no point"),
        pytest.param(json.dumps({**AGREE, "ephemeral": "BA"}).encode(), id="a short point"),
        pytest.param(json.dumps({**AGREE, "ephemeral": "AA"}).encode(), id="infinity"),
    ],
)
def test_refuses_what_is_no_request(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_request(raw)
    assert refused.value.code == "signer.malformed"


def test_reads_the_longest_name_and_the_greatest_id() -> None:
    asked = parse_request(json.dumps({**AGREE, "key": "k" * 200, "id": 2**53 - 1}).encode())
    assert asked == AgreeRequest(2**53 - 1, "k" * 200, KEY)
    with pytest.raises(RefusedError, match="an integer from 0"):
        parse_request(json.dumps({**AGREE, "id": 2**53}).encode())


@pytest.mark.parametrize("length", [1, FRAME_LIMIT])
def test_a_frame_has_one_octet_or_as_many_as_are_allowed(length: int) -> None:
    assert parse_length(length.to_bytes(HEADER_OCTETS)) == length


@pytest.mark.parametrize("length", [0, FRAME_LIMIT + 1, 2**32 - 1])
def test_refuses_a_frame_of_no_size_that_is_allowed(length: int) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_length(length.to_bytes(HEADER_OCTETS))
    assert refused.value.code == "signer.malformed"


@pytest.mark.parametrize("raw", [b"7", b"{}", b'{"id":"1"}', b"no"])
def test_refuses_what_is_no_reply(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_reply(raw)
    assert refused.value.code == "signer.malformed"


def test_refuses_a_signature_of_another_length() -> None:
    number, reply = parse_reply(body(encode_frame({"id": 3, "signature": "QQ"})))
    assert number == 3
    with pytest.raises(RefusedError) as refused:
        read_octets(reply, "signature", length=64)
    assert refused.value.code == "signer.malformed"


def test_a_rate_allows_a_burst_and_then_so_many_a_second() -> None:
    rate = RateBound(a_second=2, burst=3)
    assert [rate.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [rate.take(10.5), rate.take(10.5)] == [True, False]
    assert [rate.take(1000.0) for _ in range(4)] == [True, True, True, False]


def test_the_page_on_the_protocol_says_what_the_code_does() -> None:
    page = (ROOT / "docs" / "reference" / "signer-protocol.md").read_text(encoding="utf-8")
    assert f"{FRAME_LIMIT:,}" in page
    assert f"{DATA_LIMIT:,}" in page
    assert f"Version {PROTOCOL}." in page
    assert all(f"`{purpose}`" in page for purpose in Purpose)
    example = page.partition("```json\n")[2].splitlines()[0].encode()
    assert parse_request(example) == SignRequest(7, Purpose.TRANSPORT, b"data")
    operations = re.findall(r"^\| `(\w+)` \|([^|]*)\|", page, re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", members)) for name, members in operations}
    assert told == {name: members - {"id", "op"} for name, members in MEMBERS.items()}


def test_a_reply_has_as_many_octets_as_were_asked_for() -> None:
    reply = {"value": encode_base64url(b"\1" * 64)}
    assert read_octets(reply, "value", length=64) == b"\1" * 64
    for length in (63, 65):
        with pytest.raises(RefusedError) as refusal:
            read_octets(reply, "value", length=length)
        assert refusal.value.code == "signer.malformed"


@pytest.mark.parametrize("number", [-1, 2**53, 1.0, True, "1", None])
def test_an_id_is_a_number_that_json_can_hold(number: object) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_reply(json.dumps({"id": number}).encode())
    assert refusal.value.code == "signer.malformed"
