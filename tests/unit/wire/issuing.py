"""Certificates of any shape, for tests of paths and of revocation answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from swb_schemas.wire.certificates import Certificate, parse_certificate

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AT", "BEGIN", "END", "Issued", "issue", "usage_of"]

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
AT: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
END: Final = datetime(2030, 1, 1, tzinfo=UTC)
_NAMES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate with its key."""

    key: ec.EllipticCurvePrivateKey
    x509: x509.Certificate

    @property
    def certificate(self) -> Certificate:
        """As the project reads it."""
        return parse_certificate(self.x509.public_bytes(Encoding.DER))


def usage_of(*names: str) -> x509.KeyUsage:
    """Make a key usage of the named bits alone."""
    return x509.KeyUsage(**{name: name in names for name in _NAMES})


def issue(
    name: str,
    issuer: Issued | None = None,
    *,
    authority: bool | None = False,
    path_length: int | None = None,
    usage: x509.KeyUsage | None = None,
    begin: datetime = BEGIN,
    end: datetime = END,
    issuer_name: str = "",
    digest: hashes.SHA224 | hashes.SHA256 | None = None,
    extensions: Mapping[x509.ExtensionType, bool] | None = None,
) -> Issued:
    """Issue a certificate.

    Args:
        name: Common name.
        issuer: Who signs; None for itself.
        authority: What basic constraints say; None leaves them out.
        path_length: Of an authority.
        usage: Key usage; by default what fits.
        begin: notBefore.
        end: notAfter.
        issuer_name: Common name of the issuer where it is not the issuer's own.
        digest: SHA-256 by default.
        extensions: More of them, and whether they are critical.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    signing = key if issuer is None else issuer.key
    own = _name(name)
    named = own if issuer is None else issuer.x509.subject
    if usage is None:
        usage = usage_of("key_cert_sign", "crl_sign") if authority else usage_of(*_NAMES[:2])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(_name(issuer_name) if issuer_name else named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(usage, critical=True)
    )
    if authority is not None:
        length = path_length if authority else None
        constraints = x509.BasicConstraints(ca=authority, path_length=length)
        builder = builder.add_extension(constraints, critical=True)
    for extension, critical in (extensions or {}).items():
        builder = builder.add_extension(extension, critical=critical)
    return Issued(key=key, x509=builder.sign(signing, digest or hashes.SHA256()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


YEAR: Final = timedelta(days=365)
