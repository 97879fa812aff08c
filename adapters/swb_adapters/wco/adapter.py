"""The adapter of WCO Data Model 3.6 declarations."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import Provenance
from swb_adapters.sdk.mapping import TableAdapter
from swb_adapters.wco.declaration import DECLARATION
from swb_adapters.wco.syntax import KIND, WcoSyntax

__all__ = ["ADAPTER"]

ADAPTER: Final = TableAdapter(
    WcoSyntax(),
    {KIND: DECLARATION},
    name="wco",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="WCO Data Model 3.6: declaration of an export, XML",
    media_type="application/xml",
    file_suffix=".xml",
    root="MetaData",
)
