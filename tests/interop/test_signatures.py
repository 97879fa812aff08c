"""Signatures between this project and libraries that share no line of code with it, both ways.

========  =========================  ==========================================================
library   judges                     why not the rest
========  =========================  ==========================================================
xadesjs   sealed documents           its enveloped-signature transform takes away a signature
                                     that is a child of the root; a message's is its grandchild
xml-crypto  both, and signs both     it leaves ECDSA to whoever uses it: Node's own signs
xmlsec1   both, and signs both       see tests/vectors/foreign and tests/attacks
========  =========================  ==========================================================
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from swb_schemas.catalogue import Commitment
from swb_schemas.xml.codec import format_instant
from tests.attacks.reading import canonical, judge_message, judge_sealed
from tests.interop.node import ask
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate
from tests.vectors.tampering import cut_signature, replace_once
from tests.vectors.world import CREATED_AT, HOLDERS, SEALED_AT

if TYPE_CHECKING:
    from datetime import datetime

    from tests.vectors.world import Holder

SEALER, SENDER, OTHER = HOLDERS[0], HOLDERS[2], HOLDERS[7]
FILES: Final[dict[str, tuple[bytes, Holder]]] = {
    "sealed document": (sealed_certificate(), SEALER),
    "clear message": (clear_message(), SENDER),
    "encrypted message": (encrypted_message(), SENDER),
}


def pem_of(holder: Holder) -> str:
    certificate = x509.load_der_x509_certificate(holder.der)
    return certificate.public_bytes(Encoding.PEM).decode()


def altered(octets: bytes) -> dict[str, bytes]:
    """The file with one thing changed, in the content or in the signature."""
    signed_at = re.search(rb"<xades:SigningTime>(.*?)</xades:SigningTime>", octets)
    value = re.search(rb"<ds:SignatureValue>(.)", octets)
    assert signed_at
    assert value
    other = b"B" if value[1] == b"A" else b"A"
    return {
        "content": octets.replace(b"CertificateIssue<", b"CertificateIssuf<", 1),
        "signing time": replace_once(octets, signed_at[0], signed_at[0].replace(b"2026", b"2027")),
        "value": octets.replace(value[0], b"<ds:SignatureValue>" + other),
    }


@cache
def verdicts() -> dict[tuple[str, str, str], object]:
    """What each library says of each file, as it is and altered, all in one run."""
    questions: dict[tuple[str, str, str], dict[str, str]] = {}
    for name, (octets, signer) in FILES.items():
        for change, changed in {"nothing": octets, **altered(octets)}.items():
            asked = {"xml": changed.decode(), "certificate": pem_of(signer)}
            questions["xml-crypto", name, change] = {"verb": "xmldsig.verify", **asked}
            if name == "sealed document":
                questions["xadesjs", name, change] = {"verb": "xades.verify", **asked}
        asked = {"xml": octets.decode(), "certificate": pem_of(OTHER)}
        questions["xml-crypto", name, "key"] = {"verb": "xmldsig.verify", **asked}
    return dict(zip(questions, ask(list(questions.values())), strict=True))


JUDGED: Final = [
    ("xadesjs", "sealed document"),
    ("xml-crypto", "sealed document"),
    ("xml-crypto", "clear message"),
    ("xml-crypto", "encrypted message"),
]


@pytest.mark.parametrize(("library", "name"), JUDGED)
def test_a_library_accepts_what_we_sign(library: str, name: str) -> None:
    assert verdicts()[library, name, "nothing"] is True


@pytest.mark.parametrize(("library", "name"), JUDGED)
def test_a_library_refuses_what_was_altered(library: str, name: str) -> None:
    changes = {
        change: said
        for (by, of, change), said in verdicts().items()
        if (by, of) == (library, name) and change != "nothing"
    }
    assert len(changes) >= 3
    accepted = [change for change, said in changes.items() if said is True]
    assert accepted == []


def normalise(octets: bytes) -> bytes:
    """A file in its one spelling: exclusive C14N, and base64 without white space."""
    return re.sub(
        rb"(<ds:(?:X509Certificate|SignatureValue|DigestValue)>)([^<]*)",
        lambda found: found[1] + b"".join(found[2].split()),
        canonical(octets),
    )


def signed_by_xml_crypto(
    octets: bytes, place: str, by: Holder, at: datetime, commitment: Commitment
) -> bytes:
    """The file, signed by xml-crypto with white space where others like it, and normalised."""
    before, _, after = cut_signature(octets)
    question = {
        "verb": "xmldsig.sign",
        "xml": (before + after).decode(),
        "place": place,
        "key": by.pem.decode(),
        "certificate": pem_of(by),
        "time": format_instant(at),
        "commitment": commitment.value,
    }
    (signed,) = ask([question])
    spread = re.sub(r"(<ds:SignatureValue>.{20})", "\\1\n  ", signed)
    return normalise(b'<?xml version="1.0" encoding="UTF-8"?>\n' + spread.encode() + b"\n")


def test_we_accept_a_document_that_xml_crypto_sealed() -> None:
    sealed = signed_by_xml_crypto(
        sealed_certificate(), "/*", SEALER, SEALED_AT, Commitment.APPROVAL
    )
    assert sealed != sealed_certificate(), "another signature"
    assert judge_sealed(sealed) == ""
    assert judge_sealed(sealed.replace(b">2400<", b">2401<")) == "signature.content_digest"


@pytest.mark.parametrize("name", ["clear message", "encrypted message"])
def test_we_accept_a_message_that_xml_crypto_signed(name: str) -> None:
    octets, signer = FILES[name]
    message = signed_by_xml_crypto(
        octets, "//*[local-name(.)='Exchange']", signer, CREATED_AT, Commitment.SENDER
    )
    assert message != octets, "another signature"
    assert judge_message(message) == ""
    changed = message.replace(b"TH:gateway", b"KH:gateway")
    assert judge_message(changed) == "signature.content_digest"


def test_what_xml_crypto_signed_with_another_key_is_refused() -> None:
    message = signed_by_xml_crypto(
        clear_message(), "//*[local-name(.)='Exchange']", OTHER, CREATED_AT, Commitment.SENDER
    )
    assert judge_message(message) == "certificate.unlisted"
