"""Adapters are found by entry point; a bad plug-in is named and skipped."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from swb.plugins import GROUP, discover_adapters
from swb_adapters.sdk import AdapterInfo, MessageSupport
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_schemas.documents import CustomsReceipt
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
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
        return self._info  # type: ignore[no-any-return]

    def to_canonical(self, raw: bytes) -> Reading:
        return THAILAND.to_canonical(raw)

    def from_canonical(self, document: Document) -> Rendering:
        return THAILAND.from_canonical(document)


_OTHER_MODEL = MessageSupport(message_type="CertificateIssue", model=CustomsReceipt)
NOT_AN_ADAPTER = object()
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
    ours = {each.info.name: each for each in found.adapters if each.first_party}
    assert {"thailand", "vietnam"} <= set(ours)
    assert found.get("thailand") is THAILAND
    assert ours["thailand"].distribution == "single-window-broker"
    assert ours["thailand"].distribution_version


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_names_a_bad_plugin_with_the_reason_and_goes_on(bad: Bad) -> None:
    good = _point("thailand", "swb_adapters.thailand:ADAPTER")
    found = discover_adapters([_point(bad.name, bad.target), good])
    assert [each.info.name for each in found.adapters] == ["thailand"]
    (rejected,) = found.rejected
    assert (rejected.name, rejected.target) == (bad.name, bad.target)
    assert bad.reason in rejected.reason


def test_says_why_when_a_rejected_plugin_is_asked_for() -> None:
    found = discover_adapters([_point("raising", f"{__name__}:RAISING")])
    with pytest.raises(RefusedError, match="no licence") as refusal:
        found.get("raising")
    assert refusal.value.code == "adapter.unknown"
    assert refusal.value.actor is Actor.OPERATOR


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
    with pytest.raises(RefusedError, match="found it in") as refusal:
        discover_adapters(points)
    assert refusal.value.code == "adapter.name_twice"
    assert refusal.value.actor is Actor.OPERATOR
