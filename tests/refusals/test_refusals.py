"""Every bad input through the real door: what is said, and that nothing is left of it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.error_codes import find_error_code
from tests.refusals.cases import CASES
from tests.refusals.doors import FORMATS, open_door
from tests.refusals.outcomes import count_rows, take_through
from tests.refusals.page import PAGE, build_page
from tests.refusals.payloads import good, personal_texts

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.softkey import DevelopmentKeys
    from tests.refusals.cases import Case
    from tests.refusals.outcomes import Outcome

EACH: Final = pytest.mark.parametrize("case", CASES, ids=str)
LONGEST: Final = 10.0
"""Seconds of processor time, of a judgement; none takes two."""
TAKEN: Final[dict[str, Outcome]] = {}
"""What came of the cases so far; the page is made of it."""


@pytest.mark.parametrize("name", FORMATS)
async def test_takes_the_payload_that_all_cases_are_made_of(
    name: str, tmp_path: Path, keys: DevelopmentKeys
) -> None:
    async with open_door(name, tmp_path, keys) as door:
        accepted = await door.submitting.submit(good(name))
    assert not accepted.repeated
    assert not accepted.findings
    assert count_rows(tmp_path / "store.db")["submissions"] == 1


@EACH
async def test_comes_to_what_the_table_says(
    case: Case, tmp_path: Path, keys: DevelopmentKeys
) -> None:
    began = time.process_time()
    outcome = TAKEN[str(case)] = await take_through(case, tmp_path, keys)
    assert time.process_time() - began < LONGEST

    assert outcome.rows_after == outcome.rows_before, "nothing is left half done"
    assert outcome.commits == 0
    refusal = outcome.refusal
    if not case.code:
        assert outcome.accepted is not None
        assert outcome.accepted.repeated
        assert outcome.accepted.document_id == outcome.earlier[0].document_id
        assert outcome.remarked == []
        return
    assert refusal is not None, "refused"
    is_read = case.code != "document.too_large"
    assert outcome.remarked == [case.code] * is_read, "figures tell it"
    assert (refusal.code, refusal.actor, refusal.final) == (case.code, case.actor, True)
    assert find_error_code(refusal.code) is not None
    assert bool(outcome.place) == case.has_place, outcome.place

    assert refusal.message
    said = "\n".join(outcome.texts)
    assert said.replace("\n", "").isprintable(), "no control and no bidirectional character"
    assert len(refusal.message) < 600
    assert "<string>" not in said
    assert "HUGE" not in said
    repeated = {text for text in personal_texts(case.format) if text in said}
    assert not repeated, "personal data of the payload is not repeated"


async def test_the_page_is_made_of_what_was_said(tmp_path: Path, keys: DevelopmentKeys) -> None:
    outcomes = []
    for number, case in enumerate(CASES):
        if str(case) not in TAKEN:
            folder = tmp_path / str(number)
            folder.mkdir()
            TAKEN[str(case)] = await take_through(case, folder, keys)
        outcomes.append((case, TAKEN[str(case)]))
    page = build_page(outcomes)
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "SWB_WRITE_DOCS=1"


def test_the_table_covers_every_format_and_each_kind_of_bad_input() -> None:
    """The list of the issue, by the words that the table has for it."""
    told = {case.what for case in CASES}
    for words in (
        "closes another element",
        "billion laughs",
        "quadratic",
        "external entity",
        "external DTD",
        "another namespace",
        "more than 7 MB",
        "10,000 deep",
        "country that does not exist",
        "consignee's name out",
        "UTF-16, undeclared",
        "ISO 8859-1, declared",
        "octets of ISO 8859-1 into UTF-8",
        "U+202E",
        "control character",
        "name twice",
        "`NaN`",
        "huge exponent",
        "not connected",
        "same payload twice",
        "under the same number",
        "empty file",
        "PDF",
        "another state's format",
        "cut off",
        "certificate of another state",
        "never came",
        "no item",
        "5,001 items",
        "513 characters",
    ):
        assert any(words in what for what in told), words
    assert {case.format for case in CASES} == set(FORMATS)


def test_no_case_stands_twice() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)
