"""What acceptance tests share: the command, and files that stay what they are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.program import Program, find_program
from tests.services import ROOT
from tests.warm import FOLDER, WarmCommand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _warm_command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Short commands are forked of a process that has imported everything."""
    if os.environ.get("SWB_TEST_COLD"):
        yield
        return
    folder = tmp_path_factory.mktemp("warm")
    with (
        WarmCommand.of_swb(folder, find_program().path),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(FOLDER, str(folder))
        yield


@pytest.fixture(scope="session")
def swb() -> Program:
    """The installed command."""
    return find_program()


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The golden vectors."""
    return ROOT / "broker" / "swb_conformance" / "vectors"


@pytest.fixture(scope="session")
def thai_form_d() -> Path:
    """A Form D as the simulated Thai system writes it, with Thai names in it."""
    return ROOT / "adapters" / "swb_adapters" / "thailand" / "samples" / "form-d-plain.xml"
