"""A trust bundle in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.files.changing import ChangingFile
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import check_succession, remember

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["FileTrustSource"]


class FileTrustSource:
    """`swb.ports.TrustSource` over one file.

    Args:
        path: The bundle; replace it by renaming a whole new file over it.
        environment: What it has to serve.
    """

    def __init__(self, path: Path, *, environment: Environment) -> None:
        self._file: ChangingFile[TrustBundle] = ChangingFile(path, self._parse)
        self._environment = environment

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
            return self._file.fetch()
        except OSError as cause:
            message = f"expected a trust bundle at {self._file.path}: {cause.strerror}"
            raise UnavailableError("trust.unreachable", message) from cause

    def _parse(self, raw: bytes, before: TrustBundle | None) -> TrustBundle:
        path, environment = self._file.path, self._environment
        try:
            bundle = parse_trust_bundle(raw)
            if before is not None:
                check_succession(bundle, remember(before))
        except RefusedError as cause:
            message = f"expected a bundle that holds at {path}: {cause.code}: {cause.message}"
            raise UndeterminedError("trust.unusable", message, findings=cause.findings) from cause
        if not bundle.serves(environment):
            found = f"one of {bundle.environment}"
            message = f"expected a bundle at {path} that serves {environment}, {found}"
            raise UndeterminedError("trust.unusable", message)
        return bundle
