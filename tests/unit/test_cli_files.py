"""What a command writes is there whole or not at all; a full disk takes nothing from before."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from swb.cli.evidence_files import write_container
from swb.cli.files import write_new
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OCTETS: Final = bytes(100_000)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond less than is to be written, as the kernel does it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(OCTETS) // 2, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_older_container_outlives_a_newer_one_that_has_no_room(tmp_path: Path) -> None:
    file = tmp_path / "of-last-year.asice"
    file.write_bytes(b"evidence that nobody can export again")
    with full_disk(), pytest.raises(UnavailableError, match=r"cli\.output"):
        write_container(file, OCTETS, anew=False)
    assert file.read_bytes() == b"evidence that nobody can export again"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_has_no_room_does_not_stand_in_the_way_of_the_next_try(tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    with full_disk(), pytest.raises(UnavailableError, match=r"cli\.output"):
        write_new(file, OCTETS, exists="trust.exists")
    assert not file.exists()
    write_new(file, OCTETS, exists="trust.exists")
    assert file.read_bytes() == OCTETS


def test_a_container_is_for_its_owner_alone_and_follows_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "kept.asice", tmp_path / "newest.asice"
    link.symlink_to(file)
    for _ in range(2):
        write_container(link, OCTETS, anew=False)
    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o600)
