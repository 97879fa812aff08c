"""Animal health certificate, major version 1: between veterinary services (WOAH).

Elements, status and withdrawal are those of every such certificate, see `sps`.
"""

from __future__ import annotations

from typing import ClassVar

from swb_schemas.documents.sps import SpsCertificate

__all__ = ["AnimalHealthCertificate"]


class AnimalHealthCertificate(SpsCertificate):
    """A veterinary certificate (853) for animals and what is made of them."""

    namespace: ClassVar[str] = "urn:swb:animal-health-certificate:1"
    agreement: ClassVar[str] = "WOAH"
    authority: ClassVar[str] = "VET"
    type_codes: ClassVar[frozenset[str]] = frozenset({"853"})
