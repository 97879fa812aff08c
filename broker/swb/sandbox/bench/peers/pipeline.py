"""A plain pipeline: what a team would write with well-known libraries, without a broker.

A Form D in JSON is validated by pydantic, written as XML, signed by signxml, verified by signxml on
the other side, validated against its schema by xmlschema and read; a receipt with the document's
digest goes back signed and verified. Nothing is stored, sent, routed, logged or encrypted, no rule
is looked at, nothing is repeated, and only one layer is signed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

import xmlschema
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from swb.sandbox.bench.peers.worker import PeerDescription
from swb_schemas.catalogue import decode_document
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.xml import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb.sandbox.bench.peers.worker import PeerTask

__all__ = ["Party", "open_peer", "verify"]

_SCHEMA: Final = "certificate-of-origin-1.xsd"
_EXPECTED: Final = SignatureConfiguration(
    signature_methods=frozenset({SignatureMethod.ECDSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
)


class Party:
    """Signs by one key, as signxml does where nothing else is said."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        begins = datetime.now(UTC) - timedelta(hours=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=2))
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, element: etree._Element) -> bytes:
        """Sign an element; the signature goes into it."""
        signer = XMLSigner(
            signature_algorithm=SignatureMethod.ECDSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        return etree.tostring(signer.sign(element, key=self._key, cert=self.certificate))


def open_peer(task: PeerTask) -> tuple[PeerDescription, Callable[[], object]]:
    """Make keys for two parties and give the round trip between them."""
    with as_file(files("swb_schemas.xsd")) as folder:
        schema = xmlschema.XMLSchema(str(folder / _SCHEMA))
    sender, receiver = Party("TH"), Party("VN")

    def round_trip() -> None:
        document = CertificateOfOrigin.model_validate_json(task.document)
        sent = sender.sign(etree.fromstring(encode(document)))

        taken = verify(sent, sender)
        schema.validate(taken)
        decode_document(taken)
        receipt = etree.Element("Receipt", digest=sha256(sent).hexdigest())
        answered = receiver.sign(receipt)

        if verify(answered, receiver).get("digest") != sha256(sent).hexdigest():
            message = "expected the receipt of what was sent, found another"
            raise ValueError(message)

    description = PeerDescription(
        what="pydantic, signxml and xmlschema: one document validated, signed (ECDSA P-256), "
        "verified and validated, with a signed and verified receipt; no storage, no transport",
        software={name: version(name) for name in ("pydantic", "signxml", "xmlschema", "lxml")},
    )
    return description, round_trip


def verify(raw: bytes, by: Party) -> etree._Element:
    """Verify a signed element by a known certificate, and give what was signed."""
    found = XMLVerifier().verify(raw, x509_cert=by.certificate, expect_config=_EXPECTED)
    if not isinstance(found, VerifyResult) or found.signed_xml is None:
        message = "expected one signed element, found something else"
        raise ValueError(message)
    return found.signed_xml
