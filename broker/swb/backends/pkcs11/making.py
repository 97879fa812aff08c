"""Keys that are made in a token and never leave it; only their public half comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.constants import Attribute, MechanismFlag, ObjectClass
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pkcs11.mechanisms import KeyType
from pkcs11.util.ec import encode_named_curve_parameters

from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from pkcs11.types import Session, Token

    from swb.backends.pkcs11.library import TokenLibrary
    from swb.backends.pkcs11.token import KeyName, TokenName

__all__ = ["make_token_key"]

_FOR_KEYS: Final = 60.0
"""Seconds that a token may take to make a key."""
_POINT_OCTETS: Final = 65


async def make_token_key(
    library: TokenLibrary, token: TokenName, key: KeyName, *, pin: str, agrees: bool
) -> ec.EllipticCurvePublicKey:
    """Make a P-256 key in a token: sensitive, never extractable, for one use.

    Args:
        library: Which calls the token.
        token: The token.
        key: What the key is to be called; nothing of that name may be there.
        pin: The user's.
        agrees: It agrees on secrets; otherwise it signs.

    Raises:
        RefusedError: ``keys.exist``.
        UnavailableError: ``signer.unavailable``.
    """
    return await library.run(
        lambda: _make(library, token, key, pin=pin, agrees=agrees), timeout=_FOR_KEYS
    )


def _make(
    library: TokenLibrary, name: TokenName, key: KeyName, *, pin: str, agrees: bool
) -> ec.EllipticCurvePublicKey:
    try:
        token = library.find_token(name.label, name.serial, waits=False)
        with _log_in(token, pin) as session:
            wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
            if key.label is not None:
                wanted[Attribute.LABEL] = key.label
            if key.id is not None:
                wanted[Attribute.ID] = key.id
            if next(iter(session.get_objects(wanted)), None) is not None:
                message = f"expected no key {key} in token {name}, found one"
                raise RefusedError("keys.exist", message, actor=Actor.OPERATOR)
            return _generate(session, key, agrees=agrees)
    except PKCS11Error as cause:
        message = f"expected to make a key in token {name}, found {type(cause).__name__}"
        raise UnavailableError("signer.unavailable", message) from cause


def _log_in(token: Token, pin: str) -> Session:
    try:
        return token.open(rw=True, user_pin=pin)
    except UserAlreadyLoggedIn:
        return token.open(rw=True)


def _generate(session: Session, key: KeyName, *, agrees: bool) -> ec.EllipticCurvePublicKey:
    parameters = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
    )
    public, _ = parameters.generate_keypair(
        id=key.id,
        label=key.label,
        store=True,
        capabilities=MechanismFlag.DERIVE if agrees else MechanismFlag.SIGN | MechanismFlag.VERIFY,
        private_template={
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.SIGN: not agrees,
            Attribute.DERIVE: agrees,
            Attribute.DECRYPT: False,
            Attribute.UNWRAP: False,
        },
    )
    # An OCTET STRING around the point; its header is shorter than a point could be.
    point = bytes(public[Attribute.EC_POINT])[-_POINT_OCTETS:]
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
