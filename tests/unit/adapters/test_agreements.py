"""An adapter reads certificates under the agreements that it names, and under no other."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

STATES: Final = (
    "brunei",
    "cambodia",
    "laos",
    "malaysia",
    "philippines",
    "singapore",
    "timor_leste",
)


@pytest.mark.parametrize("name", STATES)
def test_a_form_d_under_another_agreement_is_refused(name: str) -> None:
    adapter: Adapter = import_module(f"swb_adapters.{name}").ADAPTER
    sample = files(f"swb_adapters.{name}") / "samples" / f"form-d-plain{adapter.info.file_suffix}"
    # Of the same length, so that formats that count octets are read.
    raw = sample.read_bytes().replace(b"ATIGA", b"ACFTA")
    with pytest.raises(RefusedError) as caught:
        adapter.to_canonical(raw)
    (finding,) = caught.value.findings
    assert finding.code in {"adapter.unsupported", "adapter.value"}
    assert "ATIGA" in finding.message
    assert finding.national_path


def test_the_refusal_names_both_places_and_what_was_found() -> None:
    adapter: Adapter = import_module("swb_adapters.brunei").ADAPTER
    sample = files("swb_adapters.brunei") / "samples" / "form-d-plain.csv"
    with pytest.raises(RefusedError) as caught:
        adapter.to_canonical(sample.read_bytes().replace(b"Agreement,ATIGA", b"Agreement,AANZFTA"))
    (finding,) = caught.value.findings
    assert finding.code == "adapter.unsupported"
    assert finding.path == "CertificateOfOrigin/Agreement"
    assert finding.national_path == 'row 4, "Agreement"'
    assert finding.message == "expected a certificate under ATIGA, found 'AANZFTA'"
