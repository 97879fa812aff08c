"""A private PostgreSQL server: for tests, for ``swb demo`` and for ``swb bench``.

It is the server of the packages that are installed, on data of its own in a temporary folder, on
a free port of the loopback interface, and without the machine's service being touched. PostgreSQL
refuses to run as root; there it runs as the user ``postgres``, else ``nobody``. It ends with the
process that started it, whatever ends that one (`swb.backends.postgres.warden`), and can be killed
and started again meanwhile.

Not for production: its data die with it, and unless it is asked to it does not wait for the disk.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

import psycopg

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["PrivatePostgres", "find_postgres"]

_START_WITHIN: Final = 60.0
"""Seconds until the server must answer; 2 are usual on two idle cores."""

_STOP_WITHIN: Final = 25.0
"""Seconds until the warden must have ended everything; less than 1 is usual."""

_RUN_WITHIN: Final = 120.0
"""Seconds for one of PostgreSQL's programs."""

_STARTS: Final = 3
"""How often to start anew when somebody else took the port in between."""

_FOLDERS: Final = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
)
"""Where packages keep the server; the latest version of the first that has any."""

_PORTS: Final = range(30_000, 32_700)
"""Below the ports that Linux gives to outgoing connections (32768 and up)."""

_PORT_TAKEN: Final = re.compile("address already in use", re.IGNORECASE)

_LOG_EXCERPT: Final = 1_500
"""Characters of a log that an error message holds."""

_USERS: Final = ("postgres", "nobody")
"""Whom the server runs as where its starter is root."""


def find_postgres() -> Path | None:
    """Find the folder with PostgreSQL's own programs, the latest version's."""
    for root, pattern in _FOLDERS:
        found = [
            folder
            for folder in Path(root).glob(pattern)
            if os.access(folder / "initdb", os.X_OK) and os.access(folder / "postgres", os.X_OK)
        ]
        if found:
            return max(found, key=_version_of)
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _version_of(folder: Path) -> int:
    numbers = re.findall(r"\d+", folder.parent.name)
    return int(numbers[-1]) if numbers else 0


