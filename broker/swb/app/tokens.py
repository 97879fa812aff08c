"""Keys of a region's members in tokens of a private SoftHSM, for the demonstration.

Each member has a token of its own with a PIN of its own, and its keys are made there. SoftHSM keeps
them in files, so it protects nothing; what is shown is that no key need ever be outside a token.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.backends.softkey import list_purposes
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["MemberTokens", "make_member_tokens"]


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


async def make_member_tokens(folder: Path, states: Sequence[str]) -> MemberTokens:
    """Make a SoftHSM in a folder, a token for each member, and its keys in it.

    This process sees those tokens from now on, and processes that it starts.

    Args:
        folder: Empty, or missing.
        states: The members, and ``REGION`` for the router.

    Raises:
        UnavailableError: ``softhsm.not_installed``, ``softhsm.failed``, ``signer.not_installed``.
    """
    try:
        from swb.backends import pkcs11  # noqa: PLC0415 - an extra
    except ImportError as cause:
        message = "expected the extra 'pkcs11': pip install 'single-window-broker[pkcs11]'"
        raise UnavailableError("signer.not_installed", message) from cause
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
        for purpose in list_purposes(state):
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


def _write_pin(path: Path, pin: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(pin, encoding="utf-8")
    return path
