"""A trust bundle in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.trust import TrustBundle, parse_trust_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.documents.elements import Environment

__all__ = ["FileTrustSource"]


class FileTrustSource:
    """`swb.ports.TrustSource` over one file.

    Args:
        path: The bundle; replace it by renaming a whole new file over it.
        environment: What it has to serve.
    """

    def __init__(self, path: Path, *, environment: Environment) -> None:
        self._path = path
        self._environment = environment
        self._read_at: tuple[int, int, int] | None = None
        self._bundle: TrustBundle | None = None

    async def fetch(self) -> TrustBundle:
        """Get the bundle as it stands in the file now.

        While the file does not verify, serves another environment or would take a list back to an
        earlier number, nothing can be judged until it is mended.

        Raises:
            UnavailableError: ``trust.unreachable``.
            UndeterminedError: ``trust.unusable``; the message names the code of
                `swb_schemas.wire.trust`.
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
            message = f"expected a bundle that holds at {self._path}: {cause.code}: {cause.message}"
            raise UndeterminedError("trust.unusable", message, findings=cause.findings) from cause
        if not bundle.serves(self._environment):
            found = f"one of {bundle.environment}"
            message = f"expected a bundle at {self._path} that serves {self._environment}, {found}"
            raise UndeterminedError("trust.unusable", message)
        self._bundle, self._read_at = bundle, version
        return bundle
