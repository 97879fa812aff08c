"""The table of documents that begin a conversation, as the live cases make them.

One row for each type of the catalogue, and for each agreement that the suite knows a form of. Names
and goods are invented; numbers are drawn anew in each run, because a gateway that is tried twice
remembers what it saw.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.live.leading import declaration, form_d, inspection, sps
from swb_conformance.live.leading.goods import CONSENTING, SILENT
from swb_conformance.live.leading.kind import Kind
from swb_conformance.live.leading.sps import take_back
from swb_schemas.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CONSENTING", "FIRST", "KINDS", "SILENT", "Kind", "find_kind", "take_back"]


def _list_kinds() -> Iterator[Kind[Any]]:
    for agreement, draw, break_rule in (
        ("ATIGA", form_d.draw_form_d, form_d.break_rule),
        ("AANZFTA", form_d.draw_aanzfta, form_d.break_aanzfta),
    ):
        yield Kind(
            message_type="CertificateIssue",
            agreement=agreement,
            draw=draw,
            break_rule=break_rule,
            list_boxes=form_d.list_boxes,
        )
    yield Kind(
        message_type="DeclarationExtract",
        agreement="",
        draw=declaration.draw,
        break_rule=declaration.break_rule,
        list_boxes=declaration.list_boxes,
        name_exporter=declaration.name_exporter,
    )
    for name, drawn in (
        ("CertificateOfConformity", inspection.draw_conformity),
        ("CleanReportOfFindings", inspection.draw_clean_report),
    ):
        yield Kind(
            message_type=name,
            agreement="",
            draw=drawn,
            break_rule=inspection.break_rule,
            list_boxes=inspection.list_boxes,
        )
    for model, draws in sps.DRAWS.items():
        yield Kind(
            message_type=next(name for name, entry in CATALOGUE.items() if entry.model is model),
            agreement=model.agreement,
            draw=draws,
            break_rule=sps.break_rule,
            list_boxes=sps.list_boxes,
        )


KINDS: Final[Mapping[str, Kind[Any]]] = MappingProxyType(
    {each.name: each for each in _list_kinds()}
)
FIRST: Final = "CertificateIssue-ATIGA"
"""What material is about that names no kinds."""


def find_kind(message_type: str, agreement: str) -> Kind[Any] | None:
    """Find what the suite can make for a line; None where it knows no form of that agreement."""
    return KINDS.get("-".join(filter(None, (message_type, agreement))))
