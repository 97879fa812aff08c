"""Keys, certificates, trust lists and a bundle for development, tests and demonstrations.

One authority per state and one for the region, leaf keys by party and purpose, a signed trust
list for each, and a bundle that pins the roots. Everything lies in one folder, so nothing of it
is fit for production: there each state makes its own, and a root key never meets a network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.wire.trust_list import (
    PartyEntry,
    Pointer,
    TrustListForm,
    encode_bundle,
    encode_trust_list,
    list_certificate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.trust_list import TrustEnvironment

__all__ = ["DevelopmentKeys", "make_development_keys"]

_OF_A_STATE: Final = {
    ISSUING: (Purpose.ISSUING_SEAL,),
    CUSTOMS: (Purpose.CUSTOMS_SEAL,),
    GATEWAY: (Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.DECRYPTION),
}
_OF_THE_REGION: Final = {ROUTER: (Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.LOG)}
_ORDER_OF_P256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_EARLIER: Final = timedelta(hours=1)
"""How long before they are made the certificates begin to hold, for clocks that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentKeys:
    """Where everything lies.

    Attributes:
        directory: The folder.
        bundle: The trust bundle.
        roots: By state or ``REGION``: its root certificate.
        states: The states, and ``REGION`` last.
    """

    directory: Path
    bundle: Path
    roots: Mapping[str, Path]
    states: tuple[str, ...]

    def key(self, state: str, purpose: Purpose) -> Path:
        """The private key of a state's only party with that purpose."""
        return self.directory / "keys" / state / f"{purpose}.pem"

    def certificate(self, state: str, purpose: Purpose) -> Path:
        """Its certificate."""
        return self.directory / "keys" / state / f"{purpose}.crt.pem"


def make_development_keys(
    directory: Path,
    states: Sequence[str],
    environment: Environment,
    at: datetime,
    *,
    valid_for: timedelta = timedelta(days=730),
    seed: bytes | None = None,
) -> DevelopmentKeys:
    """Make keys for states and the region, and write them into a folder.

    ``roots/<STATE>.pem``, ``keys/<STATE>/root.pem``, ``keys/<STATE>/<purpose>.pem`` and
    ``.crt.pem``, ``lists/<STATE>.json``, ``bundle.json``. Private files have mode 0600.

    Args:
        directory: Must not hold keys yet; is made where it is missing.
        states: ISO 3166-1 alpha-2 codes; the region is added.
        environment: ``parallel`` is served by production roots, so it gives those.
        at: When they are made.
        valid_for: How long everything holds.
        seed: Makes every key and certificate reproducible, for golden vectors; anybody who knows
            it has the keys.

    Raises:
        RefusedError: ``keys.exist``.
        UnavailableError: ``keys.unwritable``.
    """
    bundle = directory / "bundle.json"
    if bundle.exists():
        message = f"expected a folder without keys, found {bundle.name}"
        raise RefusedError("keys.exist", message, actor=Actor.OPERATOR)
    makers = {
        state: _StateMaker(state, environment, at, valid_for, seed) for state in (*states, REGION)
    }
    lists: dict[str, bytes] = {}
    try:
        for state, maker in makers.items():
            lists[state] = maker.write(directory, others=[makers[each] for each in states])
        _write(
            bundle,
            encode_bundle(
                environment=_trust_environment(environment),
                roots={state: [maker.root_pem.decode()] for state, maker in makers.items()},
                lists=lists,
            ),
        )
    except OSError as cause:
        message = f"expected a folder that can be written, found: {cause.strerror}"
        raise UnavailableError("keys.unwritable", message) from cause
    return DevelopmentKeys(
        directory=directory,
        bundle=bundle,
        roots={state: directory / "roots" / f"{state}.pem" for state in makers},
        states=tuple(makers),
    )


