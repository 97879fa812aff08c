"""What the suite plays with: keys of every part, the trust bundle, who is who.

A folder that ``swb conformance prepare`` made; docs/conformance/live.md describes it, so that
anybody can make one. The keys in it are for tests and nothing else.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from swb_conformance.live.leading import FIRST, KINDS
from swb_conformance.live.wire import WireError
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import GATEWAY, PartyId
from swb_schemas.wire import DecryptionKey, TrustBundle, parse_trust_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from swb_conformance.live.leading import Kind

__all__ = ["FORMAT", "ROLES", "Material", "SigningKey", "load_material"]

FORMAT: Final = "urn:swb:conformance-material:1"
ROLES: Final = ("tested", "partner", "third", "suspended", "stranger")
"""Whose gateway is tested; who is connected with it, twice; whose connection is suspended; who is
listed but not connected."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of a part that the suite plays, with its certificate.

    Attributes:
        key: Private, P-256.
        certificate: DER.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: bytes

    def sign(self, octets: bytes) -> bytes:
        """Sign: r and s, 32 octets each."""
        r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(frozen=True, kw_only=True)
class Material:
    """A folder of material, read.

    Attributes:
        folder: Where it lies.
        tested: State whose gateway is tested.
        partner: State that is connected with it both ways.
        third: Another one that is.
        suspended: State whose connection is suspended both ways.
        stranger: State with a trust list, and without a connection.
        bundle: The trust bundle's octets.
        kinds: Of documents that the connections are about.
    """

    folder: Path
    tested: str
    partner: str
    third: str
    suspended: str
    stranger: str
    bundle: bytes
    kinds: tuple[Kind[Any], ...] = (KINDS[FIRST],)

    @cached_property
    def trust(self) -> TrustBundle:
        """The bundle, verified."""
        return parse_trust_bundle(self.bundle)

    @property
    def played(self) -> tuple[str, ...]:
        """The states whose gateways the suite plays."""
        return (self.partner, self.third, self.suspended, self.stranger)

    def signing_key(self, state: str, purpose: Purpose) -> SigningKey:
        """Get the key of a state's party, or of the region's router.

        Raises:
            WireError: It is not in the folder.
        """
        folder = self.folder / "trust" / "keys" / state
        try:
            key = load_pem_private_key((folder / f"{purpose}.pem").read_bytes(), password=None)
            pem = (folder / f"{purpose}.crt.pem").read_bytes()
        except (OSError, ValueError) as cause:
            message = f"expected a key of {state} for {purpose} in {folder}"
            raise WireError(message) from cause
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = f"expected a P-256 key of {state} for {purpose}"
            raise WireError(message)
        certificate = x509.load_pem_x509_certificate(pem)
        return SigningKey(key, certificate.public_bytes(Encoding.DER))

    def decryption_keys(self, state: str) -> dict[str, DecryptionKey]:
        """Get what opens protected bodies for a state that the suite plays."""
        opening = DecryptionKey.of(self.signing_key(state, Purpose.DECRYPTION).key)
        return {opening.thumbprint: opening}

    def recipient(self, state: str, at: datetime) -> ec.EllipticCurvePublicKey:
        """Find the key that bodies for a state's gateway are protected with.

        Raises:
            WireError: The state lists none.
        """
        listed = self.trust.find_certificate(PartyId(state, GATEWAY), Purpose.DECRYPTION, at)
        if listed is None:
            message = f"expected a key for decryption on the trust list of {state}"
            raise WireError(message)
        return listed.certificate.public_key


def load_material(folder: Path) -> Material:
    """Read a folder of material.

    Raises:
        WireError: It is not one.
    """
    try:
        told = tomllib.loads((folder / "material.toml").read_text(encoding="utf-8"))
        bundle = (folder / "trust" / "bundle.json").read_bytes()
    except (OSError, ValueError) as cause:
        message = f"expected a folder that `swb conformance prepare` made at {folder}: {cause}"
        raise WireError(message) from cause
    states = {role: str(told.get(role, "")) for role in ROLES}
    if told.get("format") != FORMAT or len(set(states.values())) != len(ROLES):
        message = f"expected {FORMAT} with five different states in {folder / 'material.toml'}"
        raise WireError(message)
    return Material(folder=folder, bundle=bundle, kinds=_find_kinds(told, folder), **states)


def _find_kinds(told: Mapping[str, Any], folder: Path) -> tuple[Kind[Any], ...]:
    names = told.get("kinds", [FIRST])
    if not isinstance(names, list) or not names or not set(map(str, names)) <= KINDS.keys():
        known = ", ".join(KINDS)
        message = f"expected kinds out of {known} in {folder / 'material.toml'}, found {names!r}"
        raise WireError(message[:500])
    return tuple(KINDS[name] for name in names)
