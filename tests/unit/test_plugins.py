"""Adapters are found by entry point; a bad plug-in is named and skipped."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import EntryPoint, PathDistribution
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from swb.cli.entry import main
from swb.plugins import GROUP, discover_adapters
from swb_adapters.sdk import AdapterInfo, MessageSupport
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_schemas.documents import CustomsReceipt
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from swb_adapters.sdk import Reading, Rendering
    from swb_schemas.documents import Document


class _Renamed:
    """An adapter that describes itself as it is told to."""

    def __init__(self, info: Any) -> None:  # noqa: ANN401 - also what is no description
        self._info = info

    @property
    def info(self) -> AdapterInfo:
        if isinstance(self._info, Exception):
            raise self._info
        return self._info  # type: ignore[no-any-return]  # whatever a faulty adapter says

    def to_canonical(self, raw: bytes) -> Reading:
        return THAILAND.to_canonical(raw)

    def from_canonical(self, document: Document) -> Rendering:
        return THAILAND.from_canonical(document)


_OTHER_MODEL = MessageSupport(message_type="CertificateIssue", model=CustomsReceipt)


class _Half:
    """An adapter that forgot a verb."""

    info = THAILAND.info

    def to_canonical(self, raw: bytes) -> Reading:
        return THAILAND.to_canonical(raw)


class _TwoArguments(_Half):
    def from_canonical(self, document: Document, path: str) -> Rendering:
        raise NotImplementedError(path)


class _Waiting(_Half):
    async def from_canonical(self, document: Document) -> Rendering:
        return THAILAND.from_canonical(document)


class _NoInfo:
    to_canonical = from_canonical = staticmethod(str)


NOT_AN_ADAPTER = object()
HALF = _Half()
TWO_ARGUMENTS = _TwoArguments()
WAITING = _Waiting()
WITHOUT_INFO = _NoInfo()
A_CLASS = _Renamed
NO_INFO = _Renamed({"name": "no-info"})
RAISING = _Renamed(RuntimeError("no licence"))
OTHER_NAME = _Renamed(replace(THAILAND.info, name="siam"))
WRONG_MODEL = _Renamed(replace(THAILAND.info, name="wrong-model", messages=(_OTHER_MODEL,)))


class Bad(NamedTuple):
    name: str
    target: str
    reason: str


BAD = [
    Bad("missing-module", "swb_no_such_module:ADAPTER", "ModuleNotFoundError: No module named"),
    Bad("missing-object", "swb_adapters.thailand:NOTHING", "AttributeError: "),
    Bad("no-adapter", f"{__name__}:NOT_AN_ADAPTER", "expected an object with info"),
    Bad("half", f"{__name__}:HALF", "from_canonical is none"),
    Bad("two", f"{__name__}:TWO_ARGUMENTS", "a method from_canonical of one argument"),
    Bad("waiting", f"{__name__}:WAITING", "plain method from_canonical, found an asynchronous one"),
    Bad("without-info", f"{__name__}:WITHOUT_INFO", "an object with info, found _NoInfo"),
    Bad("a-class", f"{__name__}:A_CLASS", "expected an object with info"),
    Bad("no-info", f"{__name__}:NO_INFO", "expected info to be an AdapterInfo, found dict"),
    Bad("raising", f"{__name__}:RAISING", "RuntimeError: no licence"),
    Bad("other-name", f"{__name__}:OTHER_NAME", "entry point's name 'other-name', found 'siam'"),
    Bad("wrong-model", f"{__name__}:WRONG_MODEL", "expected a message type of the catalogue"),
]


def _point(name: str, target: str) -> EntryPoint:
    return EntryPoint(name=name, value=target, group=GROUP)


def test_finds_the_first_party_adapters_through_the_same_door() -> None:
    found = discover_adapters()
    ours = {
        each.info.name: each
        for each in found.adapters
        if each.distribution == "single-window-broker"
    }
    assert {"thailand", "vietnam"} <= set(ours)
    assert found.get("thailand") is THAILAND
    assert ours["thailand"].distribution_version


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_names_a_bad_plugin_with_the_reason_and_goes_on(bad: Bad) -> None:
    good = _point("thailand", "swb_adapters.thailand:ADAPTER")
    found = discover_adapters([_point(bad.name, bad.target), good])
    assert [each.info.name for each in found.adapters] == ["thailand"]
    (rejected,) = found.rejected
    assert (rejected.name, rejected.target) == (bad.name, bad.target)
    assert bad.reason in rejected.reason


def _installed(folder: Path, group: str) -> list[EntryPoint]:
    """Entry points of a distribution as an installer leaves it."""
    metadata = folder / "atlantis_swb-2.3.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: atlantis-swb\nVersion: 2.3\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\natlantis = no_such_module:ADAPTER\n")
    return list(PathDistribution(metadata).entry_points)


def test_an_adapter_for_another_version_is_named_with_its_distribution_and_never_run(
    tmp_path: Path,
) -> None:
    found = discover_adapters(_installed(tmp_path, "swb.adapters.v2"))
    with pytest.raises(RefusedError) as refusal:
        found.get("atlantis")
    said = refusal.value.message
    assert "atlantis-swb 2.3: ValueError: expected an adapter for version 1" in said
    assert "found version 2" in said


def test_groups_of_every_version_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _installed(tmp_path, "swb.adapters.v7")
    monkeypatch.syspath_prepend(str(tmp_path))
    (rejected,) = (each for each in discover_adapters().rejected if each.name == "atlantis")
    assert rejected.distribution == "atlantis-swb"
    assert "found version 7" in rejected.reason
    assert main(["adapters", "list", "--json"]) == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == "adapter.unusable"
    assert "found version 7" in finding["message"]


def test_the_group_without_a_version_is_that_of_version_1() -> None:
    points = [
        EntryPoint(name="thailand", value="swb_adapters.thailand:ADAPTER", group=group)
        for group in ("swb.adapters", "swb.adapters.v1")
    ]
    for point in points:
        assert discover_adapters([point]).get("thailand") is THAILAND


def test_says_why_when_a_rejected_plugin_is_asked_for() -> None:
    found = discover_adapters([_point("raising", f"{__name__}:RAISING")])
    with pytest.raises(RefusedError, match="no licence") as refusal:
        found.get("raising")
    assert refusal.value.code == "adapter.unknown"
    assert refusal.value.actor is Actor.OPERATOR


BROKEN_TABLE: Final = """
from swb_adapters.sdk.mapping import Row, Table
from swb_schemas.documents import CustomsReceipt

