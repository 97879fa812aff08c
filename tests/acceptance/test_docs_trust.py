"""The pages on keys and lists are executed, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages import run_page
from tests.services import require_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the ceremony printed, and then the commands by hand on what it leaves."""
    for program in ("openssl", "jq"):
        require_program(program)
    held = ("pin_roots TH 2 alpha.pem bravo.pem charlie.pem", "docs/how-to/key-ceremony.md")
    folder = tmp_path_factory.mktemp("ceremony")
    return run_page("docs/how-to/verify-a-trust-list.md", folder, amid=held)


def test_the_key_ceremony_works(ceremony: str) -> None:
    assert "another digest is not pinned" in ceremony
    assert "one is not enough" in ceremony
    assert "trust.quorum" in ceremony
    assert "the list before does not come back" in ceremony
    assert "2 of 3 roots, statement 2" in ceremony


def test_verifying_a_trust_list_by_hand_works(ceremony: str) -> None:
    after, counts, before, *refused = ceremony.splitlines()[-5:]
    assert after.startswith("TH, test: list 1 under statement 2, signed by 2, ")
    assert counts.startswith("alpha's certificate counts, ")
    assert before.startswith("TH, test: list 1 under statement 1, signed by 2, ")
    assert refused == [
        "too few roots signed the list of TH: stop",
        "not a list of TH under statement 1: stop",
    ]


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
