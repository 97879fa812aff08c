"""Protected bodies: what is said inside them, and who opens them."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from swb_schemas.catalogue import Purpose
from swb_schemas.wire import EncryptedBody
from tests.attacks.reading import judge_message
from tests.attacks.story import Book, Side
from tests.vectors import documents
from tests.vectors.fixed_jwe import encrypt_fixed
from tests.vectors.positive import encrypted_message, sealed_certificate
from tests.vectors.tampering import replace_once
from tests.vectors.world import (
    TH_GATEWAY,
    VN_GATEWAY,
    Holder,
    holder,
    message_header,
    seal,
    seal_header,
    wrap,
)

__all__ = ["BOOK"]

BOOK: Final = Book("Protected bodies")

_WEAKER: Final = "A body that somebody else opens, or makes."


def _carry(jwe: str, named: str = "") -> bytes:
    """A truly signed message with this body, for the recipient's key or that of another body."""
    body = replace(EncryptedBody.of(named or _encrypt(b"a")), jwe=jwe)
    return wrap(message_header(seal_header(documents.certificate())), body)


def _recipient() -> Holder:
    return holder(VN_GATEWAY, Purpose.DECRYPTION)


def _encrypt(content: bytes, **header: object) -> str:
    return encrypt_fixed(content, _recipient().key.public_key(), header=header)


@BOOK.tell(
    "The header of the body asks for decompression (zip), and a hundred megabytes of zeros lie in "
    "it.",
    by=Side.MEMBER,
    gain="A gateway that unfolds a hundred megabytes out of a hundred kilobytes.",
    meets="encryption.malformed",
)
def a_decompression_bomb() -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    return judge_message(_carry(_encrypt(bomb, zip="DEF")))


@BOOK.tell(
    "The body names another way to agree on a key: direct, RSA 1.5, a password with ten million "
    "rounds, or none.",
    by=Side.MEMBER,
    gain=_WEAKER,
    meets="encryption.malformed",
)
def another_key_agreement() -> str:
    met = {
        judge_message(_carry(_encrypt(sealed_certificate(), **header)))
        for header in (
            {"alg": "dir"},
            {"alg": "RSA1_5"},
            {"alg": "none"},
            {"alg": "PBES2-HS256+A128KW", "p2c": 10_000_000, "p2s": "AAAA"},
            {"alg": "ECDH-ES+A256KW"},
        )
    }
    (only,) = met
    return only


@BOOK.tell(
    "The body names another cipher, one without authentication among them.",
    by=Side.MEMBER,
    gain=_WEAKER,
    meets="encryption.malformed",
)
def another_cipher() -> str:
    (only,) = {
        judge_message(_carry(_encrypt(sealed_certificate(), enc=each)))
        for each in ("A128GCM", "A128CBC-HS256", "none")
    }
    return only


@BOOK.tell(
    "The ephemeral key is a point of another curve. What comes out of it tells of the recipient's "
    "private key, a little at a time (the invalid curve attack).",
    by=Side.MEMBER,
    gain="The recipient's decryption key, after some thousand messages.",
    meets="encryption.failed",
)
def a_point_that_is_not_on_the_curve() -> str:
    evil = {"kty": "EC", "crv": "P-256", "x": _number(5), "y": _number(7)}
    return judge_message(_carry(_encrypt(sealed_certificate(), epk=evil)))


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32)).rstrip(b"=").decode()


@BOOK.tell(
    "The ephemeral key is of another curve, or brings a private part along.",
    by=Side.MEMBER,
    gain=_WEAKER,
    meets="encryption.malformed",
)
def an_ephemeral_key_of_another_kind() -> str:
    other = ec.derive_private_key(7, ec.SECP384R1()).public_key().public_numbers()
    x, y = (
        base64.urlsafe_b64encode(each.to_bytes(48)).rstrip(b"=").decode()
        for each in (other.x, other.y)
    )
    good = json.loads(base64.urlsafe_b64decode(_encrypt(b"a").split(".")[0] + "=="))["epk"]
    (only,) = {
        judge_message(_carry(_encrypt(sealed_certificate(), epk=each)))
        for each in ({"kty": "EC", "crv": "P-384", "x": x, "y": y}, {**good, "d": _number(1)})
    }
    return only


