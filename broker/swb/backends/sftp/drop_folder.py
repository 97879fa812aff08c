"""The doors of a drop folder, on a server that is reached by SFTP.

Folders and names are those of `swb.backends.files.drop_folder`. A file is written under a name that
nobody takes, flushed to the server's disk where the server can (``fsync@openssh.com``), and then
renamed: so it appears complete, and once. The name of what is half written is the delivery's own,
so an attempt after a crash writes over it and leaves nothing behind.

A server without ``posix-rename@openssh.com`` cannot rename onto a name that exists: there a
repetition that finds its file, complete, leaves it.
"""

from __future__ import annotations

import heapq
import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

import asyncssh

from swb.core.handing_over import (
    IGNORED_SUFFIX,
    is_payload_name,
    name_advice,
    name_delivery,
    name_door,
    note_accepted,
    note_refused,
    spell_advice,
    try_names,
)
from swb.ports import WaitingPayload
from swb_schemas.wire.limits import LARGEST_PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.sftp.link import Link
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding

__all__ = ["SftpDropFolder"]

_MISSING: Final = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_MOST_NAMES: Final = 10_000
"""Names of one folder that are looked at; the rest waits until these are taken in."""


class SftpDropFolder:
    """Both doors of one national system.

    Args:
        link: The session.
        folder: Of the doors, on the server.
        limit: Octets that are read of a payload; what is longer is cut just behind.
    """

    def __init__(self, link: Link, *, folder: str, limit: int = LARGEST_PAYLOAD) -> None:
        self._link = link
        self._folder = folder
        self._in = posixpath.join(folder, "in")
        self._accepted = posixpath.join(self._in, "accepted")
        self._refused = posixpath.join(self._in, "refused")
        self._limit = limit

    async def close(self) -> None:
        """Hang up. Safe to repeat."""
        await self._link.close()

    async def ping(self) -> None:
        """Prove that the doors are there. They are made by whoever owns the server.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        async with self._link.session() as session:
            for door in ("out", "parallel"):
                await session.stat(posixpath.join(self._folder, door))

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
        door = posixpath.join(self._folder, name_door(binding=binding))
        name = name_delivery(delivery_id, message_type, file_suffix)
        async with self._link.session() as session:
            if findings:
                await _write_whole(session, door, name_advice(name), spell_advice(findings))
            await _write_whole(session, door, name, payload)

    # The door inward, `swb.ports.PayloadSource`.

    async def list_payloads(self, *, limit: int) -> list[WaitingPayload]:
        """List payloads that wait, by the moment of their last change.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        found: list[tuple[float, str, int]] = []
        async with self._link.session() as session:
            async for entry in session.scandir(self._in):
                name = str(entry.filename)
                is_file = entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
                if is_file and is_payload_name(name) and "/" not in name:
                    changed = (entry.attrs.mtime or 0) + (entry.attrs.mtime_ns or 0) / 1e9
                    found.append((changed, name, entry.attrs.size or 0))
                if len(found) >= _MOST_NAMES:
                    break
        return [
            WaitingPayload(name=name, octets=octets)
            for _, name, octets in heapq.nsmallest(limit, found)
        ]

    async def read(self, name: str) -> bytes | None:
        """Read a payload; None when it does not wait any more.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        async with self._link.session() as session:
            try:
                async with session.open(
                    posixpath.join(self._in, name), "rb", encoding=None
                ) as file:
                    raw = await file.read(self._limit + 1)
            except _MISSING:
                return None
        return cast("bytes", raw)  # a file that was opened without an encoding

    async def put_aside_accepted(
        self, name: str, *, document_id: str, findings: Sequence[Finding] = ()
    ) -> None:
        """Put a payload aside that became a document, with warnings and losses beside it."""
        await self._put_aside(name, self._accepted, note_accepted(document_id, findings))

    async def put_aside_refused(self, name: str, refusal: RefusedError) -> None:
        """Put a payload aside that was refused, with the reason beside it."""
        await self._put_aside(name, self._refused, note_refused(refusal))

    async def _put_aside(self, name: str, folder: str, text: str) -> None:
        async with self._link.session() as session:
            waiting = posixpath.join(self._in, name)
            if not await session.exists(waiting):
                return  # somebody else put it aside
            for free in try_names(name):
                target = posixpath.join(folder, free)
                if not await session.exists(target) and not await session.exists(f"{target}.json"):
                    break
            await _write_whole(session, folder, f"{posixpath.basename(target)}.json", text.encode())
            try:
                await session.rename(waiting, target)
            except _MISSING:
                await session.remove(f"{target}.json")


async def _write_whole(session: asyncssh.SFTPClient, folder: str, name: str, octets: bytes) -> None:
    part = posixpath.join(folder, f".{name}{IGNORED_SUFFIX}")
    target = posixpath.join(folder, name)
    async with session.open(part, "wb", encoding=None) as file:
        await file.write(octets)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
    try:
        try:
            await session.posix_rename(part, target)
        except asyncssh.SFTPOpUnsupported:
            await session.rename(part, target)
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists, *_MISSING):
        # The same delivery, from before a crash or by another process?
        if (await session.stat(target)).size != len(octets):
            raise
        with suppress(*_MISSING):
            await session.remove(part)
