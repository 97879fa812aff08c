"""Keys that are made in tokens: one, for an operator; a region's, for the demonstration.

In the demonstration each member has a token of its own in a private SoftHSM, with a PIN of its own.
SoftHSM keeps keys in files, so it protects nothing; what is shown is that no key need ever be
outside a token.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_csr

from swb.backends.softkey import list_purposes
from swb.keyring import need_pkcs11
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import REGION
from swb_schemas.wire.encryption import key_thumbprint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb_schemas.parties import PartyId

__all__ = ["GeneratedKey", "MemberTokens", "generate_key", "make_member_tokens"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTokens:
    """Tokens that hold the keys of members; a token is called as its state, a key as its purpose.

    Attributes:
        module: The PKCS#11 library.
        pins: By state or ``REGION``: the file with the PIN.
        public_keys: By state and purpose: what certificates are issued for.
        environment: What a process needs in its environment to see the tokens.
    """

    module: Path
    pins: Mapping[str, Path]
    public_keys: Mapping[tuple[str, Purpose], ec.EllipticCurvePublicKey]
    environment: Mapping[str, str]


async def make_member_tokens(
    folder: Path, states: Sequence[str], *, further: Collection[Purpose] = ()
) -> MemberTokens:
    """Make a SoftHSM in a folder, a token for each member, and its keys in it.

    This process sees those tokens from now on, and processes that it starts.

    Args:
        folder: Empty, or missing.
        states: The members, and ``REGION`` for the router.
        further: Purposes of the members' keys beyond the plain ones.

    Raises:
        UnavailableError: ``softhsm.not_installed``, ``softhsm.failed``, ``signer.not_installed``.
    """
    pkcs11 = need_pkcs11()
    hsm = await asyncio.to_thread(pkcs11.PrivateSoftHsm, folder)
    hsm.enter()
    pins: dict[str, Path] = {}
    values: dict[str, str] = {}
    for state in states:
        values[state] = f"{secrets.randbelow(10**12):012}"
        pins[state] = await asyncio.to_thread(_write_pin, folder / f"{state}.pin", values[state])
        await asyncio.to_thread(hsm.add_token, state, pin=values[state])
    library = pkcs11.open_library(hsm.module)
    public_keys: dict[tuple[str, Purpose], ec.EllipticCurvePublicKey] = {}
    for state in states:
        for purpose in (*list_purposes(state), *(() if state == REGION else further)):
            public_keys[state, purpose] = await pkcs11.make_token_key(
                library,
                pkcs11.TokenName(label=state),
                pkcs11.KeyName(label=str(purpose)),
                pin=values[state],
                agrees=purpose is Purpose.DECRYPTION,
            )
    return MemberTokens(
        module=hsm.module, pins=pins, public_keys=public_keys, environment=hsm.environment
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedKey:
    """The public half of a key that was made in a token.

    Attributes:
        thumbprint: RFC 7638; names it in messages, where it is one for decryption.
        request: PKCS#10 in PEM, signed by the key; of a decryption key, which cannot sign, its
            public key in PEM.
    """

    thumbprint: str
    request: bytes


async def generate_key(
    *, module: Path, token: str, label: str, pin: str, party: PartyId, purpose: Purpose
) -> GeneratedKey:
    """Make a key in a token, and what an authority needs to certify it.

    Args:
        module: The token's PKCS#11 library.
        token: The token's label.
        label: What the key is to be called.
        pin: The user's.
        party: Whose key it is to be.
        purpose: What for.

    Raises:
        RefusedError: ``keys.exist``.
        UnavailableError: ``signer.*``.
    """
    pkcs11 = need_pkcs11()
    library = pkcs11.open_library(module)
    place, key = pkcs11.TokenName(label=token), pkcs11.KeyName(label=label)
    agrees = purpose is Purpose.DECRYPTION
    public_key = await pkcs11.make_token_key(library, place, key, pin=pin, agrees=agrees)
    if agrees:
        request = public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    else:
        session = pkcs11.TokenSession(library, place, pin=pin)
        try:
            subject = f"{party.state} {party.role} {purpose}"
            der = await pkcs11.make_request(
                session, key, public_key, subject=subject, party=str(party)
            )
        finally:
            await session.close()
        request = load_der_x509_csr(der).public_bytes(Encoding.PEM)
    return GeneratedKey(thumbprint=key_thumbprint(public_key), request=request)


def _write_pin(path: Path, pin: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(pin, encoding="utf-8")
    return path
