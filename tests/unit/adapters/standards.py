"""The adapters of published standards, their samples, and what others published of them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from swb_adapters.aanzfta import ADAPTER as AANZFTA
from swb_adapters.uncefact import ADAPTER as UNCEFACT
from tests.services import find_samples

if TYPE_CHECKING:
    from pathlib import Path

    from swb_adapters.sdk import Adapter

STANDARDS: Final[tuple[Adapter, ...]] = (AANZFTA, UNCEFACT)


class Sample(NamedTuple):
    """One payload that a package ships."""

    adapter: Adapter
    name: str

    @property
    def raw(self) -> bytes:
        folder = files(f"swb_adapters.{self.adapter.info.name}") / "samples"
        return (folder / self.name).read_bytes()

    def __str__(self) -> str:
        return f"{self.adapter.info.name}/{self.name.removesuffix('.json')}"


def list_samples() -> list[Sample]:
    """Every certificate of origin among the samples of the standards."""
    return [
        Sample(adapter, entry.name)
        for adapter in STANDARDS
        for entry in sorted(
            (files(f"swb_adapters.{adapter.info.name}") / "samples").iterdir(),
            key=lambda entry: entry.name,
        )
        if not entry.name.startswith("sps-")
    ]


EACH_STANDARD = pytest.mark.parametrize("adapter", STANDARDS, ids=[a.info.name for a in STANDARDS])
EACH_SAMPLE = pytest.mark.parametrize("sample", list_samples(), ids=str)


def find_published(path: str) -> Path:
    """Find a file that others published, or skip: none of them is part of this repository."""
    file = find_samples() / path
    if not file.exists():
        pytest.skip(f"no {path}: published by others, and not part of the repository")
    return file


def load_published(path: str) -> Any:  # noqa: ANN401 - any JSON value
    """Load a published JSON file, or skip."""
    return json.loads(find_published(path).read_bytes())
