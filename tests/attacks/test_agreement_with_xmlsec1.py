"""Every golden file by xmlsec1 beside our reader, and where the two rightly differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb_conformance.cases import Question, Verdict, load_cases

if TYPE_CHECKING:
    from swb_conformance.cases import Case
    from tests.vectors.xmlsec import Xmlsec

CASES: Final = [case for case in load_cases() if case.question is not Question.TRUST]
ACCEPTED: Final = [case for case in CASES if case.verdict is Verdict.ACCEPTED]
BROKEN: Final = [
    case
    for case in CASES
    if case.code
    in {
        "signature.missing",
        "signature.content_digest",
        "signature.properties_digest",
        "signature.certificate_digest",
        "signature.value",
        "certificate.not_yet_valid",
        "certificate.expired",
    }
]
ACCEPTED_BY_XMLSEC1: Final = {
    # It stops at the first signature of a file; the layer inside is a file of its own.
    "delivery/refuses-an-altered-document-inside",
    # Trust lists and their dates are ours; to xmlsec1 the certificate itself holds.
    "message/refuses-a-certificate-not-yet-listed",
    "message/refuses-a-certificate-no-longer-listed",
    # Replacing a root is ours too: to xmlsec1 it is told to trust the one before.
    "sealed-document/refuses-a-seal-from-after-its-root-was-replaced",
    # It asks whether the certificate holds when it is judged, and not when it signed.
    "message/refuses-a-certificate-that-held-only-after-signing",
}


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_xmlsec1_accepts_what_is_accepted(case: Case, xmlsec: Xmlsec) -> None:
    assert xmlsec.accepts(case.subject, at=case.at)
    if "sealed.xml" in case.expected:
        assert xmlsec.accepts(case.expected["sealed.xml"], at=case.at)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_xmlsec1_refuses_broken_signatures_and_certificates(case: Case, xmlsec: Xmlsec) -> None:
    assert xmlsec.accepts(case.subject, at=case.at) == (case.name in ACCEPTED_BY_XMLSEC1)
