"""The adapter of the simulated Timorese national single window, which is not live yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.asycuda import Dialect, build_adapter

__all__ = ["ADAPTER", "DIALECT"]

DIALECT: Final = Dialect(
    name="timor-leste",
    version="1.0.0",
    state="TL",
    system="National single window of Timor-Leste (simulation): ASYCUDA World XML",
    offset=timedelta(hours=9),
    nomenclature="HS-2022",
    invoice="N380",
    names={
        "Suppplementary_unit_code": "Supplementary_unit_code",
        "Suppplementary_unit_name": "Supplementary_unit_name",
        "Suppplementary_unit_quantity": "Supplementary_unit_quantity",
    },
)

ADAPTER: Final = build_adapter(DIALECT)
