"""Revocation answers: what an issuer says of its certificates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AnswerKind", "RevocationAnswer"]


class AnswerKind(StrEnum):
    """Forms of revocation answers."""

    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAnswer:
    """One answer, as its issuer signed it.

    Attributes:
        kind: A certificate revocation list (RFC 5280, 5) or an OCSP response (RFC 6960).
        octets: DER.
    """

    kind: AnswerKind
    octets: bytes