RECEIPT = Table(
    CustomsReceipt,
    Row("Outcme", "received"),
)
"""


def test_leads_to_the_line_of_a_table_that_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "atlantis_of_errors"
    package.mkdir()
    (package / "__init__.py").write_text("from atlantis_of_errors.receipt import RECEIPT\n")
    (package / "receipt.py").write_text(BROKEN_TABLE)
    monkeypatch.syspath_prepend(str(tmp_path))
    (rejected,) = discover_adapters([_point("atlantis", "atlantis_of_errors:RECEIPT")]).rejected
    assert "found 'Outcme' (receipt.py, line 5)" in rejected.reason


def test_refuses_the_name_of_an_adapter_that_is_not_installed() -> None:
    found = discover_adapters([_point("thailand", "swb_adapters.thailand:ADAPTER")])
    with pytest.raises(RefusedError, match="thailand") as refusal:
        found.get("atlantis")
    assert refusal.value.code == "adapter.unknown"


def test_refuses_a_name_that_two_plugins_have() -> None:
    points = [
        _point("thailand", "swb_adapters.thailand:ADAPTER"),
        _point("thailand", f"{__name__}:OTHER_NAME"),
    ]
    points.append(_point("vietnam", "swb_adapters.vietnam:ADAPTER"))
    found = discover_adapters(points)
    with pytest.raises(RefusedError, match="found it in") as refusal:
        found.get("thailand")
    # Both are named, and what does not use that name goes on.
    assert [each.name for each in found.rejected] == ["thailand", "thailand"]
    assert found.get("vietnam").info.name == "vietnam"
    assert refusal.value.code == "adapter.name_twice"
    assert refusal.value.actor is Actor.OPERATOR


def test_runs_the_code_of_those_that_are_asked_for_and_of_no_other() -> None:
    points = [
        _point("thailand", "swb_adapters.thailand:ADAPTER"),
        _point("raising", f"{__name__}:RAISING"),
    ]
    found = discover_adapters(points, names=["thailand"])
    assert [each.info.name for each in found.adapters] == ["thailand"]
    assert not found.rejected


def test_names_all_that_there_are_when_one_is_asked_for_that_is_none() -> None:
    points = [
        _point("thailand", "swb_adapters.thailand:ADAPTER"),
        _point("vietnam", "swb_adapters.vietnam:ADAPTER"),
    ]
    found = discover_adapters(points, names=["vietnam", "atlantis"])
    with pytest.raises(RefusedError, match="thailand, vietnam"):
        found.get("atlantis")
