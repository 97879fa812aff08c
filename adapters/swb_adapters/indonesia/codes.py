"""Codes of the simulated Indonesian format and what they mean in canonical documents.

The published reference tables use ISO 3166 for countries, Recommendation 21 for packages and
Recommendation 20 for units, with a few codes of their own. Only those stand here: a code that is
in no table is the same on both sides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.customs import Decision, ReceiptOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AGREEMENTS",
    "CERTIFICATE",
    "CONSIGNEE",
    "COPIES",
    "COUNTRIES",
    "DECISIONS",
    "DECLARATIONS",
    "EXPORTER",
    "FIXED_INSTALLATIONS",
    "INVOICE",
    "LANGUAGE",
    "MODES",
    "OFFSET",
    "OUTCOMES",
    "PACKAGES",
    "UNITS",
    "Codes",
]


class Codes:
    """A table of codes.

    Args:
        own: National code to canonical one, either of which has the other as its only spelling.
        older: Further national codes that are read and never written.
    """

    __slots__ = ("_canonical", "_national")

    def __init__(self, own: Mapping[str, Any], *, older: Mapping[str, Any] | None = None) -> None:
        self._canonical = {**own, **(older or {})}
        self._national = {canonical: national for national, canonical in own.items()}

    def read(self, code: str) -> Any:  # noqa: ANN401 - text, or a member of an enumeration
        """Give the canonical code."""
        return self._canonical.get(code, code)

    def write(self, code: str) -> str:
        """Give the national code; where reading it gives another one, it has no exact spelling."""
        return self._national.get(code, code)


LANGUAGE: Final = "id"
"""The one national language that the format has room for beside English."""
OFFSET: Final = timedelta(hours=7)
"""Western Indonesian time, in which moments are written; any zone is read."""

CERTIFICATE: Final = "860"
"""``kodeDokumen`` of an electronic certificate of origin."""
INVOICE: Final = "380"
"""``kodeDokumen`` of an invoice."""
DECLARATIONS: Final = {
    "16": "BC 1.6, entry into a bonded logistics centre",
    "20": "BC 2.0, an import declaration",
    "21": "PIBK, a special import declaration",
    "23": "BC 2.3, an import declaration for bonded storage",
    "25": "BC 2.5, an import declaration from bonded storage",
    "27": "BC 2.7, a transfer between bonded storages",
    "28": "BC 2.8, an import declaration from a bonded logistics centre",
    "33": "BC 3.3, an export declaration from a bonded logistics centre",
    "40": "BC 4.0, entry of domestic goods into bonded storage",
    "41": "BC 4.1, return of domestic goods from bonded storage",
    "51": "FTZ 01, a declaration of a free trade zone",
    "52": "FTZ 02, a declaration of a free trade zone",
    "53": "FTZ 03, a declaration of a free trade zone",
    "261": "BC 2.6.1, temporary removal from bonded storage",
    "262": "BC 2.6.2, return into bonded storage",
}
"""``kodeDokumen`` of published documents that are customs declarations and no certificates."""

EXPORTER: Final = "2"
CONSIGNEE: Final = "8"
"""``kodeEntitas`` of the two parties that a certificate has: *eksportir* and *penerima*."""

AGREEMENTS: Final = Codes({"06": "ATIGA", "58": "AANZFTA"})
"""``kodeFasilitas``: the preference that is claimed."""
COPIES: Final = Codes({"1": CopyType.ORIGINAL, "2": CopyType.DUPLICATE, "3": CopyType.TRIPLICATE})
OUTCOMES: Final = Codes({"105": ReceiptOutcome.REC, "190": ReceiptOutcome.NOT})
DECISIONS: Final = Codes(
    {"8601": Decision.GIVEN, "8602": Decision.NOT_GIVEN, "8603": Decision.PENDING}
)

FIXED_INSTALLATIONS: Final = frozenset({"10", "11", "12"})
"""``kodeCaraAngkut`` that say more of a fixed installation than Recommendation 19 does."""
MODES: Final = Codes({}, older=dict.fromkeys(sorted(FIXED_INSTALLATIONS), "7"))
COUNTRIES: Final = Codes({}, older={"TP": "TL"})
"""Timor-Leste has its old code there too."""
PACKAGES: Final = Codes({}, older={"KR": "SA"})
"""*Karung* is a sack."""
UNITS: Final = Codes({"PCE": "H87"})
"""The piece, whose code Recommendation 20 has replaced."""
