"""Paths: from a certificate over at most one issuing authority to a pinned root (RFC 5280, 6).

The X.509 verifier of `cryptography` builds and judges them: names, signatures and their
algorithms, basic constraints, path length, key usage of authorities, name constraints, and critical
extensions that nobody understands, which refuse. A state's root is offline; what signs day by day
is an issuing authority under it, and the state's list carries its certificate, so a message
carries none.

A path is built once, when a list is read. Dates are judged later, at each moment asked for, by
those of every certificate on the path. What key usage a leaf needs depends on its purpose and is
judged there too (`trust`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate

__all__ = ["AUTHORITY_POLICY", "find_path"]

_LONGEST: Final = 1
"""Issuing authorities between a certificate and the root."""


def find_path(
    certificate: Certificate,
    *,
    roots: Sequence[Certificate],
    authorities: Sequence[Certificate] = (),
) -> tuple[Certificate, ...]:
    """Find the path from a certificate to a pinned root.

    It must have held as a whole at one instant at least. Where several paths exist, it is the one
    that held first: an authority that is renewed gets a new key, so there is one as a rule.

    Args:
        certificate: Where it begins.
        roots: Pinned ones.
        authorities: Issuing authorities that the state lists.

    Returns:
        Its issuer first, the pinned root last; empty where no path holds.
    """
    if not roots:
        return ()
    store = verification.Store([each.parsed for each in roots])
    between = [each.parsed for each in authorities]
    by_der = {each.der: each for each in (*authorities, *roots)}
    for moment in _moments(certificate, (*authorities, *roots)):
        verifier = (
            verification.PolicyBuilder()
            .store(store)
            .time(moment)
            .max_chain_depth(_LONGEST)
            .extension_policies(ca_policy=AUTHORITY_POLICY, ee_policy=_OF_LEAVES)
            .build_client_verifier()
        )
        try:
            chain = verifier.verify(certificate.parsed, between).chain
        except (verification.VerificationError, x509.UnsupportedGeneralNameType, ValueError):
            continue
        path = tuple(by_der[each.public_bytes(Encoding.DER)] for each in chain[1:])
        return path or (by_der[certificate.der],)
    return ()


def _moments(certificate: Certificate, others: Sequence[Certificate]) -> list[datetime]:
    """List the instants at which something begins to hold while the certificate does."""
    start, end = certificate.valid_from, certificate.valid_until
    begins = {start, *(each.valid_from for each in others)}
    return sorted(each for each in begins if start <= each <= end)


def _require_authority(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.BasicConstraints
) -> None:
    if not found.ca:
        message = "expected an authority"
        raise ValueError(message)


def _require_issuing(
    _policy: verification.Policy, _certificate: x509.Certificate, found: x509.KeyUsage
) -> None:
    if not found.key_cert_sign:
        message = "expected an authority that may issue certificates"
        raise ValueError(message)


AUTHORITY_POLICY: Final = (
    verification.ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, verification.Criticality.CRITICAL, _require_authority)
    .require_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _require_issuing)
)
"""Of whoever issues certificates: basic constraints, critical, and key usage say so."""
_OF_LEAVES: Final = verification.ExtensionPolicy.permit_all()
"""Permits what the verifier knows; a critical extension that it does not know refuses."""
