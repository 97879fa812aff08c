"""The adapters that come with the broker, and their samples."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from swb_adapters.indonesia import ADAPTER as INDONESIA
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_adapters.vietnam import ADAPTER as VIETNAM

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

GOLDEN: Final = Path(__file__).parent / "golden"
"""Of each adapter, what its samples mean; ``SWB_WRITE_GOLDEN=1`` writes them anew."""
ADAPTERS: tuple[Adapter, ...] = (INDONESIA, THAILAND, VIETNAM)
"""Those of states: each carries every Form D and what customs says of it, both ways."""


class Sample(NamedTuple):
    """One payload that a package ships."""

    adapter: Adapter
    name: str

    @property
    def raw(self) -> bytes:
        folder = files(f"swb_adapters.{self.adapter.info.name}") / "samples"
        return (folder / self.name).read_bytes()

    @property
    def syntax(self) -> str:
        """What the test kit calls it: ``xml`` or ``json``."""
        return self.name.rpartition(".")[2]

    def __str__(self) -> str:
        return f"{self.adapter.info.name}/{self.name.rpartition('.')[0]}"


def list_samples(beginning: str = "") -> list[Sample]:
    """All samples whose names begin so."""
    return [
        Sample(adapter, entry.name)
        for adapter in ADAPTERS
        for entry in sorted(
            (files(f"swb_adapters.{adapter.info.name}") / "samples").iterdir(),
            key=lambda entry: entry.name,
        )
        if entry.name.startswith(beginning)
    ]


EACH_ADAPTER = pytest.mark.parametrize("adapter", ADAPTERS, ids=[a.info.name for a in ADAPTERS])
EACH_SAMPLE = pytest.mark.parametrize("sample", list_samples(), ids=str)
EACH_FORM_D = pytest.mark.parametrize("sample", list_samples("form-d"), ids=str)
