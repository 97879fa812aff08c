"""Pages for people are executed, word for word."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.pages import run_page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("xmlsec1")
def test_the_tutorial_works(tmp_path: Path) -> None:
    printed = run_page("docs/tutorial/first-form-d.md", tmp_path)
    assert "<CertificateOfOrigin" in printed
    assert "accepted" in printed
    assert "refused" in printed


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_running_a_gateway_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/run-a-gateway.md", tmp_path)
    assert '"status":"ready"' in printed
    assert "RES-REC" in printed
