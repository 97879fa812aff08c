"""What crosses from one state to another differs there by declared losses only."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from swb_adapters.sdk import find_differences
from swb_adapters.sdk.testing import check_between
from swb_adapters.sdk.testing.strategies import documents
from tests.unit.adapters.first_party import ADAPTERS, EACH_SAMPLE, Sample

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

PAIRS = [
    pytest.param(first, second, id=f"{first.info.name} to {second.info.name}")
    for first, second in permutations(ADAPTERS, 2)
]


def _carries(adapter: Adapter, document: Document) -> bool:
    agreement = getattr(document, "agreement", None)
    support = next((m for m in adapter.info.messages if m.model is type(document)), None)
    if support is None:
        return False
    return agreement is None or not support.agreements or agreement in support.agreements


@EACH_SAMPLE
def test_a_sample_differs_after_every_other_format_by_declared_losses_only(sample: Sample) -> None:
    document = sample.adapter.to_canonical(sample.raw).document
    for other in ADAPTERS:
        if other is not sample.adapter and _carries(other, document):
            assert not check_between(sample.adapter, other, sample.raw)


@pytest.mark.parametrize(("first", "second"), PAIRS)
@given(document=documents())
@settings(max_examples=25, deadline=None)
def test_a_document_keeps_everything_but_the_declared_losses_of_both_formats(
    first: Adapter, second: Adapter, document: Document
) -> None:
    sent = first.from_canonical(document)
    exported = first.to_canonical(sent.payload).document
    assert find_differences(document, exported, sent.losses) == ()
    given_over = second.from_canonical(exported)
    imported = second.to_canonical(given_over.payload).document
    assert find_differences(exported, imported, given_over.losses) == ()
