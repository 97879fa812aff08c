"""OCSP responses (RFC 6960): who signed one, and what it says of one certificate.

Believed is the issuer itself, or a responder to which it gave the duty: a certificate that the
same issuer signed directly, of a P-256 key, with the extended key usage id-kp-OCSPSigning and with
id-pkix-ocsp-nocheck, because nobody would be asked about the responder in turn. Signatures are
ECDSA with SHA-256, as everywhere. The digest in a certificate's id only names its issuer, so SHA-1
serves there too. A nonce is neither sent nor needed: answers are made ahead, and thisUpdate and
nextUpdate count (4.2.2.1), not when they were signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp, verification
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import Certificate, parse_certificate
from swb_schemas.wire.paths import AUTHORITY_POLICY
from swb_schemas.wire.revocation import AnswerKind, Said, Statement, Unclear

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["MAXIMAL_OCSP_OCTETS", "encode_ocsp_request", "read_ocsp_response"]

MAXIMAL_OCSP_OCTETS: Final = 65_536
_RESPONDERS: Final = 4
"""Certificates in a response that are looked at."""
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())
_SAID: Final = {
    ocsp.OCSPCertStatus.GOOD: Said.GOOD,
    ocsp.OCSPCertStatus.REVOKED: Said.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN: Said.UNKNOWN,
}


def encode_ocsp_request(certificate: Certificate, *, issuer: Certificate) -> bytes:
    """Write the question about one certificate, DER."""
    return _ask(certificate, issuer, hashes.SHA256()).public_bytes(Encoding.DER)


def read_ocsp_response(
    raw: bytes, *, certificate: Certificate, issuer: Certificate
) -> Statement | Unclear:
    """Read what a response says of one certificate; its dates are judged later.

    1. It is one successful basic response, no larger than allowed, with one answer in it.
    2. That is about this certificate: serial number, and digests of issuer's name and key.
    3. No critical extension is unknown.
    4. The issuer signed it, or a responder that the issuer named.

    Args:
        raw: The response, DER.
        certificate: Which one was asked about.
        issuer: Who issued it.
    """
    if len(raw) > MAXIMAL_OCSP_OCTETS:
        return Unclear(reason=f"expected at most {MAXIMAL_OCSP_OCTETS} octets of OCSP response")
    try:
        response = ocsp.load_der_ocsp_response(raw)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Unclear(reason=f"the responder said {response.response_status.name}")
        answers = list(response.responses)
        if len(answers) != 1:
            return Unclear(reason=f"expected one answer in the response, found {len(answers)}")
        return _read(response, certificate, issuer)
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ):
        return Unclear(reason="expected an OCSP response in DER, found something else")


def _read(
    response: ocsp.OCSPResponse, certificate: Certificate, issuer: Certificate
) -> Statement | Unclear:
    if not _is_about(response, certificate, issuer):
        return Unclear(reason="the response is about another certificate")
    known = (x509.OCSPNonce, x509.CRLReason, x509.InvalidityDate)
    for each in (*response.extensions, *response.single_extensions):
        if each.critical and not isinstance(each.value, known):
            return Unclear(reason="the response has a critical extension that is not known")
    signed, signer_until = _find_signer(response, issuer)
    if not signed:
        return Unclear(
            reason="neither its issuer nor a responder of its issuer signed the response"
        )
    said, reason, since = _SAID[response.certificate_status], "", None
    if said is Said.REVOKED:
        flag = response.revocation_reason or x509.ReasonFlags.unspecified
        reason, since = flag.value, response.revocation_time_utc
        for each in response.single_extensions:
            if isinstance(each.value, x509.InvalidityDate) and since is not None:
                since = min(since, each.value.invalidity_date_utc)
        if flag is x509.ReasonFlags.certificate_hold:
            said = Said.HELD
        elif flag is x509.ReasonFlags.remove_from_crl:
            return Unclear(reason="the response revokes and takes that back at once")
    return Statement(
        kind=AnswerKind.OCSP,
        said=said,
        this_update=response.this_update_utc,
        next_update=response.next_update_utc,
        signer_until=signer_until,
        since=since,
        reason=reason,
    )


def _is_about(response: ocsp.OCSPResponse, certificate: Certificate, issuer: Certificate) -> bool:
    digest = response.hash_algorithm
    if not isinstance(digest, hashes.SHA1 | hashes.SHA256):
        return False
    asked = _ask(certificate, issuer, digest)
    return (
        response.serial_number == asked.serial_number
        and response.issuer_name_hash == asked.issuer_name_hash
        and response.issuer_key_hash == asked.issuer_key_hash
    )


def _ask(
    certificate: Certificate, issuer: Certificate, digest: hashes.SHA1 | hashes.SHA256
) -> ocsp.OCSPRequest:
    builder = ocsp.OCSPRequestBuilder()
    return builder.add_certificate(certificate.parsed, issuer.parsed, digest).build()


def _find_signer(response: ocsp.OCSPResponse, issuer: Certificate) -> tuple[bool, datetime | None]:
    """Find who signed: whether somebody did who may, and until when a responder's word counts."""
    if response.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        return False, None
    if _signed_by(response, issuer.public_key):
        return True, None
    for each in response.certificates[:_RESPONDERS]:
        responder = _find_responder(each, issuer, response.this_update_utc)
        if responder is not None and _signed_by(response, responder.public_key):
            return True, responder.valid_until
    return False, None


def _signed_by(response: ocsp.OCSPResponse, key: ec.EllipticCurvePublicKey) -> bool:
    try:
        key.verify(response.signature, response.tbs_response_bytes, _ECDSA_SHA256)
    except InvalidSignature:
        return False
    return True


def _find_responder(
    claimed: x509.Certificate, issuer: Certificate, at: datetime
) -> Certificate | None:
    """Read a responder's certificate, if its issuer gave it the duty and it held then."""
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([issuer.parsed]))
        .time(at)
        .max_chain_depth(0)
        .extension_policies(ca_policy=AUTHORITY_POLICY, ee_policy=_OF_RESPONDERS)
        .build_client_verifier()
    )
    try:
        found = parse_certificate(claimed.public_bytes(Encoding.DER))
        chain = verifier.verify(claimed, []).chain
        found.parsed.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except (
        RefusedError,
        verification.VerificationError,
        x509.ExtensionNotFound,
        x509.UnsupportedGeneralNameType,
        ValueError,
    ):
        return None
    return None if found.is_authority or len(chain) == 1 else found


def _require_ocsp_signing(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage
) -> None:
    if ExtendedKeyUsageOID.OCSP_SIGNING not in found:
        message = "expected a responder's certificate"
        raise ValueError(message)


def _require_signing(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None
) -> None:
    if found is not None and not found.digital_signature:
        message = "expected a key that signs"
        raise ValueError(message)


_OF_RESPONDERS: Final = (
    verification.ExtensionPolicy.permit_all()
    .require_present(
        x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, _require_ocsp_signing
    )
    .may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _require_signing)
)
