"""A trust bundle in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.trust import TrustBundle, parse_trust_bundle

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileTrustSource"]


class FileTrustSource:
    """`swb.ports.TrustSource` over one file.

    Args:
        path: The bundle; replace it by renaming a whole new file over it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, int, int] | None = None
        self._bundle: TrustBundle | None = None

    async def fetch(self) -> TrustBundle:
        """Get the bundle as it stands in the file now.

        While the file does not verify, or would take a list back to an earlier number, nothing
        can be judged until it is mended.

        Raises:
            UnavailableError: ``trust.unreachable``.
            UndeterminedError: With the codes of `swb_schemas.wire.trust.parse_trust_bundle` and
                `TrustBundle.check_succession`.
        """
        try:
            state = self._path.stat()
            version = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._bundle is not None and version == self._read_at:
                return self._bundle
            raw = self._path.read_bytes()
        except OSError as cause:
            message = f"expected a trust bundle at {self._path}: {cause.strerror}"
            raise UnavailableError("trust.unreachable", message) from cause
        try:
            bundle = parse_trust_bundle(raw)
            if self._bundle is not None:
                bundle.check_succession(self._bundle)
        except RefusedError as cause:
            message = f"expected a trust bundle that verifies at {self._path}: {cause.message}"
            raise UndeterminedError(cause.code, message, findings=cause.findings) from cause
        self._bundle, self._read_at = bundle, version
        return bundle
