"""What the tests of the simulated Indonesian format share: its samples, read and refused."""

from __future__ import annotations

from typing import Any

import pytest

from swb_adapters.indonesia import ADAPTER as INDONESIA
from swb_adapters.sdk import encode_json, parse_json
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import list_samples

__all__ = ["PLAIN", "ROOT", "SAMPLES", "read_certificate", "read_sample", "refuse"]

SAMPLES = {s.name.removesuffix(".json"): s.raw for s in list_samples() if s.adapter is INDONESIA}
PLAIN = "form-d-plain"
ROOT = "CertificateOfOrigin"


def read_sample(name: str = PLAIN) -> Any:  # noqa: ANN401 - a JSON object
    return parse_json(SAMPLES[name])


def read_certificate(payload: Any) -> CertificateOfOrigin:  # noqa: ANN401 - a JSON object
    document = INDONESIA.to_canonical(encode_json(payload)).document
    assert isinstance(document, CertificateOfOrigin)
    return document


def refuse(raw: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        INDONESIA.to_canonical(raw)
    return refusal.value
