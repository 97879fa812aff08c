"""A simulated single window that dies while it cancels what customs refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.plugins import discover_adapters
from swb.simulator.authority import SimulatedAuthority
from swb.simulator.customs import draw_response
from swb.simulator.issuing import draw_certificate
from swb_schemas.documents import Cancellation
from swb_schemas.documents.customs import Decision

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
THAILAND = discover_adapters().get("thailand")


def open_window(folder: Path) -> SimulatedAuthority:
    window = SimulatedAuthority(
        state="TH", folder=folder, adapters=[THAILAND], seed=1, now=lambda: NOW
    )
    window.open()
    return window


def test_a_cancellation_that_a_crash_cut_short_is_asked_for_again(tmp_path: Path) -> None:
    certificate = draw_certificate(
        exporting="TH", importing="VN", serial=1, seed=1, on=NOW.date(), items=2
    )
    refusal = draw_response(certificate, state="VN", seed=1, at=NOW, decision=Decision.NOT_GIVEN)
    window = open_window(tmp_path)
    handed_over = tmp_path / "out" / "019ca3b5-0efa-7000-8000-000000000003.xml"
    handed_over.write_bytes(THAILAND.from_canonical(refusal).payload)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        window.work_once()
    (tmp_path / "elsewhere").rename(tmp_path / "in")

    assert open_window(tmp_path).work_once() == 1

    (asked,) = (tmp_path / "in").iterdir()
    assert isinstance(THAILAND.to_canonical(asked.read_bytes()).document, Cancellation)
