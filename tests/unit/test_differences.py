"""How two sides of a day differ."""

from __future__ import annotations

import pytest

from swb.core.lifecycle import Fact
from swb.core.reconciling import Differing, Kind, Way, counts_as_sent, find_differences


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        (set(), True),
        ({Fact.AS2}, True),
        ({Fact.REFUSED}, False),
        ({Fact.REFUSED, Fact.AS2}, True),
        ({Fact.REFUSED, Fact.AS3}, True),
    ],
)
def test_a_refused_document_counts_where_another_message_brought_it(
    facts: set[str], *, counts: bool
) -> None:
    assert counts_as_sent(facts) is counts


def test_each_difference_is_named_in_order_of_the_documents() -> None:
    here = {"d": "1", "a": "1", "c": "1", "same": "1"}
    there = {"c": "2", "b": "2", "same": "1"}
    found = list(find_differences(here, there, Way.RECEIVED))
    assert found == [
        Differing(document_id=name, way=Way.RECEIVED, kind=kind, digest_here=one, digest_there=two)
        for name, kind, one, two in (
            ("a", Kind.MISSING_THERE, "1", ""),
            ("b", Kind.MISSING_HERE, "", "2"),
            ("c", Kind.OTHER_DIGEST, "1", "2"),
            ("d", Kind.MISSING_THERE, "1", ""),
        )
    ]
