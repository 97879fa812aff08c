"""Vectors that nothing is wrong with but their form, or their environment: T1, M12, D1, D3.

Each would be accepted by a reader that passes over what it does not need.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Question
from swb_schemas.catalogue import Purpose
from swb_schemas.wire import EncryptedBody, key_thumbprint
from swb_schemas.wire.jws import assemble_jws, encode_base64url
from swb_schemas.wire.trust_list import encode_bundle, encode_trust_list
from tests.vectors import documents
from tests.vectors.fixed_jwe import encrypt_fixed, jwk_of
from tests.vectors.world import (
    TH_GATEWAY,
    VN_GATEWAY,
    authority,
    bundle_of,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)
from tests.vectors.writing import Vector

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["form_vectors"]

_STATES: Final = ("TH", "VN", "REGION")
_MOST_SIGNATURES: Final = 16


def form_vectors() -> tuple[Vector, ...]:
    """Every one."""
    return (*_of_lists(), *_of_bodies(), _of_two_environments())


def _of_lists() -> tuple[Vector, ...]:
    payload = encode_trust_list(list_form("TH"))
    good = json.loads(assemble_jws(payload, {_root(): authority("TH").sign(payload)}))
    (signature,) = good["signatures"]
    others = {
        authority_key: authority("VN").sign(payload)
        for authority_key in (f"sha-256:{number:064x}" for number in range(_MOST_SIGNATURES))
    }
    many = json.loads(assemble_jws(payload, {_root(): authority("TH").sign(payload), **others}))
    forms: dict[str, tuple[str, Any]] = {
        "a-member-beside-payload-and-signatures": (
            "A reader that passes over what it does not know may read something else by it.",
            {**good, "header": {"kid": "other"}},
        ),
        "a-payload-in-padded-base64url": (
            "Base64url has no padding here: octets have one spelling.",
            _sign_padded(good),
        ),
        "a-signature-in-another-spelling": (
            "The last character has bits behind the signature's 64 octets.",
            {**good, "signatures": [{**signature, "signature": _respell(signature["signature"])}]},
        ),
        "seventeen-signatures": (
            "A list has sixteen signatures at most; the root's own stands first and holds.",
            many,
        ),
    }
    return tuple(
        Vector(
            name=f"refuses-a-list-with-{name}",
            question=Question.TRUST,
            why=why,
            clause="T1",
            subject=_with_list(json.dumps(members).encode()),
            code="trust.jws",
        )
        for name, (why, members) in forms.items()
    )


def _sign_padded(good: dict[str, Any]) -> dict[str, Any]:
    """Sign the padded payload, so that the signature holds of what stands there."""
    padded = good["payload"] + "=" * (-len(good["payload"]) % 4 or 4)
    protected = good["signatures"][0]["protected"]
    value = encode_base64url(authority("TH").sign_octets(f"{protected}.{padded}".encode()))
    return {"payload": padded, "signatures": [{"protected": protected, "signature": value}]}


def _root() -> str:
    return authority("TH").thumbprint


def _with_list(octets: bytes) -> bytes:
    lists = {state: authority(state).sign_list(list_form(state)) for state in _STATES}
    return bundle_of({**lists, "TH": octets})


def _respell(text: str) -> str:
    """Set bits that stand behind the octets: 86 characters have 516, of which 512 count."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _of_bodies() -> tuple[Vector, ...]:
    epk = jwk_of(holder(TH_GATEWAY, Purpose.DECRYPTION).key.public_key())

    def part(place: int, text: str) -> Callable[[str], str]:
        def change(jwe: str) -> str:
            parts = jwe.split(".")
            parts[place] = text
            return ".".join(parts)

        return change

    forms: dict[str, tuple[str, Callable[[str], str], dict[str, Any]]] = {
        "an-encrypted-key": (
            "Direct agreement has none; nothing but its form is wrong, for no digest covers it.",
            part(1, encode_base64url(b"a key of 24 octets, say.")),
            {},
        ),
        "a-sixth-part": ("A compact JWE has five parts.", lambda jwe: f"{jwe}.AAAA", {}),
        "four-parts": (
            "A compact JWE has five parts, the encrypted key among them.",
            lambda jwe: jwe.replace("..", ".", 1),
            {},
        ),
        "another-member-in-its-ephemeral-key": (
            "epk has kty, crv, x and y alone.",
            lambda jwe: jwe,
            {"header": {"epk": {**epk, "use": "enc"}}},
        ),
    }
    message = tuple(
        Vector(
            name=f"refuses-a-body-with-{name}",
            question=Question.MESSAGE,
            why=why,
            clause="M12",
            subject=_protect(change, **more),
            code="encryption.malformed",
        )
        for name, (why, change, more) in forms.items()
    )
    return (
        *message,
        Vector(
            name="refuses-a-body-with-an-iv-of-sixteen-octets",
            question=Question.DELIVERY,
            why="A256GCM takes any length of IV, and JWE takes twelve octets.",
            clause="D1",
            subject=_protect(lambda jwe: jwe, iv=bytes(range(16))),
            code="encryption.failed",
        ),
    )


def _protect(change: Callable[[str], str], **more: Any) -> bytes:  # noqa: ANN401 - arguments of encrypt_fixed
    """A good protected message, whose body was changed in its form before it was signed."""
    recipient = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    document = documents.certificate()
    header = seal_header(document, recipient_key=key_thumbprint(recipient))
    jwe = encrypt_fixed(seal(header, document), recipient, **more)
    body = replace(EncryptedBody.of(encrypt_fixed(b"a", recipient)), jwe=change(jwe))
    return wrap(message_header(header), body)


def _of_two_environments() -> Vector:
    """D3: production roots serve parallel exchange as well."""
    lists = {}
    for state in _STATES:
        form = list_form(state).model_copy(update={"environment": "production"})
        payload = encode_trust_list(form)
        one = authority(state)
        lists[state] = assemble_jws(payload, {one.thumbprint: one.sign(payload)})
    roots = {state: [authority(state).root_pem.decode()] for state in _STATES}
    document = documents.certificate()
    sealed = seal_header(document, environment="production")
    message = message_header(sealed, environment="parallel")
    return Vector(
        name="refuses-layers-that-disagree-in-environment",
        question=Question.DELIVERY,
        why="A document of production in a message of parallel exchange: the roots serve both.",
        clause="D3",
        subject=wrap(message, seal(sealed, document)),
        code="layers.disagree",
        trust=encode_bundle(environment="production", roots=roots, lists=lists),
    )
