"""The adapter of UBL certificates of origin."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import Provenance
from swb_adapters.sdk.mapping import TableAdapter
from swb_adapters.ubl.certificate import CERTIFICATE
from swb_adapters.ubl.syntax import KIND, UblSyntax

__all__ = ["ADAPTER"]

ADAPTER: Final = TableAdapter(
    UblSyntax(),
    {KIND: CERTIFICATE},
    name="ubl",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="OASIS Universal Business Language 2.1 to 2.4: certificate of origin, XML",
    media_type="application/xml",
    file_suffix=".xml",
    root=KIND,
)
