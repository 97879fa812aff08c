"""A file that takes the place of another: whole, on disk where it has to be, and nothing beside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from swb.atomic import PART, replace_file
from swb.core.handing_over import is_payload_name

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("mode", "is_given"), [(0o644, 0o644), (0o600, 0o600), (None, 0o600)])
def test_a_file_has_the_mode_that_is_asked_for_or_what_the_umask_leaves(
    tmp_path: Path, mode: int | None, is_given: int
) -> None:
    replace_file(tmp_path / "a", b"new", mode=mode)
    assert (tmp_path / "a").stat().st_mode & 0o777 == is_given


def test_it_is_whole_before_it_has_its_name_and_nobody_takes_it_for_a_payload(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    seen = []

    def rename(part: Path, path: Path) -> None:
        seen.append((part.read_bytes(), path.read_bytes(), part.parent))
        assert PART.fullmatch(part.name)
        assert not is_payload_name(part.name)
        part.replace(path)

    replace_file(tmp_path / "a", b"new", rename=rename)
    assert seen == [(b"new", b"old", tmp_path)]
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_what_cannot_get_its_name_leaves_the_old_octets_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def fail(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "a", b"new", rename=fail)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a", b"old")]


@pytest.mark.parametrize(
    ("durable", "order"), [(True, ["file", "rename", "folder"]), (False, ["rename"])]
)
def test_octets_are_on_disk_before_the_name_and_the_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, durable: bool, order: list[str]
) -> None:
    done = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        sync(descriptor)
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")

    def rename(part: Path, path: Path) -> None:
        part.replace(path)
        done.append("rename")

    monkeypatch.setattr(os, "fsync", watched)
    replace_file(tmp_path / "a", b"new", durable=durable, rename=rename)
    assert done == order
