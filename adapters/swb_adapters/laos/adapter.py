"""The adapter of the simulated Laotian national single window."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.asycuda import Blank, Dialect, build_adapter

__all__ = ["ADAPTER", "DIALECT"]

DIALECT: Final = Dialect(
    name="laos",
    version="1.0.0",
    state="LA",
    system="National single window of the Lao PDR (simulation): ASYCUDA World XML",
    offset=timedelta(hours=7),
    invoice="IV1",
    blank=Blank.EMPTY,
)

ADAPTER: Final = build_adapter(DIALECT)
