"""Faults of ours: exceptions that nobody foresaw, met while one thing was worked on.

A fault concerns the one message, payload or document that was worked on; the others go on. It is
tried again a few times, because what caused it may have passed, and then set aside for a person.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ATTEMPTS_WITH_FAULTS", "INTERNAL_FAULT"]

INTERNAL_FAULT: Final = "internal.fault"
"""The code in logs and records; the log has the place, and never what was worked on."""

ATTEMPTS_WITH_FAULTS: Final = 5
"""After so many attempts, the last of which met a fault, it is set aside."""
