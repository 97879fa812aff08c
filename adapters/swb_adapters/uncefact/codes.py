"""Codes of the published standard, as far as its own lists have them."""

from __future__ import annotations

from typing import Final

__all__ = ["AGREEMENTS", "DOCUMENT_TYPE", "MODES"]

DOCUMENT_TYPE: Final = "864"
"""UNTDID 1001, preference certificate of origin: the one code that the published list has."""
MODES: Final = frozenset({"1"})
"""Recommendation 19: of all modes the published list has maritime transport only."""
AGREEMENTS: Final = ("ATIGA", "AANZFTA")
"""Agreements whose certificates this mapping was tried with."""
