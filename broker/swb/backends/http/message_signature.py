"""HTTP Message Signatures (RFC 9421) with a shared secret, for requests that this program sends.

A request is signed with ``hmac-sha256`` (3.3.3) over its method, its address, its content type, the
digest of its content (RFC 9530) and the name of the delivery; the signature says when it was made
and which secret it was made with. So whoever receives it knows that every octet comes from here,
and can refuse what is old.
"""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COVERED", "digest_content", "sign_components", "sign_request"]

COVERED: Final = (
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "idempotency-key",
)
"""What a request's signature covers, in this order."""
_LABEL: Final = "swb"


def digest_content(content: bytes) -> str:
    """Write the ``Content-Digest`` of a body."""
    return f"sha-256=:{base64.b64encode(sha256(content).digest()).decode()}:"


def sign_request(
    components: Mapping[str, str], *, secret: bytes, key_id: str, created: int
) -> dict[str, str]:
    """Sign a request.

    Args:
        components: Values of everything in `COVERED`.
        secret: The shared one.
        key_id: What it is called.
        created: Seconds since 1970.

    Returns:
        The headers ``Signature-Input`` and ``Signature``.
    """
    covered = [(name, components[name]) for name in COVERED]
    parameters = f'created={created};keyid="{key_id}";alg="hmac-sha256"'
    inputs, value = sign_components(covered, parameters, secret=secret)
    return {"Signature-Input": f"{_LABEL}={inputs}", "Signature": f"{_LABEL}=:{value}:"}


def sign_components(
    covered: Sequence[tuple[str, str]], parameters: str, *, secret: bytes
) -> tuple[str, str]:
    """Sign components as RFC 9421, 2.5 and 3.3.3 say.

    Args:
        covered: Names and values, in order.
        parameters: Of the signature, as they are written.
        secret: The shared one.

    Returns:
        The value of ``@signature-params``, and the signature in base64.
    """
    inputs = f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name, _ in covered)});{parameters}"
    lines = [f'"{name}": {value}' for name, value in covered]
    lines.append(f'"@signature-params": {inputs}')
    value = hmac.new(secret, "\n".join(lines).encode(), sha256).digest()
    return inputs, base64.b64encode(value).decode()
