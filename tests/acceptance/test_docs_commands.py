"""Pages for people are executed, word for word."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.pkcs11 import find_softhsm
from tests.pages import run_page
from tests.services import ROOT, miss, require_program

if TYPE_CHECKING:
    from swb.backends.postgres.node import PrivatePostgres


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


def test_the_console_is_turned_on_and_a_person_let_in(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/use-the-console.md", tmp_path)
    assert "olga  TH  operator  may sign in" in printed
    assert "303 http://localhost:8443/console/sign-in?to=%2Fday" in printed
    assert "users create" in printed


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


def test_running_a_gateway_works(tmp_path: Path) -> None:
    require_program("curl")
    runbook = "docs/how-to/runbook.md"
    printed = run_page("docs/how-to/run-a-gateway.md", tmp_path, amid=("kill %1", runbook))
    assert '"status":"ready"' in printed
    assert 'swb_ready{node="TH gateway"} 1.0' in printed
    assert "RES-REC" in printed
    verified, by_hand = re.findall(r"\bhead ([0-9a-f]{64})$", printed, re.MULTILINE)
    assert by_hand == verified


@pytest.mark.usefixtures("openssl")
def test_delivering_to_a_single_window_by_webhook_works(tmp_path: Path) -> None:
    require_program("curl")
    printed = run_page("docs/how-to/deliver-to-a-single-window.md", tmp_path)
    assert "accepted: CertificateIssue" in printed
    assert ".CertificateIssue.xml\n" in printed
    assert '"POST /deliveries HTTP/1.1" 201' in printed
    assert re.search(r"TH +sent +CertificateIssue +1 ", printed)
    assert re.search(r"VN +received +CertificateIssue +1 ", printed)


def test_keeping_keys_apart_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/keep-keys-apart.md", tmp_path)
    assert "accepted: CertificateIssue" in printed
    assert '"purpose": "issuing-seal"' in printed


@pytest.mark.usefixtures("openssl")
def test_keeping_keys_in_a_token_works(tmp_path: Path) -> None:
    if find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    printed = run_page("docs/how-to/keys-in-a-token.md", tmp_path)
    assert "urn:swb:party:TH:gateway" in printed
    assert "may             decrypt" in printed


def test_running_on_postgresql_works(
    postgres_server: PrivatePostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("openssl")
    for name, value in postgres_server.environment().items():
        monkeypatch.setenv(name, value)
    printed = run_page("docs/how-to/run-on-postgresql.md", tmp_path)
    assert "something is missing" in printed
    assert "postgres store: schema version 0, now " in printed
    assert "sqlite store: schema version 0, now " in printed
    assert printed.count("postgres store: schema version") == 4
    assert "successfully verified" in (tmp_path / "verified.txt").read_text()
    assert (tmp_path / "TH.backup.db").stat().st_size > 0
