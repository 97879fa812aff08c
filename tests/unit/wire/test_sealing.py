"""Sealing refuses what verification would refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.documents.elements import Extension
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CertificateKey, parse_certificate_key
from swb_schemas.wire import bound_values, prepare_sealed, sealed
from swb_schemas.wire.extensions import namespace_of
from swb_schemas.wire.sealed import read_kept, read_kept_header
from tests.vectors import documents
from tests.vectors.world import HOLDERS, seal, seal_header


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"message_type": "CustomsReceipt"}, id="type"),
        pytest.param({"message_type_version": "1.1"}, id="version"),
        pytest.param({"agreement": "AANZFTA"}, id="agreement"),
        pytest.param({"agreement": None}, id="no agreement"),
        pytest.param({"edition": "2016"}, id="edition"),
        pytest.param({"certificate_key": "TH:BKK01:7"}, id="certificate key"),
        pytest.param({"revision": 1}, id="revision"),
        pytest.param({"issuing_party": "urn:swb:party:VN:issuing"}, id="issuing state"),
        pytest.param({"receiving_party": "urn:swb:party:LA:customs"}, id="receiving state"),
    ],
)
def test_refuses_to_seal_what_does_not_agree(changes: dict[str, object]) -> None:
    document = documents.certificate()
    with pytest.raises(RefusedError) as refused:
        prepare_sealed(seal_header(document, **changes), document, certificate=HOLDERS[0].der)
    assert refused.value.code == "seal.disagrees"


def test_the_header_that_is_read_alone_is_the_one_that_is_read_with_its_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = documents.certificate()
    octets = seal(seal_header(document), document)
    header, _ = read_kept(octets)
    monkeypatch.delattr(sealed, "decode_document")
    assert read_kept_header(octets) == header == seal_header(document)


def test_a_response_binds_its_number_as_revision() -> None:
    response = documents.response().model_copy(update={"response_number": 3})
    assert bound_values(response).revision == 3
    assert bound_values(documents.receipt()).revision == 0


@given(number=st.text(min_size=1, max_size=35).filter(lambda text: text == text.strip()))
def test_any_number_as_spelled_fits_into_the_header(number: str) -> None:
    key = CertificateKey("TH", "BKK01", number)
    try:
        text = str(key)
    except UnicodeEncodeError:
        return
    header = seal_header(documents.certificate(), certificate_key=text)
    assert parse_certificate_key(header.certificate_key or "") == key


@pytest.mark.parametrize(
    ("element", "namespace"),
    [
        ('<a:b xmlns:a="urn:a"></a:b>', "urn:a"),
        ('<b xmlns="urn:b" c="&lt;"></b>', "urn:b"),
        ('<a:b xmlns:a="urn:a" xmlns:c="urn:c" c:d=">"></a:b>', "urn:a"),
        ('<b xmlns="urn:b"><c xmlns="urn:c"></c></b>', "urn:b"),
    ],
)
def test_names_the_namespace_of_an_extension(element: str, namespace: str) -> None:
    assert namespace_of(Extension(must_understand=True, element=element)) == namespace
