"""The test kit passes on every sample that a first-party adapter ships."""

from __future__ import annotations

from importlib.resources import files

import pytest

from swb_adapters.sdk import Adapter, Provenance
from swb_adapters.sdk.testing import (
    check_crossing,
    check_info,
    check_paths,
    check_payload,
    check_purity,
)
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    CertificateOfOrigin,
    TransportAck,
)
from swb_schemas.documents.certificate_of_origin import SpecialCases
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml, validate_xml
from tests.unit.adapters.first_party import (
    EACH_ADAPTER,
    EACH_FORM_D,
    EACH_SAMPLE,
    Sample,
    list_samples,
)

WORDS = ("Example", "Sample", "Specimen", "Vi Du", "Mau", "Contoh", "Sampel")
"""Of invented names."""


@EACH_ADAPTER
def test_describes_itself_as_the_catalogue_has_it(adapter: Adapter) -> None:
    assert not check_info(adapter)


@EACH_ADAPTER
def test_says_that_it_is_a_simulation(adapter: Adapter) -> None:
    assert adapter.info.provenance is Provenance.SIMULATED
    assert "simulation" in adapter.info.system


@EACH_SAMPLE
def test_reads_and_writes_its_samples(sample: Sample) -> None:
    assert not check_payload(sample.adapter, sample.raw)


@EACH_SAMPLE
def test_yields_documents_that_the_published_schema_accepts(sample: Sample) -> None:
    document = sample.adapter.to_canonical(sample.raw).document
    validate_xml(parse_xml(encode(document)), find_type_of(document).schema)


@EACH_SAMPLE
def test_touches_nothing_but_its_input(sample: Sample) -> None:
    raw = sample.raw
    document = sample.adapter.to_canonical(raw).document
    assert not check_purity(lambda: sample.adapter.to_canonical(raw))
    assert not check_purity(lambda: sample.adapter.from_canonical(document))


@EACH_SAMPLE
def test_crosses_to_another_process_and_back(sample: Sample) -> None:
    assert not check_crossing(sample.adapter, sample.raw)


@EACH_SAMPLE
def test_knows_where_every_element_stands(sample: Sample) -> None:
    reading = sample.adapter.to_canonical(sample.raw)
    support = sample.adapter.info.get_support(reading.document)
    assert not check_paths(support, reading.paths)


@EACH_FORM_D
def test_names_no_real_looking_company(sample: Sample) -> None:
    document = sample.adapter.to_canonical(sample.raw).document
    assert isinstance(document, CertificateOfOrigin)
    for trader in (document.exporter, document.consignee):
        assert any(word in trader.name for word in WORDS)


@EACH_ADAPTER
def test_has_samples_of_all_seven_boxes_and_of_every_message_type(adapter: Adapter) -> None:
    documents = [
        each.adapter.to_canonical(each.raw).document
        for each in list_samples()
        if each.adapter is adapter
    ]
    assert {type(document) for document in documents} == {
        each.model for each in adapter.info.messages
    }
    ticked = {
        box
        for document in documents
        if isinstance(document, CertificateOfOrigin)
        for box in SpecialCases.model_fields
        if getattr(document.special_cases, box) is not None
    }
    assert ticked == set(SpecialCases.model_fields)


@EACH_ADAPTER
def test_refuses_a_document_type_that_it_does_not_write(adapter: Adapter) -> None:
    nothing = TransportAck.model_construct(acknowledged=())
    with pytest.raises(RefusedError) as refusal:
        adapter.from_canonical(nothing)
    assert refusal.value.code == "adapter.unsupported"


def test_every_adapter_says_in_a_readme_what_is_known_and_what_is_invented() -> None:
    packages = [each for each in files("swb_adapters").iterdir() if (each / "samples").is_dir()]
    assert len(packages) == 19
    assert not [each.name for each in packages if not (each / "README.md").is_file()]
