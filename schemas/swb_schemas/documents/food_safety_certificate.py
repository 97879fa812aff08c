"""Food safety certificate, major version 1: between food safety authorities (Codex).

Elements, status and withdrawal are those of every such certificate, see `sps`.
"""

from __future__ import annotations

from typing import ClassVar

from swb_schemas.documents.sps import SpsCertificate

__all__ = ["FoodSafetyCertificate"]


class FoodSafetyCertificate(SpsCertificate):
    """A sanitary certificate (852) for food."""

    namespace: ClassVar[str] = "urn:swb:food-safety-certificate:1"
    agreement: ClassVar[str] = "CODEX"
    authority: ClassVar[str] = "FOOD"
    type_codes: ClassVar[frozenset[str]] = frozenset({"852"})
