"""Pages for people are executed, word for word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import run_page
from tests.services import ROOT, require_program


def test_the_readme_shows_what_the_demonstration_prints() -> None:
    swb = Path(sys.executable).with_name("swb")
    done = subprocess.run([swb, "demo"], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.splitlines()[-1].startswith("Add --keep DIR")
    table = done.stdout.partition("\n\n")[0]
    assert table in (ROOT / "README.md").read_text(encoding="utf-8")


def test_connecting_a_pair_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/connect-a-pair.md", tmp_path)
    assert "connection.malformed" in printed
    assert "connection.suspended" in printed
    assert "no parallel exchanges" in printed
    assert "pinned  SG: 1 of 1 roots" in printed
    assert "installed  list 2 of REGION" in printed
    *_, connected = printed.partition("line VN: ready\nline SG: ready\nfrom")
    assert "LIVE" in connected
    assert "SG" not in connected, "no agreement is signed yet"


def test_finding_duplicates_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/find-duplicates.md", tmp_path)
    assert printed.count("<fingerprint.duplicate>") == 3
    assert "ALIKE  fingerprint.duplicate" in printed
    assert "earlier with VN" in printed
    assert printed.splitlines()[-1] == "TH-VN-2027: 1 documents, 12 fingerprints; current with VN"


def test_sending_a_phytosanitary_certificate_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/send-a-phytosanitary-certificate.md", tmp_path)
    assert printed.count("accepted: ") == 2
    assert "WITHDRAWN: PhytosanitaryCertificate ID:NPPO:PC-ID-2026-000001" in printed
    assert "submission.certificate_exists" in printed
    assert printed.splitlines()[-1] == "its number is used up"


def test_reading_the_day_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/read-the-day.md", tmp_path)
    table = next(line for line in printed.splitlines() if line.startswith("in all"))
    sent, *_, received, delivered, _, _ = table.split()[2:]
    assert int(sent) > 0
    assert int(received) >= int(delivered) > 0
    assert "urn:swb:party:VN:customs, CertificateIssue" in printed
    assert printed.splitlines()[-1].endswith(" documents wait")


def test_replaying_and_discarding_what_is_parked_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/when-something-is-parked.md", tmp_path)
    acts = [line.split() for line in printed.splitlines() if "parked replay by " in line]
    assert acts, "the history tells that somebody tried"
    assert " ".join(acts[0]).endswith(": the sender's list is in force now")
    assert "who must act" in printed
    assert "replayed: 1" in printed
    assert "discarded: 1" in printed
    assert "dead-letter (discarded)" in printed
    assert "a stray file of the test department" in printed


@pytest.mark.usefixtures("xmlsec1")
def test_the_tutorial_works(tmp_path: Path) -> None:
    printed = run_page("docs/tutorial/first-form-d.md", tmp_path)
    assert "<CertificateOfOrigin" in printed
    assert "accepted" in printed
    assert "refused" in printed


def test_finding_and_repairing_what_was_lost_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/reconcile.md", tmp_path)
    assert printed.count("equal: VN and TH") == 2
    assert "store_was_restored" in printed.splitlines()
    assert "the other side sent it, and this store does not have it" in printed
    assert "the other side acknowledged it (AS2), and does not have it any more" in printed
    assert "asked for 1, of which 1 are here now" in printed
    assert "asked TH for " in printed
    assert "it is one use" in printed
    assert "ended: " in printed


def test_printing_a_certificate_works(tmp_path: Path) -> None:
    require_program("fc-list")
    printed = run_page("docs/how-to/print-a-certificate.md", tmp_path)
    assert "form-d.pdf: TH:NTB01:D2026-0004711, 2 page(s), 2 signed code(s)" in printed
    assert "no code: it was printed in VN, which did not issue it" in printed
    assert printed.count("accepted, TEST, NOT VALID: print") == 1
    assert (
        printed.count("undetermined, TEST, NOT VALID, pages missing: print") == 1
    )  # one page of two
    assert "items            3 of 3" in printed
    assert "gross 5100 KGM" in printed
    assert "not known offline: whether it was cancelled or used since" in printed
    assert "swb: refused: signature.value" in printed
    assert "used on paper on" in printed
    assert "paper.recorded_before" in printed
