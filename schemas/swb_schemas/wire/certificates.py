"""X.509 certificates as the wire uses them: elliptic curve P-256, DER, nothing else (RFC 5280).

Whether a certificate is trusted is not decided here but in `trust`; this module reads one and
checks a signature by its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from swb_schemas.errors import RefusedError
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Certificate", "parse_certificate", "parse_pem_certificate", "verify_ecdsa"]

Kind = TypeVar("Kind", bound=x509.ExtensionType)

_OCTETS_OF_HALF: Final = 32
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())
_MAXIMAL_OCTETS: Final = 16_384
_SERVICES: Final = frozenset([ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certificate:
    """One certificate, read.

    Attributes:
        der: Its octets; two certificates are the same when these are.
        thumbprint: ``sha-256:<hex>`` of `der`.
        public_key: A P-256 key.
        valid_from: notBefore.
        valid_until: notAfter, inclusive (RFC 5280, 4.1.2.5).
        is_authority: Basic constraints say that it issues certificates.
        may_issue: Key usage has keyCertSign.
        may_sign: Key usage has digitalSignature.
        may_agree: Key usage has keyAgreement.
        is_service: Extended key usage says that it signs revocation answers or time-stamps.
        subject: For people.
        parsed: As the library has it, for issuance checks.
    """

    der: bytes
    thumbprint: str
    public_key: ec.EllipticCurvePublicKey
    valid_from: datetime
    valid_until: datetime
    is_authority: bool
    may_issue: bool
    may_sign: bool
    may_agree: bool
    is_service: bool
    subject: str
    parsed: x509.Certificate

    def is_issued_by(self, issuer: Certificate) -> bool:
        """Whether `issuer` may issue certificates, is named in this one, and signed it."""
        if not (issuer.is_authority and issuer.may_issue):
            return False
        try:
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


def parse_certificate(raw: bytes) -> Certificate:
    """Read one certificate.

    Args:
        raw: DER, nothing after it.

    Raises:
        RefusedError: ``certificate.malformed``, or ``certificate.key`` for any other kind of key.
    """
    try:
        if len(raw) > _MAXIMAL_OCTETS:
            message = f"expected at most {_MAXIMAL_OCTETS} octets"
            raise ValueError(message)  # noqa: TRY301 - translated with every other malformation
        parsed = x509.load_der_x509_certificate(raw)
        usage = _find_extension(parsed, x509.KeyUsage)
        constraints = _find_extension(parsed, x509.BasicConstraints)
        extended = _find_extension(parsed, x509.ExtendedKeyUsage)
        subject = parsed.subject.rfc4514_string()
        key = parsed.public_key()
        der = parsed.public_bytes(Encoding.DER)
    except (
        ValueError,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ) as cause:
        message = f"expected an X.509 certificate in DER, found: {str(cause)[:120]}"
        raise RefusedError("certificate.malformed", message) from cause
    except UnsupportedAlgorithm as cause:
        message = "expected a certificate of a P-256 key"
        raise RefusedError("certificate.key", message) from cause
    if der != raw or parsed.serial_number <= 0:
        message = "expected an X.509 certificate in DER, numbered, and nothing after it"
        raise RefusedError("certificate.malformed", message)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        message = f"expected a certificate of a P-256 key, found one of {subject}"
        raise RefusedError("certificate.key", message)
    return Certificate(
        der=der,
        thumbprint=digest_text_of(der),
        public_key=key,
        valid_from=parsed.not_valid_before_utc,
        valid_until=parsed.not_valid_after_utc,
        is_authority=constraints is not None and constraints.ca,
        may_issue=usage is not None and usage.key_cert_sign,
        may_sign=usage is not None and usage.digital_signature,
        may_agree=usage is not None and usage.key_agreement,
        is_service=extended is not None and not _SERVICES.isdisjoint(extended),
        subject=subject,
        parsed=parsed,
    )


def parse_pem_certificate(raw: bytes) -> Certificate:
    """Read one certificate in PEM.

    Raises:
        RefusedError: ``certificate.malformed``, ``certificate.key``.
    """
    try:
        found = x509.load_pem_x509_certificates(raw)
        (only,) = (each.public_bytes(Encoding.DER) for each in found)
    except (ValueError, x509.InvalidVersion) as cause:
        message = "expected exactly one certificate in PEM"
        raise RefusedError("certificate.malformed", message) from cause
    return parse_certificate(only)


def verify_ecdsa(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    """Check an ECDSA signature with SHA-256 (RFC 6931, 2.3.6: r and s, 32 octets each).

    Both spellings (r, s) and (r, n - s) verify: no digest of this project depends on them.

    Raises:
        RefusedError: ``signature.value``.
    """
    r = int.from_bytes(signature[:_OCTETS_OF_HALF])
    s = int.from_bytes(signature[_OCTETS_OF_HALF:])
    try:
        if len(signature) != 2 * _OCTETS_OF_HALF:
            raise InvalidSignature  # noqa: TRY301 - one refusal for every wrong signature
        key.verify(encode_dss_signature(r, s), data, _ECDSA_SHA256)
    except InvalidSignature as cause:
        message = "expected a signature made by the key of the named certificate"
        raise RefusedError("signature.value", message) from cause


def _find_extension(parsed: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return parsed.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
