"""Every simulated national format carries every document, or says what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from swb_adapters.sdk.testing import check_document
from swb_adapters.sdk.testing.strategies import (
    certificates_of_origin,
    customs_receipts,
    customs_responses,
    declaration_extracts,
)
from swb_schemas.documents import DeclarationExtract
from swb_schemas.documents.elements import LocalText
from tests.unit.adapters.first_party import ADAPTERS, EACH_ADAPTER, list_samples

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse


@EACH_ADAPTER
@given(document=certificates_of_origin())
@settings(max_examples=25, deadline=None)
def test_carries_a_certificate_whole_or_says_what_it_loses(
    adapter: Adapter, document: CertificateOfOrigin
) -> None:
    assert not check_document(adapter, document)


@EACH_ADAPTER
@given(document=customs_receipts())
@settings(max_examples=40, deadline=None)
def test_carries_a_receipt_whole_or_says_what_it_loses(
    adapter: Adapter, document: CustomsReceipt
) -> None:
    assert not check_document(adapter, document)


@EACH_ADAPTER
@given(document=customs_responses())
@settings(max_examples=40, deadline=None)
def test_carries_a_response_whole_or_says_what_it_loses(
    adapter: Adapter, document: CustomsResponse
) -> None:
    assert not check_document(adapter, document)


@pytest.mark.parametrize(
    "adapter",
    [each for each in ADAPTERS if any(m.model is DeclarationExtract for m in each.info.messages)],
    ids=lambda adapter: adapter.info.name,
)
@given(document=declaration_extracts())
@settings(max_examples=25, deadline=None)
def test_carries_an_extract_whole_or_says_what_it_loses(
    adapter: Adapter, document: DeclarationExtract
) -> None:
    assert not check_document(adapter, document)


def test_a_description_without_an_english_one_is_declared_lost_in_its_own_place() -> None:
    sample = next(each for each in list_samples("extract") if each.adapter.info.name == "thailand")
    document = sample.adapter.to_canonical(sample.raw).document
    assert isinstance(document, DeclarationExtract)
    texts = (LocalText(lang="vi", value="Túi dệt"), LocalText(lang="th", value="ถุงสาน"))
    changes = {"description": None, "national_descriptions": texts}
    item = document.items[0].model_copy(update=changes)
    poorer = document.model_copy(update={"items": (item, *document.items[1:])})
    assert not check_document(sample.adapter, poorer)
