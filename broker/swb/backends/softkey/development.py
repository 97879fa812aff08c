"""Keys, certificates, trust lists and a bundle for development, tests and demonstrations.

One authority per state and one for the region, leaf keys by party and purpose, a signed trust
list for each, and a bundle that pins the roots. Everything lies in one folder, so nothing of it
is fit for production.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from swb.backends.softkey.authority import Authority
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, TIME_STAMPING, PartyId
from swb_schemas.wire.trust_list import (
    PartyEntry,
    TrustListForm,
    encode_bundle,
    list_authority,
    list_certificate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.revocation import Sources
    from swb_schemas.wire.trust_list import TrustEnvironment

__all__ = ["DevelopmentKeys", "list_purposes", "make_development_keys"]

_OF_A_STATE: Final = {
    ISSUING: (Purpose.ISSUING_SEAL,),
    CUSTOMS: (Purpose.CUSTOMS_SEAL,),
    GATEWAY: (Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.DECRYPTION, Purpose.LOG),
}
_OF_THE_REGION: Final = {
    ROUTER: (Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.LOG),
    TIME_STAMPING: (Purpose.TIME_STAMP,),
}
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
        """The private key of the one party of a state with that purpose."""
        return self.directory / "keys" / state / f"{purpose}.pem"

    def certificate(self, state: str, purpose: Purpose) -> Path:
        """Its certificate."""
        return self.directory / "keys" / state / f"{purpose}.crt.pem"


def list_purposes(state: str) -> tuple[Purpose, ...]:
    """What keys of a member are for, or, for ``REGION``, those of the router."""
    if state == REGION:
        return _OF_THE_REGION[ROUTER]
    return tuple(purpose for purposes in _OF_A_STATE.values() for purpose in purposes)


def make_development_keys(
    directory: Path,
    states: Sequence[str],
    environment: Environment,
    at: datetime,
    *,
    valid_for: timedelta = timedelta(days=730),
    seed: bytes | None = None,
    public_keys: Mapping[tuple[str, Purpose], ec.EllipticCurvePublicKey] | None = None,
    sources: Mapping[str, Sources] | None = None,
    further: Mapping[str, tuple[Purpose, ...]] | None = None,
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
        seed: Makes everything reproducible; see `Authority`.
        public_keys: By state and purpose: of keys that something else holds, such as a token;
            no private key is made for these.
        sources: By state: where its list says that is asked whether certificates still hold.
        further: Roles of every state beyond the plain ones, such as ``phytosanitary``, and what
            their keys are for.

    Raises:
        RefusedError: ``keys.exist``.
        UnavailableError: ``keys.unwritable``.
    """
    bundle = directory / "bundle.json"
    if bundle.exists():
        message = f"expected a folder without keys, found {bundle.name}"
        raise RefusedError("keys.exist", message, actor=Actor.OPERATOR)
    served: TrustEnvironment = "test" if environment == "test" else "production"
    begin = at.replace(microsecond=0) - _EARLIER
    authorities = {
        state: Authority(state, served, begin=begin, end=begin + valid_for, seed=seed)
        for state in (*states, REGION)
    }
    try:
        lists = {
            state: _write_state(
                directory,
                authority,
                authorities,
                public_keys or {},
                (sources or {}).get(state),
                _OF_THE_REGION if state == REGION else {**_OF_A_STATE, **(further or {})},
            )
            for state, authority in authorities.items()
        }
        roots = {state: [each.root_pem.decode()] for state, each in authorities.items()}
        _write(bundle, encode_bundle(environment=served, roots=roots, lists=lists))
    except OSError as cause:
        message = f"expected a folder that can be written, found: {cause.strerror}"
        raise UnavailableError("keys.unwritable", message) from cause
    return DevelopmentKeys(
        directory=directory,
        bundle=bundle,
        roots={state: directory / "roots" / f"{state}.pem" for state in authorities},
        states=tuple(authorities),
    )


def _write_state(  # noqa: PLR0917 - everything that a state has
    directory: Path,
    authority: Authority,
    authorities: Mapping[str, Authority],
    public_keys: Mapping[tuple[str, Purpose], ec.EllipticCurvePublicKey],
    sources: Sources | None,
    roles: Mapping[str, tuple[Purpose, ...]],
) -> bytes:
    """Write what belongs to one state, or to the region; returns its list."""
    state = authority.state
    folder = directory / "keys" / state
    _write(directory / "roots" / f"{state}.pem", authority.root_pem)
    _write_private(folder / "root.pem", authority.root_key)
    parties = [
        _write_party(folder, authority, PartyId(state, role), purposes, public_keys)
        for role, purposes in roles.items()
    ]
    others = (each for each in authorities.values() if each is not authority)
    form = TrustListForm(
        state=state,
        environment=authority.environment,
        number=1,
        issued=authority.begin,
        expires=authority.end,
        parties=tuple(parties),
        pointers=tuple(each.pointer() for each in others) if state == REGION else (),
        authorities=(list_authority(authority.root_der, crl=sources.crl, ocsp=sources.ocsp),)
        if sources
        else (),
    )
    octets = authority.sign_list(form)
    _write(directory / "lists" / f"{state}.json", octets)
    return octets


def _write_party(
    folder: Path,
    authority: Authority,
    party: PartyId,
    purposes: Sequence[Purpose],
    public_keys: Mapping[tuple[str, Purpose], ec.EllipticCurvePublicKey],
) -> PartyEntry:
    entries = []
    for purpose in purposes:
        public_key = public_keys.get((party.state, purpose))
        if public_key is None:
            key = authority.make_key(f"{party}/{purpose}")
            public_key = key.public_key()
            _write_private(folder / f"{purpose}.pem", key)
        certificate = authority.issue(party, purpose, public_key)
        _write(folder / f"{purpose}.crt.pem", certificate.public_bytes(Encoding.PEM))
        der = certificate.public_bytes(Encoding.DER)
        entries.append(list_certificate(purpose, der, start=authority.begin, end=authority.end))
    return PartyEntry(party=str(party), certificates=tuple(entries))


def _write_private(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(path, pem, mode=0o600)


def _write(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - pathlib opens no descriptors
        file.write(octets)
