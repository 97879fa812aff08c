"""A drop folder: payloads come in and go out as files.

====================  =========================================================================
``in/``               the national system puts payloads here, each complete under its final name
                      (write under another name, then rename); names that begin with a dot or
                      end in ``.part`` are left alone
``in/accepted/``      what became a document, with ``NAME.json`` telling which
``in/refused/``       what did not, with ``NAME.json`` telling why
``out/``              what goes to the national system, as ``DELIVERY-ID.MESSAGE-TYPE`` with the
                      suffix of its format; it takes a file by moving or deleting it, and
                      recognises a repetition by its name
``parallel/``         the same for what is exchanged in parallel and binds nobody
====================  =========================================================================

Files appear under their names only when they are complete and on disk. A door that vanishes is not
made anew: a folder in the place of one that was mounted would swallow what is put into it.
"""

from __future__ import annotations

import asyncio
import heapq
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from swb.atomic import PART, replace_file
from swb.backends.files import renaming
from swb.core.handing_over import (
    is_payload_name,
    name_advice,
    name_delivery,
    note_accepted,
    note_refused,
    spell_advice,
    try_names,
)
from swb.ports import WaitingPayload
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.limits import LARGEST_PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.backends.files.renaming import Rename
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding

__all__ = ["DropFolder"]


class DropFolder:
    """Both doors of one national system.

    Args:
        root: The folder; it and its doors are made by `open` when missing.
        limit: Octets that are read of a payload; what is longer is cut just behind, so that
            whoever judges the size sees that there is more.
        rename: How files get their names.
    """

    def __init__(
        self,
        root: Path,
        *,
        limit: int = LARGEST_PAYLOAD,
        rename: Rename = renaming.rename,
    ) -> None:
        self._in = root / "in"
        self._out = root / "out"
        self._parallel = root / "parallel"
        self._accepted = self._in / "accepted"
        self._refused = self._in / "refused"
        self._limit = limit
        self._rename = rename

    def open(self) -> None:
        """Make the doors, and remove what a process that died had begun to write into them.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        try:
            for folder in (self._accepted, self._refused, self._out, self._parallel):
                folder.mkdir(parents=True, exist_ok=True)
                for each in folder.iterdir():
                    if PART.fullmatch(each.name):
                        each.unlink(missing_ok=True)  # one gateway alone writes here
        except OSError as cause:
            raise _unavailable(cause) from cause

    async def ping(self) -> None:
        """Prove that both doors can be used, and what is put aside has its place.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        for folder in (self._in, self._accepted, self._refused, self._out, self._parallel):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                message = f"expected to read and write {folder}"
                raise UnavailableError("national.unavailable", message)

    # The door outward, `swb.ports.NationalGateway`.

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Put one payload before the national system, with advice beside it where there is any.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        door = self._out if binding else self._parallel
        target = door / name_delivery(delivery_id, message_type, file_suffix)
        try:
            await asyncio.to_thread(self._deliver, target, payload, findings)
        except OSError as cause:
            raise _unavailable(cause) from cause

    # The door inward, `swb.ports.PayloadSource`.

    async def list_payloads(self, *, limit: int) -> list[WaitingPayload]:
        """List payloads that wait, first come, first listed.

        A payload came when it got the name that it has: nobody sets that moment.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        found: list[tuple[int, str, int]] = []
        try:
            with os.scandir(self._in) as entries:
                for entry in entries:
                    if is_payload_name(entry.name) and entry.is_file(follow_symlinks=False):
                        with suppress(FileNotFoundError):  # taken back meanwhile
                            status = entry.stat(follow_symlinks=False)
                            found.append((status.st_ctime_ns, entry.name, status.st_size))
        except OSError as cause:
            raise _unavailable(cause) from cause
        return [
            WaitingPayload(name=name, octets=octets)
            for _, name, octets in heapq.nsmallest(limit, found)
        ]

    async def read(self, name: str) -> bytes | None:
        """Read a payload; None when it does not wait any more.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        try:
            with (self._in / name).open("rb") as file:
                return file.read(self._limit + 1)
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise _unavailable(cause) from cause

    async def put_aside_accepted(
        self, name: str, *, document_id: str, findings: Sequence[Finding] = ()
    ) -> None:
        """Put a payload aside that became a document, with warnings and losses beside it."""
        self._put_aside(name, self._accepted, note_accepted(document_id, findings))

    async def put_aside_refused(self, name: str, refusal: RefusedError) -> None:
        """Put a payload aside that was refused, with the reason beside it."""
        self._put_aside(name, self._refused, note_refused(refusal))

    def _put_aside(self, name: str, folder: Path, text: str) -> None:
        waiting = self._in / name
        try:
            target = _free_name(folder, name)
            told = target.with_name(f"{target.name}.json")
            self._write(told, text.encode(), renaming.NOTE, durable=False)
            try:
                self._rename(waiting, target, renaming.ASIDE)
            except FileNotFoundError:
                if not target.exists():
                    told.unlink(missing_ok=True)
                raise
        except OSError as cause:
            if isinstance(cause, FileNotFoundError) and folder.is_dir() and not waiting.exists():
                return  # somebody else put it aside
            raise _unavailable(cause) from cause

    def _deliver(self, target: Path, payload: bytes, findings: Sequence[Finding]) -> None:
        if findings:
            beside = target.with_name(name_advice(target.name))
            self._write(beside, spell_advice(findings), renaming.ADVICE)
        self._write(target, payload, renaming.PAYLOAD)

    def _write(self, path: Path, octets: bytes, name: str, *, durable: bool = True) -> None:
        def rename(part: Path, path: Path) -> None:
            self._rename(part, path, name)

        replace_file(path, octets, mode=None, durable=durable, rename=rename)


def _free_name(folder: Path, name: str) -> Path:
    """A name that no earlier payload or note has."""
    return next(
        path
        for path in (folder / each for each in try_names(name))
        if not path.exists() and not path.with_name(f"{path.name}.json").exists()
    )


def _unavailable(cause: OSError) -> UnavailableError:
    return UnavailableError(
        "national.unavailable", f"expected a usable drop folder: {cause.strerror}: {cause.filename}"
    )
