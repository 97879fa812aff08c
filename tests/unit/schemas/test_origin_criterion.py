"""Box 8 as the form spells it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from swb_schemas.documents.origin_criterion import (
    OriginCriterion,
    format_criterion,
    parse_criterion,
)
from swb_schemas.errors import Actor, RefusedError

READ: Final = {
    "wholly obtained": ("WO", ("WO",), None),
    "change of chapter": ("CC", ("CC",), None),
    "change of heading": ("CTH", ("CTH",), None),
    "change of subheading": ("CTSH", ("CTSH",), None),
    "specific process": ("SP", ("SP",), None),
    "value content": ("40%", ("RVC",), "40"),
    "value content with places": ("41.25%", ("RVC",), "41.25"),
    "all of the value": ("100%", ("RVC",), "100"),
    "a combination with value content": ("CTSH + 35%", ("CTSH", "RVC"), "35"),
    "a combination of two": ("CC + SP", ("CC", "SP"), None),
    "partial cumulation": ("PC 25%", ("PC",), "25"),
    "partial cumulation with places": ("PC 39.9%", ("PC",), "39.9"),
}

REFUSED: Final = {
    "nothing": "",
    "PE, which ATIGA does not have": "PE",
    "RVC, which the form does not print": "RVC 40%",
    "small letters": "wo",
    "a percentage without its sign": "40",
    "a sign alone": "%",
    "more than all": "100.1%",
    "a thousand": "1000%",
    "a negative percentage": "-40%",
    "a comma": "40,5%",
    "no space around plus": "CTSH+35%",
    "the same twice": "CTH + CTH",
    "wholly obtained and more": "WO + 40%",
    "percentage first": "35% + CTSH",
    "three": "CC + SP + 40%",
    "partial cumulation without percentage": "PC",
    "partial cumulation with another": "PC 25% + CTH",
    "partial cumulation of all": "PC 100%",
    "Thai digits": "๔๐%",
    "space at the end": "WO ",
    "a line feed at the end": "WO\n",
}


@pytest.mark.parametrize(("text", "bases", "percentage"), READ.values(), ids=READ)
def test_reads_and_writes_again(text: str, bases: tuple[str, ...], percentage: str | None) -> None:
    criterion = parse_criterion(text)
    assert criterion.bases == bases
    assert criterion.percentage == (None if percentage is None else Decimal(percentage))
    assert format_criterion(criterion) == text


def test_writes_a_percentage_without_needless_zeros() -> None:
    assert format_criterion(parse_criterion("40.50%")) == "40.5%"
    assert format_criterion(parse_criterion("040%")) == "40%"


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_refuses(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_criterion(text)
    assert caught.value.code == "origin_criterion.malformed"
    assert caught.value.actor is Actor.SENDER


def test_refuses_an_agreement_without_a_grammar() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_criterion("WO", agreement="MARS")
    assert caught.value.code == "agreement.unknown"


@given(st.text(alphabet="WOCTHSPE0123456789.%+ RVC", max_size=14))
def test_reads_only_what_it_can_write(text: str) -> None:
    try:
        criterion = parse_criterion(text)
    except RefusedError:
        return
    assert parse_criterion(format_criterion(criterion)) == criterion


IMPOSSIBLE: Final = {
    "no basis": ((), None),
    "three bases": (("CC", "CTH", "SP"), None),
    "the same twice": (("CC", "CC"), None),
    "value content without percentage": (("RVC",), None),
    "a percentage without value content": (("WO",), Decimal(40)),
    "a basis in small letters": (("wo",), None),
}


@pytest.mark.parametrize(("bases", "percentage"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_cannot_be_built_with(bases: tuple[str, ...], percentage: Decimal | None) -> None:
    with pytest.raises(ValidationError):
        OriginCriterion(bases=bases, percentage=percentage)
