"""What holds of the whole book: no line is there in vain, and nothing makes it raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.rulebook import RULES, KnownCertificate, Place, Related, Rule, check_document
from tests.rulebook.table import CASES
from tests.strategies import aggregates

if TYPE_CHECKING:
    from datetime import date

IDS: Final = [f"{place} {rule.code}" for place, rule in enumerate(RULES, 1)]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_that_is_missing_is_missed(rule: Rule) -> None:
    """Take one rule out of the book: the cases notice."""
    rest = tuple(each for each in RULES if each is not rule)
    assert any(case.find(rest) != case.find() for case in CASES.values())


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    aggregates(CertificateOfOrigin),
    aggregates(CertificateOfOrigin),
    st.sampled_from(Place),
    st.booleans(),
    st.dates(),
)
def test_never_raises_whatever_the_certificate_says(
    certificate: CertificateOfOrigin,
    other: CertificateOfOrigin,
    place: Place,
    cancelled: bool,
    at: date,
) -> None:
    known = (KnownCertificate(certificate=other, cancelled=cancelled),)
    related = Related(same_number=known, originals=known, replaced=known, replacements=known)
    for finding in check_document(certificate, at=at, place=place, related=related):
        assert finding.code in {rule.code for rule in RULES}
        assert finding.path.startswith("CertificateOfOrigin")
