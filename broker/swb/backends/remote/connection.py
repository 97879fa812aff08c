"""The connection to a signer: several requests in flight, made anew when it is lost.

Asking twice for a signature does no harm, so a request whose connection broke is sent once more by
a new one. Beyond that nothing is tried again here: the services above do, with growing waits.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.signer_protocol import (
    HEADER_OCTETS,
    encode_describe,
    parse_length,
    parse_reply,
)
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["SignerConnection"]

_log = structlog.get_logger("swb.remote")

_ATTEMPTS: Final = 2


class _Link:
    """One connected stream and who waits for its replies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[dict[str, object]]] = {}
        self._listening = asyncio.create_task(self._listen(), name="signer replies")
        self._number = 0
        self.is_open = True

    async def ask(self, encode: Callable[[int], bytes]) -> dict[str, object]:
        """Send one request and wait for its reply.

        Raises:
            ConnectionError: The stream ended before.
        """
        if not self.is_open:
            raise ConnectionResetError
        self._number += 1
        number = self._number
        reply: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        try:
            self._writer.write(encode(number))
            await self._writer.drain()
            return await reply
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End it; safe to repeat."""
        self.is_open = False
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _listen(self) -> None:
        try:
            while True:
                length = parse_length(await self._reader.readexactly(HEADER_OCTETS))
                number, reply = parse_reply(await self._reader.readexactly(length))
                waiting = self._waiting.get(number)
                # One whose time was up waits no more.
                if waiting is not None and not waiting.done():
                    waiting.set_result(reply)
        except (OSError, EOFError, RefusedError) as error:
            _log.warning("signer_connection_lost", error=type(error).__name__)
        finally:
            self.is_open = False
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())
            self._writer.close()


class SignerConnection:
    """A signer, by its socket; connects when it is first asked.

    Args:
        socket: The signer's Unix socket.
        timeout: Seconds that an answer may take.

    Attributes:
        generation: Grows with each connection that is made.
    """

    def __init__(self, socket: Path, *, timeout: float = 5) -> None:
        self._socket = socket
        self._timeout = timeout
        self._link: _Link | None = None
        self._connecting = asyncio.Lock()
        self.generation = 0

    async def ask(self, encode: Callable[[int], bytes]) -> dict[str, object]:
        """Ask the signer something.

        Args:
            encode: Writes the request under an id.

        Returns:
            The reply, which is no error.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.not_permitted``, ``signer.busy``.
        """
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._ask(encode)
        except TimeoutError as cause:
            message = f"expected the signer to answer within {self._timeout:g} seconds"
            raise UnavailableError("signer.unavailable", message) from cause
        except OSError as cause:
            message = f"expected a signer at {self._socket.name}, found: {_reason(cause)}"
            raise UnavailableError("signer.unavailable", message) from cause
        if "error" in reply:
            raise _read_error(reply)
        return reply

    async def ping(self) -> None:
        """Require that the signer answers.

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        await self.ask(encode_describe)

    async def close(self) -> None:
        """End the connection; safe to repeat."""
        if self._link is not None:
            await self._link.close()
            self._link = None

    async def _ask(self, encode: Callable[[int], bytes]) -> dict[str, object]:
        attempt = 1
        while True:
            link = await self._connect()
            try:
                return await link.ask(encode)
            except OSError:
                if attempt == _ATTEMPTS:
                    raise
                attempt += 1

    async def _connect(self) -> _Link:
        async with self._connecting:
            if self._link is None or not self._link.is_open:
                if self._link is not None:
                    await self._link.close()
                    self._link = None
                self._link = _Link(*await asyncio.open_unix_connection(self._socket))
                self.generation += 1
            return self._link

    def __repr__(self) -> str:
        return f"SignerConnection({self._socket.name!r})"


def _reason(cause: OSError) -> str:
    return cause.strerror or type(cause).__name__


def _read_error(reply: dict[str, object]) -> UnavailableError:
    """What a signer refuses says nothing about a message, which waits."""
    code, said = (str(reply.get(name, ""))[:200] for name in ("error", "message"))
    if code == "signer.not_permitted":
        return UnavailableError("signer.not_permitted", said)
    if code == "signer.busy":
        return UnavailableError("signer.busy", said)
    return UnavailableError("signer.unavailable", f"the signer said {code}: {said}")
