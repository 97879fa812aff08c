"""A policy on data in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.files.changing import ChangingFile
from swb_schemas.data_policy import DataPolicy, parse_data_policy
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileDataPolicySource"]


class FileDataPolicySource:
    """`swb.ports.DataPolicySource` over one file.

    Args:
        path: The policy; replace it by renaming a whole new one over it.
    """

    def __init__(self, path: Path) -> None:
        self._file: ChangingFile[DataPolicy] = ChangingFile(path, self._parse)

    async def fetch(self) -> DataPolicy:
        """Get the policy as it stands in the file now.

        Raises:
            UnavailableError: ``policy.unreachable``.
            UndeterminedError: ``policy.unusable``: nothing leaves until it is mended.
        """
        try:
            return self._file.fetch()
        except OSError as cause:
            message = f"expected a policy on data at {self._file.path}: {cause.strerror}"
            raise UnavailableError("policy.unreachable", message) from cause

    def _parse(self, raw: bytes, _: DataPolicy | None) -> DataPolicy:
        try:
            return parse_data_policy(raw)
        except RefusedError as cause:
            message = f"expected a policy on data at {self._file.path}: {cause.message}"
            raise UndeterminedError("policy.unusable", message) from cause
