"""The signer's socket: who may connect, frames in, frames out, ordered shutdown."""

from __future__ import annotations

import asyncio
import grp
import os
import signal
import socket
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.signer_protocol import HEADER_OCTETS, encode_frame, parse_length, parse_request
from swb.keyring import open_keys
from swb.signer.answering import Answering
from swb.signer.clients import Client, build_clients, read_peer
from swb.signer.hardening import harden_process
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from swb.config import ListenConfig, SignerConfig

__all__ = ["run_signer", "serve_signer"]

_log = structlog.get_logger("swb.signer")

_OWN: Final = 0o600
_GROUP: Final = 0o660


async def serve_signer(config: SignerConfig) -> None:
    """Run a signer until SIGTERM or SIGINT, hardened.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``signer.*``.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    harden_process()
    await run_signer(config, stop)


async def run_signer(
    config: SignerConfig, stop: asyncio.Event, on_ready: Callable[[], None] | None = None
) -> None:
    """Run a signer until `stop` is set.

    Args:
        config: What it holds and for whom.
        stop: Asks for an ordered shutdown: what was asked is answered.
        on_ready: Called once, when it can be connected to.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``signer.*``.
    """
    limits = config.limits
    clients = build_clients(config.client, a_second=limits.operations_a_second, burst=limits.burst)
    async with open_keys(config.keys, config.retired_decryption) as keys:
        listening = await asyncio.to_thread(_bind, config.listen)
        server = _Server(config, Answering(keys, time.monotonic), clients)
        try:
            running = await asyncio.start_unix_server(server.take, sock=listening)
            _log.info("started", keys=[*config.keys], uids=[*clients])
            if on_ready is not None:
                on_ready()
            await stop.wait()
            running.close()
            await server.end()
        finally:
            listening.close()
            config.listen.socket.unlink(missing_ok=True)
    _log.info("stopped")


class _Server:
    """Serves the connections of one signer."""

    def __init__(
        self, config: SignerConfig, answering: Answering, clients: dict[int, Client]
    ) -> None:
        self._limits = config.limits
        self._answering = answering
        self._clients = clients
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task of its own."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """End every connection; what was asked before is answered, within the time."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self._limits.shutdown_seconds)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pid, uid = read_peer(writer.get_extra_info("socket"))
        client = self._clients.get(uid)
        try:
            if client is None:
                _log.warning("stranger", uid=uid, pid=pid)
            elif len(self._tasks) > self._limits.connections:
                _log.warning("too_many_connections", uid=uid, pid=pid)
            else:
                await self._converse(reader, writer, client, pid)
        except RefusedError as error:
            # A stream that is out of step cannot be trusted to come into step again.
            _log.warning("malformed", code=error.code, uid=uid, pid=pid)
        except (OSError, EOFError):
            _log.debug("connection_ended", uid=uid, pid=pid)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _converse(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        client: Client,
        pid: int,
    ) -> None:
        room = asyncio.Semaphore(self._limits.in_flight)
        working: set[asyncio.Task[None]] = set()

        async def work(raw: bytes) -> None:
            try:
                reply = await self._answering.answer(parse_request(raw), client, pid)
            except RefusedError as error:
                writer.close()
                _log.warning("malformed", code=error.code, uid=client.uid, pid=pid)
                return
            with suppress(OSError):
                writer.write(encode_frame(reply))
                await writer.drain()

        try:
            while True:
                await room.acquire()
                length = parse_length(await reader.readexactly(HEADER_OCTETS))
                task = asyncio.create_task(work(await reader.readexactly(length)))
                working.add(task)
                task.add_done_callback(working.discard)
                task.add_done_callback(lambda _: room.release())
        finally:
            if working:
                await asyncio.wait(set(working), timeout=self._limits.shutdown_seconds)


# --- the socket --------------------------------------------------------------------------------


def _bind(listen: ListenConfig) -> socket.socket:
    """Make the socket, closed to everybody but its user, or its group.

    Raises:
        RefusedError: ``config.invalid``: there is no such group, or others may write the folder.
        UnavailableError: ``signer.socket``.
    """
    path = listen.socket
    group = _find_group(listen.group)
    _check_folder(path.parent)
    _remove_stale(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~_OWN)
    try:
        listening.bind(str(path))
        if group is not None:
            os.chown(path, -1, group)
            path.chmod(_GROUP)
    except OSError as cause:
        listening.close()
        message = f"expected to make the socket {path.name}, found: {cause.strerror}"
        raise UnavailableError("signer.socket", message) from cause
    finally:
        os.umask(before)
    return listening


def _find_group(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as cause:
        message = f"expected a group of this machine, found {name!r}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause


def _check_folder(folder: Path) -> None:
    """Nobody else may put a socket of his own in the place of this one."""
    try:
        mode = folder.stat().st_mode
    except OSError as cause:
        message = f"expected the socket's folder {folder.name} to exist"
        raise UnavailableError("signer.socket", message) from cause
    if mode & stat.S_IWOTH:
        message = f"expected the socket's folder {folder.name} not to be writable by others"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)


def _remove_stale(path: Path) -> None:
    """Remove what a killed signer left; one that lives keeps its place.

    Raises:
        UnavailableError: ``signer.socket``.
    """
    if not path.exists():
        return
    if not path.is_socket():
        message = f"expected a socket or nothing at {path.name}, found something else"
        raise UnavailableError("signer.socket", message)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        try:
            other.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    message = f"expected nobody to listen at {path.name}, found a signer that does"
    raise UnavailableError("signer.socket", message)
