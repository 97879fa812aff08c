"""The adapter of the simulated second dialect of Viet Nam."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import Provenance
from swb_adapters.sdk.fixed_width import FixedWidthAdapter
from swb_adapters.vietnam_vnaccs.answers import ANSWERS
from swb_adapters.vietnam_vnaccs.certificate import FORM_D
from swb_adapters.vietnam_vnaccs.declaration import EXTRACT
from swb_adapters.vietnam_vnaccs.layouts import CERTIFICATE, DECLARATION, SYNTAX

__all__ = ["ADAPTER"]

ADAPTER: Final = FixedWidthAdapter(
    SYNTAX,
    {CERTIFICATE: FORM_D, DECLARATION: EXTRACT, **ANSWERS},
    name="vietnam-vnaccs",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="Customs clearance system of Viet Nam (simulation): messages of fixed width",
    state="VN",
    media_type="text/plain",
    file_suffix=".txt",
)
