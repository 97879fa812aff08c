"""What docs/how-to/write-an-adapter.md says is what works: its code is executed here."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from swb.plugins import GROUP, discover_adapters
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = ROOT / "docs" / "how-to" / "write-an-adapter.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    return [code for kind, code in BLOCK.findall(PAGE.read_text()) if kind == language]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The page's package on the path, and its test module as names."""
    *adapter, test = _blocks("python")
    package = tmp_path / "atlantis_swb"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "adapter.py").write_text("\n\n".join(adapter))
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in ("atlantis_swb", "atlantis_swb.adapter"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    names: dict[str, Any] = {"__name__": "test_atlantis"}
    exec(compile(test, "test_atlantis.py", "exec"), names)  # noqa: S102 - the page's own code
    return names


def test_the_adapter_of_the_page_passes_the_tests_of_the_page(written: dict[str, Any]) -> None:
    tests: list[Callable[[], None]] = [
        each for name, each in written.items() if name.startswith("test_")
    ]
    assert len(tests) == 4
    for test in tests:
        test()


def test_the_entry_point_of_the_page_is_found(written: dict[str, Any]) -> None:
    (block,) = _blocks("toml")
    declared = tomllib.loads(block)["project"]["entry-points"][GROUP]
    points = [EntryPoint(name=name, value=value, group=GROUP) for name, value in declared.items()]
    assert discover_adapters(points).get("atlantis") is written["ADAPTER"]
