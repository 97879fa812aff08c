"""The page on the wire: its commands are executed, and it names every refusal."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from swb_conformance.cases import load_cases
from swb_schemas.catalogue import CATALOGUE
from tests.services import ROOT
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate
from tests.vectors.tampering import cut_signature

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "reference" / "wire.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([a-z_]+\.[a-z_0-9]+)`")
RAISED = re.compile(
    r'"((?:catalogue|certificate|document|encryption|environment|extension|layers|message|party'
    r'|seal|sealed|signature|trust|xml)\.[a-z_0-9]+)"'
)


def _execute(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Execute the commands of the page, beside a checkout."""
    (folder / "broker").symlink_to(ROOT / "broker")
    return subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(BLOCK.findall(page))],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.usefixtures("openssl", "xmlsec1")
def test_the_steps_by_hand_succeed(tmp_path: Path) -> None:
    done = _execute(TEXT, tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Verified OK") == 3
    assert done.stdout.endswith("Same digests.\n")


@pytest.mark.usefixtures("openssl", "xmlsec1")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Count>120</Count>", "<Count>121</Count>"),
        ("<Type>CertificateIssue</Type>", "<Type>TransportAck</Type>"),
        ("cp $V/delivery/accepts-a-clear-message", "cp $V/message/refuses-an-altered-receiver"),
        ("roots/TH.pem", "roots/VN.pem"),
    ],
)
def test_the_steps_by_hand_notice_a_change(old: str, new: str, tmp_path: Path) -> None:
    assert old in TEXT
    done = _execute(TEXT.replace(old, new), tmp_path)
    assert done.returncode != 0
    assert "Same digests." not in done.stdout


def test_every_refusal_of_the_wire_is_on_the_page() -> None:
    named = set(CODE.findall(TEXT))
    folder = ROOT / "schemas" / "swb_schemas" / "wire"
    raised = {
        code for path in folder.glob("*.py") for code in RAISED.findall(path.read_text("utf-8"))
    }
    expected = {case.code for case in load_cases()} - {""}
    internal = {"trust.pointer_differs"}  # a finding for people, never a refusal
    assert (raised | expected) - named == internal


def test_every_refusal_on_the_page_has_a_golden_vector() -> None:
    needs_no_vector = {
        "xml.too_large",  # a file of 20 MB
        "xml.too_many_elements",  # a file of 400,000 elements
        "trust.rolled_back",  # concerns two bundles
        "encryption.other_key",  # a caller that chose the key itself
        "document.conflict",  # concerns two messages, as does the next
        "message.conflict",
    }
    codes = {code for code in CODE.findall(TEXT) if RAISED.fullmatch(f'"{code}"')}
    assert codes - {case.code for case in load_cases()} == needs_no_vector & codes


def test_the_shape_of_the_signature_is_the_one_that_is_written() -> None:
    (shown,) = re.findall(r"```xml\n(<ds:Signature .*?</ds:Signature>)\n```", TEXT, re.DOTALL)
    pattern = re.escape(shown.replace("\n", "")).encode()
    for place in (
        "CONTENT DIGEST",
        "PROPERTIES DIGEST",
        "CERTIFICATE DIGEST",
        "VALUE",
        "CERTIFICATE",
        "TIME",
        "COMMITMENT",
    ):
        marked = f">{re.escape(place)}<".encode()
        assert pattern.count(marked) == 1
        pattern = pattern.replace(marked, b">[^<]+<")
    for octets in (sealed_certificate(), clear_message(), encrypted_message()):
        assert re.fullmatch(pattern, cut_signature(octets)[1])


def test_every_message_type_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)`, `([\w:.-]+)` \| (.+?) \|$", TEXT, re.MULTILINE)
    shown = {row[0]: row for row in rows}
    assert shown.keys() == CATALOGUE.keys()
    for name, kind in CATALOGUE.items():
        _, element, namespace, rest = shown[name]
        assert (element, namespace) == (kind.model.__name__, kind.model.namespace)
        (issuer,), (receiver,) = kind.issuers, kind.receivers
        commitment = kind.commitment.rpartition("ProofOf")[2].lower()
        assert rest == f"{issuer}, `{kind.seal_purpose}` | {receiver} | {commitment}"
