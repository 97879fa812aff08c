"""Whatever arrives as a published standard's JSON is refused by a code of the contract, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb_adapters.sdk.testing import (
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from tests.unit.adapters.standards import EACH_SAMPLE, STANDARDS, Sample, list_samples

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

HOSTILE = [
    pytest.param(sample.adapter, raw, id=f"{sample}: {name}")
    for sample in list_samples()
    for name, raw in hostile_payloads(sample.raw, syntax="json")
]


@pytest.mark.parametrize(("adapter", "raw"), HOSTILE)
def test_refuses_what_is_no_payload(adapter: Adapter, raw: bytes) -> None:
    assert not check_refusals(adapter, raw)


@EACH_SAMPLE
def test_refuses_or_reads_a_payload_with_one_octet_changed(sample: Sample) -> None:
    for raw in mutate_payload(sample.raw, count=150, seed=str(sample).encode()):
        assert not check_refusals(sample.adapter, raw, may_read=True), raw


@EACH_SAMPLE
def test_refuses_or_reads_a_payload_with_one_value_changed(sample: Sample) -> None:
    for raw in reshape_payload(sample.raw, every=7, syntax="json"):
        assert not check_refusals(sample.adapter, raw, may_read=True), raw


@EACH_SAMPLE
def test_refuses_the_payload_of_another_standard(sample: Sample) -> None:
    for other in STANDARDS:
        if other is not sample.adapter:
            assert not check_refusals(other, sample.raw)