class PrivatePostgres:
    """One PostgreSQL server that nobody else uses. An asynchronous context manager.

    Its methods may be called from any event loop, not only from the one that started it.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        programs: The folder of its programs, `pg_dump` among them.
    """

    def __init__(self, *, durable: bool = False) -> None:
        """Describe the server.

        Args:
            durable: Whether a commit waits for the disk, as in production. A killed server loses
                nothing without it; a machine that loses power does.
        """
        self._durable = durable
        self._data: Path | None = None
        self._password = secrets.token_urlsafe(24)
        self._folder: Path | None = None
        self._warden: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.programs = Path()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start it and wait until it takes connections; does nothing while it runs.

        Raises:
            UnavailableError: ``postgres.not_installed``, or ``postgres.start_failed`` with what
                it logged.
        """
        if self._warden is not None:
            return
        programs = find_postgres()
        if programs is None:
            message = "PostgreSQL was not found; install it: apt-get install postgresql"
            raise UnavailableError("postgres.not_installed", message)
        self.programs = programs
        for attempt in range(1, _STARTS + 1):
            try:
                self._launch()
                await self._wait_until_it_answers()
            except OSError as cause:
                await self.stop()
                raise UnavailableError("postgres.start_failed", str(cause)) from cause
            except UnavailableError as error:
                await self.stop()
                if attempt == _STARTS or not _PORT_TAKEN.search(error.message):
                    raise
            except BaseException:
                await self.stop()
                raise
            else:
                return

    async def stop(self) -> None:
        """End every process of it and remove its folder. Safe to repeat."""
        warden, self._warden = self._warden, None
        folder, self._folder = self._folder, None
        if warden is not None:
            if warden.stdin is not None:
                warden.stdin.close()
            try:
                await asyncio.to_thread(warden.wait, _STOP_WITHIN)
            except subprocess.TimeoutExpired:
                warden.kill()
                warden.wait()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def restored(self, data: Path) -> PrivatePostgres:
        """Describe another server, which starts on a copy of a base backup of this one."""
        other = PrivatePostgres(durable=self._durable)
        other._data, other._password = data, self._password
        return other

    async def kill(self) -> None:
        """Kill every process of the server (SIGKILL); its data stay, as after a loss of power.

        Raises:
            UnavailableError: ``postgres.not_running``, ``postgres.start_failed``: it lives on.
        """
        self._tell("kill")
        ended, deadline = self._running_folder() / "ended", monotonic() + _STOP_WITHIN
        while not ended.exists():
            if monotonic() > deadline:
                raise UnavailableError("postgres.start_failed", "a killed server lives on")
            await asyncio.sleep(0.01)

    async def restart(self) -> None:
        """Start a killed server again, on the same port and data, and wait until it answers.

        Raises:
            UnavailableError: ``postgres.not_running``, ``postgres.start_failed``.
        """
        (self._running_folder() / "ended").unlink(missing_ok=True)
        self._tell("start")
        await self._wait_until_it_answers()

    @property
    def pid(self) -> int:
        """Process id of the server's first process, for signals such as SIGSTOP."""
        lines = (self._running_folder() / "data" / "postmaster.pid").read_text().splitlines()
        return int(lines[0])

    def url(self, database: str = "postgres") -> str:
        """Where to connect to, with user and password: keep it out of logs."""
        return f"postgresql://swb:{self._password}@127.0.0.1:{self.port}/{database}"

    async def add_database(self, name: str) -> None:
        """Create an empty database.

        Raises:
            UnavailableError: ``postgres.program_failed``.
        """
        await self.run("createdb", "--template", "template0", name)

    async def set_durable(self, durable: bool) -> None:  # noqa: FBT001 - there is nothing else
        """Have commits wait for the disk from now on, or not, whatever it was started with.

        Raises:
            UnavailableError: ``postgres.program_failed``.
        """
        word = "on" if durable else "off"
        wal = "256MB" if durable else "8GB"
        for setting, value in (
            ("fsync", word),
            ("full_page_writes", word),
            ("max_wal_size", wal),
        ):
            await self.run("psql", "--quiet", "-c", f"ALTER SYSTEM SET {setting} = '{value}'")
        await self.run("psql", "--quiet", "-c", "SELECT pg_reload_conf()")
        await self.run("psql", "--quiet", "-c", "CHECKPOINT")

    async def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs against this server and return what it prints.

        Raises:
            UnavailableError: ``postgres.program_failed`` with what it said.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                str(self.programs / program),
                *arguments,
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as cause:
            raise UnavailableError("postgres.program_failed", str(cause)) from cause
        try:
            async with asyncio.timeout(_RUN_WITHIN):
                output, _ = await process.communicate()
        except TimeoutError as cause:
            message = f"{program} took over {_RUN_WITHIN:.0f} s"
            raise UnavailableError("postgres.program_failed", message) from cause
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = output.decode(errors="replace").strip()
        if process.returncode:
            message = f"{program} failed: {said[-_LOG_EXCERPT:]}"
            raise UnavailableError("postgres.program_failed", message)
        return said

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's programs read to find this server; holds the password."""
        return {
            **_without_settings(),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "swb",
            "PGPASSWORD": self._password,
            "PGDATABASE": "postgres",
            "PATH": os.pathsep.join([str(self.programs), os.environ.get("PATH", os.defpath)]),
        }

    def _launch(self) -> None:
        """Lay out the folder and start the warden, which starts the rest."""
        folder = self._folder = Path(tempfile.mkdtemp(prefix="swb-postgres-"))
        self.port = _find_free_port()
        owner = _find_owner()
        (folder / "password").write_text(self._password)
        (folder / "password").chmod(0o400)
        if self._data is not None:
            shutil.copytree(self._data, folder / "data")
            (folder / "data").chmod(0o700)
        (folder / "settings.conf").write_text(self._settings())
        (folder / "server.out").touch()
        if owner is not None:
            for file in (folder, *folder.rglob("*")):
                os.chown(file, *owner)
        self._warden = subprocess.Popen(
            [
                *(sys.executable, "-I", str(Path(__file__).with_name("warden.py"))),
                *(str(folder), str(self.programs)),
                *(("-", "-") if owner is None else map(str, owner)),
            ],
            # Not where the caller is: the server's user may have no right to be there.
            cwd=folder,
            env=_without_settings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _settings(self) -> str:
        """The server's configuration file."""
        durable = "on" if self._durable else "off"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": durable,
            "full_page_writes": durable,
            "max_connections": 200,
            "max_wal_senders": 4,
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "log_checkpoints": "off",
        }
        return "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    async def _wait_until_it_answers(self) -> None:
        """Wait until somebody there takes this server's password, so that it is no other."""
        deadline = monotonic() + _START_WITHIN
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self.url(), connect_timeout=5)
            except psycopg.Error:
                pass
            else:
                await connection.close()
                return
            gone = self._warden is None or self._warden.poll() is not None
            if gone or (self._running_folder() / "ended").exists():
                raise UnavailableError("postgres.start_failed", f"it ended: {self._what_it_said()}")
            if monotonic() > deadline:
                message = f"no answer within {_START_WITHIN:.0f} s: {self._what_it_said()}"
                raise UnavailableError("postgres.start_failed", message)
            await asyncio.sleep(0.05)

    def _what_it_said(self) -> str:
        text = (self._running_folder() / "server.out").read_text(errors="replace").strip()
        return text[-_LOG_EXCERPT:] or "it left no log"

    def _tell(self, word: str) -> None:
        self._running_folder()
        if self._warden is None or self._warden.stdin is None:
            raise UnavailableError("postgres.not_running", "the private server is not running")
        try:
            self._warden.stdin.write(f"{word}\n".encode())
            self._warden.stdin.flush()
        except OSError as cause:
            raise UnavailableError("postgres.not_running", "its warden is gone") from cause

    def _running_folder(self) -> Path:
        if self._folder is None:
            raise UnavailableError("postgres.not_running", "the private server is not running")
        return self._folder


def _find_owner() -> tuple[int, int] | None:
    """Whom the server runs as, as user and group; None is whoever starts it."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    message = f"PostgreSQL does not run as root; expected a user {' or '.join(_USERS)}"
    raise UnavailableError("postgres.start_failed", message)


def _without_settings() -> dict[str, str]:
    """The environment without what is meant for another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _find_free_port() -> int:
    """Find a port of the loopback interface that nobody has.

    Raises:
        UnavailableError: ``postgres.start_failed``, there is none.
    """
    for port in secrets.SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    message = f"no free port from {_PORTS.start} to {_PORTS.stop - 1} on 127.0.0.1"
    raise UnavailableError("postgres.start_failed", message)
