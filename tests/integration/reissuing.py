"""A state issues its trust list anew, as its ceremony would: the root's key signs."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from swb.backends.softkey import DevelopmentKeys

__all__ = ["reissue_list"]


def reissue_list(keys: DevelopmentKeys, state: str, *, number: int, expires_at: datetime) -> None:
    """Replace a state's list in the bundle by one with another number and end."""
    bundle = json.loads(keys.bundle.read_bytes())
    payload = bundle["lists"][state]["payload"]
    form = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    form["number"] = number
    form["expires"] = format_instant(expires_at)
    octets = json.dumps(form, separators=(",", ":")).encode()
    root = x509.load_pem_x509_certificate(keys.roots[state].read_bytes())
    digest = hashes.Hash(hashes.SHA256())
    digest.update(root.public_bytes(Encoding.DER))
    kid = f"sha-256:{digest.finalize().hex()}"
    raw = (keys.directory / "keys" / state / "root.pem").read_bytes()
    key = load_pem_private_key(raw, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(signing_input(octets, kid=kid), ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32) + s.to_bytes(32)
    bundle["lists"][state] = json.loads(assemble_jws(octets, {kid: signature}))
    part = keys.bundle.with_suffix(".part")
    part.write_text(json.dumps(bundle))
    part.replace(keys.bundle)
