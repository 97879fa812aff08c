"""The test kit passes on every sample of the published standards, and on generated certificates."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swb_adapters.aanzfta import ADAPTER as AANZFTA
from swb_adapters.aanzfta.payload import Certificate
from swb_adapters.sdk import Provenance, build_json_schema
from swb_adapters.sdk.testing import (
    check_between,
    check_crossing,
    check_document,
    check_info,
    check_paths,
    check_payload,
    check_purity,
)
from swb_adapters.sdk.testing.strategies import certificates_of_origin
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_adapters.uncefact import ADAPTER as UNCEFACT
from swb_adapters.uncefact.payload import PreferentialCoo
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml, validate_xml
from tests.certificates import make_certificate
from tests.unit.adapters.standards import EACH_SAMPLE, EACH_STANDARD, Sample

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from swb_adapters.sdk import Adapter, JsonPart

PARTIES: Final = ("AU", "NZ", "SG", "TH", "VN", "LA", "PH")


def _between_parties(
    certificate: CertificateOfOrigin, issuing: str, importing: str, day: date
) -> CertificateOfOrigin:
    """A generated certificate of two parties, with the shipment date that AANZFTA demands."""
    declaration = certificate.exporter_declaration.model_copy(
        update={"importing_country": importing}
    )
    transport = certificate.transport
    if transport.departure_date is None:
        transport = transport.model_copy(update={"departure_date": day})
    return certificate.model_copy(
        update={
            "issuing_country": issuing,
            "exporter_declaration": declaration,
            "transport": transport,
        }
    )


def under_aanzfta() -> SearchStrategy[CertificateOfOrigin]:
    """Certificates that the form of AANZFTA can be expected to spell."""
    return st.builds(
        _between_parties,
        certificates_of_origin(agreement="AANZFTA"),
        st.sampled_from(PARTIES),
        st.sampled_from(PARTIES),
        st.dates(date(1950, 1, 1), date(2150, 12, 31)),
    )


@EACH_STANDARD
def test_describes_itself_as_the_catalogue_has_it(adapter: Adapter) -> None:
    assert not check_info(adapter)
    assert adapter.info.provenance is Provenance.PUBLISHED


@EACH_SAMPLE
def test_reads_and_writes_its_samples(sample: Sample) -> None:
    assert not check_payload(sample.adapter, sample.raw)


@EACH_SAMPLE
def test_yields_documents_that_the_schema_accepts(sample: Sample) -> None:
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


@EACH_SAMPLE
@pytest.mark.parametrize("other", [VIETNAM, UNCEFACT], ids=["vietnam", "uncefact"])
def test_differs_after_another_format_by_declared_losses_only(
    sample: Sample, other: Adapter
) -> None:
    assert not check_between(sample.adapter, other, sample.raw)


@EACH_SAMPLE
def test_names_no_real_looking_company(sample: Sample) -> None:
    document = sample.adapter.to_canonical(sample.raw).document
    assert isinstance(document, CertificateOfOrigin)
    for trader in (document.exporter, document.consignee):
        assert any(
            word in trader.name for word in ("Example", "Sample", "Specimen", "Vi Du", "Mau")
        )


@pytest.mark.parametrize(
    ("adapter", "model", "file"),
    [
        (AANZFTA, Certificate, "certificate.schema.json"),
        (UNCEFACT, PreferentialCoo, "preferential-coo.schema.json"),
    ],
    ids=["aanzfta", "uncefact"],
)
def test_ships_the_schema_that_it_checks_by(
    adapter: Adapter, model: type[JsonPart], file: str
) -> None:
    shipped = files(f"swb_adapters.{adapter.info.name}") / "schema" / file
    assert json.loads(shipped.read_bytes()) == build_json_schema(model)


@given(document=under_aanzfta())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("adapter", [AANZFTA, UNCEFACT, VIETNAM], ids=lambda a: a.info.name)
def test_carries_an_aanzfta_certificate_whole_or_says_what_it_loses(
    adapter: Adapter, document: CertificateOfOrigin
) -> None:
    assert not check_document(adapter, document)


@given(document=certificates_of_origin())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_carries_a_form_d_whole_or_says_what_it_loses(document: CertificateOfOrigin) -> None:
    assert not check_document(UNCEFACT, document)


@given(document=certificates_of_origin())
@settings(max_examples=5, deadline=None)
def test_aanzfta_writes_no_form_d(document: CertificateOfOrigin) -> None:
    with pytest.raises(RefusedError) as refusal:
        AANZFTA.from_canonical(document)
    assert refusal.value.code == "adapter.unsupported"
    assert [each.path for each in refusal.value.findings] == ["CertificateOfOrigin/Agreement"]


LACKING: Final = {
    "marks": ({"items__0__marks_and_numbers": None}, "Item[1]/MarksAndNumbers"),
    "packages": ({"items__0__packages": []}, "Item[1]/Package"),
    "types of packages": ({"items__0__packages": [{"count": 2}]}, "Item[1]/Package[1]/TypeCode"),
    "gross weight": ({"items__0__gross_measure": None}, "Item[1]/GrossMeasure"),
    "the exporter's place": (
        {"exporter_declaration__place": None},
        "ExporterDeclaration/Place",
    ),
    "the authority's name": (
        {"certification__authority_name": None},
        "Certification/AuthorityName",
    ),
}


@pytest.mark.parametrize(("changes", "path"), LACKING.values(), ids=list(LACKING))
def test_a_format_that_demands_a_box_refuses_a_certificate_without_it(
    changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        THAILAND.from_canonical(make_certificate(**changes))
    assert refusal.value.code == "adapter.mandatory_loss"
    assert [each.path for each in refusal.value.findings] == [f"CertificateOfOrigin/{path}"]
