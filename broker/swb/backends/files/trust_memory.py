"""What a reader of trust lists must not forget over a restart, in a folder.

``accepted.json`` has state, number and digest of every list and root statement believed last,
``lists/STATE.json`` newer lists that were fetched, ``distrust.json`` what the operator says of
stolen keys. Each file is replaced whole. Whoever may write here may take the reader back to older
lists, and no further: roots are pinned elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from swb.atomic import replace_file
from swb.backends.files.locking import lock_folder
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.trust_succession import Accepted, check_succession, remember

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["TrustMemory"]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _AcceptedForm(_Kept):
    pinned: tuple[str, ...]
    root_number: int
    root_digest: str
    number: int
    digest: str
    quorum: int
    snapshot: dict[str, tuple[int, int]] = {}


class _MemoryForm(_Kept):
    format: Literal["urn:swb:trust-memory:1"] = "urn:swb:trust-memory:1"
    lists: dict[str, _AcceptedForm]


_FORM: Final = "urn:swb:trust-memory:1"


class TrustMemory:
    """The folder.

    Args:
        folder: Made where it is missing, readable by nobody else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._accepted = folder / "accepted.json"
        self._lists = folder / "lists"

    def accept(self, bundle: TrustBundle) -> None:
        """Hold a bundle against what was believed last, and remember it.

        Raises:
            RefusedError: ``trust.rolled_back``, ``trust.fast_forward``, ``trust.quorum``.
            UnavailableError: ``trust.memory``.
        """
        try:
            with lock_folder(self.folder):
                before = self._load()
                check_succession(bundle, before)
                now = remember(bundle)
                if now != before:
                    replace_file(self._accepted, _encode(now))
        except OSError as cause:
            raise _unusable(self.folder, cause) from cause

    def load(self) -> Mapping[str, Accepted]:
        """Read what was believed last, by state.

        Raises:
            UnavailableError: ``trust.memory``.
        """
        try:
            return self._load()
        except OSError as cause:
            raise _unusable(self.folder, cause) from cause

    def _load(self) -> dict[str, Accepted]:
        try:
            raw = self._accepted.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            form = _MemoryForm.model_validate_json(raw)
        except ValidationError as cause:
            message = f"expected in {self._accepted} what was believed last, found something else"
            raise UnavailableError("trust.memory", message) from cause
        return {state: Accepted(**dict(each)) for state, each in form.lists.items()}

    def version(self) -> tuple[int, ...]:
        """Say something that changes when fetched lists do."""
        try:
            state = self._lists.stat()
        except OSError:
            return ()
        return (state.st_mtime_ns, state.st_ino)

    def load_publications(self) -> dict[str, bytes]:
        """Read the lists that were fetched, by state.

        Raises:
            UnavailableError: ``trust.memory``.
        """
        try:
            return {
                path.stem: path.read_bytes()
                for path in sorted(self._lists.glob("*.json"))
                if not path.name.startswith(".")
            }
        except OSError as cause:
            raise _unusable(self._lists, cause) from cause

    def keep_publications(self, publications: Mapping[str, bytes]) -> None:
        """Keep lists that were fetched and judged.

        Raises:
            UnavailableError: ``trust.memory``.
        """
        try:
            with lock_folder(self.folder):
                self._lists.mkdir(exist_ok=True, mode=0o700)
                for state, octets in publications.items():
                    replace_file(self._lists / f"{state}.json", octets)
        except OSError as cause:
            raise _unusable(self._lists, cause) from cause


def _encode(accepted: Mapping[str, Accepted]) -> bytes:
    lists = {
        state: {
            "pinned": each.pinned,
            "root_number": each.root_number,
            "root_digest": each.root_digest,
            "number": each.number,
            "digest": each.digest,
            "quorum": each.quorum,
            "snapshot": each.snapshot,
        }
        for state, each in accepted.items()
    }
    return json.dumps({"format": _FORM, "lists": lists}, indent=1).encode() + b"\n"


def _unusable(path: Path, cause: OSError) -> UnavailableError:
    return UnavailableError("trust.memory", f"expected to read and write {path}: {cause.strerror}")
