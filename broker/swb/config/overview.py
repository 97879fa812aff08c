"""What a daemon counts for the overview, and by when what waits is late, in its configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from swb.config.section import Section

__all__ = ["OverviewConfig"]


class OverviewConfig(Section):
    """How the figures are kept that commands and pages show of many documents.

    Attributes:
        counts: Whether this daemon keeps them. They are counted from where they were left, so a
            store that several daemons share needs one that does, and a later one makes up for it.
        interval_seconds: How often what is new is counted.
        late_after_seconds: Behind for longer than this is told by health.
        zone: By which the state's day begins, as an offset from UTC: ``+07:00``, ``+06:30``.
        arrival_within_seconds: Service level: from sending a document until the other side's
            gateway has it.
        delivery_within_seconds: Until the importing single window has it.
        receipt_within_seconds: Until customs has it.
        response_within_days: Until customs has decided; a refusal of preference is due after 60
            days (ATIGA Annex 8, Rule 30(3)(a)).
    """

    counts: bool = True
    interval_seconds: float = Field(default=1.0, gt=0, le=3600)
    late_after_seconds: float = Field(default=300, ge=1, le=86400)
    zone: Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):(00|30)$")] = "+00:00"
    arrival_within_seconds: float = Field(default=3600, gt=0, le=31_536_000)
    delivery_within_seconds: float = Field(default=3600, gt=0, le=31_536_000)
    receipt_within_seconds: float = Field(default=86400, gt=0, le=31_536_000)
    response_within_days: float = Field(default=60, gt=0, le=365)
