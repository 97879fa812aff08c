"""Signature wrapping: what is verified and what is used must be the same octets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.xml.parsing import canonical_octets, parse_xml
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import cut_signature, replace_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.attacks.conftest import Reader
    from tests.vectors.xmlsec import Xmlsec

EVIL: Final = (b">2400<", b">9900<")


def _parts() -> tuple[bytes, bytes, bytes, bytes]:
    """The good document, the evil one without signature, its end tag, and the good signature."""
    good = sealed_certificate()
    before, signature, after = cut_signature(good)
    return good, replace_once(before, *EVIL), after, signature


def _evil_outside_good_inside_object() -> bytes:
    good, evil, after, signature = _parts()
    end = b"</ds:Signature>"
    return evil + signature.replace(end, b"<ds:Object>" + good + b"</ds:Object>" + end) + after


def _good_inside_an_extension() -> bytes:
    good, evil, after, signature = _parts()
    extension = b'<Extensions><Extension mustUnderstand="false">' + good
    tail = b"</Extension></Extensions></CertificateOfOrigin>"
    return replace_once(evil, b"</CertificateOfOrigin>", extension + tail) + signature + after


def _good_inside_an_extension_that_alone_is_signed() -> bytes:
    good, evil, after, _ = _parts()
    extension = b'<Extensions><Extension mustUnderstand="false">' + good
    tail = b"</Extension></Extensions></CertificateOfOrigin>"
    return replace_once(evil, b"</CertificateOfOrigin>", extension + tail) + after


def _evil_document_before_the_good_one() -> bytes:
    good, evil, _, _ = _parts()
    start = evil.index(b"<CertificateOfOrigin ")
    return replace_once(good, b"<CertificateOfOrigin ", evil[start:] + b"<CertificateOfOrigin ")


def _second_header() -> bytes:
    good, evil, _, _ = _parts()
    start, end = evil.index(b"<SealHeader>"), evil.index(b"<CertificateOfOrigin ")
    return replace_once(good, b"<SealHeader>", evil[start:end] + b"<SealHeader>")


def _root_inside_a_root() -> bytes:
    good, evil, after, _ = _parts()
    return evil + good + after


def _signed_properties_twice() -> bytes:
    """A second element with the Id that a reference names, before the real one."""
    good, _, _, _ = _parts()
    start = good.index(b"<xades:SignedProperties ")
    end = good.index(b"</xades:SignedProperties>") + len(b"</xades:SignedProperties>")
    fake = good[start:end].replace(
        b"<xades:SignedProperties ",
        b'<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" ',
    )
    fake = fake.replace(b"<ds:DigestMethod", b'<ds:DigestMethod xmlns:ds="urn:a"')
    fake = fake.replace(b"<ds:DigestValue", b'<ds:DigestValue xmlns:ds="urn:a"')
    extension = b'<Extensions><Extension mustUnderstand="false">' + fake
    tail = b"</Extension></Extensions></CertificateOfOrigin>"
    return replace_once(good, b"</CertificateOfOrigin>", extension + tail)


ATTACKS: Final[dict[str, Callable[[], bytes]]] = {
    "the good document inside ds:Object": _evil_outside_good_inside_object,
    "the good document inside an extension": _good_inside_an_extension,
    "only the good document is signed": _good_inside_an_extension_that_alone_is_signed,
    "an evil document before the good one": _evil_document_before_the_good_one,
    "a second seal header": _second_header,
    "a root inside a root": _root_inside_a_root,
    "signed properties twice": _signed_properties_twice,
}


@pytest.mark.parametrize("make", ATTACKS.values(), ids=ATTACKS.keys())
def test_refuses_a_wrapped_document(
    make: Callable[[], bytes], reader: Reader, xmlsec: Xmlsec
) -> None:
    attack = canonical_octets(parse_xml(make()))
    assert reader.refusal(attack).startswith("signature.")
    # xmlsec1 finds the one signature at the end of a good document that lies in another one, and
    # its URI="" still means the whole file.
    assert not xmlsec.accepts(attack)


def test_refuses_the_signature_of_another_message(reader: Reader) -> None:
    message = clear_message()
    other = replace_once(message, b"<Type>CertificateIssue</Type>", b"<Type>TransportAck</Type>")
    assert reader.refusal(other) == "signature.content_digest"


def test_refuses_a_seal_in_the_place_of_a_transport_signature(reader: Reader) -> None:
    before, _, after = cut_signature(clear_message())
    _, seal, _ = cut_signature(sealed_certificate())
    assert reader.refusal(before + seal + after) == "signature.content_digest"


def test_refuses_a_sealed_document_in_the_clear_beside_the_content(reader: Reader) -> None:
    message = clear_message()
    attack = replace_once(message, b"<Content>", sealed_certificate() + b"<Content>")
    assert reader.refusal(attack) == "signature.multiple"
