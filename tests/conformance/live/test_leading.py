"""What the live cases draw breaks no rule, and what they break is refused by one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.live import KINDS
from swb_conformance.live.leading import take_back
from swb_schemas.catalogue import decode_document
from swb_schemas.findings import Severity
from swb_schemas.parsing import parse_xml
from swb_schemas.rulebook import Place, check_document
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from swb_conformance.live import Kind
    from swb_schemas.documents import LeadingDocument
    from swb_schemas.findings import Finding

ON = date(2026, 11, 23)
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def draw(kind: Kind[Any], items: int = 2) -> LeadingDocument:
    drawn: LeadingDocument = kind.draw(
        exporting="TH", importing="VN", number="TH-VN 26/ABCDEF012345", on=ON, items=items
    )
    return drawn


def check(document: LeadingDocument) -> tuple[Finding, ...]:
    return check_document(document, at=ON, place=Place.ISSUER)


@EVERY
def test_what_is_drawn_breaks_no_rule_and_is_canonical(kind: Kind[Any]) -> None:
    drawn = draw(kind, items=12)
    assert decode_document(parse_xml(encode(drawn))) == drawn
    assert [each.code for each in check(drawn)] == []
    assert kind.find_differences(drawn, drawn) == []


@EVERY
def test_what_is_broken_is_refused_by_a_rule(kind: Kind[Any]) -> None:
    broken = kind.break_rule(draw(kind))
    assert decode_document(parse_xml(encode(broken))) == broken
    assert Severity.REFUSE in {each.severity for each in check(broken)}


@EVERY
def test_each_box_that_has_to_be_the_same_is_told(kind: Kind[Any]) -> None:
    one, other = draw(kind), draw(kind, items=1)
    assert "items" in kind.find_differences(one, other)
    renamed = one.model_copy(update={"reference_number": "OTHER"})
    assert kind.find_differences(one, renamed) == ["ReferenceNumber"]
    stranger = next(each for each in KINDS.values() if each.type.model is not type(one))
    assert kind.find_differences(one, draw(stranger)) == [f"a {stranger.type.model.__name__}"]


@EVERY
def test_what_is_taken_back_by_its_status_says_so(kind: Kind[Any]) -> None:
    if not kind.is_restated:
        with pytest.raises(TypeError):
            take_back(draw(kind))
        return
    assert take_back(draw(kind)).takes_back
    assert kind.find_differences(draw(kind), take_back(draw(kind))) == ["Status"]


@EVERY
def test_what_cancels_a_kind_is_told_where_something_does(kind: Kind[Any]) -> None:
    if kind.is_cancelled:
        assert kind.cancelled_by in kind.type.answers
        return
    with pytest.raises(LookupError):
        _ = kind.cancelled_by
