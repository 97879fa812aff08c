"""What an adapter takes in at most, in one place.

The limits hold for payloads of national systems before anything in them is believed. They lie
below what a canonical document may hold at most (`swb_schemas.xml.XmlLimits`), because a payload
becomes a document inside a message and both have to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from swb_schemas.wire.limits import LARGEST_PAYLOAD
from swb_schemas.xml import XmlLimits

__all__ = ["DEFAULT_LIMITS", "AdapterLimits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterLimits:
    """Named limits of one national payload.

    Attributes:
        octets: Size of the payload; the largest sealed document has as many.
        depth: Levels of nesting: elements in XML, objects and arrays in JSON.
        elements: Elements or members in the whole payload.
        findings: Faults that one refusal lists; further ones are counted only.
    """

    octets: int = LARGEST_PAYLOAD
    depth: int = 24
    elements: int = 300_000
    findings: int = 50

    @property
    def xml(self) -> XmlLimits:
        """The same limits as the XML parser takes them."""
        return XmlLimits(octets=self.octets, depth=self.depth, elements=self.elements)


DEFAULT_LIMITS: Final = AdapterLimits()
"""What every first-party adapter keeps."""
