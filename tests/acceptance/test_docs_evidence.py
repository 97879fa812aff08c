"""The auditor's pages are executed, word for word."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode, urlsafe_b64decode
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_pem_x509_certificate

from swb.backends.softkey import Authority
from swb_schemas.wire.root_succession import (
    FormerRootEntry,
    RootStatementForm,
    encode_root_statement,
)
from tests.pages import run_page
from tests.services import require_program
from tests.vectors.roots import sign_payload
from tests.vectors.world import BEGIN, END

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
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


# --- roots that were replaced --------------------------------------------------------------------


def state_roots(
    number: int,
    roots: Sequence[Certificate],
    signed_by: Sequence[Authority],
    *former: FormerRootEntry,
) -> bytes:
    form = RootStatementForm(
        state="TH",
        environment="test",
        number=number,
        issued=BEGIN,
        expires=END,
        quorum=1,
        roots=tuple(b64encode(each.public_bytes(Encoding.DER)).decode() for each in roots),
        former=former,
    )
    return sign_payload(encode_root_statement(form), signed_by)


def replace_roots(made: Path, folder: Path, *, until: datetime) -> None:
    """Lay out what the page leaves, for an auditor who pinned a root from before.

    That root gave way to two others, one of which issued what signed; later that one left.

    Args:
        made: Where the page was run.
        folder: Where to.
        until: When what the one that left has issued ceases to count.
    """
    shutil.copytree(made / "kept" / "trust", folder / "kept" / "trust")
    (folder / "kept" / "sealed").symlink_to(made / "kept" / "sealed")
    shutil.copy(made / "form-d.asice", folder)
    place = folder / "kept" / "trust" / "roots" / "TH.pem"
    leaves = load_pem_x509_certificate(place.read_bytes())
    thumbprint = f"sha-256:{leaves.fingerprint(hashes.SHA256()).hex()}"
    pinned, stays = (
        Authority("TH", "test", begin=BEGIN, end=END, seed=each) for each in (b"pinned", b"stays")
    )
    place.write_bytes(pinned.root_pem)
    staying, leaving = load_pem_x509_certificate(stays.root_pem), leaves
    statements = (
        state_roots(2, (staying, leaving), (pinned, stays)),
        state_roots(3, (staying,), (stays,), FormerRootEntry(root=thumbprint, until=until)),
    )
    bundle = folder / "kept" / "trust" / "bundle.json"
    members = json.loads(bundle.read_bytes())
    payload = members["lists"]["TH"]["payload"]
    says = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    members["roots"]["TH"] = [pinned.root_pem.decode()]
    members["rootStatements"] = {"TH": [json.loads(each) for each in statements]}
    octets = json.dumps(says | {"rootNumber": 3}).encode()
    members["lists"]["TH"] = json.loads(sign_payload(octets, (stays,)))
    bundle.write_text(json.dumps(members, indent=1))


def verify_after_replacement(made: Path, folder: Path, *, until: datetime) -> str:
    """Execute the page for that auditor, as a person at a shell."""
    replace_roots(made, folder, until=until)
    return run_page(
        "docs/how-to/verify-evidence.md",
        folder,
        amid=EVIDENCE_NEEDS,
        then=("file=documents/$ID.xml", "true"),
        without="swb (demo|evidence export) .*",
    )


def test_evidence_is_verified_by_hand_from_roots_that_were_replaced_since(
    evidence: tuple[str, Path], tmp_path: Path
) -> None:
    printed = verify_after_replacement(evidence[1], tmp_path, until=END)
    assert "TH, test: list 1 under statement 3, signed by 1, " in printed
    assert "has received it." in printed
    assert "DIFFERENT" not in printed
    assert (tmp_path / "verdict.txt").read_text().startswith("accepted: container of evidence")


def test_evidence_is_not_verified_by_hand_under_a_root_that_had_left_before(
    evidence: tuple[str, Path], tmp_path: Path
) -> None:
    printed = verify_after_replacement(evidence[1], tmp_path, until=BEGIN)
    assert "TH, test: list 1 under statement 3, signed by 1, " in printed
    assert "\nseal: DIFFERENT: stop\n" in printed
    assert "has sealed it." not in printed
    assert not (tmp_path / "verdict.txt").read_text().startswith("accepted")
