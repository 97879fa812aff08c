"""The pages on keys and lists are executed, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages import run_page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("openssl")
def test_the_key_ceremony_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/key-ceremony.md", tmp_path)
    assert "another digest is not pinned" in printed
    assert "one is not enough" in printed
    assert "trust.quorum" in printed
    assert "the list before does not come back" in printed
    assert "2 of 3 roots, statement 2" in printed


@pytest.mark.usefixtures("openssl")
def test_renewing_a_list_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/renew-a-trust-list.md", tmp_path)
    assert "trust.ends_soon" in printed
    assert "a list does not come back" in printed
    assert "installed  list 3 of TH" in printed
    assert "installed  list 2 of REGION" in printed


def test_acting_on_a_stolen_key_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/a-key-was-stolen.md", tmp_path)
    assert "nothing was stated" in printed
    assert "QUARANTINED: CertificateIssue" in printed
    assert "trust compromise  TH" in printed
    assert "document(s) released" in printed
    assert "QUARANTINED" not in printed.splitlines()[-1]
