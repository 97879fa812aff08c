"""Standing: with a key that is known to be stolen or revoked, nothing is signed any more.

What such a key signs is refused by everybody who knows, and helps whoever stole it to hide. So a
daemon that learns it while it runs stops signing: what it would have signed waits, health alarms,
and after a restart with new keys everything goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.errors import UnavailableError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.trust import Distrust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb.ports import Signer, TrustSource
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["StandingSigner", "find_distrusted"]


class StandingSigner:
    """`swb.ports.Signer` that signs as long as nothing is known against its certificate.

    Args:
        signer: Holds the key.
        trust: What is known.
    """

    def __init__(self, signer: Signer, trust: TrustSource) -> None:
        self._signer = signer
        self._trust = trust
        self._thumbprint = parse_certificate(signer.certificate).thumbprint

    @property
    def certificate(self) -> bytes:
        """See `Signer.certificate`."""
        return self._signer.certificate

    async def sign(self, data: bytes) -> bytes:
        """See `Signer.sign`.

        Raises:
            UndeterminedError: ``trust.unusable``.
            UnavailableError: ``signer.distrusted``; ``trust.unreachable``, ``signer.unavailable``.
        """
        bundle = await self._trust.fetch()
        if isinstance(bundle.statuses.get(self._thumbprint), Distrust):
            message = f"expected a key that nothing is known against, found {self._thumbprint}"
            raise UnavailableError("signer.distrusted", message)
        return await self._signer.sign(data)


def find_distrusted(bundle: TrustBundle, certificates: Iterable[bytes]) -> tuple[str, ...]:
    """Find which of one's own certificates something is known against.

    Args:
        bundle: What is known.
        certificates: DER.

    Returns:
        Thumbprints.
    """
    thumbprints = (parse_certificate(each).thumbprint for each in certificates)
    return tuple(each for each in thumbprints if isinstance(bundle.statuses.get(each), Distrust))
