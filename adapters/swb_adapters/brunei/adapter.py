"""The adapter of the simulated Bruneian national single window."""

from __future__ import annotations

from typing import Final

from swb_adapters.brunei.answers import ANSWERS
from swb_adapters.brunei.certificate import CERTIFICATE
from swb_adapters.brunei.declaration import DECLARATION
from swb_adapters.brunei.malay import MALAY
from swb_adapters.sdk import Provenance
from swb_adapters.sdk.mapping import TableAdapter
from swb_adapters.sdk.sheets import SheetSyntax

__all__ = ["ADAPTER", "FORM_D"]

FORM_D: Final = "Form D"

_TABLES: Final = {
    FORM_D: CERTIFICATE,
    "Export declaration extract": DECLARATION,
    **ANSWERS,
}

ADAPTER: Final = TableAdapter(
    SheetSyntax(_TABLES, aliases=MALAY),
    _TABLES,
    name="brunei",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="National single window of Brunei Darussalam (simulation): forms in CSV and workbooks",
    state="BN",
    media_type="text/csv",
    file_suffix=".csv",
)
