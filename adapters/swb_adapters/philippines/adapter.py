"""The adapter of the simulated Philippine national single window."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.philippines.envelope import BODY, ROOT, VaspSyntax
from swb_adapters.sdk.asycuda import Blank, Dialect, build_enveloped, build_tables

__all__ = ["ADAPTER", "DIALECT"]

DIALECT: Final = Dialect(
    name="philippines",
    version="1.0.0",
    state="PH",
    system="National single window of the Philippines (simulation): ASYCUDA-like XML by VASPs",
    offset=timedelta(hours=8),
    invoice="INV",
    blank=Blank.ABSENT,
)

ADAPTER: Final = build_enveloped(
    DIALECT,
    VaspSyntax(names=DIALECT.names, blank=DIALECT.blank),
    build_tables(DIALECT, BODY),
    root=ROOT,
)
