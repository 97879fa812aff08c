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


READ_AANZFTA: Final = {
    "wholly obtained": ("WO", ("WO",), None),
    "wholly produced, as the published certificate spells it": ("WP", ("WP",), None),
    "produced entirely of originating materials": ("PE", ("PE",), None),
    "a product-specific rule": ("PSR", ("PSR",), None),
    "value content": ("RVC", ("RVC",), None),
    "value content told": ("RVC 45.5%", ("RVC",), "45.5"),
    "change of classification": ("CTC", ("CTC",), None),
    "change of chapter": ("CC", ("CC",), None),
    "change of heading": ("CTH", ("CTH",), None),
    "change of subheading": ("CTSH", ("CTSH",), None),
    "a combination": ("CTH + RVC", ("CTH", "RVC"), None),
    "a combination told": ("CTSH + RVC 35%", ("CTSH", "RVC"), "35"),
}

REFUSED_AANZFTA: Final = {
    "nothing": "",
    "a percentage alone, as ATIGA has it": "40%",
    "partial cumulation, which is ATIGA's": "PC 25%",
    "a specific process, which is ATIGA's": "SP",
    "a product-specific rule and more": "PSR + RVC",
    "more than all": "RVC 101%",
    "a percentage without its sign": "RVC 40",
}


@pytest.mark.parametrize(
    ("text", "bases", "percentage"), READ_AANZFTA.values(), ids=list(READ_AANZFTA)
)
def test_reads_and_writes_again_under_aanzfta(
    text: str, bases: tuple[str, ...], percentage: str | None
) -> None:
    criterion = parse_criterion(text, agreement="AANZFTA")
    assert criterion.bases == bases
    assert criterion.percentage == (None if percentage is None else Decimal(percentage))
    assert format_criterion(criterion, agreement="AANZFTA") == text


@pytest.mark.parametrize("text", REFUSED_AANZFTA.values(), ids=list(REFUSED_AANZFTA))
def test_refuses_under_aanzfta(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_criterion(text, agreement="AANZFTA")
    assert caught.value.code == "origin_criterion.malformed"


@given(
    st.text(alphabet="WOCTHSPE0123456789.%+ RVC", max_size=14),
    st.sampled_from(["ATIGA", "AANZFTA"]),
)
def test_reads_only_what_it_can_write(text: str, agreement: str) -> None:
    try:
        criterion = parse_criterion(text, agreement=agreement)
    except RefusedError:
        return
    spelled = format_criterion(criterion, agreement=agreement)
    assert parse_criterion(spelled, agreement=agreement) == criterion


def test_value_content_without_percentage_has_no_spelling_under_atiga() -> None:
    spelled = format_criterion(OriginCriterion(bases=("RVC",)))
    with pytest.raises(RefusedError):
        parse_criterion(spelled)


IMPOSSIBLE: Final = {
    "no basis": ((), None),
    "three bases": (("CC", "CTH", "SP"), None),
    "the same twice": (("CC", "CC"), None),
    "partial cumulation without percentage": (("PC",), None),
    "a percentage without value content": (("WO",), Decimal(40)),
    "a basis in small letters": (("wo",), None),
}


@pytest.mark.parametrize(("bases", "percentage"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_cannot_be_built_with(bases: tuple[str, ...], percentage: Decimal | None) -> None:
    with pytest.raises(ValidationError):
        OriginCriterion(bases=bases, percentage=percentage)
