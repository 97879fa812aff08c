"""The messages: CUSDEC and CUSRES of D.96B with what this format adds to them.

Kept are the segment groups with the numbers that the directory gives them. Left out is what no
document of the exchange has. Added are free text in the groups of names and addresses, measurements
of single packages and of decided items, seals in a group of their container (``SG91``), and room:
more occurrences, longer names and texts. Whoever reads the directory literally would refuse those.
"""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.edifact import Kind, TextRule, parse_structure

__all__ = ["ASSOCIATION", "answer", "declaration"]

ASSOCIATION: Final = "SWBMY1"
"""Association assigned code of this format, data element 0057."""

_VERSIONS: Final = tuple(
    f"D:{each}:UN" for each in ("96B", "97A", "97B", "98A", "98B", "99A", "99B")
)
"""D.96B is written. The later ones kept the data elements used here at their positions."""

_DECLARATION: Final = parse_structure(
    """
    BGM:M1 CST:C1 LOC:C99 DTM:C15 GIS:C25 MEA:C5 FTX:C9999
    SG1:C99(RFF:M1 DTM:C1)
    SG4:C5(TDT:M1 TPL:C1)
    SG5:C150(DOC:M1 DTM:C2 LOC:C1)
    SG6:C10(NAD:M1 FTX:C9999 RFF:C10 CTA:C1 COM:C5)
    SG91:C500(EQD:M1 SEL:C20)
    UNS+D:M1
    SG30:C9999(CST:M1 FTX:C9999 LOC:C25 DTM:C5 MEA:C20 NAD:C5
      SG31:C500(PAC:M1 MEA:C2)
      SG33:C25(MOA:M1)
      SG35:C999(RFF:M1 DTM:C1)
      SG37:C50(DOC:M1 DTM:C2))
    UNS+S:M1 CNT:C5
    """
)
_ANSWER: Final = parse_structure(
    """
    BGM:M1 DTM:C9 FTX:C9999 LOC:C99 GIS:C10
    SG1:C9(NAD:M1 SG2:C9(CTA:M1 COM:C9))
    SG3:C999(RFF:M1 DTM:C9 LOC:C9)
    SG4:C100(ERP:M1 RFF:C9 ERC:C99 FTX:C9999)
    SG6:C1(DOC:M1 FTX:C9 LOC:C9 DTM:C9
      SG10:C9999(CST:M1 FTX:C9999 MEA:C9))
    CNT:C9
    """
)
_TEXT: Final = TextRule(longest=512, line="LIN", piece="CON")
_TEXTS: Final = (("FTX", _TEXT),)


def declaration(name: str) -> Kind:
    """A CUSDEC by its document name code."""
    dates = ("DTM+137/1.2", "DTM+148/1.2", "DTM+133/1.2")
    return Kind("CUSDEC", _VERSIONS, _DECLARATION, name, ASSOCIATION, dates, _TEXTS)


def answer(name: str) -> Kind:
    """A CUSRES by its document name code."""
    return Kind("CUSRES", _VERSIONS, _ANSWER, name, ASSOCIATION, ("DTM+137/1.2",), _TEXTS)
