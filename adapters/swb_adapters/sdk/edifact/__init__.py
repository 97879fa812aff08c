"""UN/EDIFACT: the interchange syntax of ISO 9735, and messages as trees for mapping tables.

Versions 3 and 4 are written, 1 to 4 are read: service string advice, release character, character
sets, counts and references. A message's structure is data, in the notation of a directory's segment
table (`parse_structure`); an adapter is tables and a structure. CONTRL tells a sender what is wrong
with the syntax, and where (`build_report`).
"""

from swb_adapters.sdk.edifact.contrl import build_report
from swb_adapters.sdk.edifact.conversions import NUMERIC, lined, numeric, within, wrapped
from swb_adapters.sdk.edifact.directory import (
    CUSCAR_D95B,
    CUSCAR_D96B,
    CUSDEC_D96B,
    CUSRES_D96B,
)
from swb_adapters.sdk.edifact.interchange import Interchange, Message, parse_interchange
from swb_adapters.sdk.edifact.structure import Structure, parse_structure
from swb_adapters.sdk.edifact.syntax import EdifactSyntax, Kind
from swb_adapters.sdk.edifact.texts import TextRule

__all__ = [
    "CUSCAR_D95B",
    "CUSCAR_D96B",
    "CUSDEC_D96B",
    "CUSRES_D96B",
    "NUMERIC",
    "EdifactSyntax",
    "Interchange",
    "Kind",
    "Message",
    "Structure",
    "TextRule",
    "build_report",
    "lined",
    "numeric",
    "parse_interchange",
    "parse_structure",
    "within",
    "wrapped",
]
