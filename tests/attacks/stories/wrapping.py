"""Signature wrapping: what is verified and what is used must be the same octets.

XSW1 to XSW8 are the shapes of "On Breaking SAML: Be Whoever You Want to Be" (Somorovsky and others,
2012), put to a file whose signature covers the whole of it and that has one place for it. The
others are older ones, of SOAP, and such as this format itself suggests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.attacks.reading import canonical, judge_message, judge_sealed
from tests.attacks.story import Book
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import cut_signature, replace_once

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BOOK", "SHAPES"]

_EVIL: Final = (b">2400<", b">9900<")
_DOCUMENT_END: Final = b"</CertificateOfOrigin>"
_SIGNATURE_END: Final = b"</ds:Signature>"
_GAIN: Final = "A certificate of origin with another mass, under the seal of a true one."

BOOK: Final = Book("Signature wrapping")
SHAPES: Final[dict[str, Callable[[], bytes]]] = {}
"""The wrapped files, by the names of their attacks."""


def _parts() -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """The good document; the evil one, its end tag; the good signature; good without signature."""
    good = sealed_certificate()
    before, signature, after = cut_signature(good)
    return good, replace_once(before, *_EVIL), after, signature, before + after


def _in_extension(evil: bytes, inner: bytes) -> bytes:
    """Put something into the place that evil has for foreign elements."""
    opened = b'<Extensions><Extension mustUnderstand="false">'
    closed = b"</Extension></Extensions>"
    return replace_once(evil, _DOCUMENT_END, opened + inner + closed + _DOCUMENT_END)


def _in_object(signature: bytes, inner: bytes) -> bytes:
    return (
        signature.replace(_SIGNATURE_END, b"<ds:Object>" + inner + b"</ds:Object>") + _SIGNATURE_END
    )


def _in_signature(signature: bytes, inner: bytes) -> bytes:
    return signature.removesuffix(_SIGNATURE_END) + inner + _SIGNATURE_END


def _xsw1() -> bytes:
    _, evil, after, signature, bare = _parts()
    return evil + _in_signature(signature, bare) + after


def _xsw2() -> bytes:
    _, evil, after, signature, bare = _parts()
    return evil + bare + signature + after


def _xsw3() -> bytes:
    good, evil, _, _, _ = _parts()
    start = evil.index(b"<CertificateOfOrigin ")
    return replace_once(good, b"<CertificateOfOrigin ", evil[start:] + b"<CertificateOfOrigin ")


def _xsw4() -> bytes:
    good, evil, after, _, _ = _parts()
    return _in_extension(evil, good) + after


def _xsw5() -> bytes:
    _, evil, after, signature, bare = _parts()
    return evil + signature + bare + after


def _xsw6() -> bytes:
    _, evil, after, signature, bare = _parts()
    start = signature.index(b"<ds:KeyInfo>")
    return evil + signature[:start] + bare + signature[start:] + after


def _xsw7() -> bytes:
    _, evil, after, signature, bare = _parts()
    return _in_extension(evil, bare) + signature + after


def _xsw8() -> bytes:
    _, evil, after, signature, bare = _parts()
    return evil + _in_object(signature, bare) + after


def _second_header() -> bytes:
    good, evil, _, _, _ = _parts()
    start, end = evil.index(b"<SealHeader>"), evil.index(b"<CertificateOfOrigin ")
    return replace_once(good, b"<SealHeader>", evil[start:end] + b"<SealHeader>")


def _root_inside_a_root() -> bytes:
    good, evil, after, _, _ = _parts()
    return evil + good + after


def _in_the_signed_properties() -> bytes:
    _, evil, after, signature, bare = _parts()
    place = b"</xades:SignedDataObjectProperties>"
    return evil + replace_once(signature, place, bare + place) + after


def _properties_twice() -> bytes:
    good, _, _, _, _ = _parts()
    return _in_extension(good, _fake_properties(good))


def _properties_twice_in_the_signature() -> bytes:
    good = sealed_certificate()
    fake = b"<ds:Object>" + _fake_properties(good) + b"</ds:Object><ds:Object>"
    return replace_once(good, b"<ds:Object>", fake)


def _fake_properties(good: bytes) -> bytes:
    """A copy of the signed properties, with the Id that a reference names, of another time."""
    start = good.index(b"<xades:SignedProperties ")
    end = good.index(b"</xades:SignedProperties>") + len(b"</xades:SignedProperties>")
    fake = good[start:end].replace(
        b"<xades:SignedProperties ",
        b'<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" ',
    )
    fake = fake.replace(b"<ds:DigestMethod", b'<ds:DigestMethod xmlns:ds="urn:a"')
    return fake.replace(b"<ds:DigestValue", b'<ds:DigestValue xmlns:ds="urn:a"')


def _reference_by_id() -> bytes:
    _, evil, after, signature, bare = _parts()
    named = bare.replace(b"<SealedDocument ", b'<SealedDocument Id="Sealed" ')
    by_id = replace_once(signature, b'URI=""', b'URI="#Sealed"')
    return _in_extension(evil, named) + by_id + after


def _another_header_of_a_message() -> bytes:
    message = clear_message()
    end = b"</StandardBusinessDocumentHeader>"
    start = message.index(b"<StandardBusinessDocumentHeader>")
    header = message[start : message.index(end) + len(end)]
    evil = header.replace(b"party:TH:gateway", b"party:KH:gateway")
    return replace_once(message, header, evil + header)


def _another_exchange() -> bytes:
    message = clear_message()
    before, _, _ = cut_signature(message)
    exchange = before[before.index(b"<Exchange ") :] + b"</Exchange>"
    return replace_once(message, b"<Exchange ", exchange + b"<Exchange ")


def _message_inside_a_message() -> bytes:
    message = clear_message()
    before, _, after = cut_signature(message)
    evil = before.replace(b"party:TH:gateway", b"party:KH:gateway")
    extension = b'<Extensions><Extension mustUnderstand="false">'
    return evil + extension + message + b"</Extension></Extensions>" + after


def _clear_document_beside_the_content() -> bytes:
    return replace_once(clear_message(), b"<Content>", sealed_certificate() + b"<Content>")


def _seal_as_transport_signature() -> bytes:
    before, _, after = cut_signature(clear_message())
    _, seal, _ = cut_signature(sealed_certificate())
    return before + seal + after


def _seal_on_another_document() -> bytes:
    """The seal of one certificate below another, which differs in its number alone."""
    before, seal, after = cut_signature(sealed_certificate())
    return before.replace(b"000042", b"000043") + seal + after


_TOLD: Final[tuple[tuple[str, str, Callable[[], bytes], str], ...]] = (
    (
        "XSW1, the good document as a child of the signature",
        (
            "The evil document is the root; the signed one moves, without its signature, to the "
            "end of the signature."
        ),
        _xsw1,
        "signature.shape",
    ),
    (
        "XSW2, the good document before the signature",
        "The evil document is the root; the signed one stands inside it, before the signature.",
        _xsw2,
        "signature.content_digest",
    ),
    (
        "XSW3, an evil document before the good one",
        (
            "A changed certificate stands as a sibling before the signed one: who takes the first "
            "one takes the wrong one."
        ),
        _xsw3,
        "signature.content_digest",
    ),
    (
        "XSW4, the good document inside the evil one",
        "The whole signed document, its signature too, lies in an extension of the evil one.",
        _xsw4,
        "signature.misplaced",
    ),
    (
        "XSW5, the good document after the signature",
        "The evil document carries the signature; a copy of the signed content follows it.",
        _xsw5,
        "signature.misplaced",
    ),
    (
        "XSW6, the good document in the middle of the signature",
        "The evil document carries the signature, and that has the signed content before KeyInfo.",
        _xsw6,
        "signature.shape",
    ),
    (
        "XSW7, the good content in the extension",
        "The signed content lies in the one place where foreign elements are allowed.",
        _xsw7,
        "signature.content_digest",
    ),
    (
        "XSW8, the good content in ds:Object",
        (
            "The signed content lies in an Object of the signature, where the enveloped-signature "
            "transform takes it away."
        ),
        _xsw8,
        "signature.shape",
    ),
    (
        "the good content in the signed properties",
        "The signed content lies inside xades:SignedProperties, which a reference covers.",
        _in_the_signed_properties,
        "signature.shape",
    ),
    (
        "a reference by Id in the place of the whole file",
        'The reference says URI="#Sealed", and an element of that Id lies in an extension.',
        _reference_by_id,
        "signature.shape",
    ),
    (
        "a second seal header",
        "Another header stands before the sealed one.",
        _second_header,
        "signature.content_digest",
    ),
    (
        "a root inside a root",
        "The evil root holds the good root whole.",
        _root_inside_a_root,
        "signature.misplaced",
    ),
    (
        "an Id that stands twice, in the document",
        (
            "A second xades:SignedProperties, with the Id that the reference names, lies in an "
            "extension before the real one."
        ),
        _properties_twice,
        "signature.content_digest",
    ),
    (
        "an Id that stands twice, in the signature",
        "A second xades:SignedProperties with the same Id lies in an Object of its own.",
        _properties_twice_in_the_signature,
        "signature.shape",
    ),
    (
        "the seal of another document",
        "The seal of a true certificate stands below one with another number.",
        _seal_on_another_document,
        "signature.content_digest",
    ),
    (
        "a second header of a message",
        "A message with two headers, of which the first names another sender.",
        _another_header_of_a_message,
        "signature.content_digest",
    ),
    (
        "a second payload of a message",
        "A message with two Exchange elements, of which the first is not signed.",
        _another_exchange,
        "signature.content_digest",
    ),
    (
        "a message inside a message",
        "A true message, whole, in an extension of one that names another sender.",
        _message_inside_a_message,
        "signature.misplaced",
    ),
    (
        "a sealed document in the clear beside the content",
        "A true sealed document stands as XML beside the base64: two signatures in one file.",
        _clear_document_beside_the_content,
        "signature.multiple",
    ),
    (
        "a seal in the place of a transport signature",
        "The seal of the document inside is copied to the place of the gateway's signature.",
        _seal_as_transport_signature,
        "signature.content_digest",
    ),
)


def _mount(make: Callable[[], bytes]) -> Callable[[], str]:
    def mount() -> str:
        attack = canonical(make())
        judge = judge_sealed if attack.startswith(b"<SealedDocument") else judge_message
        return judge(attack)

    return mount


for _name, _story, _make, _meets in _TOLD:
    SHAPES[_name] = _make
    BOOK.add(_mount(_make), name=_name, story=_story, gain=_GAIN, meets=_meets)
