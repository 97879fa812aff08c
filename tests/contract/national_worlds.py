"""National systems behind each back end of delivery: real servers on loopback, and a folder."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import hmac
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from socket import create_server
from typing import TYPE_CHECKING, Any, Protocol

import asyncssh
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from swb.backends.files import DropFolder
from swb.backends.http.posting import Address
from swb.backends.http.webhook import WebhookGateway
from swb.backends.sftp.drop_folder import SftpDropFolder
from swb.backends.sftp.link import Account, Link
from swb.ports import NationalGateway

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

__all__ = [
    "SECRET",
    "DropFolderWorld",
    "NationalWorld",
    "Received",
    "SftpWorld",
    "WebhookWorld",
    "read_parts",
]

SECRET = b"known on both sides and to nobody else"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What a national system holds under one name."""

    payload: bytes
    advice: list[Any]
    binding: bool


class Door(NationalGateway, Protocol):
    """What every back end of delivery is, with what health asks."""

    async def ping(self) -> None: ...


class NationalWorld(Protocol):
    """A national system, and what hands documents over to it."""

    @property
    def gateway(self) -> Door: ...

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    def received(self) -> dict[str, Received]: ...
    async def go_down(self) -> None: ...
    async def come_back(self) -> None: ...


def look_at(root: Path) -> dict[str, Received]:
    """Read what lies at the doors of a folder."""
    found = {}
    for door in ("out", "parallel"):
        for file in (root / door).iterdir():
            assert not file.name.startswith("."), "nothing half written is left behind"
            if file.name.endswith(".advice.json"):
                continue
            advice = file.with_name(f"{file.name}.advice.json")
            found[file.name] = Received(
                payload=file.read_bytes(),
                advice=json.loads(advice.read_bytes()) if advice.exists() else [],
                binding=door == "out",
            )
    return found


class DropFolderWorld:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "national"
        self._away = folder / "unmounted"
        self._folder = DropFolder(self._root)

    @property
    def gateway(self) -> DropFolder:
        return self._folder

    async def start(self) -> None:
        self._folder.open()

    async def close(self) -> None:
        pass

    def received(self) -> dict[str, Received]:
        return look_at(self._root)

    async def go_down(self) -> None:
        self._root.rename(self._away)

    async def come_back(self) -> None:
        self._away.rename(self._root)


class _Accounts(asyncssh.SSHServer):
    """Takes a password where there is one; keys are the library's own matter."""

    def __init__(self, password: str) -> None:
        self._password = password

    def password_auth_supported(self) -> bool:
        return bool(self._password)

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("gateway", self._password)


class SftpWorld:
    """An SFTP server with a folder, in this process."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "server" / "doors"
        for door in ("in/accepted", "in/refused", "out", "parallel"):
            (self.root / door).mkdir(parents=True)
        self._keys = folder / "keys"
        self._keys.mkdir()
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self._client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.key = self._keys / "client"
        self._client_key.write_private_key(self.key)
        self.known_hosts = self._keys / "known_hosts"
        self._authorized = self._keys / "authorized"
        self._client_key.write_public_key(self._authorized)
        self._port = 0
        self._server: asyncssh.SSHAcceptor | None = None
        self._clients: list[asyncssh.SSHServerConnection] = []
        self.factory: type[asyncssh.SFTPServer] = asyncssh.SFTPServer
        self.password = ""

    async def start(self) -> None:
        await self.come_back()
        self._doors = self.connect()

    @property
    def gateway(self) -> SftpDropFolder:
        return self._doors

    @property
    def port(self) -> int:
        return self._port

    def connect(self, *, key: Path | None = None) -> SftpDropFolder:
        account = Account(
            host="127.0.0.1",
            port=self._port,
            user="gateway",
            known_hosts=self.known_hosts,
            key=key or self.key,
        )
        return SftpDropFolder(Link(account, answer_within=10), folder="doors")

    async def close(self) -> None:
        await self.gateway.close()
        await self.go_down()

    def received(self) -> dict[str, Received]:
        return look_at(self.root)

    def trust(self, key: asyncssh.SSHKey) -> None:
        public = key.export_public_key().decode().strip()
        self.known_hosts.write_text(f"[127.0.0.1]:{self._port} {public}\n", encoding="utf-8")

    async def go_down(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for client in self._clients:
                client.abort()
                await client.wait_closed()
            self._clients.clear()
            await server.wait_closed()

    async def come_back(self) -> None:
        def serve(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
            return self.factory(channel, chroot=os.fsencode(self.root.parent))

        self._server = await asyncssh.listen(
            "127.0.0.1",
            self._port,
            server_host_keys=[self._host_key],
            server_factory=lambda: _Accounts(self.password),
            authorized_client_keys=str(self._authorized),
            sftp_factory=serve,
            acceptor=self._clients.append,
        )
        self._port = self._server.get_port()
        self.trust(self._host_key)


def read_parts(body: bytes, content_type: str) -> dict[str, tuple[str | None, bytes]]:
    """Take a form apart with the standard library: part to file name and octets."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    parts = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts[str(name)] = (part.get_filename(), content)
    return parts


