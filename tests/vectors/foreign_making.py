"""Has other programs make what stands in ``foreign``: ``python -m tests.vectors.foreign_making``.

Their signatures and keys are random, so what they made is kept; this is the recipe, and how it
would be made once more. It needs openssl, xmlsec1 and the Node.js libraries of ``tests/interop``.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from swb_schemas.catalogue import Commitment, Purpose
from swb_schemas.wire import EncryptedBody
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.wire.signature import prepare_signature
from swb_schemas.wire.trust_list import encode_trust_list, list_certificate
from tests.interop.node import ask
from tests.interop.test_signatures import normalise, signed_by_xml_crypto
from tests.vectors import documents
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import cut_signature
from tests.vectors.world import (
    BEGIN,
    CREATED_AT,
    END,
    HOLDERS,
    SEALED_AT,
    STANDARD_ENTRIES,
    TH_ISSUING,
    VN_GATEWAY,
    authority,
    bundle,
    decryption_key,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vectors.world import Holder

FOLDER: Final = Path(__file__).parent / "foreign"
_EXCHANGE: Final = "//*[local-name(.)='Exchange']"
_HALF: Final = 32
_SHA256: Final = b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_SHA512: Final = b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
_EXTENSIONS: Final = """\
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=URI:urn:swb:party:TH:issuing
"""


def _run(*command: str | Path, stdin: bytes = b"", folder: Path | None = None) -> bytes:
    return subprocess.run(
        command, input=stdin, capture_output=True, check=True, timeout=60, cwd=folder
    ).stdout


def _keep(name: str, octets: bytes) -> None:
    (FOLDER / name).write_bytes(octets)


def by_xmlsec1(octets: bytes, by: Holder, algorithm: bytes = _SHA256) -> bytes:
    """Empty digests and signature value, and have xmlsec1 compute them."""
    empty = re.sub(rb"(<ds:SignatureValue>)[^<]*", rb"\1", octets)
    head, found, tail = empty.partition(b"</ds:SignedInfo>")
    head = re.sub(rb"(<ds:DigestValue>)[^<]*", rb"\1", head).replace(_SHA256, algorithm)
    with tempfile.TemporaryDirectory() as folder:
        key, file = Path(folder) / "key.pem", Path(folder) / "file.xml"
        key.write_bytes(by.pem)
        file.write_bytes(head + found + tail)
        signed = _run(
            *("xmlsec1", "--sign", "--privkey-pem", key),
            *("--enabled-reference-uris", "empty,same-doc"),
            *("--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", file),
        )
    return normalise(signed)


def by_openssl(data: bytes, key: bytes) -> bytes:
    """Sign octets: ``openssl dgst -sha256 -sign``; r and s, 32 octets each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.pem"
        path.write_bytes(key)
        r, s = decode_dss_signature(_run("openssl", "dgst", "-sha256", "-sign", path, stdin=data))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def made_by_jose(content: bytes, **how: str) -> str:
    """Encrypt for the gateway of Viet Nam."""
    public = holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    question = {
        "verb": "jwe.make",
        "content": base64.b64encode(content).decode(),
        "key": pem,
        "kid": decryption_key().thumbprint,
        **how,
    }
    (jwe,) = ask([question])
    return str(jwe)


def with_list(jws: object) -> bytes:
    """The standard bundle with another list of Thailand."""
    members: dict[str, Any] = json.loads(bundle())
    members["lists"]["TH"] = jws
    return json.dumps(members, indent=1).encode() + b"\n"


def _root_key(state: str) -> str:
    return (
        authority(state)
        .root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
    )


def lists_by_jose() -> None:
    """Thailand's list, signed by jose: by its root, and in its name by that of Viet Nam."""
    payload, kid = encode_trust_list(list_form("TH")), authority("TH").thumbprint
    for name, state in (("list", "TH"), ("list-by-another-key", "VN")):
        (jws,) = ask(
            [
                {
                    "verb": "jws.sign",
                    "content": base64.b64encode(payload).decode(),
                    "signers": [{"key": _root_key(state), "kid": kid}],
                }
            ]
        )
        _keep(f"{name}-by-jose.json", with_list(jws))


