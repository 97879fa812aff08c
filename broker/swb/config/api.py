"""Where a gateway serves its HTTP API and its console, and how much it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, IPvAnyNetwork, model_validator

from swb.config.national import WebhookConfig
from swb.config.section import Section

__all__ = ["HOST", "ApiConfig"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
HOST: Final = r"^(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]{1,253})$"


class ApiConfig(Section):
    """Where the HTTP API, and the console, are served, and how much they take.

    Attributes:
        host: Address to listen on. Without a certificate it is one of loopback, behind a proxy
            that speaks TLS.
        port: 0 takes a free one.
        access: File with tokens, users and sessions; made when missing, on a local disk. Several
            daemons of one machine may share it.
        certificate: The server's certificate with what leads to its issuer, PEM.
        key: Its private key, PEM, closed to other users of the machine.
        client_authorities: Whoever issued the certificates that systems may show, PEM. Each must be
            registered, too (``swb tokens create --certificate``).
        hosts: Names that it answers to in ``Host``, without port; empty answers to any. A proxy
            passes on the one that was asked for.
        trusted_proxies: Addresses and networks of proxies that are believed who asked them; the
            last address of their header that is none of theirs is who asks. Empty believes nobody,
            and everybody behind a proxy is one address.
        proxy_header: What they write: ``x-forwarded-for`` (and ``X-Forwarded-Proto``), or
            ``forwarded`` (RFC 7239). The other one is not looked at.
        console: Whether the console is served, too.
        payload_octets: What one request may carry.
        requests_per_second: Of one principal, on average; ten seconds' worth may come at once.
        pages_per_second: Of the console, for one person, on average; ten seconds' worth may come at
            once.
        request_seconds: How long a request's content may take to arrive.
        lease_seconds: How long a delivery that was pulled is its holder's, where it does not say.
        events_seconds: How often streams of events look for changes.
        entitlements: How many references one subscriber may be entitled to at a time.
        answers_kept_hours: For so long the same ``Idempotency-Key`` gets the same answer.
        session_idle_minutes: After so long without a request one signs in again.
        session_hours: After so long in any case.
        webhooks: Sections ``[api.webhooks.NAME]``: where the subscriber of that name is told what
            becomes of its references, with the keys of ``[national.webhook]``.
    """

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    access: Path
    certificate: Path | None = None
    key: Path | None = None
    client_authorities: Path | None = None
    hosts: tuple[Annotated[str, Field(pattern=HOST)], ...] = ()
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    proxy_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    console: bool = True
    payload_octets: int = Field(default=7_000_000, ge=1000, le=7_000_000)
    requests_per_second: float = Field(default=20, gt=0, le=10_000)
    pages_per_second: float = Field(default=5, gt=0, le=10_000)
    request_seconds: float = Field(default=30, gt=0, le=600)
    lease_seconds: float = Field(default=300, ge=1, le=43_200)
    events_seconds: float = Field(default=2, ge=0.01, le=60)
    entitlements: int = Field(default=1000, ge=1, le=10_000)
    answers_kept_hours: float = Field(default=24, ge=1, le=720)
    session_idle_minutes: float = Field(default=15, ge=1, le=480)
    session_hours: float = Field(default=10, ge=0.1, le=24)
    webhooks: dict[str, WebhookConfig] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _speaks_tls_outside(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            msg = "expected certificate and key together"
            raise ValueError(msg)
        if self.certificate is None and self.host not in _LOOPBACK:
            msg = "expected certificate and key, or an address of loopback behind a proxy with TLS"
            raise ValueError(msg)
        if self.certificate is None and self.client_authorities is not None:
            msg = "client_authorities needs certificate and key"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _every_key_has_a_use(self) -> Self:
        if "proxy_header" in self.model_fields_set and not self.trusted_proxies:
            msg = "proxy_header needs trusted_proxies: nobody's header is believed"
            raise ValueError(msg)
        if "pages_per_second" in self.model_fields_set and not self.console:
            msg = "pages_per_second is for console = true"
            raise ValueError(msg)
        return self
