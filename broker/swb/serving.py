"""Serving an application by HTTP while a context lasts; health, the API and the console alike."""

from __future__ import annotations

import asyncio
import ssl
import stat
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, create_server
from typing import TYPE_CHECKING, Final, Literal

import h11
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from swb.core.forwarded import find_asker, is_within, parse_forwarded
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from ipaddress import IPv4Network, IPv6Network
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PEER_CERTIFICATE", "ProxyHeader", "make_server_tls", "serve_application"]

PEER_CERTIFICATE: Final = "peer_certificate"
"""Where an application finds the DER of the client's certificate: in the state of its scope."""
_HEADERS: Final = 32_768
"""Octets of a request's line and headers."""
_CONNECTIONS: Final = 512
ProxyHeader = Literal["x-forwarded-for", "forwarded"]
"""How a proxy tells who asked it."""
_IDLE: Final = 10
"""Seconds after which a connection without a request, or with half of one, is closed."""


class _Connection(h11.Connection):
    """Refuses a request whose end two readers may see in two places (RFC 9112, 6.1 and 6.3).

    A proxy that goes by the one header and a server that goes by the other would take a part of
    one request for the next one.
    """

    def next_event(self) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            is_old = event.http_version < b"1.1"
            if b"transfer-encoding" in names and (b"content-length" in names or is_old):
                raise h11.RemoteProtocolError("expected one way to tell where a request ends")
        return event


class _Protocol(H11Protocol):
    """HTTP/1.1 that tells the application of the client's certificate, and has little patience."""

    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a server has such a one
        super().connection_made(transport)
        self.conn = _Connection(h11.SERVER, _HEADERS)
        # A listening socket that was made without naming TCP is none to asyncio, which then leaves
        # this out; an answer's content would wait 40 ms for the acknowledgement of its head.
        transport.get_extra_info("socket").setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        self.app_state = {**self.app_state, PEER_CERTIFICATE: certificate}
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        elif self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._head_due is not None:
            self._head_due.cancel()

    def _await_head(self) -> None:
        """Close the connection unless a whole head has come in time, however slowly it drips."""
        if self._head_due is None:
            self._head_due = self.loop.call_later(_IDLE, self.transport.close)


class _Forwarded:
    """Has an application see who asked the proxies that are trusted, by ``Forwarded`` (RFC 7239).

    Args:
        application: Whose requests.
        trusted: Networks of the proxies.
    """

    def __init__(self, application: ASGIApp, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self._application = application
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, see ASGI; what is no such header gets 400."""
        peer = scope["client"][0] if scope.get("client") else ""
        told = Headers(scope=scope).getlist("forwarded")
        if told and is_within(peer, self._trusted):
            try:
                elements = parse_forwarded(",".join(told))
            except RefusedError as error:
                refusal = PlainTextResponse(error.message, status_code=HTTPStatus.BAD_REQUEST)
                await refusal(scope, receive, send)
                return
            asker = find_asker(elements, peer=peer, trusted=self._trusted)
            scope = {
                **scope,
                "client": (asker.address, 0),
                "scheme": asker.scheme or scope["scheme"],
            }
        await self._application(scope, receive, send)


@asynccontextmanager
async def serve_application(
    application: ASGIApp,
    *,
    host: str,
    port: int,
    error_code: str,
    tls: ssl.SSLContext | None = None,
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = (),
    proxy_header: ProxyHeader = "x-forwarded-for",
) -> AsyncIterator[int]:
    """Serve while the context lasts.

    Args:
        application: What answers.
        host: Address to listen on.
        port: 0 takes a free one.
        error_code: Where the address cannot be listened on, for example ``health.unavailable``.
        tls: The server's side of TLS; None speaks none.
        trusted_proxies: Networks of proxies that are believed from where, and by which scheme,
            they were asked.
        proxy_header: How they tell it: by ``X-Forwarded-For`` and ``X-Forwarded-Proto``, or by
            ``Forwarded`` (RFC 7239). The other one is not looked at, for a proxy that does not
            write it passes on what the client wrote.

    Yields:
        The port that it listens on.

    Raises:
        UnavailableError: The code given.
    """
    by_rfc = proxy_header == "forwarded"
    if trusted_proxies and by_rfc:
        application = _Forwarded(application, trusted_proxies)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            http=_Protocol,
            ws="none",
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies) and not by_rfc,
            forwarded_allow_ips=[str(each) for each in trusted_proxies],
            lifespan="off",
            h11_max_incomplete_event_size=_HEADERS,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=2,
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the daemon's own
    family = AF_INET6 if ":" in host else AF_INET
    try:
        listening = create_server((host, port), family=family)
    except OSError as cause:
        message = f"expected to listen on {host}:{port}: {cause.strerror}"
        raise UnavailableError(error_code, message) from cause
    found = int(listening.getsockname()[1])
    task = asyncio.create_task(server._serve([listening]))  # noqa: SLF001 - serve() takes the signals
    try:
        yield found
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


def make_server_tls(
    certificate: Path, key: Path, *, client_authorities: Path | None = None
) -> ssl.SSLContext:
    """Make the server's side of TLS 1.2 and 1.3.

    Args:
        certificate: With what leads to its issuer, PEM.
        key: Its private key, PEM.
        client_authorities: Whoever issues the certificates that clients may show; without it none
            is asked for.

    Raises:
        RefusedError: ``config.invalid``: the files are of no use; ``config.secret_exposed``: every
            user of the machine may read the key.
    """
    try:
        if key.stat().st_mode & stat.S_IROTH:
            message = f"expected {key} to be closed to other users, found that they may read it"
            raise RefusedError("config.secret_exposed", message, actor=Actor.OPERATOR)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.minimum_version = ssl.TLSVersion.TLSv1_2
        tls.load_cert_chain(certificate, key)
        if client_authorities is not None:
            tls.load_verify_locations(cafile=client_authorities)
            tls.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as cause:
        message = f"expected usable TLS files at {certificate}: {cause.strerror or cause}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause
    return tls
