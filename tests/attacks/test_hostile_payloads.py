"""Whatever arrives, an adapter refuses it by a code of the contract, or reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from swb_adapters.sdk.testing import (
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import ADAPTERS, EACH_SAMPLE, Sample, list_samples

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

FIRST = {str(sample): sample for sample in list_samples("form-d-plain")}
HOSTILE = [
    pytest.param(sample.adapter, raw, id=f"{sample.adapter.info.name}: {name}")
    for sample in FIRST.values()
    for name, raw in hostile_payloads(sample.raw, syntax=sample.syntax)
]


@pytest.mark.parametrize(("adapter", "raw"), HOSTILE)
def test_refuses_what_is_no_payload(adapter: Adapter, raw: bytes) -> None:
    assert not check_refusals(adapter, raw)


@EACH_SAMPLE
def test_refuses_or_reads_a_payload_with_one_octet_changed(sample: Sample) -> None:
    for raw in mutate_payload(sample.raw, count=150, seed=str(sample).encode()):
        assert not check_refusals(sample.adapter, raw, may_read=True), raw


@EACH_SAMPLE
def test_refuses_or_reads_a_payload_with_one_element_changed(sample: Sample) -> None:
    for raw in reshape_payload(sample.raw, every=31, syntax=sample.syntax):
        assert not check_refusals(sample.adapter, raw, may_read=True), raw


@EACH_SAMPLE
def test_refuses_the_payload_of_another_state(sample: Sample) -> None:
    for other in ADAPTERS:
        if other is not sample.adapter:
            assert not check_refusals(other, sample.raw)


class Trick(NamedTuple):
    adapter: str
    what: str
    before: str
    after: str


TRICKS = [
    Trick(
        "thailand",
        "a schema location that asks for a file",
        "<FormD ",
        '<FormD xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="urn:swb-simulation:thailand:1 file:///etc/hostname" xsi:nil="true" ',
    ),
    Trick(
        "thailand", "an element of another namespace", "<Remarks>", '<x xmlns="urn:x"/><Remarks>'
    ),
    Trick("thailand", "a second document", "</FormD>", "</FormD><FormD/>"),
    Trick("thailand", "text between elements", "<Exporter>", "<Exporter>text"),
    Trick("thailand", "an unknown attribute", "<Exporter>", '<Exporter a="1">'),
    Trick("vietnam", "an unknown element", "<Importer>", "<Unknown/><Importer>"),
    Trick(
        "vietnam", "a header of SOAP", "<soap:Body>", "<soap:Header><a/></soap:Header><soap:Body>"
    ),
    Trick("vietnam", "a bidirectional override", "Leather", "\u202eLeather"),
    Trick("vietnam", "a private-use character", "Leather", "\ue000Leather"),
    Trick("vietnam", "digits of another script", ">1480.2<", ">١٤٨٠<"),
]


@pytest.mark.parametrize("trick", TRICKS, ids=[f"{t.adapter}: {t.what}" for t in TRICKS])
def test_refuses_a_trick(trick: Trick) -> None:
    sample = FIRST[f"{trick.adapter}/form-d-plain"]
    text = sample.raw.decode()
    assert trick.before in text
    changed = text.replace(trick.before, trick.after, 1).encode()
    with pytest.raises(RefusedError) as refusal:
        sample.adapter.to_canonical(changed)
    assert refusal.value.findings, refusal.value


def test_reads_the_whole_of_a_text_with_a_comment_in_it() -> None:
    sample = FIRST["vietnam/form-d-plain"]
    changed = sample.raw.replace(b"Leather sandals", b"Leather<!-- not --> sandals")
    before = sample.adapter.to_canonical(sample.raw).document
    assert sample.adapter.to_canonical(changed).document == before


def test_reads_the_whole_of_a_text_in_a_cdata_section() -> None:
    sample = FIRST["thailand/form-d-plain"]
    changed = sample.raw.replace(b"MV EXAMPLE STAR", b"MV <![CDATA[EXAMPLE]]> STAR")
    before = sample.adapter.to_canonical(sample.raw).document
    assert sample.adapter.to_canonical(changed).document == before
