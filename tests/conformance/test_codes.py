"""Each code that the wire's tables name is expected by a case, or cannot be asked for here."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from swb_conformance.cases import load_cases
from swb_conformance.drawing.arrivals import ARRIVALS
from swb_conformance.drawing.makings import MAKINGS
from swb_conformance.drawing.sizes import SIZES
from swb_conformance.making_cases import load_making_cases
from swb_conformance.suites.no_documents import list_no_documents
from tests.services import ROOT
from tests.vectors.own_target import OwnTarget

UNASKED: Final = {
    "certificate.revoked": "a bundle says what a list says, and no protocol of status is asked",
    "certificate.status_unknown": "as before",
    "encryption.other_key": "a body is opened by the key that it names, which `keys` has or lacks",
    "trust.fast_forward": "a target remembers no bundle from one question to the next",
    "trust.rolled_back": "as before",
    "xml.too_large": "a file with such a text is above the size of a message already",
}
"""By code: why no question can have it as its answer."""


def list_named() -> set[str]:
    page = (ROOT / "docs/reference/wire.md").read_text(encoding="utf-8")
    part = page[page.index("\n## Verification") : page.index("\n## Refusals")]
    rows = [each.split("|")[3] for each in part.splitlines() if each.count("|") == 4]
    return {code for each in rows for code in re.findall(r"`([a-z]+\.[a-z_]+)`", each)}


def list_expected() -> set[str]:
    found = {each.code for each in load_cases()}
    found |= {code for each in load_making_cases() for code in each.codes}
    found |= {code for each in MAKINGS.values() for code in each.codes}
    for name, kind in {**ARRIVALS, **SIZES}.items():
        if name.startswith("refuses-"):
            found.add(kind.draw(Random(name)).code)  # noqa: S311 - nothing secret
    return found - {""}


def test_each_code_of_the_wire_is_expected_or_said_not_to_be_asked_for() -> None:
    named, expected = list_named(), list_expected()
    assert len(named) > 60
    assert named - expected == set(UNASKED)


def test_what_is_no_document_is_refused() -> None:
    results = [each.try_on(OwnTarget()) for each in list_no_documents()]
    assert {each.status for each in results} == {"passed"}
