"""The fixed test keys of the vectors, at work: whoever seals and signs what is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from swb_conformance.folders import read_material
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from random import Random

    from swb_schemas.catalogue import Purpose
    from swb_schemas.wire import Unsigned

__all__ = ["BUNDLE", "Holder", "find_holder", "make_stranger"]

BUNDLE: Final = "material/trust/bundle.json"
"""The trust bundle that lists them."""
_SIGNATURE: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""RFC 6979: the same seed draws the same octets."""
_HALF: Final = 32
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_END: Final = datetime(2046, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who has a key and a certificate.

    Attributes:
        party: URN.
        key: The private key.
        key_path: Its file among the vectors' material; empty where it has none.
        certificate: DER.
    """

    party: str
    key: ec.EllipticCurvePrivateKey
    key_path: str
    certificate: bytes

    @property
    def public_pem(self) -> bytes:
        """The public key, SubjectPublicKeyInfo in PEM."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def complete(self, unsigned: Unsigned) -> bytes:
        """Sign a file that lacks nothing but the signature's value."""
        r, s = decode_dss_signature(self.key.sign(unsigned.to_be_signed, _SIGNATURE))
        return unsigned.attach(r.to_bytes(_HALF) + s.to_bytes(_HALF))


@cache
def find_holder(party: str, purpose: Purpose) -> Holder | None:
    """Find who signs for a party; None where the vectors have no key of it.

    Args:
        party: URN.
        purpose: What for.
    """
    who = parse_party_id(party)
    name = f"{who.state}-{who.role}-{purpose}"
    path = f"material/keys/{name}.pem"
    try:
        pem = read_material(path)
        certificate = read_material(f"material/certificates/{name}.der")
    except KeyError:
        return None
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"expected a P-256 key in {path}"
        raise TypeError(msg)
    return Holder(party=party, key=key, key_path=path, certificate=certificate)


def make_stranger(party: str, drawn: Random) -> Holder:
    """Make a key and a certificate that no list names, though it says that it is somebody's."""
    key = ec.derive_private_key(drawn.randrange(1, 2**255), ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, party)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(drawn.randrange(1, 2**150))
        .not_valid_before(_BEGIN)
        .not_valid_after(_END)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    der = certificate.public_bytes(Encoding.DER)
    return Holder(party=party, key=key, key_path="", certificate=der)
