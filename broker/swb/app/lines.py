"""Transport lines: a gateway has its own, a router those of all members."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from swb.app.fault_points import Watched, arm
from swb.app.parts import read_connections
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.config import EmbeddedTransportConfig, RabbitTransportConfig, Role, resolve_secret
from swb.core.quotas import Quota
from swb.ports import LineEnd
from swb.services.paced import PacedTransport
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from swb.config import Config, LimitsConfig
    from swb.ports import Transport

__all__ = ["build_embedded_line", "build_lines", "pace_lines", "parse_amqp_url", "parse_amqp_urls"]

_MOST_NODES: Final = 16


def build_lines(config: Config) -> dict[str, Transport]:
    """Name the lines that a daemon's roles need, by member; nothing is opened yet.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``, ``config.tls``,
            ``connection.malformed``.
        UnavailableError: ``transport.not_installed``.
    """
    members: Sequence[str] = (config.party.state,)
    end = LineEnd.MEMBER
    if Role.ROUTER in config.roles.run:
        members, end = read_connections(config).members, LineEnd.ROUTER
    if isinstance(config.transport, EmbeddedTransportConfig):
        build = _embedded(config.transport, config.limits, end)
    else:
        build = _rabbitmq(config.transport, config.limits, end)
    return {member: arm(Watched.LINE, build(member)) for member in members}


def build_embedded_line(path: Path, *, member: str, end: LineEnd) -> Transport:
    """Name one end of a member's line over the embedded transport; nothing is opened yet."""
    return SqliteTransport(file=TransportFile(path=path), line=member, end=end, prefetch=8)


def pace_lines(config: Config, lines: Mapping[str, Transport]) -> Mapping[str, Transport]:
    """Have a router read each line no faster than its member's quota allows."""
    quotas = config.quotas
    if quotas is None:
        return lines
    paced: dict[str, Transport] = {}
    for member, transport in lines.items():
        told = quotas.members.get(member, quotas.every)
        quota = Quota(
            messages_per_second=_part(told.messages_per_second, quotas.routers),
            octets_per_second=_part(told.octets_per_second, quotas.routers),
            messages_per_day=_part(told.messages_per_day, quotas.routers),
            burst_seconds=told.burst_seconds,
        )
        paced[member] = PacedTransport(transport, quota)
    return paced


def _part(bound: float | None, routers: int) -> float | None:
    return None if bound is None else bound / routers


def _embedded(
    transport: EmbeddedTransportConfig, limits: LimitsConfig, end: LineEnd
) -> Callable[[str], Transport]:
    file = TransportFile(path=transport.path)

    def build(member: str) -> Transport:
        return SqliteTransport(
            file=file,
            line=member,
            end=end,
            prefetch=limits.prefetch,
            lease_for=timedelta(seconds=limits.lease_seconds),
        )

    return build


def _rabbitmq(
    transport: RabbitTransportConfig, limits: LimitsConfig, end: LineEnd
) -> Callable[[str], Transport]:
    try:
        from swb.backends.rabbitmq.tls import ClientTls, build_context  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.topology import vhost_name  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.transport import RabbitTransport  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "transport.not_installed",
            "expected the extra 'rabbitmq': pip install 'single-window-broker[rabbitmq]'",
        ) from cause
    urls = [
        name_mechanism(url, transport) for url in parse_amqp_urls(resolve_secret(transport.url))
    ]
    context = None
    if any(url.scheme == "amqps" for url in urls):
        passphrase = transport.passphrase
        context = build_context(
            ClientTls(
                ca=transport.ca,
                certificate=transport.certificate,
                key=transport.key,
                passphrase=resolve_secret(passphrase, what="the passphrase of [transport] key")
                if passphrase
                else None,
                server_name=transport.server_name,
            )
        )

    def build(member: str) -> Transport:
        return RabbitTransport(
            url=" ".join(url._replace(path=f"/{vhost_name(member)}").geturl() for url in urls),
            line=member,
            end=end,
            prefetch=limits.prefetch,
            max_in_flight=limits.in_flight,
            ssl_context=context,
            heartbeat=transport.heartbeat_seconds,
            connect_for=timedelta(seconds=transport.connect_seconds),
            confirm_for=timedelta(seconds=transport.confirm_seconds),
        )

    return build


def name_mechanism(url: SplitResult, transport: RabbitTransportConfig) -> SplitResult:
    """Have an AMQP URL say how the client logs in.

    Raises:
        RefusedError: ``config.tls``: certificates would go unused, because the URL says ``amqp``.
    """
    if url.scheme != "amqps" and transport.speaks_of_tls:
        message = "[transport] expected an amqps URL beside keys of TLS, found amqp"
        raise RefusedError("config.tls", message, actor=Actor.OPERATOR)
    if transport.auth != "external":
        return url
    return url._replace(query="&".join(filter(None, (url.query, "auth=external"))))


def parse_amqp_urls(text: str) -> tuple[SplitResult, ...]:
    """Read one AMQP URL, or several of one cluster's nodes that white space divides.

    Raises:
        RefusedError: ``config.invalid``.
    """
    urls = tuple(parse_amqp_url(each) for each in text.split()) or (parse_amqp_url(text),)
    if len(urls) > _MOST_NODES:
        message = f"expected at most {_MOST_NODES} AMQP URLs, found {len(urls)}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    return urls


def parse_amqp_url(text: str) -> SplitResult:
    """Read an AMQP URL, without ever repeating it: it holds a password.

    Raises:
        RefusedError: ``config.invalid``.
    """
    message = "expected an AMQP URL such as amqp://user:password@host:5672, found something else"
    try:
        url = urlsplit(text)
        good = url.scheme in {"amqp", "amqps"} and bool(url.hostname) and url.port != 0
    except ValueError as cause:
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause
    if not good:
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    return url
