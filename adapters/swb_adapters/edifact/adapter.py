"""The adapter of the published customs messages."""

from __future__ import annotations

from typing import Final

from swb_adapters.edifact.declaration import DECLARATION
from swb_adapters.edifact.receipt import RECEIPT
from swb_adapters.sdk import Provenance
from swb_adapters.sdk.edifact import (
    CUSCAR_D95B,
    CUSCAR_D96B,
    CUSDEC_D96B,
    CUSRES_D96B,
    EdifactSyntax,
    Kind,
    parse_structure,
)
from swb_adapters.sdk.mapping import TableAdapter

__all__ = ["ADAPTER"]

_JOINED: Final = (("NAD", 4, 4), ("NAD", 5, 8))
_CARGO: Final = (
    "expected a goods declaration (CUSDEC) or a response to it (CUSRES), found a cargo report "
    "(CUSCAR): it tells of bills of lading, and neither a declaration's number nor its declarant, "
    "tariff codes and quantities; send the declarations of its consignments"
)
_TABLES: Final = {"CUSDEC": DECLARATION, "CUSRES": RECEIPT}
_KINDS: Final = {
    "CUSDEC": Kind(
        "CUSDEC",
        ("D:96B:UN",),
        parse_structure(CUSDEC_D96B),
        "830",
        dates=("DTM+148/1.2", "DTM+136/1.2"),
        joined=_JOINED,
    ),
    "CUSRES": Kind(
        "CUSRES",
        ("D:96B:UN",),
        parse_structure(CUSRES_D96B),
        dates=("DTM+9/1.2",),
        joined=_JOINED,
    ),
    "CUSCAR D.95B": Kind("CUSCAR", ("D:95B:UN",), parse_structure(CUSCAR_D95B), instead=_CARGO),
    "CUSCAR D.96B": Kind("CUSCAR", ("D:96B:UN",), parse_structure(CUSCAR_D96B), instead=_CARGO),
}

ADAPTER: Final = TableAdapter(
    EdifactSyntax(_KINDS, _TABLES, sender="SWB-GATEWAY", recipient="CUSTOMS"),
    _TABLES,
    name="edifact",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="UN/EDIFACT customs messages of the directory D.96B: CUSDEC, CUSRES",
    media_type="application/EDIFACT",
    file_suffix=".edi",
)
