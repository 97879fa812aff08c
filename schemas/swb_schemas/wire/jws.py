"""JWS in the General JSON Serialization, with ES256 (RFC 7515 7.2.1, RFC 7518 3.4).

What states say of themselves (trust lists, later connection terms) is signed by one or several
roots: a JSON payload and a list of signatures. The protected header of each is exactly ``alg``
and ``kid``; there is no unprotected header. ``kid`` is a hint: the digest of the certificate of
the key. Preparing and assembling are separate because keys sit behind a port that signs bytes.

joserfc takes private keys and draws random signatures, which neither an HSM nor a golden vector
can use; a test holds that joserfc reads what this module writes and the other way round.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import verify_ecdsa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_schemas.wire.certificates import Certificate

__all__ = [
    "Signed",
    "assemble_jws",
    "decode_base64url",
    "encode_base64url",
    "parse_json",
    "read_unverified_jws",
    "signing_input",
    "verify_jws",
]

_ALGORITHM: Final = "ES256"
_MAXIMAL_SIGNATURES: Final = 16
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


def parse_json(raw: bytes | str, *, code: str, limit: int) -> object:
    """Read JSON that says each thing once (RFC 8259; duplicate members refused).

    Args:
        raw: UTF-8 text.
        code: Code of the refusal.
        limit: Greatest size.

    Raises:
        RefusedError: Not JSON, too large, too deep, a member twice, or a number that JSON lacks.
    """
    if len(raw) > limit:
        message = f"expected at most {limit} octets of JSON, found {len(raw)}"
        raise RefusedError(code, message)
    try:
        text = raw if isinstance(raw, str) else raw.decode()
        value: object = json.loads(
            text, object_pairs_hook=_members_once, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as cause:
        message = (
            f"expected JSON, found something else at line {cause.lineno}, column {cause.colno}"
        )
        raise RefusedError(code, message) from cause
    except (ValueError, RecursionError) as cause:
        message = f"expected JSON in UTF-8, each member once, found: {str(cause)[:120]}"
        raise RefusedError(code, message) from cause
    return value


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member stands twice"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> object:
    message = f"{name} is no JSON"
    raise ValueError(message)


def encode_base64url(octets: bytes) -> str:
    """Write base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode_base64url(text: str, *, code: str, what: str) -> bytes:
    """Read base64url without padding that is the only spelling of its octets.

    Raises:
        RefusedError: Another spelling, or no base64url.
    """
    message = f"expected base64url without padding in {what}"
    if _BASE64URL.fullmatch(text) is None:
        raise RefusedError(code, message)
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as cause:
        raise RefusedError(code, message) from cause
    if encode_base64url(octets) != text:
        raise RefusedError(code, message)
    return octets


def _protect(kid: str) -> str:
    return encode_base64url(
        json.dumps({"alg": _ALGORITHM, "kid": kid}, separators=(",", ":")).encode()
    )


def signing_input(payload: bytes, *, kid: str) -> bytes:
    """What the holder of `kid` signs.

    Args:
        payload: The JSON payload's octets.
        kid: ``sha-256:<hex>`` of the signing root's certificate.
    """
    return f"{_protect(kid)}.{encode_base64url(payload)}".encode()


