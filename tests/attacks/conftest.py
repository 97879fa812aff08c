"""What the attacks share: our reader in both roles, and xmlsec1 beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.wire import (
    TrustBundle,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)
from tests.vectors.world import AT, VN_GATEWAY, bundle, decryption_key
from tests.vectors.xmlsec import Xmlsec

if TYPE_CHECKING:
    from pathlib import Path

TRUST: Final[TrustBundle] = parse_trust_bundle(bundle())


class Reader:
    """Our reader as the recipient of the golden message."""

    def refusal_of_message(self, octets: bytes) -> str:
        """The code that both layers are refused with; empty when they are accepted."""
        key = decryption_key()
        try:
            message = verify_message(octets, trust=TRUST, at=AT, receiver=VN_GATEWAY)
            verify_delivery(message, trust=TRUST, at=AT, decryption_keys={key.thumbprint: key})
        except RefusedError as error:
            return error.code
        return ""

    def refusal_of_sealed(self, octets: bytes) -> str:
        """The code that a sealed document is refused with; empty when it is accepted."""
        try:
            verify_sealed(octets, trust=TRUST, at=AT)
        except RefusedError as error:
            return error.code
        return ""

    def refusal(self, octets: bytes) -> str:
        """The code for either kind of file, by its root."""
        if octets.startswith(b"<SealedDocument"):
            return self.refusal_of_sealed(octets)
        return self.refusal_of_message(octets)


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def xmlsec(xmlsec1: Path, tmp_path: Path) -> Xmlsec:
    return Xmlsec(xmlsec1, tmp_path)
