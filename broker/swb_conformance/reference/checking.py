"""``check``: a document held to the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference.members import (
    MalformedRequestError,
    read_moment,
    read_octets,
    read_text,
)
from swb_schemas.catalogue import decode_document
from swb_schemas.rulebook import Place, check_document
from swb_schemas.rulebook.told import parse_related
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check"]

_MOST: Final = 30_000


def check(request: Mapping[str, Any]) -> dict[str, Any]:
    """Check a document by the rules."""
    document = decode_document(parse_xml(read_octets(request, "input")))
    try:
        place = Place(read_text(request, "place"))
    except ValueError as cause:
        raise MalformedRequestError(f"expected place: {', '.join(Place)}") from cause
    found = check_document(
        document,
        at=read_moment(request).date(),
        place=place,
        related=parse_related(request.get("related", [])),
    )
    refusing = [each for each in found if place.refuses(each)]
    findings = [
        {
            "code": each.code,
            "severity": str(each.severity),
            "path": each.path,
            "clause": each.clause,
            "message": each.message[:2000],
        }
        for each in (*refusing, *(one for one in found if not place.refuses(one)))
    ]
    return {
        "verdict": "refused" if refusing else "accepted",
        "code": refusing[0].code if refusing else None,
        "findings": findings[:_MOST],
    }