class WebhookWorld:
    """An HTTP server that checks each request before it believes it, in this process."""

    def __init__(self, **tls: Any) -> None:  # noqa: ANN401 - of the server
        self._tls = tls
        self._held: dict[str, Received] = {}
        self._ids: set[str] = set()
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.answer: Response | None = None
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.heard: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def start(self) -> None:
        await self.come_back()
        self._webhook = self.connect()
        await self._webhook.open()

    @property
    def gateway(self) -> WebhookGateway:
        return self._webhook

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._port}/deliveries"

    def connect(self, *, within: float = 10, secret: bytes = SECRET) -> WebhookGateway:
        return WebhookGateway(
            Address(
                url=self.url,
                secret=secret,
                key_id="swb-TH",
                now=lambda: NOW,
                answer_within=timedelta(seconds=within),
            )
        )

    async def close(self) -> None:
        await self.gateway.close()
        await self.go_down()

    def received(self) -> dict[str, Received]:
        return dict(self._held)

    async def go_down(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._task
            self._server = self._task = None

    async def come_back(self) -> None:
        self.loop = asyncio.get_running_loop()
        listening = create_server(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        app = Starlette(
            routes=[
                Route("/deliveries", self._take, methods=["POST"]),
                Route("/references", self._hear, methods=["POST"]),
            ]
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            **self._tls,
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server._serve([listening]))  # noqa: SLF001 - serve() takes the signals

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((request.method, dict(request.headers), body))
        if self.answer is not None:
            return self.answer
        if not self._is_signed(request, body):
            return Response(status_code=401)
        parts = read_parts(body, request.headers["content-type"])
        told = json.loads(parts["delivery"][1])
        if request.headers["idempotency-key"] != f'"{told["delivery_id"]}"':
            return Response(status_code=400)
        if told["delivery_id"] in self._ids:
            return Response(status_code=409)
        self._ids.add(told["delivery_id"])
        name, payload = parts["payload"]
        assert name == told["file_name"]
        self._held[str(name)] = Received(
            payload=payload,
            advice=json.loads(parts["advice"][1]) if "advice" in parts else [],
            binding=told["binding"],
        )
        return Response(status_code=201)

    async def _hear(self, request: Request) -> Response:
        """Hear as a subscriber where a reference stands."""
        body = await request.body()
        self.requests.append((request.method, dict(request.headers), body))
        if self.answer is not None:
            return self.answer
        if not self._is_signed(request, body):
            return Response(status_code=401)
        self.heard.put_nowait(json.loads(body))
        return Response(status_code=204)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        """Check digest and signature as RFC 9530 and RFC 9421 say, in other words than ours."""
        digest = base64.b64encode(sha256(body).digest()).decode()
        if request.headers["content-digest"] != f"sha-256=:{digest}:":
            return False
        inputs = request.headers["signature-input"].removeprefix("swb=")
        names = [name.strip('"') for name in inputs[1 : inputs.index(")")].split()]
        values = {"@method": request.method, "@target-uri": str(request.url)}
        lines = [f'"{n}": {values[n] if n in values else request.headers[n]}' for n in names]
        base = "\n".join([*lines, f'"@signature-params": {inputs}'])
        expected = base64.b64encode(hmac.digest(SECRET, base.encode(), "sha256")).decode()
        return request.headers["signature"] == f"swb=:{expected}:"
