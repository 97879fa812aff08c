"""Fault points: none is forgotten, none costs anything, and each is where its name says."""

from __future__ import annotations

import ast
import asyncio
import inspect
from pathlib import Path

import pytest

from swb.app.fault_points import (
    CRASH_AT,
    Armed,
    Phase,
    Watched,
    arm,
    arm_renaming,
    list_changing_methods,
    list_fault_points,
)
from swb.backends.files import drop_folder
from swb.backends.files.renaming import RENAMES, rename
from swb.ports import MessageStore, NationalGateway, Overview, PayloadSource, Transport
from swb.sandbox.crash_drill import TRIED_ALONE, list_points_of, list_provoked
from swb_schemas.errors import RefusedError

PORTS = {
    Watched.STORE: (MessageStore,),
    Watched.OVERVIEW: (Overview,),
    Watched.LINE: (Transport,),
    Watched.NATIONAL: (NationalGateway, PayloadSource),
}
LIFE = {"open", "close", "ping"}
READING = ("find_", "list_", "search_", "read", "count", "survey")
"""How methods of the ports begin that leave everything as it is; whatever begins otherwise has
points, and is died at somewhere: see `swb.sandbox.crash_drill` for where."""


@pytest.mark.parametrize("watched", Watched)
def test_every_method_that_changes_something_has_its_points(watched: Watched) -> None:
    methods = {
        name
        for port in PORTS[watched]
        for name, method in inspect.getmembers(port, inspect.iscoroutinefunction)
    }
    acts = set(list_changing_methods(watched))
    assert acts == {name for name in methods - LIFE if not name.startswith(READING)}
    expected = {f"{watched}:{act}:{phase}" for act in acts for phase in Phase}
    assert expected <= set(list_fault_points())


def test_every_point_is_died_at_somewhere() -> None:
    daemons = ("router", "gateway-TH", "gateway-VN")
    in_the_drill = {point for daemon in daemons for point in list_points_of(daemon)}
    alone = {f"{Watched.STORE}:{act}:{phase}" for act in TRIED_ALONE for phase in Phase}
    assert in_the_drill | set(list_provoked()) | alone == set(list_fault_points())


def test_files_of_the_road_get_their_names_by_one_function() -> None:
    source = ast.parse(Path(inspect.getfile(drop_folder)).read_text(encoding="utf-8"))
    called = [
        node.func.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert not {"replace", "rename", "link", "symlink", "move"} & set(called)
    named = {
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "renaming"
    } - {"rename"}
    assert {name.lower() for name in named} == set(RENAMES)


def test_nothing_is_wrapped_where_nobody_asks_for_a_death(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(CRASH_AT, raising=False)
    store = object()
    assert arm(Watched.STORE, store) is store
    assert arm_renaming() is rename


@pytest.mark.parametrize("text", ["store:accept", "store:accpet:after", "store:accept:after:0"])
def test_refuses_a_point_that_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CRASH_AT, text)
    with pytest.raises(RefusedError, match="expected a fault point") as caught:
        arm(Watched.STORE, object())
    assert caught.value.code == "config.invalid"


class Bell:
    """A line that notes what is done with it."""

    def __init__(self, noted: list[str]) -> None:
        self.noted = noted

    async def publish(self, body: bytes) -> int:
        self.noted.append("begun")
        await asyncio.sleep(0.05)
        self.noted.append("done")
        return len(body)

    async def ping(self) -> None:
        self.noted.append("pinged")


def bell_that_dies_at(point: str, *, passing: int = 1) -> tuple[Bell, list[str]]:
    noted: list[str] = []
    armed = Armed(point, passing=passing, die=lambda: noted.append("died"))
    return armed.watch(Bell(noted), Watched.LINE), noted


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.BEFORE, ["died", "begun", "done"]),
        (Phase.DURING, ["begun", "died", "done"]),
        (Phase.AFTER, ["begun", "done", "died"]),
    ],
)
async def test_dies_where_the_name_says(phase: Phase, expected: list[str]) -> None:
    bell, noted = bell_that_dies_at(f"line:publish:{phase}")
    assert await bell.publish(b"four") == 4
    assert noted == expected


async def test_dies_at_the_passing_that_was_asked_for() -> None:
    bell, noted = bell_that_dies_at("line:publish:after", passing=2)
    await bell.publish(b"first")
    await bell.ping()
    assert "died" not in noted
    await bell.publish(b"second")
    assert noted[-1] == "died"


@pytest.mark.parametrize(
    ("point", "has_its_name"), [("file:note:before", False), ("file:note:after", True)]
)
def test_dies_before_and_after_a_file_has_its_name(
    tmp_path: Path, point: str, has_its_name: bool
) -> None:
    part, target = tmp_path / "part", tmp_path / "target"
    part.touch()
    seen: list[bool] = []

    def die() -> None:
        seen.append(target.exists())

    Armed(point, passing=1, die=die).rename(part, target, "note")
    assert seen == [has_its_name]


def test_a_gateway_removes_what_a_dead_one_had_begun_to_write(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    left, foreign = out / f".{'a' * 32}.part", out / ".theirs.part"
    for file in (left, foreign):
        file.touch()
    drop_folder.DropFolder(tmp_path).open()
    assert not left.exists()
    assert foreign.exists()
