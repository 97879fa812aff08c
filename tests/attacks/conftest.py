"""What the attacks share: our reader in both roles, and xmlsec1 beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks.reading import Reader
from tests.vectors.xmlsec import Xmlsec

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def xmlsec(xmlsec1: Path, tmp_path: Path) -> Xmlsec:
    return Xmlsec(xmlsec1, tmp_path)
