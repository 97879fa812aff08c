"""What acceptance tests share: the command, and files that stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.program import Program, find_program
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path


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
