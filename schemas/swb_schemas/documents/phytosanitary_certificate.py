"""Phytosanitary certificate, major version 1: between plant protection organisations (IPPC).

Elements, status and withdrawal are those of every such certificate, see `sps`; what ISPM 12 asks
of them is `swb_schemas.rulebook.sps`.
"""

from __future__ import annotations

from typing import ClassVar

from swb_schemas.documents.sps import SpsCertificate

__all__ = ["PhytosanitaryCertificate"]


class PhytosanitaryCertificate(SpsCertificate):
    """A phytosanitary certificate for export (851) or re-export (657)."""

    namespace: ClassVar[str] = "urn:swb:phytosanitary-certificate:1"
    agreement: ClassVar[str] = "IPPC"
    authority: ClassVar[str] = "NPPO"
    type_codes: ClassVar[frozenset[str]] = frozenset({"851", "657"})
