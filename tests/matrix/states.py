"""The states of the region and their own formats, in the order of their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.plugins import discover_adapters
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

__all__ = ["FORMATS", "MODELS", "list_adapters"]

FORMATS: Final = {
    "BN": "brunei",
    "ID": "indonesia",
    "KH": "cambodia",
    "LA": "laos",
    "MM": "myanmar",
    "MY": "malaysia",
    "PH": "philippines",
    "SG": "singapore",
    "TH": "thailand",
    "TL": "timor-leste",
    "VN": "vietnam",
}
"""State to the adapter of its own format."""
MODELS: Final = (
    CertificateOfOrigin,
    DeclarationExtract,
    CustomsReceipt,
    CustomsResponse,
    Cancellation,
    CancellationReply,
    DeclarationWithdrawal,
    VerificationRequest,
    VerificationReply,
    VerificationOutcome,
)
"""What every state's own format carries, both ways."""


def list_adapters() -> dict[str, Adapter]:
    """The adapters, by state."""
    found = discover_adapters()
    return {state: found.get(name) for state, name in FORMATS.items()}
