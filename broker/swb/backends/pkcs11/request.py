"""Requests for certificates (PKCS#10, RFC 2986) that are signed in the token itself."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.csr import CertificationRequest, CertificationRequestInfo
from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import GeneralName, Name
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11.mechanisms import Mechanism
from pkcs11.types import SignMixin

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec
    from pkcs11.types import PrivateKey

    from swb.backends.pkcs11.token import KeyName, TokenSession

__all__ = ["make_request"]

_HALF = 32


async def make_request(
    token: TokenSession,
    key: KeyName,
    public_key: ec.EllipticCurvePublicKey,
    *,
    subject: str,
    party: str,
) -> bytes:
    """Ask for a certificate, proving that the private key is there.

    Args:
        token: Where the key is.
        key: One that signs.
        public_key: Its public half.
        subject: Common name.
        party: URN that is to stand in the certificate as a URI.

    Returns:
        DER.

    Raises:
        UnavailableError: ``signer.unavailable``, ``signer.pin_refused``.
    """
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = GeneralName(name="uniform_resource_identifier", value=party)
    extension = {"extn_id": "subject_alt_name", "critical": False, "extn_value": [name]}
    info = CertificationRequestInfo(
        {
            "version": "v1",
            "subject": Name.build({"common_name": subject}),
            "subject_pk_info": PublicKeyInfo.load(spki),
            "attributes": [{"type": "extension_request", "values": [[extension]]}],
        }
    )
    digest = sha256(info.dump()).digest()

    def sign(found: PrivateKey) -> bytes:
        if not isinstance(found, SignMixin):
            message = f"expected key {key} to be one that signs"
            raise UnavailableError("signer.unavailable", message)
        return bytes(found.sign(digest, mechanism=Mechanism.ECDSA))

    raw = await token.use(key, sign)
    request = CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": encode_dss_signature(
                int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:])
            ),
        }
    )
    return bytes(request.dump())
