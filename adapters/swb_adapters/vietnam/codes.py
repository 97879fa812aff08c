"""Codes of the simulated Vietnamese format and what they mean in canonical documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_schemas.documents.customs import Decision

__all__ = [
    "ERROR",
    "FORMS",
    "LANGUAGE",
    "NEW_STATUS",
    "OFFSET",
    "RECEIVED",
    "RESULTS",
]

LANGUAGE: Final = "vi"
"""The one national language that the format has room for."""
OFFSET: Final = timedelta(hours=7)
"""Indochina time, which has no summer time."""

FORMS: Final = {"D": "ATIGA", "AANZ": "AANZFTA"}
"""Forms that the format has, and their agreements."""
NEW_STATUS: Final = "0"
"""The other two, amended and cancelled, are no way to change an e-Form D (ATIGA OCP 29(4))."""

RECEIVED: Final = "2"
ERROR: Final = "99"
"""Functions of a receipt: the customs system has the certificate, or a technical error kept it."""
RESULTS: Final = {"0": Decision.PENDING, "1": Decision.GIVEN, "2": Decision.NOT_GIVEN}
