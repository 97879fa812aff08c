"""A gateway that runs by itself is tried as its operators would have it tried."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.program import Program, find_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = (
    "gateway/incoming/CertificateIssue-ATIGA/acknowledges-it",
    "gateway/sending/CertificateIssue-ATIGA/issues-it",
    "gateway/refused/DeclarationExtract/a-state-that-is-not-connected",
)


@pytest.fixture(scope="module")
def swb() -> Program:
    """The installed command."""
    return find_program()


@contextmanager
def running(swb: Program, config: Path) -> Iterator[None]:
    """Run a gateway in a process of its own; it takes what came before it was ready."""
    process = subprocess.Popen(
        [swb.path, "run", "--config", config, "--log-level", "error"],
        stderr=subprocess.DEVNULL,
        env=os.environ,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_gateway_is_tried_over_its_line(swb: Program, tmp_path: Path) -> None:
    line = f"embedded:{tmp_path / 'broker.db'}"
    words: list[str | Path] = ["conformance", "prepare", "--state", "TH", "--out", tmp_path]
    prepared = swb(*words, "--json", "--adapters", "thailand", "--target-url", line)
    assert prepared.status == 0, prepared.stderr
    config = tmp_path / "gateway-TH.toml"
    assert prepared.value["config"] == str(config)
    act = f"{swb.path} conformance act --config {config}"
    run = ["conformance", "run", "--profile", "gateway", "--target", line, "--act", act]
    only = [word for case in CASES for word in ("--only", case)]
    keep = tmp_path / "run"
    with running(swb, config):
        done = swb(*run, "--material", tmp_path, *only, "--keep", keep, "--json")
    assert done.status == 0, done.stderr
    told = done.value
    assert (told["passed"], told["failed"], told["skipped"]) == (3, 0, 0)
    rows = [json.loads(row) for row in (keep / "cases.jsonl").read_text().splitlines()]
    assert {row["case"] for row in rows} == set(CASES)


def test_without_material_it_is_told_what_makes_it(swb: Program) -> None:
    words = ["--profile", "gateway", "--target", "amqp://127.0.0.1:1"]
    done = swb("conformance", "run", *words)
    assert done.status == 2
    assert "swb conformance prepare" in done.stderr


def test_a_line_that_cannot_be_reached_is_unavailable(swb: Program, tmp_path: Path) -> None:
    assert swb("conformance", "prepare", "--state", "VN", "--out", tmp_path).status == 0
    words = ["--profile", "gateway", "--target", "amqp://user:secret@127.0.0.1:1"]
    done = swb("conformance", "run", *words, "--material", tmp_path, "--json")
    assert done.status == 4
    assert done.failure["code"] == "conformance.wire"
    assert "secret" not in done.stdout.decode() + done.stderr
