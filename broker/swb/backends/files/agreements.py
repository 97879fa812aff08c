"""Signed connection agreements in a folder, laid over the local table of connections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.atomic import replace_file
from swb_schemas.connection_agreement import check_succession, narrow, verify_agreement
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.ports import ConnectionSource, TrustSource
    from swb_schemas.connection_agreement import ConnectionAgreement
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["AgreedConnectionSource"]

_LIMIT: Final = 1_000_000
_MEMORY: Final = "accepted.memory"

Versions = tuple[tuple[str, int, int], ...]


class AgreedConnectionSource:
    """`swb.ports.ConnectionSource`: of a local table, what both states signed.

    Which agreements were believed is remembered in the folder, so that an older one is refused
    also after a restart.

    Args:
        local: The table of this side.
        folder: Holds one ``*.json`` for each pair; replace one by renaming a new file over it.
        trust: Whose roots count.
    """

    def __init__(self, local: ConnectionSource, *, folder: Path, trust: TrustSource) -> None:
        self._local = local
        self._folder = folder
        self._trust = trust
        self._seen: tuple[ConnectionTable, TrustBundle, Versions] | None = None
        self._agreed: ConnectionTable | None = None

    async def fetch(self) -> ConnectionTable:
        """Get what is connected now.

        Raises:
            UnavailableError: ``connection.unreachable``.
            UndeterminedError: ``connection.unusable``: an agreement does not hold, or goes back to
                an older one; ``trust.unusable``.
        """
        table, bundle = await self._local.fetch(), await self._trust.fetch()
        try:
            files = sorted(self._folder.glob("*.json"))
            stats = [(each.name, each.stat()) for each in files]
            versions = tuple((name, each.st_mtime_ns, each.st_size) for name, each in stats)
            if self._agreed is None or self._seen != (table, bundle, versions):
                self._agreed = narrow(table, self._read(files, bundle))
                self._seen = table, bundle, versions
        except OSError as cause:
            message = f"expected connection agreements in {self._folder}: {cause.strerror}"
            raise UnavailableError("connection.unreachable", message) from cause
        return self._agreed

    def _read(self, files: Sequence[Path], bundle: TrustBundle) -> list[ConnectionAgreement]:
        memory = self._folder / _MEMORY
        known = json.loads(memory.read_bytes()) if memory.exists() else {}
        agreements = []
        for file in files:
            try:
                with file.open("rb") as stream:
                    agreement = verify_agreement(stream.read(_LIMIT + 1), trust=bundle)
                pair = "-".join(agreement.states)
                before = known.get(pair)
                check_succession(agreement, tuple(before) if before else None)
            except RefusedError as cause:
                message = f"expected an agreement at {file}: {cause.message}"
                raise UndeterminedError("connection.unusable", message) from cause
            known[pair] = [agreement.number, agreement.payload_digest]
            agreements.append(agreement)
        replace_file(memory, json.dumps(known).encode())
        return agreements
