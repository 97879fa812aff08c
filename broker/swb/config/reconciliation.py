"""How a gateway reconciles with its partners, in its configuration."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from swb.config.section import Section

__all__ = ["ReconciliationConfig"]


class ReconciliationConfig(Section):
    """How it tells its partners every day what it exchanged with them, and compares.

    Attributes:
        path: File of what both sides said, of outage notices and of uses on paper, apart from the
            store; made when missing, on a local disk.
        grace_seconds: After the end of a day in UTC, until its summary is sent.
        window_days: Days that are looked at again, because documents come late.
        recheck_seconds: How often each of them is.
        missing_after_days: After so many days health names the other side's summary as missing.
    """

    path: Path
    grace_seconds: float = Field(default=3600, ge=0, le=86400)
    window_days: int = Field(default=7, ge=1, le=90)
    recheck_seconds: float = Field(default=3600, gt=0, le=86400)
    missing_after_days: int = Field(default=2, ge=1, le=90)
