"""The protocol of signers: frames of JSON over a stream (docs/reference/signer-protocol.md).

A frame is its length in 4 octets, big-endian, and so many octets of JSON: one object. A client
sends requests, each with an ``id`` of its own choice; replies bear the same ``id`` and may come in
any order. There is no operation that gives a private key away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import decode_base64url, encode_base64url, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DATA_LIMIT",
    "FRAME_LIMIT",
    "HEADER_OCTETS",
    "MEMBERS",
    "PROTOCOL",
    "AgreeRequest",
    "DescribeRequest",
    "Request",
    "SignRequest",
    "encode_agree",
    "encode_describe",
    "encode_frame",
    "encode_sign",
    "parse_length",
    "parse_reply",
    "parse_request",
    "read_octets",
]

PROTOCOL: Final = 1
HEADER_OCTETS: Final = 4
FRAME_LIMIT: Final = 1_500_000
"""Octets of JSON in one frame."""
DATA_LIMIT: Final = 1_000_000
"""Octets that can be signed at once; a message's signature is over a few thousand."""
_LONGEST_NAME: Final = 200
_GREATEST_ID: Final = 2**53
_CODE: Final = "signer.malformed"
MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "describe": frozenset({"id", "op"}),
    "sign": frozenset({"id", "op", "purpose", "data"}),
    "agree": frozenset({"id", "op", "key", "ephemeral"}),
}
"""Exactly what a request of each operation has."""


@dataclass(frozen=True, slots=True)
class DescribeRequest:
    """Which keys may this client use?"""

    id: int


@dataclass(frozen=True, slots=True)
class SignRequest:
    """Sign octets with the key of a purpose."""

    id: int
    purpose: Purpose
    data: bytes


@dataclass(frozen=True, slots=True)
class AgreeRequest:
    """Agree on a secret with a sender's ephemeral key, by the key of that thumbprint."""

    id: int
    key: str
    ephemeral: ec.EllipticCurvePublicKey


Request = DescribeRequest | SignRequest | AgreeRequest


# --- frames ------------------------------------------------------------------------------------


def encode_frame(value: Mapping[str, object]) -> bytes:
    """Write one object as a frame."""
    raw = json.dumps(value, separators=(",", ":")).encode()
    return len(raw).to_bytes(HEADER_OCTETS) + raw


def parse_length(raw: bytes) -> int:
    """Read how many octets follow a header.

    Raises:
        RefusedError: ``signer.malformed``: none, or more than the limit.
    """
    length = int.from_bytes(raw)
    if not 0 < length <= FRAME_LIMIT:
        message = f"expected a frame of 1 to {FRAME_LIMIT} octets, found {length}"
        raise RefusedError("signer.malformed", message)
    return length


# --- the client's side -------------------------------------------------------------------------


def encode_describe(number: int) -> bytes:
    """Ask which keys there are."""
    return encode_frame({"id": number, "op": "describe"})


def encode_sign(number: int, purpose: Purpose, data: bytes) -> bytes:
    """Ask for a signature."""
    told = {"id": number, "op": "sign", "purpose": purpose, "data": encode_base64url(data)}
    return encode_frame(told)


def encode_agree(number: int, key: str, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
    """Ask for a shared secret."""
    point = ephemeral.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    told = {"id": number, "op": "agree", "key": key, "ephemeral": encode_base64url(point)}
    return encode_frame(told)


def parse_reply(raw: bytes) -> tuple[int, dict[str, object]]:
    """Read a reply's JSON: the request's id, and the rest.

    Raises:
        RefusedError: ``signer.malformed``.
    """
    value = parse_json(raw, code=_CODE, limit=FRAME_LIMIT)
    if not isinstance(value, dict):
        message = "expected a reply that is an object"
        raise RefusedError("signer.malformed", message)
    return _read_id(value), value


def read_octets(reply: Mapping[str, object], name: str, *, length: int) -> bytes:
    """Read octets of a reply.

    Args:
        reply: The reply.
        name: The member that holds them, in base64url.
        length: How many they must be.

    Raises:
        RefusedError: ``signer.malformed``.
    """
    octets = _read_octets(reply, name)
    if len(octets) != length:
        message = f"expected {length} octets of {name}, found {len(octets)}"
        raise RefusedError("signer.malformed", message)
    return octets


# --- the signer's side -------------------------------------------------------------------------


def parse_request(raw: bytes) -> Request:
    """Read a request's JSON.

    Raises:
        RefusedError: ``signer.malformed``: whatever it is, nothing is signed for it.
    """
    value = parse_json(raw, code=_CODE, limit=FRAME_LIMIT)
    operation = value.get("op") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(operation, str):
        message = "expected a request: an object with id and op"
        raise RefusedError("signer.malformed", message)
    if frozenset(value) != MEMBERS.get(operation):
        message = f"expected one of {', '.join(MEMBERS)} with exactly its members"
        raise RefusedError("signer.malformed", message)
    number = _read_id(value)
    if operation == "describe":
        return DescribeRequest(number)
    if operation == "sign":
        return SignRequest(number, _read_purpose(value), _read_octets(value, "data"))
    point = _read_octets(value, "ephemeral")
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as cause:
        message = "expected a point of the curve P-256"
        raise RefusedError("signer.malformed", message) from cause
    return AgreeRequest(number, _read_text(value, "key"), ephemeral)


def _read_id(value: Mapping[str, object]) -> int:
    number = value.get("id")
    if type(number) is not int or not 0 <= number < _GREATEST_ID:
        message = "expected an id: an integer from 0"
        raise RefusedError("signer.malformed", message)
    return number


def _read_text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or len(text) > _LONGEST_NAME:
        message = f"expected {name}: a text of at most {_LONGEST_NAME} characters"
        raise RefusedError("signer.malformed", message)
    return text


def _read_purpose(value: Mapping[str, object]) -> Purpose:
    try:
        return Purpose(_read_text(value, "purpose"))
    except ValueError as cause:
        message = f"expected a purpose, one of {', '.join(Purpose)}"
        raise RefusedError("signer.malformed", message) from cause


def _read_octets(value: Mapping[str, object], name: str) -> bytes:
    text = value.get(name)
    if not isinstance(text, str):
        message = f"expected {name} in base64url"
        raise RefusedError("signer.malformed", message)
    return decode_base64url(text, code=_CODE, what=name)
