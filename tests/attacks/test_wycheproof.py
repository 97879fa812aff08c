"""Wycheproof's vectors: every verdict agrees, or the algorithm is one that policy leaves out.

The table of docs/reference/foreign-signatures.md says which; each row is held against its file.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import parse_certificate, verify_ecdsa
from tests.services import ROOT
from tests.vectors.world import BEGIN, END, authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Verify: TypeAlias = Callable[[Any, dict[str, Any], bytes, bytes], None]

PAGE: Final = ROOT / "docs" / "reference" / "foreign-signatures.md"
ROW: Final = re.compile(
    r"^\| `(\w+\.json)` \| (\d+) \| (\w+)[^|]* \| ([^|]+) \| (\w+) \|$", re.MULTILINE
)
ROWS: Final = ROW.findall(PAGE.read_text(encoding="utf-8"))
HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-1": hashes.SHA1(),  # noqa: S303 - what a vector asks for, never what we allow
    "SHA-224": hashes.SHA224(),
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}
OF_ONE_HALF: Final = 2**256


def by_wire(key: Any, _: dict[str, Any], signature: bytes, data: bytes) -> None:  # noqa: ANN401 - a public key of any kind
    """Our verifier, with r and s as the wire has them."""
    verify_ecdsa(key, signature, data)


def by_wire_from_der(key: Any, _: dict[str, Any], signature: bytes, data: bytes) -> None:  # noqa: ANN401 - a public key of any kind
    """Our verifier, with r and s taken out of DER."""
    r, s = decode_dss_signature(signature)
    if not (0 <= r < OF_ONE_HALF and 0 <= s < OF_ONE_HALF):
        raise InvalidSignature
    verify_ecdsa(key, r.to_bytes(32) + s.to_bytes(32), data)


def by_library(key: Any, group: dict[str, Any], signature: bytes, data: bytes) -> None:  # noqa: ANN401 - a public key of any kind
    """The library that computes for us, with the group's own algorithm."""
    match key:
        case ed25519.Ed25519PublicKey():
            key.verify(signature, data)
        case ec.EllipticCurvePublicKey():
            if group["type"] == "EcdsaP1363Verify":
                by_wire(key, group, signature, data)
            else:
                key.verify(signature, data, ec.ECDSA(HASHES[group["sha"]]))
        case rsa.RSAPublicKey():
            mask = padding.MGF1(HASHES[group["mgfSha"]])
            pss = padding.PSS(mask, group["sLen"])
            key.verify(signature, data, pss, HASHES[group["sha"]])
        case _:
            raise AssertionError(key)


def judge(verify: Verify, key: Any, group: dict[str, Any], case: dict[str, Any]) -> bool:  # noqa: ANN401 - a public key of any kind
    try:
        verify(key, group, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    except (InvalidSignature, ValueError):
        return False
    except RefusedError as refusal:
        return refusal.code != "signature.value"
    return True


def load(samples: Path, name: str) -> tuple[int, list[dict[str, Any]]]:
    told = json.loads((samples / "signed" / "wycheproof" / name).read_bytes())
    return told["numberOfTests"], told["testGroups"]


def disagreements(verify: Verify, groups: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    for group in groups:
        key = load_der_public_key(bytes.fromhex(group["publicKeyDer"]))
        for case in group["tests"]:
            if judge(verify, key, group, case) != (case["result"] == "valid"):
                yield case["tcId"], case["comment"]


def certify(key: Any) -> bytes:  # noqa: ANN401 - a public key of any kind
    """A certificate for somebody's key, by the test root of Thailand."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "of another kind")])
    builder = x509.CertificateBuilder(name, name, key, 1, BEGIN, END)
    certificate = builder.sign(authority("TH").root_key, hashes.SHA256())
    return certificate.public_bytes(Encoding.DER)


def test_the_page_has_every_file(samples: Path) -> None:
    files = {each.name for each in (samples / "signed" / "wycheproof").glob("*.json")}
    assert {name for name, *_ in ROWS} == files


@pytest.mark.parametrize("row", ROWS, ids=[name for name, *_ in ROWS])
def test_each_row_says_what_is_so(samples: Path, row: tuple[str, str, str, str, str]) -> None:
    name, vectors, implemented, in_a_certificate, agrees = row
    count, groups = load(samples, name)
    assert int(vectors) == count == sum(len(group["tests"]) for group in groups)
    assert (agrees == "yes") == (not list(disagreements(by_library, groups)))
    ours = {"yes": by_wire, "the": by_wire_from_der}.get(implemented)
    if ours is not None:
        assert list(disagreements(ours, groups)) == []
    said = {code_of(certify(key)) for key in keys_of(groups)}
    assert said == {"" if in_a_certificate == "accepted" else in_a_certificate.strip("`")}


def keys_of(groups: list[dict[str, Any]]) -> Iterator[Any]:
    """The distinct keys, a few of each file."""
    distinct = {group["publicKeyDer"] for group in groups}
    for each in sorted(distinct)[:5]:
        yield load_der_public_key(bytes.fromhex(each))


def code_of(certificate: bytes) -> str:
    try:
        parse_certificate(certificate)
    except RefusedError as refusal:
        return refusal.code
    return ""