def assemble_jws(payload: bytes, signatures: Mapping[str, bytes]) -> bytes:
    """Write the whole.

    Args:
        payload: The JSON payload's octets.
        signatures: By kid: r and s over `signing_input`.
    """
    return json.dumps(
        {
            "payload": encode_base64url(payload),
            "signatures": [
                {"protected": _protect(kid), "signature": encode_base64url(value)}
                for kid, value in signatures.items()
            ],
        },
        separators=(",", ":"),
    ).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A payload with those known roots that signed it.

    Attributes:
        payload: Its octets.
        signers: Distinct certificates whose signatures hold, in order.
    """

    payload: bytes
    signers: tuple[Certificate, ...]


def read_unverified_jws(
    members: object, *, code: str, limit: int
) -> tuple[bytes, dict[str, bytes]]:
    """Take a JWS apart whose signatures nobody has checked, and which may lack them yet.

    A draft that waits for its signatures is a JWS with none. A statement that brings new roots
    says itself whose signatures are to be looked for. Nothing of what it says counts before
    `verify_jws` has found them.

    Args:
        members: The JWS, as `parse_json` read it.
        code: Prefix of refusals, for example ``trust``.
        limit: Greatest size of the payload.

    Returns:
        The claimed payload, and the claimed signatures by claimed kid.

    Raises:
        RefusedError: ``<code>.jws``: another form, or two signatures in one name.
    """
    form = f"{code}.jws"
    payload_text, entries = _read_members(members, code=form, least=0)
    payload = decode_base64url(payload_text, code=form, what="payload")
    if len(payload) > limit:
        raise RefusedError(form, f"expected at most {limit} octets of payload")
    found = [
        (_read_kid(protected, code=form), decode_base64url(value, code=form, what="signature"))
        for protected, value in entries
    ]
    if len(dict(found)) != len(found):
        raise RefusedError(form, "expected one signature of each root")
    return payload, dict(found)


def verify_jws(members: object, *, roots: Sequence[Certificate], code: str, limit: int) -> Signed:
    """Check every signature by a known root; signatures by others count for nothing.

    Args:
        members: The JWS, as `parse_json` read it.
        roots: Whose signatures count.
        code: Prefix of refusals, for example ``trust``.
        limit: Greatest size of the payload.

    Raises:
        RefusedError: ``<code>.jws`` for another form, ``<code>.unsigned`` when no known root
            signed, ``<code>.signature`` when a signature in the name of a known root is wrong.
    """
    payload_text, entries = _read_members(members, code=f"{code}.jws")
    payload = decode_base64url(payload_text, code=f"{code}.jws", what="payload")
    if len(payload) > limit:
        message = f"expected at most {limit} octets of payload, found {len(payload)}"
        raise RefusedError(f"{code}.jws", message)
    known = {root.thumbprint: root for root in roots}
    signers: dict[str, Certificate] = {}
    for protected, value in entries:
        kid = _read_kid(protected, code=f"{code}.jws")
        root = known.get(kid)
        if root is None:
            continue
        signature = decode_base64url(value, code=f"{code}.jws", what="signature")
        try:
            verify_ecdsa(root.public_key, signature, f"{protected}.{payload_text}".encode())
        except RefusedError as cause:
            message = f"expected a signature by the root {kid}, found one that does not hold"
            raise RefusedError(f"{code}.signature", message) from cause
        signers[kid] = root
    if not signers:
        message = f"expected a signature by one of {len(known)} pinned root(s), found none"
        raise RefusedError(f"{code}.unsigned", message)
    return Signed(payload=payload, signers=tuple(signers.values()))


def _read_members(
    members: object, *, code: str, least: int = 1
) -> tuple[str, list[tuple[str, str]]]:
    entries: list[tuple[str, str]] = []
    message = "expected a JWS with payload and signatures, each with protected and signature"
    if not isinstance(members, dict) or set(members) != {"payload", "signatures"}:
        raise RefusedError(code, message)
    payload, signatures = members["payload"], members["signatures"]
    if not isinstance(payload, str) or not isinstance(signatures, list):
        raise RefusedError(code, message)
    if not least <= len(signatures) <= _MAXIMAL_SIGNATURES:
        raise RefusedError(code, f"expected {least} to {_MAXIMAL_SIGNATURES} signatures")
    for each in signatures:
        if not isinstance(each, dict) or set(each) != {"protected", "signature"}:
            raise RefusedError(code, message)
        protected, value = each["protected"], each["signature"]
        if not isinstance(protected, str) or not isinstance(value, str):
            raise RefusedError(code, message)
        entries.append((protected, value))
    return payload, entries


def _read_kid(protected: str, *, code: str) -> str:
    raw = decode_base64url(protected, code=code, what="protected")
    header = parse_json(raw, code=code, limit=1024)
    message = f"expected exactly alg {_ALGORITHM} and kid in the protected header"
    if not isinstance(header, dict) or set(header) != {"alg", "kid"}:
        raise RefusedError(code, message)
    kid = header["kid"]
    if header["alg"] != _ALGORITHM or not isinstance(kid, str):
        raise RefusedError(code, message)
    return kid
