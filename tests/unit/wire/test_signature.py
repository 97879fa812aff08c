"""The one shape of signature, held against a general XML library."""

from __future__ import annotations

import base64
import hashlib
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb_schemas.catalogue import Commitment
from swb_schemas.errors import RefusedError
from swb_schemas.parsing import canonical_octets, parse_xml
from swb_schemas.wire.sealed import SEALED_CLOSING
from swb_schemas.wire.signature import prepare_signature, read_signature
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.world import HOLDERS

if TYPE_CHECKING:
    from lxml import etree

NAMESPACES = {
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
BOTH_LAYERS = pytest.mark.parametrize(
    "octets", [sealed_certificate(), clear_message()], ids=["sealed document", "message"]
)


def _find(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path, NAMESPACES)
    assert found is not None
    return found


@BOTH_LAYERS
def test_the_file_is_its_own_canonical_form(octets: bytes) -> None:
    assert canonical_octets(parse_xml(octets)) == octets


@BOTH_LAYERS
def test_the_content_digest_is_that_of_a_general_library(octets: bytes) -> None:
    root = parse_xml(octets)
    stated = _find(root, ".//ds:Reference[@Id='Content']/ds:DigestValue").text
    signature = _find(root, ".//ds:Signature")
    parent = signature.getparent()
    assert parent is not None
    parent.remove(signature)
    digest = hashlib.sha256(canonical_octets(root)).digest()
    assert base64.b64encode(digest).decode() == stated


@BOTH_LAYERS
def test_the_properties_digest_is_that_of_a_general_library(octets: bytes) -> None:
    root = parse_xml(octets)
    stated = _find(root, ".//ds:Reference[@URI='#SignedProperties']/ds:DigestValue").text
    properties = deepcopy(_find(root, ".//xades:SignedProperties"))
    digest = hashlib.sha256(canonical_octets(properties)).digest()
    assert base64.b64encode(digest).decode() == stated


def test_what_is_signed_is_the_canonical_form_of_signed_info() -> None:
    unsigned = prepare_signature(
        b"<a>",
        b"</a>",
        certificate=HOLDERS[0].der,
        at=datetime(2026, 1, 2, tzinfo=UTC),
        commitment=Commitment.ORIGIN,
    )
    root = parse_xml(unsigned.attach(bytes(64)))
    assert canonical_octets(_find(root, ".//ds:SignedInfo")) == unsigned.to_be_signed


def test_reads_what_it_wrote() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)
    unsigned = prepare_signature(
        b"<SealedDocument>",
        SEALED_CLOSING,
        certificate=HOLDERS[0].der,
        at=at,
        commitment=Commitment.DELIVERY,
    )
    octets = unsigned.attach(bytes(range(64)))
    found = read_signature(octets, parse_xml(octets), closing=SEALED_CLOSING)
    assert found.digest == unsigned.digest
    assert found.to_be_signed == unsigned.to_be_signed
    assert found.value == bytes(range(64))
    assert found.certificate == HOLDERS[0].der
    assert found.signed_at == at
    assert found.commitment is Commitment.DELIVERY
    assert octets[: found.start] + octets[found.end :] == b"<SealedDocument></SealedDocument>"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param(
            b"SigningTime>2026-03-02", b"SigningTime>2026-13-02", "signature.shape", id="no month"
        ),
        pytest.param(b"ProofOfApproval", b"ProofOfNothing", "signature.commitment", id="no proof"),
    ],
)
def test_refuses_values_that_mean_nothing(old: bytes, new: bytes, code: str) -> None:
    octets = sealed_certificate().replace(old, new)
    start = octets.index(b"<xades:SignedProperties ")
    end = octets.index(b"</xades:SignedProperties>") + len(b"</xades:SignedProperties>")
    properties = _find(parse_xml(octets), ".//xades:SignedProperties")
    digest = base64.b64encode(hashlib.sha256(canonical_octets(properties)).digest())
    head, _, tail = octets[:start].rpartition(b"</ds:DigestValue></ds:Reference></ds:SignedInfo>")
    octets = (
        head[:-44]
        + digest
        + b"</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        + tail
        + octets[start:end]
        + octets[end:]
    )
    with pytest.raises(RefusedError) as refused:
        read_signature(octets, parse_xml(octets), closing=SEALED_CLOSING)
    assert refused.value.code == code
