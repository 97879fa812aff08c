"""One SFTP session, opened when it is needed and again when it was lost."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncssh

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["Account", "Link"]

_FOREIGN: Final = (asyncssh.Error, asyncssh.SFTPError, OSError, TimeoutError, EOFError, ValueError)
_ABOUT_A_FILE: Final = (
    asyncssh.SFTPNoSuchFile,
    asyncssh.SFTPNoSuchPath,
    asyncssh.SFTPPermissionDenied,
    asyncssh.SFTPFailure,
    asyncssh.SFTPFileAlreadyExists,
    asyncssh.SFTPOpUnsupported,
    asyncssh.SFTPNoSpaceOnFilesystem,
    asyncssh.SFTPQuotaExceeded,
)
"""After these the session is as good as before."""

# The library writes names of files and accounts into its logs.
logging.getLogger("asyncssh").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the doors are, and how this gateway proves who it is.

    Attributes:
        host: The server.
        port: Where it listens.
        user: Whose account.
        known_hosts: File with the keys that the server may have; there is no other way to trust it.
        key: Private key of the account, None with a password.
        passphrase: Of the key.
        password: None with a key.
    """

    host: str
    port: int
    user: str
    known_hosts: Path
    key: Path | None = None
    passphrase: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Account({self.user}@{self.host}:{self.port})"


class Link:
    """Hands out the session while it lives.

    Args:
        account: Where and as whom.
        answer_within: Seconds for connecting, and for what is done with the session.
    """

    def __init__(self, account: Account, *, answer_within: float) -> None:
        self._account = account
        self._answer_within = answer_within
        self._opening = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._session: asyncssh.SFTPClient | None = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """Use the session; whatever fails in there is ours afterwards.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        try:
            async with asyncio.timeout(self._answer_within):
                yield await self._require()
        except UnavailableError:
            raise
        except _FOREIGN as cause:
            if not isinstance(cause, _ABOUT_A_FILE):
                await self.close()
            account = self._account
            why = str(getattr(cause, "reason", "") or cause)[:120]
            message = (
                f"expected usable doors at sftp://{account.host}:{account.port}, "
                f"found {type(cause).__name__}: {why}"
            )
            raise UnavailableError("national.unavailable", message) from cause

    async def close(self) -> None:
        """Hang up; the next use connects again. Safe to repeat."""
        connection, self._connection, self._session = self._connection, None, None
        if connection is not None:
            connection.abort()
            with suppress(*_FOREIGN):
                await connection.wait_closed()

    async def _require(self) -> asyncssh.SFTPClient:
        async with self._opening:
            if self._session is not None and not self._is_lost():
                return self._session
            await self.close()
            account = self._account
            self._connection = await asyncssh.connect(
                account.host,
                account.port,
                username=account.user,
                known_hosts=str(account.known_hosts),
                client_keys=None if account.key is None else [str(account.key)],
                passphrase=account.passphrase,
                password=account.password,
                agent_path=None,
                config=None,
                preferred_auth="publickey" if account.key else "password",
                connect_timeout=self._answer_within,
                keepalive_interval=self._answer_within,
            )
            self._session = await self._connection.start_sftp_client()
            return self._session

    def _is_lost(self) -> bool:
        return self._connection is None or self._connection.is_closed()
