"""A simulated revocation authority (CRL and OCSP) for tests, demonstrations and drills.

It speaks for one issuer, whose key it has; `openssl` takes its answers. It calls every serial
number good that it was not told to revoke, as a responder that reads a revocation list does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["SimulatedRevocation", "SimulatedRevocationAuthority", "load_revocation_authority"]

_EARLIER = timedelta(minutes=1)
_SHA256 = hashes.SHA256()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRevocation:
    """That a certificate was revoked.

    Attributes:
        at: When.
        reason: Why; ``certificateHold`` puts it on hold.
    """

    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


@dataclass(slots=True, kw_only=True)
class SimulatedRevocationAuthority:
    """What one issuer answers about its certificates.

    Attributes:
        certificate: The issuer's.
        key: The issuer's.
        now: Its clock.
        fresh_for: Life of an answer.
        revoked: By serial number.
        delegate: Key and certificate of a responder that signs OCSP responses; None lets the issuer
            sign them itself.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    now: Callable[[], datetime]
    fresh_for: timedelta = timedelta(hours=1)
    revoked: dict[int, SimulatedRevocation] = field(default_factory=dict)
    delegate: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def revoke(
        self,
        certificate: x509.Certificate,
        *,
        reason: x509.ReasonFlags = x509.ReasonFlags.unspecified,
    ) -> None:
        """Revoke a certificate now."""
        at = self.now().replace(microsecond=0)
        self.revoked[certificate.serial_number] = SimulatedRevocation(at=at, reason=reason)

    def release(self, certificate: x509.Certificate) -> None:
        """Take a hold back."""
        self.revoked.pop(certificate.serial_number, None)

    def appoint(self) -> None:
        """Make a responder and let it sign OCSP responses from now on."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "responder, simulated")])
        begin = self.now().replace(microsecond=0) - _EARLIER
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=7))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(use, critical=True)
            .add_extension(x509.OCSPNoCheck(), critical=False)
            .sign(self.key, _SHA256)
        )
        self.delegate = (key, certificate)

    def make_list(self) -> bytes:
        """Make the revocation list of this moment, DER."""
        begin = self.now().replace(microsecond=0) - _EARLIER
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(begin)
            .next_update(begin + self.fresh_for)
            .add_extension(x509.CRLNumber(next(self._numbers)), critical=False)
            .add_extension(issuer, critical=False)
        )
        for serial, each in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(each.at)
            if each.reason is not x509.ReasonFlags.unspecified:
                entry = entry.add_extension(x509.CRLReason(each.reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, _SHA256).public_bytes(Encoding.DER)

    def answer(self, raw: bytes) -> bytes:
        """Answer an OCSP request, whatever it is, DER."""
        try:
            request = ocsp.load_der_ocsp_request(raw)
        except ValueError:
            return _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if not isinstance(request.hash_algorithm, hashes.SHA1 | hashes.SHA256):
            return _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        asked = (request.issuer_name_hash, request.issuer_key_hash)
        if asked != self._own_names(request.hash_algorithm.name):
            return _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        found = self.revoked.get(request.serial_number)
        begin = self.now().replace(microsecond=0) - _EARLIER
        key, certificate = self.delegate or (self.key, self.certificate)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=request.issuer_name_hash,
                issuer_key_hash=request.issuer_key_hash,
                serial_number=request.serial_number,
                algorithm=request.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.REVOKED if found else ocsp.OCSPCertStatus.GOOD,
                this_update=begin,
                next_update=begin + self.fresh_for,
                revocation_time=found.at if found else None,
                revocation_reason=found.reason if found else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
        )
        if self.delegate is not None:
            builder = builder.certificates([certificate])
        return builder.sign(key, _SHA256).public_bytes(Encoding.DER)

    def _own_names(self, algorithm: str) -> tuple[bytes, bytes]:
        """How a request names this issuer: digests of its name and of its key's point."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        name = self.certificate.subject.public_bytes()
        return hashlib.new(algorithm, name).digest(), hashlib.new(algorithm, point).digest()


def load_revocation_authority(
    certificate: Path, key: Path, *, now: Callable[[], datetime]
) -> SimulatedRevocationAuthority:
    """Load an issuer's certificate and plain key, PEM, such as those of development."""
    issuer = x509.load_pem_x509_certificate(certificate.read_bytes())
    loaded = load_pem_private_key(key.read_bytes(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)  # noqa: S101 - development makes no other
    return SimulatedRevocationAuthority(certificate=issuer, key=loaded, now=now)


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
