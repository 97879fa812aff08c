"""Vectors that other programs made: not only our own writer speaks for our reader.

What they made stands in ``foreign``, and `tests.vectors.foreign_making` is how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Question
from tests.vectors.world import AT
from tests.vectors.writing import Vector

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ALGORITHMS", "FOREIGN", "foreign_vectors"]

FOLDER: Final = Path(__file__).parent / "foreign"

ALGORITHMS: Final = (
    "XAdES, sealed document",
    "XAdES, message",
    "ECDSA P-256 with SHA-256",
    "SHA-256",
    "exclusive C14N",
    "JWE, ECDH-ES with A256GCM",
    "JWS, ES256",
    "X.509, P-256",
)
"""Every algorithm of version 1 of the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What another program made.

    Attributes:
        name: Of the vector.
        file: In ``foreign``.
        question: What is asked.
        clause: Step of the wire.
        tool: Which program, and how.
        why: One or two sentences.
        algorithms: Which of `ALGORITHMS` that program computed.
        code: Of the refusal.
        trust: In ``foreign``: a bundle of its own; empty for the standard one.
    """

    name: str
    file: str
    question: Question
    clause: str
    tool: str
    why: str
    algorithms: tuple[str, ...] = ()
    code: str = ""
    trust: str = ""


_SEALED: Final = Question.SEALED_DOCUMENT
_SIGNED: Final = ("ECDSA P-256 with SHA-256", "SHA-256", "exclusive C14N")
_XMLSEC1: Final = (
    "xmlsec1 1.2.37: `xmlsec1 --sign --privkey-pem KEY --enabled-reference-uris empty,same-doc "
    "--id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties FILE`, over a file whose "
    "digests and signature value are empty"
)
_XML_CRYPTO: Final = "xml-crypto 6.3.2 of npm, `computeSignature` over the file without its seal"
_JOSE: Final = "jose 6.2.17 of npm"
_OPENSSL: Final = "openssl 3.0: `openssl dgst -sha256 -sign KEY`, r and s taken out of the DER"

FOREIGN: Final = (
    Foreign(
        name="accepts-a-seal-that-xmlsec1-made",
        file="sealed-by-xmlsec1.xml",
        question=_SEALED,
        clause="S3",
        tool=_XMLSEC1,
        why="Digests and signature were computed by xmlsec1, so that not only this project's own "
        "writer speaks for its reader.",
        algorithms=("XAdES, sealed document", *_SIGNED),
    ),
    Foreign(
        name="accepts-a-seal-that-xml-crypto-made",
        file="sealed-by-xml-crypto.xml",
        question=_SEALED,
        clause="S3",
        tool=_XML_CRYPTO,
        why="The whole seal, its signed properties too, was written by a library of Node.js.",
        algorithms=("XAdES, sealed document", *_SIGNED),
    ),
    Foreign(
        name="accepts-a-seal-that-openssl-made",
        file="sealed-by-openssl.xml",
        question=_SEALED,
        clause="S7",
        tool=f"{_OPENSSL}; `openssl genpkey`, `openssl req -new`, `openssl x509 -req`",
        why="Key, certificate and signature value are openssl's; the list names the certificate.",
        algorithms=("X.509, P-256", "ECDSA P-256 with SHA-256"),
        trust="bundle-with-a-certificate-by-openssl.json",
    ),
    Foreign(
        name="refuses-a-seal-of-openssl-that-is-not-listed",
        file="sealed-by-openssl.xml",
        question=_SEALED,
        clause="S7",
        tool=f"{_OPENSSL}; `openssl genpkey`, `openssl req -new`, `openssl x509 -req`",
        why="The same seal by the root's own certificate, of which the list says nothing.",
        code="certificate.unlisted",
    ),
    Foreign(
        name="refuses-a-seal-with-sha-512-that-xmlsec1-made",
        file="sealed-with-sha512-by-xmlsec1.xml",
        question=_SEALED,
        clause="S3",
        tool=_XMLSEC1,
        why="A signature that holds, by an algorithm that version 1 does not know.",
        code="signature.algorithm",
    ),
    Foreign(
        name="accepts-a-message-that-xmlsec1-signed",
        file="message-by-xmlsec1.xml",
        question=Question.MESSAGE,
        clause="M3",
        tool=_XMLSEC1,
        why="Digests and signature of the outer layer were computed by xmlsec1.",
        algorithms=("XAdES, message", *_SIGNED),
    ),
    Foreign(
        name="accepts-a-message-that-xml-crypto-signed",
        file="message-by-xml-crypto.xml",
        question=Question.MESSAGE,
        clause="M3",
        tool=_XML_CRYPTO,
        why="The whole signature was written by a library of Node.js.",
        algorithms=("XAdES, message", *_SIGNED),
    ),
    Foreign(
        name="accepts-a-body-that-jose-encrypted",
        file="body-by-jose.xml",
        question=Question.DELIVERY,
        clause="D1",
        tool=f"{_JOSE}, `CompactEncrypt`; the message by {_XML_CRYPTO}",
        why="Encrypted and signed by two libraries of Node.js.",
        algorithms=("JWE, ECDH-ES with A256GCM", "XAdES, message", *_SIGNED),
    ),
    Foreign(
        name="refuses-a-body-of-128-bits-that-jose-encrypted",
        file="body-of-128-bits-by-jose.xml",
        question=Question.MESSAGE,
        clause="M12",
        tool=f"{_JOSE}, `CompactEncrypt` with A128GCM",
        why="It would open; only A256GCM is allowed.",
        code="encryption.malformed",
    ),
    Foreign(
        name="refuses-a-body-with-cbc-that-jose-encrypted",
        file="body-with-cbc-by-jose.xml",
        question=Question.MESSAGE,
        clause="M12",
        tool=f"{_JOSE}, `CompactEncrypt` with A256CBC-HS512",
        why="It would open; only A256GCM is allowed.",
        code="encryption.malformed",
    ),
    Foreign(
        name="refuses-a-body-with-a-key-that-jose-wrapped",
        file="body-with-a-wrapped-key-by-jose.xml",
        question=Question.MESSAGE,
        clause="M12",
        tool=f"{_JOSE}, `CompactEncrypt` with ECDH-ES+A256KW",
        why="It would open; the content key is agreed on directly and never wrapped.",
        code="encryption.malformed",
    ),
    Foreign(
        name="accepts-a-list-that-jose-signed",
        file="list-by-jose.json",
        question=Question.TRUST,
        clause="T2",
        tool=f"{_JOSE}, `GeneralSign`",
        why="Thailand's list, signed by a library of Node.js.",
        algorithms=("JWS, ES256", "ECDSA P-256 with SHA-256"),
    ),
    Foreign(
        name="accepts-a-list-that-openssl-signed",
        file="list-by-openssl.json",
        question=Question.TRUST,
        clause="T2",
        tool=_OPENSSL,
        why="Thailand's list, signed on the command line as a state without our tools would.",
        algorithms=("JWS, ES256", "ECDSA P-256 with SHA-256"),
    ),
    Foreign(
        name="refuses-a-list-that-jose-signed-with-another-key",
        file="list-by-another-key-by-jose.json",
        question=Question.TRUST,
        clause="T2",
        tool=f"{_JOSE}, `GeneralSign`",
        why="The header names Thailand's root, and the key is that of Viet Nam.",
        code="trust.signature",
    ),
)
"""What other programs made, by vector."""


def foreign_vectors() -> Iterator[Vector]:
    """One vector for each."""
    for one in FOREIGN:
        subject = (FOLDER / one.file).read_bytes()
        told = re.search(rb"<xades:SigningTime>([^<]*)<", subject)
        signed_at = datetime.fromisoformat(told[1].decode()).astimezone(UTC) if told else AT
        yield Vector(
            name=one.name,
            question=one.question,
            why=f"{one.why} Made by {one.tool}; keys and signatures are random, so it is kept.",
            clause=one.clause,
            subject=subject,
            code=one.code,
            at=AT if signed_at <= AT else signed_at + timedelta(minutes=1),
            trust=(FOLDER / one.trust).read_bytes() if one.trust else None,
        )
