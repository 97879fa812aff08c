"""The adapter of the simulated Malaysian national single window."""

from __future__ import annotations

from typing import Final

from swb_adapters.malaysia.answers import ANSWERS
from swb_adapters.malaysia.certificate import CERTIFICATE
from swb_adapters.malaysia.declaration import DECLARATION
from swb_adapters.malaysia.messages import answer, declaration
from swb_adapters.sdk import Provenance
from swb_adapters.sdk.edifact import EdifactSyntax
from swb_adapters.sdk.mapping import TableAdapter

__all__ = ["ADAPTER"]

_TABLES: Final = {"861": CERTIFICATE, "830": DECLARATION, **ANSWERS}
_KINDS: Final = {name: answer(name) if name in ANSWERS else declaration(name) for name in _TABLES}

ADAPTER: Final = TableAdapter(
    EdifactSyntax(_KINDS, _TABLES, sender="SWB-GATEWAY-MY", recipient="NSW-MY"),
    _TABLES,
    name="malaysia",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="National single window of Malaysia (simulation): UN/EDIFACT CUSDEC and CUSRES, D.96B",
    state="MY",
    media_type="application/EDIFACT",
    file_suffix=".edi",
)
