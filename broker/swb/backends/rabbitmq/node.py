"""A private RabbitMQ node: for tests, for ``swb demo`` and for ``swb bench``.

It is Debian's own server, started by the script under its library folder, so that an ordinary
user may do it too and no service of the machine is touched. Everything that it listens on is on
the loopback interface, on ports that were free; everything that it writes is in a temporary
folder; it has users, cookie and name service (``epmd``) of its own, so it stands beside any other
RabbitMQ. It ends with the process that started it, whatever ends that one
(`swb.backends.rabbitmq.warden`).

Not for production: its data die with it.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from swb.backends.rabbitmq import node_settings as settings
from swb.backends.rabbitmq.warden import PID_FILE, start_warden
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

__all__ = ["ClusterPlace", "NodeTls", "PrivateNode", "find_rabbitmq"]

NodeTls = settings.NodeTls

_START_WITHIN: Final = 90.0
"""Seconds until the node must answer; 6 are usual on two idle cores."""

_STOP_WITHIN: Final = 25.0
"""Seconds until the warden must have ended everything; 1 is usual."""

_CTL_WITHIN: Final = 60.0
"""Seconds for one rabbitmqctl; 2 are usual."""

_STARTS: Final = 3
"""How often to start anew when somebody else took a port in between."""

_SERVER_FOLDERS: Final = (
    "/usr/lib/rabbitmq/bin",
    "/usr/local/opt/rabbitmq/sbin",
    "/opt/homebrew/opt/rabbitmq/sbin",
)
"""Where the server's own scripts are. Those in PATH are Debian's wrappers, which want root."""

_GREETS_WITHIN: Final = 2.0
"""Seconds for a greeting; some milliseconds are usual."""

_PROTOCOL_HEADER: Final = b"AMQP\x00\x00\x09\x01"
_CONNECTION_START: Final = b"\x00\x0a\x00\x0a"
_GREETING_LIMIT: Final = 4_096
"""Octets; a greeting has some 500."""

_PORT_TAKEN: Final = re.compile("eaddrinuse|in use", re.IGNORECASE)

_ERROR: Final = re.compile(r"^.*(\[error\]|ERROR|BOOT FAILED)", re.MULTILINE)

_LOG_EXCERPT: Final = 1_500
"""Characters of a log that an error message holds."""


def find_rabbitmq() -> Path | None:
    """Find the folder with RabbitMQ's own scripts."""
    for folder in map(Path, _SERVER_FOLDERS):
        if os.access(folder / "rabbitmq-server", os.X_OK) and shutil.which("epmd"):
            return folder
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlace:
    """What a node of a private cluster shares with the others; see `cluster`.

    Attributes:
        cluster: The cluster's name, by which the node answers.
        folder: The node's own folder, made already; its name is the node's name.
        epmd_port: Where the cluster's name service is.
        cookie: What lets one node into another.
        password: Of the user whom all nodes know.
        conf: Lines of ``rabbitmq.conf``.
    """

    cluster: str
    folder: Path
    epmd_port: int
    cookie: str = field(repr=False)
    password: str = field(repr=False)
    conf: Mapping[str, str]


