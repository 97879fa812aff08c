"""The adapter of the simulated national format of Myanmar."""

from __future__ import annotations

from typing import Final

from swb_adapters.myanmar.answers import ANSWERS
from swb_adapters.myanmar.certificate import FORM_D
from swb_adapters.myanmar.declaration import EXTRACT
from swb_adapters.myanmar.layouts import CERTIFICATE, DECLARATION, SYNTAX
from swb_adapters.sdk import Provenance
from swb_adapters.sdk.fixed_width import FixedWidthAdapter

__all__ = ["ADAPTER"]

ADAPTER: Final = FixedWidthAdapter(
    SYNTAX,
    {CERTIFICATE: FORM_D, DECLARATION: EXTRACT, **ANSWERS},
    name="myanmar",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="Cargo clearance system of Myanmar (simulation): fields in lines behind a fixed header",
    state="MM",
    media_type="text/plain",
    file_suffix=".txt",
)