class _StateMaker:
    """Makes what belongs to one state, or to the region."""

    def __init__(
        self,
        state: str,
        environment: Environment,
        at: datetime,
        valid_for: timedelta,
        seed: bytes | None,
    ) -> None:
        self.state = state
        self._environment = environment
        self._at = at
        self._begin = at.replace(microsecond=0) - _EARLIER
        self._end = self._begin + valid_for
        self._seed = seed
        self._root_key = self._make_key("root")
        name = f"{state} {environment} root, development"
        self._root = (
            self._builder("root", name, self._root_key.public_key(), name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .sign(self._root_key, hashes.SHA256(), ecdsa_deterministic=True)
        )
        self._root_name = name
        self.root_pem = self._root.public_bytes(Encoding.PEM)
        self.root_thumbprint = digest_text_of(self._root.public_bytes(Encoding.DER))

    def write(self, directory: Path, *, others: Sequence[_StateMaker]) -> bytes:
        """Write root, keys and list; returns the list."""
        keys = directory / "keys" / self.state
        _write(directory / "roots" / f"{self.state}.pem", self.root_pem)
        _write(keys / "root.pem", _private_pem(self._root_key), private=True)
        roles = _OF_THE_REGION if self.state == REGION else _OF_A_STATE
        parties = []
        for role, purposes in roles.items():
            party = PartyId(self.state, role)
            entries = []
            for purpose in purposes:
                key = self._make_key(f"{party}/{purpose}")
                certificate = self._issue(party, purpose, key)
                _write(keys / f"{purpose}.pem", _private_pem(key), private=True)
                _write(keys / f"{purpose}.crt.pem", certificate.public_bytes(Encoding.PEM))
                entries.append(
                    list_certificate(
                        purpose,
                        certificate.public_bytes(Encoding.DER),
                        start=self._begin,
                        end=self._end,
                    )
                )
            parties.append(PartyEntry(party=str(party), certificates=tuple(entries)))
        form = TrustListForm(
            state=self.state,
            environment=_trust_environment(self._environment),
            number=1,
            issued=self._begin,
            expires=self._end,
            parties=tuple(parties),
            pointers=tuple(each.pointer() for each in others) if self.state == REGION else (),
        )
        octets = self._sign_list(encode_trust_list(form))
        _write(directory / "lists" / f"{self.state}.json", octets)
        return octets

    def pointer(self) -> Pointer:
        """Where this state's list would be found."""
        return Pointer(
            state=self.state,
            location=f"https://trust.{self.state.lower()}.example/list.json",
            roots=(self.root_thumbprint,),
        )

    def _sign_list(self, payload: bytes) -> bytes:
        data = signing_input(payload, kid=self.root_thumbprint)
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._root_key.sign(data, algorithm))
        return assemble_jws(payload, {self.root_thumbprint: r.to_bytes(32) + s.to_bytes(32)})

    def _issue(
        self, party: PartyId, purpose: Purpose, key: ec.EllipticCurvePrivateKey
    ) -> x509.Certificate:
        name = f"{self.state} {party.role} {purpose}, development"
        return (
            self._builder(f"{party}/{purpose}", name, key.public_key(), self._root_name)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(agreement=purpose is Purpose.DECRYPTION), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(str(party))]),
                critical=False,
            )
            .sign(self._root_key, hashes.SHA256(), ecdsa_deterministic=True)
        )

    def _builder(
        self, label: str, subject: str, key: ec.EllipticCurvePublicKey, issuer: str
    ) -> x509.CertificateBuilder:
        root_key = self._root_key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key)
            .serial_number(self._draw_serial(label))
            .not_valid_before(self._begin)
            .not_valid_after(self._end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key), critical=False
            )
        )

    def _make_key(self, label: str) -> ec.EllipticCurvePrivateKey:
        if self._seed is None:
            return ec.generate_private_key(ec.SECP256R1())
        scalar = int.from_bytes(self._derive("key", label)) % (_ORDER_OF_P256 - 1) + 1
        return ec.derive_private_key(scalar, ec.SECP256R1())

    def _draw_serial(self, label: str) -> int:
        if self._seed is None:
            return x509.random_serial_number()
        return int.from_bytes(self._derive("serial", label)[:19]) | 1

    def _derive(self, kind: str, label: str) -> bytes:
        parts = [(self._seed or b"").hex(), self.state, self._environment, kind, label]
        return sha256(json.dumps(parts).encode()).digest()


def _usage(*, certificates: bool = False, agreement: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates and not agreement,
        content_commitment=not certificates and not agreement,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=agreement,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _trust_environment(environment: Environment) -> TrustEnvironment:
    return "test" if environment == "test" else "production"


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, octets: bytes, *, private: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600 if private else 0o644, exist_ok=False)
    path.write_bytes(octets)
