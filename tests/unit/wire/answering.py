"""Revocation answers of any shape, for tests of what is made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.unit.wire.issuing import AT, Issued, issue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["DAY", "HOUR", "make_crl", "make_ocsp", "make_responder"]

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_OCSP_SIGNING: Final = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])


def make_responder(
    issuer: Issued, *, signs: bool = True, checked: bool = False, **changes: object
) -> Issued:
    """Make a delegated responder.

    Args:
        issuer: Who gives the duty.
        signs: Whether it is given for OCSP.
        checked: Whether its own status would have to be asked for.
        changes: Arguments of `issue`.
    """
    extensions: dict[x509.ExtensionType, bool] = {}
    if signs:
        extensions[_OCSP_SIGNING] = False
    if not checked:
        extensions[x509.OCSPNoCheck()] = False
    return issue("responder", issuer, **{"extensions": extensions, **changes})  # type: ignore[arg-type]  # any of them


def make_ocsp(
    about: Issued,
    issuer: Issued,
    *,
    signer: Issued | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    this_update: datetime = AT - HOUR,
    next_update: datetime | None = AT + DAY,
    revoked_at: datetime = AT - DAY,
    reason: x509.ReasonFlags | None = None,
    digest: hashes.SHA1 | hashes.SHA256 | hashes.SHA384 | None = None,
    signature: hashes.SHA256 | hashes.SHA384 | None = None,
    extensions: Mapping[x509.ExtensionType, bool] | None = None,
) -> bytes:
    """Make an OCSP response about a certificate, signed by its issuer or by a responder."""
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    by = signer or issuer
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.x509,
            issuer=issuer.x509,
            algorithm=digest or hashes.SHA256(),
            cert_status=status,
            this_update=this_update,
            next_update=next_update,
            revocation_time=revoked_at if revoked else None,
            revocation_reason=reason if revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, by.x509)
    )
    if signer is not None:
        builder = builder.certificates([signer.x509])
    for extension, critical in (extensions or {}).items():
        builder = builder.add_extension(extension, critical=critical)
    response = builder.sign(by.key, signature or hashes.SHA256())
    return response.public_bytes(Encoding.DER)


def make_crl(
    issuer: Issued,
    revoked: Sequence[Issued] = (),
    *,
    signer: Issued | None = None,
    this_update: datetime = AT - HOUR,
    next_update: datetime = AT + DAY,
    revoked_at: datetime = AT - DAY,
    entry: Mapping[x509.ExtensionType, bool] | None = None,
    signature: hashes.SHA256 | hashes.SHA384 | None = None,
    extensions: Mapping[x509.ExtensionType, bool] | None = None,
) -> bytes:
    """Make a revocation list; `signer` signs in the issuer's name where it is another."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.x509.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for each in revoked:
        one = (
            x509.RevokedCertificateBuilder()
            .serial_number(each.x509.serial_number)
            .revocation_date(revoked_at)
        )
        for extension, critical in (entry or {}).items():
            one = one.add_extension(extension, critical=critical)
        builder = builder.add_revoked_certificate(one.build())
    for extension, critical in (extensions or {}).items():
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign((signer or issuer).key, signature or hashes.SHA256()).public_bytes(
        Encoding.DER
    )
