"""The adapter of the simulated Cambodian national single window."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.asycuda import Blank, Dialect, build_adapter

__all__ = ["ADAPTER", "DIALECT"]

DIALECT: Final = Dialect(
    name="cambodia",
    version="1.0.0",
    state="KH",
    system="National single window of Cambodia (simulation): ASYCUDA World XML",
    offset=timedelta(hours=7),
    blank=Blank.NULL,
)

ADAPTER: Final = build_adapter(DIALECT)
