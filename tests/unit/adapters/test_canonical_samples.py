"""Samples of the canonical format: one of every type, whole and without a finding."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import pytest

from swb_adapters.canonical import ADAPTER
from swb_adapters.sdk.testing import check_payload
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    CertificateOfConformity,
    CleanReportOfFindings,
    Document,
    LeadingDocument,
)
from swb_schemas.rulebook import check_document
from swb_schemas.xml import parse_xml, validate_xml

FOLDER: Final = files("swb_adapters.canonical") / "samples"
SAMPLES: Final[dict[str, type[Document]]] = {
    "certificate-of-conformity.xml": CertificateOfConformity,
    "clean-report-of-findings.xml": CleanReportOfFindings,
}


def test_a_sample_of_every_type_is_there() -> None:
    read = [ADAPTER.to_canonical(each.read_bytes()).message_type for each in FOLDER.iterdir()]
    assert set(read) == {each.message_type for each in ADAPTER.info.messages}


@pytest.mark.parametrize("name", sorted(each.name for each in FOLDER.iterdir()))
def test_a_sample_is_carried(name: str) -> None:
    assert check_payload(ADAPTER, (FOLDER / name).read_bytes()) == ()


@pytest.mark.parametrize(("name", "model"), SAMPLES.items(), ids=SAMPLES)
def test_a_sample_is_read_and_written_and_nothing_is_found_in_it(
    name: str, model: type[Document]
) -> None:
    raw = (FOLDER / name).read_bytes()
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, model)
    assert isinstance(document, LeadingDocument)
    assert document.issued_on is not None
    validate_xml(parse_xml(raw), find_type_of(document).schema)
    assert check_document(document, at=document.issued_on) == ()
    assert ADAPTER.to_canonical(ADAPTER.from_canonical(document).payload).document == document
