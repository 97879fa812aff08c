"""The PreferentialCoO: valid against the published schema, and honest about what that lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker

from swb_adapters.aanzfta import ADAPTER as AANZFTA
from swb_adapters.sdk.testing.strategies import certificates_of_origin
from swb_adapters.uncefact import ADAPTER
from swb_schemas.errors import RefusedError
from tests.certificates import make_certificate
from tests.unit.adapters.standards import Sample, find_published, list_samples, load_published

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin

SCHEMA: Final = "uncefact/UNECE-PreferentialCoO.json"
CONSIGNMENT: Final = "specifiedConsignment"
SAMPLES: Final = [sample for sample in list_samples() if sample.adapter is ADAPTER]


def faults(payload: bytes) -> list[str]:
    """What the published schema has against a payload."""
    validator = Draft202012Validator(load_published(SCHEMA), format_checker=FormatChecker())
    found = validator.iter_errors(json.loads(payload))
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


def sample() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Sample(ADAPTER, "coo-form-d-exhibition.json").raw)
    return loaded


@pytest.mark.parametrize("one", SAMPLES, ids=str)
def test_samples_are_valid_by_the_published_schema(one: Sample) -> None:
    assert faults(one.raw) == []


def test_writes_the_published_aanzfta_certificate_validly_and_reads_it_again() -> None:
    raw = find_published("aanzfta/full.json").read_bytes()
    document = AANZFTA.to_canonical(raw).document
    rendering = ADAPTER.from_canonical(document)
    assert rendering.losses == ()
    assert faults(rendering.payload) == []
    assert ADAPTER.to_canonical(rendering.payload).document == document


def test_whatever_is_written_is_valid_by_the_published_schema() -> None:
    validator = Draft202012Validator(load_published(SCHEMA), format_checker=FormatChecker())

    @given(document=certificates_of_origin(maximum_items=2))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def check(document: CertificateOfOrigin) -> None:
        payload = ADAPTER.from_canonical(document).payload
        assert list(validator.iter_errors(json.loads(payload))) == []

    check()


def test_says_nothing_that_the_published_code_lists_cannot_say() -> None:
    payload = json.loads(ADAPTER.from_canonical(make_certificate(transport__mode="4")).payload)
    (movement,) = payload[CONSIGNMENT][0]["mainCarriageLogisticsTransportMovement"]
    assert "modeCode" not in movement
    assert movement["x-swb"]["modeCode"] == "4"
    payload = json.loads(ADAPTER.from_canonical(make_certificate(transport__mode="1")).payload)
    (movement,) = payload[CONSIGNMENT][0]["mainCarriageLogisticsTransportMovement"]
    assert movement["modeCode"] == {"content": "1"}
    assert b"originTradeCountry" not in ADAPTER.from_canonical(make_certificate()).payload
    assert b"physicalReferencedLogisticsPackage" not in (
        ADAPTER.from_canonical(make_certificate()).payload
    )


def test_a_payload_of_the_standard_alone_is_refused_with_all_that_is_missing() -> None:
    payload = sample()
    del payload["exchangedDocument"]["x-swb"]
    consignment = payload[CONSIGNMENT][0]
    for part in (consignment["consignor"], *consignment["includedConsignmentItem"]):
        del part["x-swb"]
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(json.dumps(payload).encode())
    assert refusal.value.code == "adapter.value"
    missing = {each.path.removeprefix("CertificateOfOrigin/") for each in refusal.value.findings}
    assert {
        "Edition",
        "IssuingCountry",
        "ExporterDeclaration",
        "Exporter/Name",
        "Item[1]/Description",
        "Item[1]/OriginCriterion",
        "Item[1]/Invoice",
    } <= missing


class Case(NamedTuple):
    """A change to the sample, and the code of its refusal."""

    change: str
    code: str


CASES: Final = {
    "another type": Case('"864"|"861"', "adapter.unsupported"),
    "another agreement": Case('"content": "ATIGA"|"content": "MARS"', "adapter.unsupported"),
    "a member that is neither the standard's nor x-": Case(
        '"typeCode"|"kind": {"a": 1}, "typeCode"', "adapter.schema"
    ),
    "a party by its URI": Case(
        '"consignor": {|"consignor": "urn:x", "x-before": {', "adapter.schema"
    ),
    "two consignments": Case(
        '"specifiedConsignment": [|"specifiedConsignment": [{}, ', "adapter.schema"
    ),
    "a box that is ticked by false": Case(
        '"issuedRetroactively": true|"issuedRetroactively": false', "adapter.schema"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_refuses(case: Case) -> None:
    before, after = case.change.split("|")
    text = json.dumps(sample())
    assert before in text
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(text.replace(before, after, 1).encode())
    assert refusal.value.code == case.code


def test_names_members_of_others_and_members_without_a_box() -> None:
    payload = sample()
    payload["exchangedDocument"]["x-other"] = {"a": 1}
    payload["exchangedDocument"]["issueDateTime"] = "2026-11-21T09:30:00+07:00"
    payload["exchangedDocument"]["firstSignatoryDocumentAuthentication"] = {
        "actualDateTime": "2026-11-21T09:30:00+07:00"
    }
    payload[CONSIGNMENT][0]["id"] = [{"content": "C-1"}]
    findings = ADAPTER.to_canonical(json.dumps(payload).encode()).findings
    assert {each.national_path for each in findings} == {
        "exchangedDocument.x-other",
        "exchangedDocument.issueDateTime",
        "exchangedDocument.firstSignatoryDocumentAuthentication.actualDateTime",
        "specifiedConsignment[1].id",
    }