class PrivateNode:
    """One RabbitMQ node that nobody else uses. An asynchronous context manager.

    It can be ended as a crash ends it (`kill`), after which `start` runs it again on its data, and
    be held as a hanging machine is (`suspend`, `resume`).

    Its methods may be called from any event loop, not only from the one that started it.

    Attributes:
        port: Where it speaks AMQP, on 127.0.0.1.
        management_port: Where its HTTP API is, on 127.0.0.1; 0 when it has none.
        tls_port: Where it speaks AMQP over TLS, on 127.0.0.1; 0 when it does not.
    """

    def __init__(
        self,
        *,
        vhosts: Sequence[str] = (),
        management: bool = False,
        tls: settings.NodeTls | None = None,
        definitions: Mapping[str, Sequence[object]] | None = None,
        plugins: Sequence[str] = (),
        conf: Mapping[str, str] | None = None,
        place: ClusterPlace | None = None,
    ) -> None:
        """Describe the node.

        Args:
            vhosts: Virtual hosts to create at start, which costs no time; `add_vhosts` costs
                half a second.
            management: Whether to run the management plugin's HTTP API too, which makes the
                start some seconds longer.
            tls: With what to speak TLS too, and to take client certificates (EXTERNAL).
            definitions: What else is there at start, as RabbitMQ's definitions have it: lists of
                users, vhosts, queues and so on. It costs no time.
            plugins: Further plugins to run, such as ``rabbitmq_shovel``.
            conf: Further lines of ``rabbitmq.conf``.
            place: Where it is one of a cluster: what it shares with the others.
        """
        self._vhosts = tuple(vhosts)
        self._management = management
        self._tls = tls
        self._definitions = definitions
        self._plugins = tuple(plugins)
        self._conf = dict(conf or {})
        self._place = place
        self._user = "swb"
        self._password = place.password if place else secrets.token_urlsafe(24)
        self._folder: Path | None = place.folder if place else None
        self._environment: dict[str, str] = {}
        self._scripts = Path()
        self._warden: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.management_port = 0
        self.tls_port = 0

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

        Where it was killed, it runs again on its data and its ports.

        Raises:
            UnavailableError: ``rabbitmq.not_installed``, or ``rabbitmq.start_failed`` with
                what it logged.
        """
        if self._warden is not None:
            return
        scripts = find_rabbitmq()
        if scripts is None:
            message = "RabbitMQ was not found; install it: apt-get install rabbitmq-server"
            raise UnavailableError("rabbitmq.not_installed", message)
        self._scripts = scripts
        for attempt in range(1, _STARTS + 1):
            try:
                if not self.port:
                    self._lay_out()
                self._launch()
                await self._wait_until_it_answers()
            except OSError as cause:
                await self.stop()
                raise UnavailableError("rabbitmq.start_failed", str(cause)) from cause
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
        self.port = self.management_port = 0

    async def kill(self) -> None:
        """End it without warning, and keep its data."""
        self._signal(signal.SIGKILL)
        warden, self._warden = self._warden, None
        if warden is not None:
            await asyncio.to_thread(warden.wait, _STOP_WITHIN)
            if warden.stdin is not None:
                warden.stdin.close()

    def suspend(self) -> None:
        """Hold every process of it: connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    async def answers(self) -> bool:
        """Whether it greets who connects, as one does that neither ended nor hangs."""
        name = self._place.cluster if self._place else self._running_folder().name
        return await _greets(self.port, name.encode())

    @property
    def name(self) -> str:
        """What the other nodes of its cluster, and rabbitmqctl, call it."""
        return settings.node_name(self._running_folder())

    def read_members(self) -> str:
        """Read what it keeps on the members of its cluster, an Erlang term with their names."""
        file = self._running_folder() / "mnesia" / self.name / "cluster_nodes.config"
        return file.read_text() if file.is_file() else ""

    def amqp_url(self, vhost: str = "/") -> str:
        """Where to connect to, with user and password: keep it out of logs."""
        user = f"{self._user}:{self._password}"
        return f"amqp://{user}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def management_url(self) -> str:
        """Where the HTTP API is, with user and password: keep it out of logs."""
        return f"http://{self._user}:{self._password}@127.0.0.1:{self.management_port}"

    async def add_vhosts(self, *vhosts: str) -> None:
        """Create virtual hosts and give this node's user everything in them.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``.
        """
        await self._import(settings.definitions(self._user, self._password, vhosts))

    async def import_definitions(self, definitions: Mapping[str, Sequence[object]]) -> None:
        """Make what is not there, and change what is there and can be changed.

        Args:
            definitions: Lists by their names in RabbitMQ's definitions.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed``.
        """
        await self._import(settings.definitions(self._user, self._password, (), definitions))

    async def _import(self, definitions: str) -> None:
        file = self._running_folder() / f"definitions-{secrets.token_hex(4)}.json"
        file.write_text(definitions)
        await self.ctl("import_definitions", str(file))

    async def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node and return what it prints.

        ``ctl("stop_app")`` and ``ctl("start_app")`` take it away and bring it back with its
        data.

        Raises:
            UnavailableError: ``rabbitmq.ctl_failed`` with what it said.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                str(self._scripts / "rabbitmqctl"),
                "--quiet",
                *arguments,
                env=self._environment,
                cwd=self._running_folder(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as cause:
            raise UnavailableError("rabbitmq.ctl_failed", str(cause)) from cause
        try:
            async with asyncio.timeout(_CTL_WITHIN):
                output, _ = await process.communicate()
        except TimeoutError as cause:
            message = f"rabbitmqctl {arguments[0]} took over {_CTL_WITHIN:.0f} s"
            raise UnavailableError("rabbitmq.ctl_failed", message) from cause
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = output.decode(errors="replace").strip()
        if process.returncode:
            message = f"rabbitmqctl {arguments[0]} failed: {said[-_LOG_EXCERPT:]}"
            raise UnavailableError("rabbitmq.ctl_failed", message)
        return said

    def _lay_out(self) -> None:
        """Choose ports and write what the server reads."""
        place = self._place
        folder = self._folder = place.folder if place else settings.make_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        self.port, distribution, epmd, management, tls = settings.find_free_ports(5)
        self.management_port = management if self._management else 0
        self.tls_port = tls if self._tls else 0
        self._environment = settings.environment(
            folder,
            port=self.port,
            distribution_port=distribution,
            epmd_port=place.epmd_port if place else epmd,
        )
        settings.write_files(
            folder,
            definitions=settings.definitions(
                self._user,
                self._password,
                # A cluster's are made once, by one node.
                [] if place else ["/", *self._vhosts],
                self._definitions,
            ),
            management_port=self.management_port,
            tls_port=self.tls_port,
            tls=self._tls,
            plugins=self._plugins,
            conf={**(place.conf if place else {}), **self._conf},
            cookie=place.cookie if place else "",
        )

    def _launch(self) -> None:
        """Start the warden, which starts the rest."""
        programs = [str(self._scripts / "rabbitmq-server")]
        if self._place is None:
            programs.insert(0, shutil.which("epmd") or "epmd")
        self._warden = start_warden([self._running_folder()], programs, self._environment)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the server; the warden lives on.

        Raises:
            UnavailableError: ``rabbitmq.not_running``.
        """
        file = self._running_folder() / PID_FILE
        if self._warden is None or self._warden.poll() is not None or not file.is_file():
            raise UnavailableError("rabbitmq.not_running", "the private node is not running")
        os.killpg(int(file.read_text()), number)

    async def _wait_until_it_answers(self) -> None:
        """Wait for the AMQP greeting, which is the last thing that a starting node offers."""
        deadline = monotonic() + _START_WITHIN
        while not await self.answers():
            if self._warden is None or self._warden.poll() is not None:
                raise UnavailableError(
                    "rabbitmq.start_failed", f"it ended: {self._what_it_logged()}"
                )
            if monotonic() > deadline:
                message = f"no answer within {_START_WITHIN:.0f} s: {self._what_it_logged()}"
                raise UnavailableError("rabbitmq.start_failed", message)
            await asyncio.sleep(0.1)

    def _what_it_logged(self) -> str:
        """What the server printed and logged, from the first error on; else its end."""
        folder = self._running_folder()
        text = "\n".join(
            file.read_text(errors="replace").strip()
            for file in (folder / "server.out", folder / "log" / "rabbitmq.log")
            if file.is_file()
        )
        error = _ERROR.search(text)
        start = error.start() if error else max(0, len(text) - _LOG_EXCERPT)
        return text[start : start + _LOG_EXCERPT] or "it left no log"

    def _running_folder(self) -> Path:
        if self._folder is None:
            raise UnavailableError("rabbitmq.not_running", "the private node is not running")
        return self._folder


async def _greets(port: int, name: bytes) -> bool:
    """Whether the node of that name answers there with ``Connection.Start``.

    Its name stands in the greeting as ``cluster_name``, so no other RabbitMQ is taken for it.
    """
    try:
        async with asyncio.timeout(_GREETS_WITHIN):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(_PROTOCOL_HEADER)
                _, _, size = struct.unpack(">BHI", await reader.readexactly(7))
                greeting = await reader.readexactly(min(size, _GREETING_LIMIT))
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    return greeting.startswith(_CONNECTION_START) and name in greeting
