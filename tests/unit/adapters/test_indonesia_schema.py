"""The published JSON schema is what the adapter's model says.

``SWB_WRITE_DOCS=1 pytest tests/unit/adapters/test_indonesia_schema.py`` writes it anew.
"""

from __future__ import annotations

import json
import os

import pytest
from jsonschema import Draft202012Validator

from swb_adapters.indonesia import ADAPTER as INDONESIA
from swb_adapters.indonesia.payload import build_schema
from swb_adapters.sdk import parse_json
from tests.services import ROOT
from tests.unit.adapters.first_party import Sample, list_samples

FILE = ROOT / "adapters" / "swb_adapters" / "indonesia" / "schema" / "indonesia-1.schema.json"
BY_MODELS = ("form-", "receipt-", "response-")
"""Samples whose members are the models'; all others are a table's."""
SAMPLES = [
    sample
    for sample in list_samples()
    if sample.adapter is INDONESIA and sample.name.startswith(BY_MODELS)
]


def test_the_published_schema_is_the_model_s() -> None:
    text = json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("SWB_WRITE_DOCS"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text


def _validator() -> Draft202012Validator:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_another_validator_accepts_the_samples_and_what_is_written(sample: Sample) -> None:
    validator = _validator()
    written = INDONESIA.from_canonical(INDONESIA.to_canonical(sample.raw).document).payload
    for raw in (sample.raw, written):
        assert not list(validator.iter_errors(json.loads(raw)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"kodeDokumen": "860"', '"kodeDokumen": "861"'),
        ('"kodeNegaraTujuan": "TH"', '"kodeNegaraTujuan": "th"'),
        ('"jumlahKemasan": 60', '"jumlahKemasan": 0'),
        ('"bruto": 2460.5', '"bruto": "2460.5"'),
        ('"flagPameran": "T"', '"flagPameran": false'),
        ('"rute":', '"route":'),
    ],
)
def test_another_validator_refuses_what_the_adapter_refuses(before: str, after: str) -> None:
    validator = _validator()
    text = next(s for s in SAMPLES if s.name == "form-d-plain.json").raw.decode()
    assert before in text
    assert list(validator.iter_errors(json.loads(text.replace(before, after, 1))))


def test_samples_are_read_as_json_with_one_meaning() -> None:
    for sample in SAMPLES:
        assert isinstance(parse_json(sample.raw), dict)
