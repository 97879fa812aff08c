"""Our reader as the recipient of the golden message, and what it says to octets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.parsing import canonical_octets, parse_xml
from swb_schemas.wire import (
    TrustBundle,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)
from tests.vectors.world import AT, VN_GATEWAY, bundle, decryption_key

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["TRUST", "Reader", "canonical", "judge_message", "judge_sealed", "judge_trust"]

TRUST: Final[TrustBundle] = parse_trust_bundle(bundle())

ACCEPTED: Final = ""
"""What is said of a file that holds: no attack may meet it."""


def canonical(octets: bytes) -> bytes:
    """The canonical form of octets, so that nothing but the attack itself can be refused."""
    return canonical_octets(parse_xml(octets))


def judge_message(octets: bytes, *, trust: TrustBundle = TRUST, at: datetime = AT) -> str:
    """The code that both layers of a message meet; empty when they are accepted."""
    key = decryption_key()
    try:
        message = verify_message(octets, trust=trust, at=at, receiver=VN_GATEWAY)
        verify_delivery(message, trust=trust, at=at, decryption_keys={key.thumbprint: key})
    except (RefusedError, UndeterminedError) as error:
        return error.code
    return ACCEPTED


def judge_sealed(octets: bytes, *, trust: TrustBundle = TRUST, at: datetime = AT) -> str:
    """The code that a sealed document meets; empty when it is accepted."""
    try:
        verify_sealed(octets, trust=trust, at=at)
    except (RefusedError, UndeterminedError) as error:
        return error.code
    return ACCEPTED


def judge_trust(octets: bytes) -> str:
    """The code that a trust bundle is refused with; empty when it is accepted."""
    try:
        parse_trust_bundle(octets)
    except RefusedError as error:
        return error.code
    return ACCEPTED


class Reader:
    """Our reader, by the trust bundle of the vectors and at their moment."""

    def refusal_of_message(self, octets: bytes) -> str:
        """The code for both layers of a message."""
        return judge_message(octets)

    def refusal_of_sealed(self, octets: bytes) -> str:
        """The code for a sealed document."""
        return judge_sealed(octets)

    def refusal(self, octets: bytes) -> str:
        """The code for either kind of file, by its root."""
        if octets.startswith(b"<SealedDocument"):
            return judge_sealed(octets)
        return judge_message(octets)
