"""Which steps data lack, and files that are no schema."""

from __future__ import annotations

from typing import Final

import pytest

from swb.core.migrating import Found, list_missing, parse_schema
from swb_schemas.errors import Actor, RefusedError, UnavailableError

FILES: Final = {
    "0001_first.sql": "-- compatible-with: 1\nCREATE TABLE one (id);\n",
    "0002_second.sql": "-- compatible-with: 1\nCREATE TABLE two (id);\n",
    "full.sql": "CREATE TABLE one (id); CREATE TABLE two (id);\n",
}
SCHEMA: Final = parse_schema("store", FILES, error_code="store.schema")


def _found(version: int, compatible_with: int = 1, purpose: str = "store") -> Found:
    return Found(purpose=purpose, version=version, compatible_with=compatible_with)


def test_the_last_file_says_what_is_written_now() -> None:
    assert (SCHEMA.version, SCHEMA.compatible_with, SCHEMA.full) == (2, 1, FILES["full.sql"])


@pytest.mark.parametrize(
    ("found", "missing"),
    [(_found(0), [1, 2]), (_found(1), [2]), (_found(2), []), (_found(3, 2), [])],
)
def test_data_lack_the_steps_after_their_own(found: Found, missing: list[int]) -> None:
    assert [each.version for each in list_missing(SCHEMA, found)] == missing


@pytest.mark.parametrize(
    "found", [_found(3, 3), _found(2, purpose="ledger")], ids=["newer", "of another purpose"]
)
def test_data_that_this_code_cannot_serve_are_left_alone(found: Found) -> None:
    with pytest.raises(UnavailableError) as refusal:
        list_missing(SCHEMA, found)
    assert refusal.value.code == "store.schema"


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("0004_gap.sql", "-- compatible-with: 1\n"),
        ("0003_NAME.sql", "-- compatible-with: 1\n"),
        ("0003_no_first_line.sql", "CREATE TABLE three (id);\n"),
    ],
)
def test_files_that_are_no_steps_are_a_fault_of_the_package(name: str, script: str) -> None:
    expected = f"expected 0003_name.sql with its version, found {name}"
    with pytest.raises(RefusedError, match=expected) as refusal:
        parse_schema("store", FILES | {name: script}, error_code="store.schema")
    assert (refusal.value.code, refusal.value.actor) == ("schema.files", Actor.DEVELOPER)