@BOOK.tell(
    "One octet of ciphertext, tag or initialisation vector differs; the sender signed it so.",
    by=Side.MEMBER,
    gain="Answers that tell how far a guess came, as of a padding.",
    meets="encryption.failed",
)
def an_altered_ciphertext() -> str:
    met = set()
    for at in (2, 3, 4):
        parts = _encrypt(sealed_certificate()).split(".")
        parts[at] = ("B" if parts[at][0] == "A" else "A") + parts[at][1:]
        met.add(judge_message(_carry(".".join(parts))))
    (only,) = met
    return only


@BOOK.tell(
    "The body is encrypted for a key that the receiver never listed: the attacker's own.",
    by=Side.MEMBER,
    gain="A message that counts as received and that its receiver cannot read.",
    meets="encryption.not_for_receiver",
)
def a_body_for_somebody_else() -> str:
    other = holder(TH_GATEWAY, Purpose.DECRYPTION)
    jwe = encrypt_fixed(sealed_certificate(), other.key.public_key())
    return judge_message(_carry(jwe, named=jwe))


@BOOK.tell(
    "The message names the receiver's key under its signature; the body is for another one.",
    by=Side.MEMBER,
    gain="A body that one reader takes for its own and another for foreign.",
    meets="message.body",
)
def a_body_for_another_key_than_named() -> str:
    other = holder(TH_GATEWAY, Purpose.DECRYPTION)
    return judge_message(_carry(encrypt_fixed(sealed_certificate(), other.key.public_key())))


@BOOK.tell(
    "Somebody on the way puts a body of his own in the place of the protected one: anybody may "
    "encrypt for a public key.",
    gain="Another document under the sender's name.",
    meets="signature.content_digest",
)
def another_body_on_the_way() -> str:
    message = encrypted_message()
    start = message.index(b'">', message.index(b"<EncryptedContent ")) + 2
    body = message[start : message.index(b"</EncryptedContent>")]
    own = _encrypt(sealed_certificate().replace(b">2400<", b">9900<")).encode()
    return judge_message(replace_once(message, body, own))


@BOOK.tell(
    "The body holds no sealed document but the message itself again, so that opening it never "
    "ends.",
    by=Side.MEMBER,
    gain="A gateway that opens for ever.",
    meets="sealed.not_a_sealed_document",
)
def a_message_inside_its_own_body() -> str:
    return judge_message(_carry(_encrypt(encrypted_message())))


def _sealed_for(one: Holder) -> bytes:
    """The certificate, sealed for whoever has a key, as its seal says."""
    document = documents.certificate()
    named = EncryptedBody.of(encrypt_fixed(b"a", one.key.public_key())).recipient_key
    return seal(seal_header(document, recipient_key=named), document)


@BOOK.tell(
    "The recipient opens a sealed document, encrypts it for another key and passes it on, as if "
    "its sealer had sent it there (surreptitious forwarding).",
    by=Side.MEMBER,
    gain="A document that looks as if it had been sealed for somebody else.",
    meets="layers.disagree",
)
def a_document_that_is_forwarded_under_another_key() -> str:
    first = holder(TH_GATEWAY, Purpose.DECRYPTION)
    return judge_message(_carry(_encrypt(_sealed_for(first))))


@BOOK.tell(
    "The recipient opens a sealed document and passes it on in clear.",
    by=Side.MEMBER,
    gain="A secret that seems to have been given away by its sealer.",
    meets="layers.disagree",
)
def a_document_that_is_forwarded_in_clear() -> str:
    sealed = _sealed_for(_recipient())
    return judge_message(wrap(message_header(seal_header(documents.certificate())), sealed))


@BOOK.tell(
    "A document whose seal says that it goes in clear comes encrypted: somebody on the way of its "
    "sealer made a secret of it.",
    by=Side.MEMBER,
    gain="A document that its sealer's own state can no longer read on the way.",
    meets="layers.disagree",
)
def a_clear_document_that_comes_encrypted() -> str:
    return judge_message(_carry(_encrypt(sealed_certificate())))
