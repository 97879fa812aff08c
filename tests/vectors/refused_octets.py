"""Vectors that are refused for their octets or their signature: steps 1 to 3 of either layer."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from swb_conformance.cases import Question
from swb_schemas.wire.message import SBDH_NAMESPACE
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import cut_signature, replace_once, resign_message, resign_sealed
from tests.vectors.world import HOLDERS
from tests.vectors.writing import Vector

_SHA1: Final = b"http://www.w3.org/2000/09/xmldsig#sha1"
_SHA256: Final = b"http://www.w3.org/2001/04/xmlenc#sha256"


def _message(name: str, code: str, clause: str, why: str, subject: bytes) -> Vector:
    return Vector(
        name=f"refuses-{name}",
        question=Question.MESSAGE,
        why=why,
        clause=clause,
        subject=subject,
        code=code,
    )


def _sealed(name: str, code: str, clause: str, why: str, subject: bytes) -> Vector:
    return Vector(
        name=f"refuses-{name}",
        question=Question.SEALED_DOCUMENT,
        why=why,
        clause=clause,
        subject=subject,
        code=code,
    )


def octet_vectors() -> tuple[Vector, ...]:
    """M1, M2, S1, S2: what is no file of the one form."""
    message, sealed = clear_message(), sealed_certificate()
    spelled = "The content is the same; the octets are not their own canonical form: "
    return (
        _message(
            "a-truncated-message",
            "xml.malformed",
            "M1",
            "A message that lacks its last octet.",
            message[:-1],
        ),
        _message(
            "a-document-type-declaration",
            "xml.doctype",
            "M1",
            "A document type declaration is the door to entities; there never is one.",
            b"<!DOCTYPE StandardBusinessDocument>" + message,
        ),
        _message(
            "an-external-entity",
            "xml.doctype",
            "M1",
            "An external entity in the place of the sender's name.",
            b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
            + message.replace(b"urn:swb:party:TH:gateway", b"&e;"),
        ),
        _message(
            "a-processing-instruction",
            "xml.processing_instruction",
            "M1",
            "Canonicalisation keeps processing instructions, so they are refused by themselves.",
            replace_once(message, b"<HeaderVersion>", b"<?a b?><HeaderVersion>"),
        ),
        _message(
            "an-xml-declaration",
            "xml.not_canonical",
            "M1",
            f"{spelled}an XML declaration.",
            b'<?xml version="1.0" encoding="UTF-8"?>' + message,
        ),
        _message(
            "a-final-line-feed",
            "xml.not_canonical",
            "M1",
            f"{spelled}a final line feed.",
            message + b"\n",
        ),
        _message(
            "a-byte-order-mark",
            "xml.not_canonical",
            "M1",
            f"{spelled}a byte order mark.",
            b"\xef\xbb\xbf" + message,
        ),
        _message(
            "a-comment",
            "xml.not_canonical",
            "M1",
            "Comments are not covered by the signature; none may stand anywhere.",
            replace_once(message, b"<HeaderVersion>", b"<!--a--><HeaderVersion>"),
        ),
        _message(
            "an-empty-element-tag",
            "xml.not_canonical",
            "M1",
            f"{spelled}an empty-element tag.",
            replace_once(
                message,
                b"<xades:AllSignedDataObjects></xades:AllSignedDataObjects>",
                b"<xades:AllSignedDataObjects/>",
            ),
        ),
        _sealed(
            "single-quotes",
            "xml.not_canonical",
            "S1",
            f"{spelled}single quotes.",
            replace_once(
                sealed, b'nomenclature="AHTN-2022">08106000', b"nomenclature='AHTN-2022'>08106000"
            ),
        ),
        _sealed(
            "a-cdata-section",
            "xml.not_canonical",
            "S1",
            f"{spelled}a CDATA section.",
            replace_once(sealed, b"Fresh durians", b"<![CDATA[Fresh durians]]>"),
        ),
        _sealed(
            "a-character-reference",
            "xml.not_canonical",
            "S1",
            f"{spelled}a character reference.",
            replace_once(sealed, b"Fresh durians", b"Fresh&#x20;durians"),
        ),
        _sealed(
            "too-many-levels",
            "xml.too_deep",
            "S1",
            "Elements within elements within elements: 40 levels, where 32 are allowed.",
            replace_once(sealed, b"Fresh durians", b"<a>" * 40 + b"</a>" * 40),
        ),
        _message(
            "too-many-attributes",
            "xml.too_many_attributes",
            "M1",
            "An element with 65 attributes, where 64 are allowed: canonical form sorts them.",
            replace_once(
                message,
                b"<HeaderVersion>",
                b"<HeaderVersion" + b"".join(b' a%02d=""' % at for at in range(65)) + b">",
            ),
        ),
        _message(
            "a-sealed-document-without-a-message",
            "message.not_a_message",
            "M2",
            "A sealed document alone in the place of a message.",
            sealed,
        ),
        _sealed(
            "a-message-in-the-place-of-a-sealed-document",
            "sealed.not_a_sealed_document",
            "S2",
            "A message in the place of a sealed document.",
            message,
        ),
    )


def signature_vectors() -> tuple[Vector, ...]:
    """M3, S3, and the value itself: M7, S8."""
    message, sealed = clear_message(), sealed_certificate()
    before, signature, after = cut_signature(message)
    sealed_before, sealed_signature, sealed_after = cut_signature(sealed)
    wrong_value = base64.b64encode(HOLDERS[2].sign(b"something else"))
    value = _between(message, b"<ds:SignatureValue>", b"</ds:SignatureValue>")
    leaf = _between(message, b"<ds:X509Certificate>", b"</ds:X509Certificate>")
    other = base64.b64encode(HOLDERS[7].der)
    sha1 = base64.b64encode(hashlib.sha1(before + after).digest())  # noqa: S324 - the attack itself
    content = _between(message, b'<ds:Reference Id="Content" URI="">', b"</ds:Reference>")
    weak = content.replace(_SHA256, _SHA1)
    weak = weak.replace(_between(weak, b"<ds:DigestValue>", b"</ds:DigestValue>"), sha1)
    return (
        _message(
            "an-unsigned-message",
            "signature.missing",
            "M3",
            "Everything is there but the signature.",
            before + after,
        ),
        _sealed(
            "an-unsigned-document",
            "signature.missing",
            "S3",
            "Everything is there but the seal.",
            sealed_before + sealed_after,
        ),
        _message(
            "two-signatures",
            "signature.multiple",
            "M3",
            "A second signature, be it the same one: a reader that takes the first it meets and "
            "a reader that takes the last would judge different things.",
            before + signature + signature + after,
        ),
        _message(
            "a-signature-beside-the-payload",
            "signature.misplaced",
            "M3",
            "The signature stands beside the payload element instead of inside it.",
            before + b"</Exchange>" + signature + b"</StandardBusinessDocument>",
        ),
        _sealed(
            "a-signature-inside-the-document",
            "signature.misplaced",
            "S3",
            "The seal was moved into the document that it seals.",
            replace_once(
                sealed_before,
                b"</CertificateOfOrigin>",
                sealed_signature + b"</CertificateOfOrigin>",
            )
            + sealed_after,
        ),
        _message(
            "a-signature-of-another-shape",
            "signature.shape",
            "M3",
            "KeyInfo names the key by its subject besides: harmless, and not the one shape.",
            replace_once(
                message,
                b"<ds:X509Data>",
                b"<ds:X509Data><ds:X509SubjectName>CN=TH</ds:X509SubjectName>",
            ),
        ),
        _message(
            "a-reference-to-a-part",
            "signature.shape",
            "M3",
            "The signature covers an element by its Id instead of the whole file.",
            replace_once(
                message,
                b'<ds:Reference Id="Content" URI="">',
                b'<ds:Reference Id="Content" URI="#Part">',
            ),
        ),
        _message(
            "another-identifier-of-the-signature",
            "signature.shape",
            "M3",
            "The signature's Id is covered by no digest; in the one shape it is fixed. xmlsec1 "
            "accepts this file.",
            replace_once(message, b'Id="Signature"', b'Id="signature"'),
        ),
        _message(
            "white-space-in-base64",
            "signature.shape",
            "M3",
            "The signature value is the same, with a line feed in its base64. xmlsec1 accepts "
            "this file.",
            replace_once(message, value, value[:40] + b"\n" + value[40:]),
        ),
        _message(
            "a-weak-digest",
            "signature.algorithm",
            "M3",
            "The content's digest is a right one by SHA-1. What is allowed is the reader's "
            "policy, never the message's say.",
            replace_once(message, content, weak),
        ),
        _message(
            "another-certificate-than-the-signed-one",
            "signature.certificate_digest",
            "M3",
            "KeyInfo holds another certificate than the one that the signed properties name.",
            replace_once(message, leaf, other),
        ),
        _message(
            "altered-signed-properties",
            "signature.properties_digest",
            "M3",
            "The signing time was changed after signing.",
            replace_once(
                message,
                b"<xades:SigningTime>2026-03-02T03:04:06.25Z",
                b"<xades:SigningTime>2026-03-02T03:04:07.25Z",
            ),
        ),
        _message(
            "an-altered-receiver",
            "signature.content_digest",
            "M3",
            "The receiver was changed after signing.",
            replace_once(message, b"urn:swb:party:VN:gateway", b"urn:swb:party:LA:gateway"),
        ),
        _sealed(
            "an-altered-mass",
            "signature.content_digest",
            "S3",
            "A gross mass was changed after sealing.",
            replace_once(sealed, b">2400<", b">2401<"),
        ),
        _sealed(
            "a-wrapped-document",
            "signature.content_digest",
            "S3",
            "The sealed content was moved into an extension of another document, the seal left at "
            "its place: it covers the whole file and so does not hold.",
            replace_once(
                sealed_before,
                b"</CertificateOfOrigin>",
                b'<Extensions><Extension mustUnderstand="false">'
                + sealed_before
                + sealed_after
                + b"</Extension></Extensions></CertificateOfOrigin>",
            )
            + sealed_signature
            + sealed_after,
        ),
        _message(
            "a-signature-of-something-else",
            "signature.value",
            "M7",
            "The value is a signature by the right key, of something else.",
            replace_once(message, value, wrong_value),
        ),
        _message(
            "content-altered-with-its-digest",
            "signature.value",
            "M7",
            "Content and the digest of it were changed together: every digest holds, the "
            "signature over them does not.",
            _with_new_digest(message, b"-000000000001</Inst", b"-00000000000a</Inst"),
        ),
        _sealed(
            "a-seal-of-something-else",
            "signature.value",
            "S8",
            "The value is a signature by the right key, of something else.",
            replace_once(
                sealed,
                _between(sealed, b"<ds:SignatureValue>", b"</ds:SignatureValue>"),
                base64.b64encode(HOLDERS[0].sign(b"something else")),
            ),
        ),
        _message(
            "a-prefix",
            "xml.not_canonical",
            "M4",
            "Signed as it stands, its own canonical form, and the same to any XML reader: but "
            "Sender has a prefix, and every file has one spelling.",
            _prefixed(message),
        ),
        _sealed(
            "a-prefix-for-the-document",
            "xml.not_canonical",
            "S11",
            "Sealed as it stands and its own canonical form: but the document has a prefix.",
            _prefixed_document(sealed),
        ),
    )


def _between(octets: bytes, start: bytes, end: bytes) -> bytes:
    begin = octets.index(start) + len(start)
    return octets[begin : octets.index(end, begin)]


def _with_new_digest(octets: bytes, old: bytes, new: bytes) -> bytes:
    """Change content and put the right digest of the changed content into the signature."""
    changed = replace_once(octets, old, new)
    before, _, after = cut_signature(changed)
    stated = _between(changed, b"<ds:DigestValue>", b"</ds:DigestValue>")
    right = base64.b64encode(hashlib.sha256(before + after).digest())
    return replace_once(changed, stated, right)


def _prefixed(message: bytes) -> bytes:
    """Spell the sender with a prefix, and sign that."""
    sender = b"<Sender>" + _between(message, b"<Sender>", b"</Sender>") + b"</Sender>"
    declared = b'<s:Sender xmlns:s="' + SBDH_NAMESPACE.encode() + b'">'
    spelled = sender.replace(b"<Sender>", declared).replace(b"</Sender>", b"</s:Sender>")
    return resign_message(message, (sender, spelled))


def _prefixed_document(sealed: bytes) -> bytes:
    """Spell the document with a prefix, and seal that."""
    start = sealed.index(b"<CertificateOfOrigin ")
    end = sealed.index(b"</CertificateOfOrigin>") + len(b"</CertificateOfOrigin>")
    document = sealed[start:end].replace(b"</", b"\0").replace(b"<", b"<c:")
    document = document.replace(b"\0", b"</c:").replace(b"xmlns=", b"xmlns:c=")
    return resign_sealed(sealed[:start] + document + sealed[end:])
