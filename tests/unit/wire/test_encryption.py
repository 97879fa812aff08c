"""Protected bodies."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey

from swb_schemas.errors import RefusedError
from swb_schemas.wire import DecryptionKey, EncryptedBody, encrypt_body, key_thumbprint
from swb_schemas.wire.key_agreement import derive_content_key
from tests.vectors.fixed_jwe import encrypt_fixed, jwk_of

KEY = ec.derive_private_key(20260302, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(20260303, ec.SECP256R1())
HOLDER = DecryptionKey.of(KEY)


def open_body(jwe: str) -> bytes:
    return HOLDER.open(EncryptedBody.of(jwe))


@given(st.binary(min_size=1, max_size=300))
def test_opens_what_was_encrypted(content: bytes) -> None:
    body = encrypt_body(content, recipient=KEY.public_key())
    assert body.recipient_key == HOLDER.thumbprint == key_thumbprint(KEY.public_key())
    assert HOLDER.open(body) == content


@given(st.binary(min_size=1, max_size=300))
def test_opens_what_another_implementation_encrypted(content: bytes) -> None:
    assert open_body(encrypt_fixed(content, KEY.public_key())) == content


@given(st.binary(min_size=1, max_size=300))
def test_the_kept_library_opens_the_same(content: bytes) -> None:
    body = encrypt_fixed(content, KEY.public_key())
    registry = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"])
    opened = jwe.decrypt_compact(body, ECKey.import_key(KEY), registry=registry).plaintext
    assert opened == open_body(body) == content


def test_derives_the_content_key_of_the_published_example() -> None:
    """RFC 7518, appendix C."""
    alice, bob = (
        ec.derive_private_key(int.from_bytes(base64.urlsafe_b64decode(d + "=")), ec.SECP256R1())
        for d in (
            "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
            "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
        )
    )
    secret = alice.exchange(ec.ECDH(), bob.public_key())
    assert secret == bob.exchange(ec.ECDH(), alice.public_key())
    key = derive_content_key(
        secret, algorithm="A128GCM", octets=16, party_u=b"Alice", party_v=b"Bob"
    )
    assert base64.urlsafe_b64encode(key) == b"VqqN6vgjbSBcIijNcacQGg=="


def test_says_the_same_whatever_it_is_that_does_not_open() -> None:
    good = encrypt_fixed(b"content", KEY.public_key())
    parts = good.split(".")
    said = set()
    for body in (
        encrypt_fixed(b"content", OTHER_KEY.public_key(), header={"kid": HOLDER.thumbprint}),
        encrypt_fixed(b"content", KEY.public_key(), header={"epk": OUTSIDE_THE_CURVE}),
        encrypt_fixed(b"content", KEY.public_key(), header={"epk": OUTSIDE_THE_CURVE | {"x": ""}}),
        encrypt_fixed(b"content", KEY.public_key(), header={"epk": OUTSIDE_THE_CURVE | {"x": "="}}),
        ".".join([*parts[:2], parts[2][:8], *parts[3:]]),
        ".".join([*parts[:3], "A" + parts[3], parts[4]]),
        ".".join([*parts[:4], "+" + parts[4][1:]]),
        ".".join([*parts[:4], parts[4][:8]]),
    ):
        with pytest.raises(RefusedError) as refused:
            open_body(body)
        said.add((refused.value.code, refused.value.message))
    assert len(said) == 1


def test_opens_with_a_secret_that_somebody_else_agreed() -> None:
    body = encrypt_body(b"content", recipient=KEY.public_key())
    secret = KEY.exchange(ec.ECDH(), body.read_ephemeral())
    opening = DecryptionKey.agreed(body, secret)
    assert opening.open(body) == b"content"
    another = encrypt_body(b"content", recipient=KEY.public_key())
    for wrong, asked in (
        (opening, another),
        (DecryptionKey.agreed(another, secret), body),
        (DecryptionKey.agreed(another, secret), another),
    ):
        with pytest.raises(RefusedError) as refused:
            wrong.open(asked)
        assert refused.value.code == "encryption.failed"


def test_agrees_on_nothing_with_a_point_outside_the_curve() -> None:
    body = encrypt_fixed(b"content", KEY.public_key(), header={"epk": OUTSIDE_THE_CURVE})
    with pytest.raises(RefusedError) as refused:
        EncryptedBody.of(body).read_ephemeral()
    assert refused.value.code == "encryption.failed"


@pytest.mark.parametrize(("part", "cut"), [(2, 8), (4, 8)], ids=["a short IV", "a short tag"])
def test_refuses_a_body_that_proves_less(part: int, cut: int) -> None:
    parts = encrypt_fixed(b"content", KEY.public_key()).split(".")
    parts[part] = parts[part][:cut]
    with pytest.raises(RefusedError) as refused:
        open_body(".".join(parts))
    assert refused.value.code == "encryption.failed"


def test_opens_a_body_of_seven_million_octets() -> None:
    content = bytes(7_000_000)
    assert HOLDER.open(encrypt_body(content, recipient=KEY.public_key())) == content


def test_never_encrypts_twice_alike() -> None:
    first, second = (encrypt_body(b"same", recipient=KEY.public_key()) for _ in range(2))
    assert first != second


def test_a_key_does_not_show_itself() -> None:
    assert str(KEY.private_numbers().private_value) not in repr(HOLDER)
    assert repr(HOLDER) == f"DecryptionKey('{HOLDER.thumbprint}')"


def test_refuses_a_body_for_another_key() -> None:
    with pytest.raises(RefusedError) as refused:
        HOLDER.open(encrypt_body(b"a", recipient=OTHER_KEY.public_key()))
    assert refused.value.code == "encryption.other_key"


def test_refuses_a_body_for_another_key_in_our_name() -> None:
    body = encrypt_fixed(b"a", OTHER_KEY.public_key(), header={"kid": HOLDER.thumbprint})
    with pytest.raises(RefusedError) as refused:
        open_body(body)
    assert refused.value.code == "encryption.failed"


@pytest.mark.parametrize("part", range(5))
def test_refuses_a_body_with_any_part_altered(part: int) -> None:
    parts = encrypt_fixed(b"content", KEY.public_key()).split(".")
    parts[part] = ("B" if parts[part][:1] == "A" else "A") + parts[part][1:]
    with pytest.raises(RefusedError) as refused:
        open_body(".".join(parts))
    assert refused.value.code in {"encryption.malformed", "encryption.failed"}


OUTSIDE_THE_CURVE = {
    "crv": "P-256",
    "kty": "EC",
    "x": base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode(),
    "y": base64.urlsafe_b64encode(bytes(31) + b"\1").rstrip(b"=").decode(),
}


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "ECDH-ES+A256KW"}, id="a wrapped key"),
        pytest.param({"alg": "dir"}, id="a shared key"),
        pytest.param({"enc": "A128GCM"}, id="a weaker cipher"),
        pytest.param({"zip": "DEF"}, id="compression"),
        pytest.param({"apu": "QQ"}, id="another member"),
        pytest.param({"crit": ["exp"], "exp": 1}, id="critical members"),
        pytest.param({"kid": None}, id="no kid"),
        pytest.param({"kid": 7}, id="a kid that is no text"),
        pytest.param({"epk": None}, id="no ephemeral key"),
        pytest.param({"epk": "QQ"}, id="an ephemeral key that is no key"),
        pytest.param({"epk": jwk_of(KEY.public_key()) | {"d": "QQ"}}, id="a private ephemeral key"),
        pytest.param({"epk": jwk_of(KEY.public_key()) | {"crv": "P-384"}}, id="another curve"),
        pytest.param({"epk": OUTSIDE_THE_CURVE}, id="a point outside the curve"),
    ],
)
def test_refuses_any_other_header(header: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as refused:
        open_body(encrypt_fixed(b"content", KEY.public_key(), header=header))
    expected = "failed" if header.get("epk") is OUTSIDE_THE_CURVE else "malformed"
    assert refused.value.code == f"encryption.{expected}"


def test_refuses_a_header_that_says_a_thing_twice() -> None:
    parts = encrypt_fixed(b"content", KEY.public_key()).split(".")
    raw = base64.urlsafe_b64decode(parts[0] + "==")
    assert json.loads(raw)["alg"] == "ECDH-ES"
    doubled = raw.replace(b'"alg"', b'"alg":"none","alg"', 1)
    parts[0] = base64.urlsafe_b64encode(doubled).rstrip(b"=").decode()
    with pytest.raises(RefusedError) as refused:
        EncryptedBody.of(".".join(parts))
    assert refused.value.code == "encryption.malformed"
