"""A certificate authority in memory: root, leaf certificates, signed trust list.

For development, tests and golden vectors. In production each state runs its own, and a root key
never meets a network.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from swb_schemas.catalogue import Purpose
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.wire.trust_list import Pointer, encode_trust_list

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.parties import PartyId
    from swb_schemas.wire.trust_list import TrustEnvironment, TrustListForm

__all__ = ["Authority"]

_ORDER_OF_P256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Authority:
    """The authority of one state, or of the region, in one environment.

    Args:
        state: ISO 3166-1 alpha-2, or ``REGION``.
        environment: test or production.
        begin: First instant of its certificates.
        end: Last instant of its certificates.
        seed: Makes every key and certificate reproducible, for golden vectors; anybody who knows
            it has the keys. None draws them.
    """

    def __init__(
        self,
        state: str,
        environment: TrustEnvironment,
        *,
        begin: datetime,
        end: datetime,
        seed: bytes | None = None,
    ) -> None:
        self.state = state
        self.environment = environment
        self.begin = begin
        self.end = end
        self._seed = seed
        self.root_key = self.make_key("root")
        self._name = f"{state} {environment} root, development"
        self._root = (
            self._builder("root", self._name, self.root_key.public_key(), begin, end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(issuing=True), critical=True)
            .sign(self.root_key, hashes.SHA256(), ecdsa_deterministic=True)
        )
        self.root_pem = self._root.public_bytes(Encoding.PEM)
        self.root_der = self._root.public_bytes(Encoding.DER)
        self.thumbprint = digest_text_of(self.root_der)

    def make_key(self, label: str) -> ec.EllipticCurvePrivateKey:
        """Make a key; with a seed, the same one for the same label."""
        if self._seed is None:
            return ec.generate_private_key(ec.SECP256R1())
        scalar = int.from_bytes(self._derive("key", label)) % (_ORDER_OF_P256 - 1) + 1
        return ec.derive_private_key(scalar, ec.SECP256R1())

    def issue(
        self,
        party: PartyId,
        purpose: Purpose,
        key: ec.EllipticCurvePublicKey,
        *,
        begin: datetime | None = None,
        end: datetime | None = None,
    ) -> x509.Certificate:
        """Issue a leaf certificate.

        Args:
            party: Whose it is; stands in it as a URI.
            purpose: What it is for; decides its key usage.
            key: The party's.
            begin: First instant, where it is not the authority's own.
            end: Last instant, where it is not the authority's own.
        """
        name = f"{self.state} {party.role} {purpose}, development"
        builder = self._builder(
            f"{party}/{purpose}", name, key, begin or self.begin, end or self.end
        )
        if purpose is Purpose.TIME_STAMP:
            # RFC 3161, 2.3: for time-stamps and nothing else, and critically so.
            use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(use, critical=True)
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(agreeing=purpose is Purpose.DECRYPTION), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(str(party))]),
                critical=False,
            )
            .sign(self.root_key, hashes.SHA256(), ecdsa_deterministic=True)
        )

    def sign_list(self, form: TrustListForm) -> bytes:
        """Sign a trust list as JWS."""
        payload = encode_trust_list(form)
        return assemble_jws(payload, {self.thumbprint: self.sign(payload)})

    def sign(self, payload: bytes) -> bytes:
        """Sign a JWS payload with the root key: r and s, 32 octets each."""
        return self.sign_octets(signing_input(payload, kid=self.thumbprint))

    def sign_octets(self, data: bytes) -> bytes:
        """Sign any octets with the root key: r and s, 32 octets each."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self.root_key.sign(data, algorithm))
        return r.to_bytes(32) + s.to_bytes(32)

    def pointer(self) -> Pointer:
        """Where this state's list would be found."""
        return Pointer(
            state=self.state,
            location=f"https://trust.{self.state.lower()}.example/list.json",
            roots=(self.thumbprint,),
        )

    def _builder(
        self,
        label: str,
        subject: str,
        key: ec.EllipticCurvePublicKey,
        begin: datetime,
        end: datetime,
    ) -> x509.CertificateBuilder:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root_key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(_common_name(subject))
            .issuer_name(_common_name(self._name))
            .public_key(key)
            .serial_number(self._draw_serial(label))
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(issuer, critical=False)
        )

    def _draw_serial(self, label: str) -> int:
        if self._seed is None:
            return x509.random_serial_number()
        return int.from_bytes(self._derive("serial", label)[:19]) | 1

    def _derive(self, kind: str, label: str) -> bytes:
        parts = [(self._seed or b"").hex(), self.state, self.environment, kind, label]
        return sha256(json.dumps(parts).encode()).digest()


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, issuing: bool = False, agreeing: bool = False) -> x509.KeyUsage:
    signing = not issuing and not agreeing
    return x509.KeyUsage(
        digital_signature=signing,
        content_commitment=signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=agreeing,
        key_cert_sign=issuing,
        crl_sign=issuing,
        encipher_only=False,
        decipher_only=False,
    )
