"""Bad input at the drop folder: put aside with the reason, in bounded memory, or left alone."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from tests.refusals.doors import FORMATS, open_door
from tests.refusals.outcomes import count_rows, list_refusals
from tests.refusals.payloads import IS_XML, good

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.softkey import DevelopmentKeys

HUGE = 200_000_000
"""Octets of a file that nobody should read to its end."""
LIMIT = 7_000_000
"""Octets that the drop folder reads of a file, and one more."""


def make_huge(path: Path, beginning: bytes) -> None:
    """Make a sparse file: as large as it says, and nothing on disk but its beginning."""
    with path.open("wb") as file:
        file.write(beginning)
        file.truncate(HUGE)


def read_note(folder: Path, name: str) -> dict[str, Any]:
    """What was said of a file that was refused."""
    note = json.loads((folder / "in" / "refused" / f"{name}.json").read_bytes())
    assert isinstance(note, dict)
    return note


@pytest.mark.parametrize("name", FORMATS)
async def test_refuses_200_mb_after_reading_no_more_than_the_limit(
    name: str, tmp_path: Path, keys: DevelopmentKeys
) -> None:
    async with open_door(name, tmp_path, keys) as door:
        make_huge(door.drop / "in" / "huge", good(name))
        tracemalloc.start()
        try:
            assert await door.collecting.collect_waiting() == 1
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    note = read_note(door.drop, "huge")
    assert note["code"] == "document.too_large"
    expected = f"expected a payload of at most 7,000,000 octets, found {LIMIT + 1:,} or more"
    assert note["message"] == expected
    assert (note["actor"], note["final"]) == ("sender", True)
    assert peak < 1.5 * LIMIT
    assert (door.drop / "in" / "refused" / "huge").stat().st_size == HUGE
    assert count_rows(tmp_path / "store.db")["submissions"] == 0


async def test_holds_one_large_file_at_a_time_of_many_that_come_together(
    tmp_path: Path, keys: DevelopmentKeys
) -> None:
    async with open_door("thailand", tmp_path, keys) as door:
        for number in range(16):
            make_huge(door.drop / "in" / f"{number:02}.xml", b"<a>")
        (door.drop / "in" / "good.xml").write_bytes(good("thailand"))
        tracemalloc.start()
        try:
            assert await door.collecting.collect_waiting() == 17
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 3.5 * LIMIT
    assert len(list((door.drop / "in" / "accepted").glob("*.json"))) == 1
    assert len(list((door.drop / "in" / "refused").glob("*.json"))) == 16


@pytest.mark.parametrize("name", FORMATS)
async def test_puts_what_is_no_payload_aside_with_the_reason(
    name: str, tmp_path: Path, keys: DevelopmentKeys
) -> None:
    files = {
        "empty": b"",
        "scan.pdf": b"%PDF-1.7\n",
        "all.zip": b"PK\x03\x04",
        "half": good(name)[: len(good(name)) // 2],
    }
    async with open_door(name, tmp_path, keys) as door:
        for file, content in files.items():
            (door.drop / "in" / file).write_bytes(content)
        assert await door.collecting.collect_waiting() == len(files)
    for file, content in files.items():
        assert (door.drop / "in" / "refused" / file).read_bytes() == content
        note = read_note(door.drop, file)
        assert note["code"] == ("xml.malformed" if IS_XML[name] else "adapter.malformed")
        assert note["findings"][0]["message"]
    assert set(count_rows(tmp_path / "store.db").values()) <= {0, 1}
    assert count_rows(tmp_path / "store.db")["documents"] == 0
    assert len(list_refusals(tmp_path / "store.db")) == len(files)


async def test_leaves_a_folder_with_payloads_alone(tmp_path: Path, keys: DevelopmentKeys) -> None:
    async with open_door("indonesia", tmp_path, keys) as door:
        folder = door.drop / "in" / "from-yesterday"
        folder.mkdir()
        (folder / "a.json").write_bytes(good("indonesia"))
        assert await door.collecting.collect_waiting() == 0
    assert (folder / "a.json").exists()
    assert not list((door.drop / "in" / "refused").iterdir())
