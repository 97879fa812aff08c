"""The auditor's pages are executed, word for word."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from tests.pages import run_page
from tests.services import require_program

if TYPE_CHECKING:
    from pathlib import Path

TRUST_LISTS: Final = "docs/how-to/verify-a-trust-list.md#The commands"
EVIDENCE_NEEDS: Final = ("swb demo --documents 4 --keep kept > /dev/null", TRUST_LISTS)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the page on evidence printed, and the folder in which it was run."""
    for program in ("unzip", "xmlsec1", "openssl", "jq"):
        require_program(program)
    folder = tmp_path_factory.mktemp("evidence")
    return run_page("docs/how-to/verify-evidence.md", folder, amid=EVIDENCE_NEEDS), folder


def test_verifying_evidence_by_hand_works(evidence: tuple[str, Path]) -> None:
    printed, _ = evidence
    assert "Verification: OK" in printed
    assert "accepted: container of evidence" in printed
    assert "has received it." in printed
    assert printed.count("SignedInfo References (ok/all): 2/2") == 3
    assert printed.count(": list 1 under statement 1, signed by 1, ") == 3
    assert "\ndigest: same\n" in printed
    assert "has sealed it." in printed
    assert "DIFFERENT" not in printed
    assert "NO CONCLUSION" not in printed


@pytest.mark.parametrize(
    ("then", "noticed", "never"),
    [
        (
            ("file=documents/$ID.xml", "printf ' ' >> \"$file\""),
            "\ndigest: DIFFERENT: stop",
            ("Verification: OK", "existed at", "has sealed it.", "has received it."),
        ),
        (
            (
                "cat README.txt > /dev/null",
                "sed -i 's|<Hop>AS2</Hop>|& |' documents/*.xml",
            ),
            "DIFFERENT: stop",
            ("has received it.",),
        ),
    ],
    ids=["the document is changed", "a receipt is changed"],
)
def test_verifying_evidence_by_hand_concludes_nothing_from_what_is_wrong(
    evidence: tuple[str, Path],
    then: tuple[str, str],
    noticed: str,
    never: tuple[str, ...],
    tmp_path: Path,
) -> None:
    made = evidence[1]
    for path in (*made.glob("*.asice"), *made.glob("*.pem")):
        shutil.copy(path, tmp_path)
    (tmp_path / "kept").symlink_to(made / "kept")
    printed = run_page(
        "docs/how-to/verify-evidence.md",
        tmp_path,
        amid=EVIDENCE_NEEDS,
        then=then,
        without="swb (demo|evidence) .*",
    )
    assert noticed in printed
    assert "NO CONCLUSION" in printed
    for each in never:
        assert each not in printed
