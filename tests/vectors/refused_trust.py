"""Trust bundles that are refused: T1 to T5."""

from __future__ import annotations

import base64
import json
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from swb_conformance.cases import Question
from swb_schemas.catalogue import Purpose
from swb_schemas.wire.jws import assemble_jws, encode_base64url
from swb_schemas.wire.trust_list import encode_trust_list, list_certificate
from tests.vectors.world import (
    BEGIN,
    END,
    HOLDERS,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    authority,
    bundle,
    bundle_of,
    bundle_of_two_roots,
    list_form,
)
from tests.vectors.writing import Vector

_STATES: Final = ("TH", "VN", "REGION")


def _vector(name: str, code: str, clause: str, why: str, subject: bytes) -> Vector:
    return Vector(
        name=f"refuses-{name}",
        question=Question.TRUST,
        why=why,
        clause=clause,
        subject=subject,
        code=code,
    )


def _signed_lists() -> dict[str, bytes]:
    return {state: authority(state).sign_list(list_form(state)) for state in _STATES}


def _with_list(octets: bytes, state: str = "TH") -> bytes:
    return bundle_of(_signed_lists() | {state: octets})


def _sign_payload(payload: bytes, state: str = "TH") -> bytes:
    one = authority(state)
    return assemble_jws(payload, {one.thumbprint: one.sign(payload)})


def _sign_protected(payload: bytes, **members: object) -> bytes:
    """Sign as JWS with more in the protected header than alg and kid."""
    one = authority("TH")
    header = {"alg": "ES256", "kid": one.thumbprint} | members
    protected = encode_base64url(json.dumps(header, separators=(",", ":")).encode())
    text = encode_base64url(payload)
    value = one.sign_octets(f"{protected}.{text}".encode())
    signature = {"protected": protected, "signature": encode_base64url(value)}
    return json.dumps({"payload": text, "signatures": [signature]}).encode()


