"""Certificate revocation lists (RFC 5280, 5): who signed one, and what it says of a certificate.

Used is a complete list that the issuer of the certificates signed itself. Delta lists are not used,
nor lists for some reasons alone, nor indirect ones (signed by another than the issuer). A partition
counts for the certificates that name it as their distribution point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import SignatureAlgorithmOID

from swb_schemas.wire.revocation import (
    AnswerKind,
    Said,
    Statement,
    Unclear,
    find_named_sources,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate

__all__ = ["MAXIMAL_CRL_OCTETS", "RevocationList", "read_crl"]

MAXIMAL_CRL_OCTETS: Final = 10_000_000
_MAXIMAL_ENTRIES: Final = 50_000
_KNOWN: Final = (
    x509.AuthorityKeyIdentifier,
    x509.CRLNumber,
    x509.FreshestCRL,
    x509.IssuerAlternativeName,
    x509.IssuingDistributionPoint,
)
_KNOWN_OF_ENTRIES: Final = (x509.CRLReason, x509.InvalidityDate)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """An authentic list.

    Attributes:
        issuer: Who signed it.
        this_update: When it was known to be so.
        next_update: When there is a newer one at the latest.
        scope: What it is about; None for all that the issuer issued.
        revoked: By serial number.
    """

    issuer: Certificate
    this_update: datetime
    next_update: datetime | None
    scope: x509.IssuingDistributionPoint | None
    revoked: Mapping[int, x509.RevokedCertificate]

    def state_of(self, certificate: Certificate) -> Statement | Unclear:
        """Read what it says of one certificate; its dates are judged later."""
        if certificate.parsed.issuer != self.issuer.parsed.subject:
            return Unclear(reason="the revocation list is of another issuer")
        if not self._covers(certificate):
            return Unclear(reason="the revocation list is about other certificates")
        entry = self.revoked.get(certificate.parsed.serial_number)
        said, reason, since = Said.GOOD, "", None
        if entry is not None:
            said, since = Said.REVOKED, entry.revocation_date_utc
            flag = x509.ReasonFlags.unspecified
            for each in entry.extensions:
                if isinstance(each.value, x509.CRLReason):
                    flag = each.value.reason
                elif isinstance(each.value, x509.InvalidityDate):
                    since = min(since, each.value.invalidity_date_utc)
            reason = flag.value
            if flag is x509.ReasonFlags.certificate_hold:
                said = Said.HELD
            elif flag is x509.ReasonFlags.remove_from_crl:
                return Unclear(reason="a complete revocation list takes a revocation back")
        return Statement(
            kind=AnswerKind.CRL,
            said=said,
            this_update=self.this_update,
            next_update=self.next_update,
            since=since,
            reason=reason,
        )

    def _covers(self, certificate: Certificate) -> bool:
        scope = self.scope
        if scope is None:
            return True
        if scope.only_contains_ca_certs and not certificate.is_authority:
            return False
        if scope.only_contains_user_certs and certificate.is_authority:
            return False
        if scope.full_name is None:
            return True
        names = {
            each.value
            for each in scope.full_name
            if isinstance(each, x509.UniformResourceIdentifier)
        }
        return bool(names & set(find_named_sources(certificate).crl))


def read_crl(raw: bytes, *, issuer: Certificate) -> RevocationList | Unclear:
    """Read a list and check that an issuer signed it.

    1. It is one list in DER, no larger than allowed.
    2. It names the issuer, whose key usage has cRLSign, and the issuer signed it.
    3. It is complete: no delta, not indirect, not for some reasons alone.
    4. No critical extension is unknown, of the list or of any entry.

    Args:
        raw: The list, DER.
        issuer: Who must have signed it.
    """
    if len(raw) > MAXIMAL_CRL_OCTETS:
        return Unclear(reason=f"expected at most {MAXIMAL_CRL_OCTETS} octets of revocation list")
    try:
        return _read(x509.load_der_x509_crl(raw), issuer)
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ):
        return Unclear(reason="expected a revocation list in DER, found something else")


def _read(found: x509.CertificateRevocationList, issuer: Certificate) -> RevocationList | Unclear:
    scope = _find_scope(found)
    for fault in (
        _fault_of_signature(found, issuer),
        _fault_of_scope(found, scope),
        _fault_of_entries(found),
    ):
        if fault:
            return Unclear(reason=fault)
    return RevocationList(
        issuer=issuer,
        this_update=found.last_update_utc,
        next_update=found.next_update_utc,
        scope=scope,
        revoked={each.serial_number: each for each in found},
    )


def _find_scope(
    found: x509.CertificateRevocationList,
) -> x509.IssuingDistributionPoint | None:
    values = (each.value for each in found.extensions)
    return next((each for each in values if isinstance(each, x509.IssuingDistributionPoint)), None)


def _fault_of_signature(found: x509.CertificateRevocationList, issuer: Certificate) -> str:
    if found.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        return "expected a revocation list signed with ECDSA and SHA-256"
    if (
        found.issuer != issuer.parsed.subject
        or not _may_sign_lists(issuer)
        or not found.is_signature_valid(issuer.public_key)
    ):
        return "the issuer did not sign the revocation list"
    return ""


def _fault_of_scope(
    found: x509.CertificateRevocationList, scope: x509.IssuingDistributionPoint | None
) -> str:
    for each in found.extensions:
        if isinstance(each.value, x509.DeltaCRLIndicator):
            return "expected a complete revocation list, found a delta"
        if each.critical and not isinstance(each.value, _KNOWN):
            return "the revocation list has a critical extension that is not known"
    if scope is not None and (
        scope.indirect_crl
        or scope.only_some_reasons
        or scope.only_contains_attribute_certs
        or scope.relative_name
    ):
        return "expected a revocation list of one issuer for every reason"
    return ""


def _fault_of_entries(found: x509.CertificateRevocationList) -> str:
    if len(found) > _MAXIMAL_ENTRIES:
        return f"expected at most {_MAXIMAL_ENTRIES} entries in a revocation list"
    serials = set()
    for entry in found:
        serials.add(entry.serial_number)
        for each in entry.extensions:
            if each.critical and not isinstance(each.value, _KNOWN_OF_ENTRIES):
                return "an entry has a critical extension that is not known"
    if len(serials) != len(found):
        return "the revocation list names a certificate twice"
    return ""


def _may_sign_lists(issuer: Certificate) -> bool:
    try:
        usage = issuer.parsed.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.crl_sign