def list_by_openssl() -> None:
    """Thailand's list, signed by openssl."""
    payload, kid = encode_trust_list(list_form("TH")), authority("TH").thumbprint
    value = by_openssl(signing_input(payload, kid=kid), _root_key("TH").encode())
    _keep("list-by-openssl.json", with_list(json.loads(assemble_jws(payload, {kid: value}))))


def certificate_by_openssl() -> None:
    """Key, certificate and seal of Thailand's issuing authority, all by openssl."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "root.pem").write_bytes(authority("TH").root_pem)
        (at / "root.key").write_text(_root_key("TH"))
        (at / "leaf.ext").write_text(_EXTENSIONS)
        request, issuing = "req -new -subj /CN=openssl", "x509 -req -set_serial 42 -days 7000"
        for command in (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out leaf.key",
            f"{request} -key leaf.key -out leaf.csr",
            f"{issuing} -CA root.pem -CAkey root.key -extfile leaf.ext -in leaf.csr -out leaf.pem",
            "x509 -in leaf.pem -outform der -out leaf.der",
        ):
            _run("openssl", *command.split(), folder=at)
        der, key = (at / "leaf.der").read_bytes(), (at / "leaf.key").read_bytes()
    certificate = parse_certificate(der)
    entry = TH_ISSUING, list_certificate(Purpose.ISSUING_SEAL, der, start=BEGIN, end=END)
    listed = bundle(list_form("TH", (*STANDARD_ENTRIES, entry)))
    _keep("bundle-with-a-certificate-by-openssl.json", listed)
    moment = certificate.valid_from.replace(microsecond=0)
    document = documents.certificate()
    before, _, after = cut_signature(seal(seal_header(document, sealed_at=moment), document))
    unsigned = prepare_signature(
        before, after, certificate=der, at=moment, commitment=Commitment.APPROVAL
    )
    _keep("sealed-by-openssl.xml", unsigned.attach(by_openssl(unsigned.to_be_signed, key)))


def bodies_by_jose() -> None:
    """Messages whose bodies jose encrypted, and that xml-crypto signed."""
    document = documents.certificate()
    header = seal_header(document, recipient_key=decryption_key().thumbprint)
    sealed = seal(header, document)
    ways = {
        "body": {},
        "body-of-128-bits": {"enc": "A128GCM"},
        "body-with-cbc": {"enc": "A256CBC-HS512"},
        "body-with-a-wrapped-key": {"alg": "ECDH-ES+A256KW"},
    }
    for name, how in ways.items():
        # Of a form that we would not take, around a header that we would.
        body = replace(EncryptedBody.of(made_by_jose(sealed)), jwe=made_by_jose(sealed, **how))
        message = wrap(message_header(header), body)
        _keep(f"{name}-by-jose.xml", _sent_by_xml_crypto(message))


def _sent_by_xml_crypto(message: bytes) -> bytes:
    return signed_by_xml_crypto(message, _EXCHANGE, HOLDERS[2], CREATED_AT, Commitment.SENDER)


def files_by_xml_signers() -> None:
    """Both layers by xml-crypto and the outer one by xmlsec1; and one that is not allowed."""
    _keep("message-by-xmlsec1.xml", by_xmlsec1(clear_message(), HOLDERS[2]))
    _keep(
        "sealed-with-sha512-by-xmlsec1.xml", by_xmlsec1(sealed_certificate(), HOLDERS[0], _SHA512)
    )
    sealed = signed_by_xml_crypto(
        sealed_certificate(), "/*", HOLDERS[0], SEALED_AT, Commitment.APPROVAL
    )
    _keep("sealed-by-xml-crypto.xml", sealed)
    _keep("message-by-xml-crypto.xml", _sent_by_xml_crypto(clear_message()))


MAKERS: Final[tuple[Callable[[], None], ...]] = (
    files_by_xml_signers,
    bodies_by_jose,
    lists_by_jose,
    list_by_openssl,
    certificate_by_openssl,
)

if __name__ == "__main__":
    for make in MAKERS:
        make()
