"""The number under which a document is filed, which canonical documents do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import derive_digits

if TYPE_CHECKING:
    from swb_schemas.parties import CertificateKey

__all__ = ["derive_aju"]

_PREFIX: Final = "000860SWBGID"
"""Six characters of the document's code and six of who files it, as published numbers begin."""


def derive_aju(key: CertificateKey) -> str:
    """Derive the 26 characters from a certificate's key, so that its answers have the same."""
    return _PREFIX + derive_digits("indonesia.aju", str(key).encode(), count=14)