def trust_vectors() -> tuple[Vector, ...]:
    """Everything that a bundle may be refused for."""
    form = list_form("TH")
    payload = encode_trust_list(form)
    signed = authority("TH").sign_list(form)
    members = json.loads(signed)
    value = members["signatures"][0]["signature"]
    changed = encode_base64url(payload.replace(b'"number":1', b'"number":2'))
    weak = encode_base64url(json.dumps({"alg": "none", "kid": authority("TH").thumbprint}).encode())
    return (
        _vector(
            "a-list-signed-by-another-state",
            "trust.unsigned",
            "T2",
            "The list of Thailand, signed by the root of Viet Nam: no state speaks for another.",
            _with_list(_sign_payload(payload, "VN")),
        ),
        _vector(
            "a-list-that-the-region-signed",
            "trust.unsigned",
            "T2",
            "The list of Thailand, signed by the region's root: there is no single master.",
            _with_list(_sign_payload(payload, "REGION")),
        ),
        _vector(
            "an-altered-list",
            "trust.signature",
            "T2",
            "The payload was changed after signing.",
            _with_list(json.dumps(members | {"payload": changed}).encode()),
        ),
        _vector(
            "a-list-without-an-algorithm",
            "trust.jws",
            "T1",
            "The protected header says that there is no signature algorithm.",
            _with_list(
                json.dumps(
                    members | {"signatures": [{"protected": weak, "signature": value}]}
                ).encode()
            ),
        ),
        _vector(
            "an-unprotected-header",
            "trust.jws",
            "T1",
            "A header that no signature covers stands beside the protected one.",
            _with_list(
                json.dumps(
                    members
                    | {"signatures": [members["signatures"][0] | {"header": {"kid": "other"}}]}
                ).encode()
            ),
        ),
        *(
            _vector(
                f"a-list-with-{name}-in-its-protected-header",
                "trust.jws",
                "T1",
                f"The signature is true, but its protected header says {what}. A reader that "
                "passes over what it does not know may read another payload than was signed.",
                _with_list(_sign_protected(payload, **extra)),
            )
            for name, what, extra in (
                ("a-critical-extension", "crit and b64", {"b64": False, "crit": ["b64"]}),
                ("another-member", "typ besides alg and kid", {"typ": "JOSE+JSON"}),
            )
        ),
        _vector(
            "a-list-of-another-state",
            "trust.other_list",
            "T3",
            "The list of Viet Nam in the place of that of Thailand, signed by both.",
            _with_list(_sign_payload(encode_trust_list(list_form("VN")))),
        ),
        _vector(
            "a-list-of-another-environment",
            "trust.other_list",
            "T3",
            "A production list, signed by the test root.",
            _with_list(
                _sign_payload(
                    payload.replace(b'"environment":"test"', b'"environment":"production"')
                )
            ),
        ),
        _vector(
            "a-list-that-speaks-of-others",
            "trust.malformed",
            "T3",
            "Thailand lists a party of Viet Nam.",
            _with_list(_sign_payload(payload.replace(b"party:TH:customs", b"party:VN:customs"))),
        ),
        _vector(
            "a-list-with-an-unknown-member",
            "trust.malformed",
            "T3",
            "A member that this version does not know: what a list means is closed.",
            _with_list(_sign_payload(payload.replace(b'"number":1', b'"number":1,"also":2'))),
        ),
        _vector(
            "a-member-that-stands-twice",
            "trust.malformed",
            "T3",
            "Two readers could take different ones of two numbers.",
            _with_list(_sign_payload(payload.replace(b'"number":1', b'"number":1,"number":2'))),
        ),
        _vector(
            "a-list-without-its-quorum",
            "trust.quorum",
            "T4",
            "The list asks for two roots, and one signed.",
            bundle(list_form("TH", quorum=2)),
        ),
        _vector(
            "a-list-without-the-pinned-quorum",
            "trust.quorum",
            "T4",
            "Two roots and a quorum of two are pinned. The list asks for one signature and has "
            "one: no list frees itself of what was pinned.",
            bundle_of_two_roots(form, signed_by=1, quorum=2),
        ),
        _vector(
            "a-quorum-that-cannot-be-met",
            "trust.malformed",
            "T1",
            "A quorum of three beside two pinned roots.",
            bundle_of_two_roots(form, signed_by=2, quorum=3),
        ),
        _vector(
            "a-certificate-that-cannot-be-read",
            "certificate.malformed",
            "T5",
            "An octet too many behind a certificate.",
            _with_entry(HOLDERS[2].der + b"\0"),
        ),
        _vector(
            "a-certificate-of-another-kind-of-key",
            "certificate.key",
            "T5",
            "A certificate of a P-384 key; only P-256 is implemented.",
            _with_entry(_p384_certificate()),
        ),
        _vector(
            "a-bundle-that-pins-a-leaf",
            "trust.root",
            "T1",
            "A leaf certificate in the place of a pinned root.",
            _with_root(HOLDERS[2].der),
        ),
        _vector(
            "a-bundle-without-the-root-of-a-list",
            "trust.root",
            "T1",
            "A list of a state for which no root is pinned.",
            _without_root(),
        ),
        _vector(
            "a-bundle-of-another-format",
            "trust.malformed",
            "T1",
            "A format that does not exist.",
            bundle().replace(b"urn:swb:trust-bundle:1", b"urn:swb:trust-bundle:9"),
        ),
    )


def _with_entry(der: bytes) -> bytes:
    entry = list_certificate(Purpose.TRANSPORT, der, start=BEGIN, end=END)
    return bundle(list_form("TH", (*STANDARD_ENTRIES, (TH_GATEWAY, entry))))


def _p384_certificate() -> bytes:
    root = authority("TH")
    key = ec.derive_private_key(int.from_bytes(b"a P-384 key, for a vector only"), ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TH P-384, development")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(384)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .sign(root.root_key, hashes.SHA256(), ecdsa_deterministic=True)
        .public_bytes(Encoding.DER)
    )


def _with_root(der: bytes) -> bytes:
    members = json.loads(bundle())
    text = base64.encodebytes(der).decode()
    members["roots"]["TH"] = [f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"]
    return json.dumps(members, indent=1).encode() + b"\n"


def _without_root() -> bytes:
    members = json.loads(bundle())
    del members["roots"]["TH"]
    return json.dumps(members, indent=1).encode() + b"\n"
