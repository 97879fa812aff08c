"""Every simulated national format carries every document, or says what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings

from swb_adapters.sdk.testing import check_document
from swb_adapters.sdk.testing.strategies import (
    certificates_of_origin,
    customs_receipts,
    customs_responses,
)
from tests.unit.adapters.first_party import EACH_ADAPTER

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
