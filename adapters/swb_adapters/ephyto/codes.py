"""Codes of ePhyto, and the words that the canonical certificate has for them."""

from __future__ import annotations

from typing import Final

from swb_schemas.documents.sps import CertificateStatus

__all__ = ["STATUSES", "UNDETERMINED"]

STATUSES: Final = {
    "39": CertificateStatus.APPROVED,
    "40": CertificateStatus.WITHDRAWN,
    "41": CertificateStatus.REJECTED,
    "70": CertificateStatus.ISSUED,
}
"""Status of a document by its code in ``StatusCode``."""

UNDETERMINED: Final = "und"
"""Language of a text whose language was not named (ISO 639-2)."""
