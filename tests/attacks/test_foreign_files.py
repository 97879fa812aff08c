"""Files that others made, to deceive or with other signatures: each with what is said of it.

The table ``foreign_verdicts.csv`` has a row for each signed file of the samples: what xmlsec1 says
of its signature by the key in the file, the code by which our readers refuse the file, and what
our reader of signatures says once octets and place are no obstacle any more.
``SWB_WRITE_DOCS=1 pytest tests/attacks/test_foreign_files.py`` writes it anew. All are refused, and
that is the policy: one shape of signature, over one spelling of a file. So that this does not stay
hollow, our canonicaliser and our verifier are held against those files that they reach.
"""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import verify_ecdsa
from tests.attacks.foreign import list_files, xmlsec1_verdict
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.attacks.foreign import ForeignFile
    from tests.attacks.reading import Reader

TABLE: Final = ROOT / "tests" / "attacks" / "foreign_verdicts.csv"
BEFORE_ANYTHING_IS_READ: Final = (
    "xml.",
    "message.not_a_message",
    "sealed.not_a_sealed_document",
)
POLICY: Final = {
    "xml.doctype": "there is no document type declaration",
    "xml.processing_instruction": "there is no processing instruction",
    "xml.not_canonical": "a file is its own exclusive C14N",
    "signature.missing": "a file without a signature says nothing",
    "signature.multiple": "a file has one signature",
    "signature.misplaced": "the signature is the last element of the element that it closes",
    "signature.shape": "XAdES baseline B, enveloped, over the whole file, in one shape",
}
"""Why a file is refused whose signature holds."""
WRAPPED: Final = {("saml-wrapping/wrapped_response_2.xml.base64", "not valid")}
"""Whose digest does not hold: the signed element was put away, and xmlsec1 agrees."""


def describe(file: ForeignFile, reader: Reader, xmlsec1: Path, folder: Path) -> list[str]:
    """A row of the table."""
    as_message, as_sealed = reader.refusal_of_message(file.raw), reader.refusal_of_sealed(file.raw)
    assert as_message == as_sealed, file.name
    verdict = xmlsec1_verdict(xmlsec1, folder, file.raw)
    return [file.name, verdict, as_message, file.signature_code()]


def test_every_signed_file_of_others_has_its_verdict(
    samples: Path, reader: Reader, xmlsec1: Path, tmp_path: Path
) -> None:
    rows = [describe(each, reader, xmlsec1, tmp_path) for each in list_files(samples)]
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerows([["file", "xmlsec1", "our reader", "our reader of signatures"], *rows])
    if os.environ.get("SWB_WRITE_DOCS"):
        TABLE.write_text(written.getvalue(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == written.getvalue(), "SWB_WRITE_DOCS=1"


def test_what_xmlsec1_accepts_is_refused_by_policy_alone() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 200
    for row in rows:
        assert row["our reader"].startswith(BEFORE_ANYTHING_IS_READ), row
        assert row["our reader of signatures"] in POLICY, row
    assert sum(row["xmlsec1"] == "valid" for row in rows) > 100


def test_our_canonicaliser_computes_the_digests_of_others(
    samples: Path, xmlsec1: Path, tmp_path: Path
) -> None:
    judged, wrong = 0, set()
    for file in list_files(samples):
        for _, holds in file.digests():
            judged += 1
            if not holds:
                wrong.add((file.name, xmlsec1_verdict(xmlsec1, tmp_path, file.raw)))
    assert judged > 50
    assert wrong == WRAPPED


def test_our_verifier_accepts_the_ecdsa_signatures_of_others(samples: Path) -> None:
    judged = []
    for file in list_files(samples):
        found = file.p256_signature()
        if found is None:
            continue
        judged.append(file.name)
        key, value, signed = found
        verify_ecdsa(key, value, signed)
        with pytest.raises(RefusedError) as refusal:
            verify_ecdsa(key, value, signed + b" ")
        assert refusal.value.code == "signature.value"
    assert judged


def test_refuses_xml_bombs_and_external_entities(samples: Path, reader: Reader) -> None:
    folder = samples / "malicious"
    files = [*folder.rglob("*.xml"), *folder.rglob("*.xsl")]
    assert files
    for path in files:
        raw = path.read_bytes()
        for code in (reader.refusal_of_message(raw), reader.refusal_of_sealed(raw)):
            assert code.startswith(BEFORE_ANYTHING_IS_READ), path.name


def test_refuses_a_published_header_without_our_payload(samples: Path, reader: Reader) -> None:
    files = list((samples / "sbdh").rglob("*.xml"))
    assert files
    for path in files:
        assert reader.refusal_of_message(path.read_bytes()).startswith(BEFORE_ANYTHING_IS_READ)
