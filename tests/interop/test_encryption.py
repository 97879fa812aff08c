"""Protected bodies between this project and jose, a JOSE library of Node.js, both ways."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire import EncryptedBody
from swb_schemas.wire.encryption import encrypt_body
from tests.attacks.reading import judge_message
from tests.interop.node import ask
from tests.vectors import documents
from tests.vectors.positive import sealed_certificate
from tests.vectors.world import (
    TH_GATEWAY,
    VN_GATEWAY,
    decryption_key,
    holder,
    message_header,
    seal,
    seal_header,
    wrap,
)

RECIPIENT = holder(VN_GATEWAY, Purpose.DECRYPTION)
LARGE = bytes(range(256)) * 8192


def public_pem() -> str:
    key = RECIPIENT.key.public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def made_by_jose(content: bytes) -> str:
    (jwe,) = ask(
        [
            {
                "verb": "jwe.make",
                "content": base64.b64encode(content).decode(),
                "key": public_pem(),
                "kid": decryption_key().thumbprint,
            }
        ]
    )
    return str(jwe)


@pytest.mark.parametrize("content", [sealed_certificate(), b"x", LARGE], ids=["form", "x", "large"])
def test_jose_opens_what_we_encrypt(content: bytes) -> None:
    jwe = encrypt_body(content, recipient=RECIPIENT.key.public_key()).jwe
    stranger = holder(TH_GATEWAY, Purpose.DECRYPTION)
    opened, refused, altered = ask(
        [
            {"verb": "jwe.open", "jwe": jwe, "key": RECIPIENT.pem.decode()},
            {"verb": "jwe.open", "jwe": jwe, "key": stranger.pem.decode()},
            {"verb": "jwe.open", "jwe": jwe[:-2], "key": RECIPIENT.pem.decode()},
        ]
    )
    assert base64.b64decode(opened["content"]) == content
    assert set(opened["header"]) == {"alg", "enc", "epk", "kid"}
    assert opened["header"]["kid"] == decryption_key().thumbprint
    assert str(refused).startswith("error: ")
    assert str(altered).startswith("error: ")


@pytest.mark.parametrize("content", [sealed_certificate(), b"x", LARGE], ids=["form", "x", "large"])
def test_we_open_what_jose_encrypts(content: bytes) -> None:
    body = EncryptedBody.of(made_by_jose(content))
    assert decryption_key().open(body) == content
    with pytest.raises(RefusedError) as refusal:
        decryption_key(TH_GATEWAY).open(body)
    assert refusal.value.code == "encryption.other_key"


def test_a_message_whose_body_jose_made_is_accepted_whole() -> None:
    document = documents.certificate()
    header = seal_header(document, recipient_key=decryption_key().thumbprint)
    body = EncryptedBody.of(made_by_jose(seal(header, document)))
    assert judge_message(wrap(message_header(header), body)) == ""
