"""What a client needs to speak TLS with RabbitMQ, and to show who it is by a certificate."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ClientTls", "build_context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTls:
    """A client's files.

    Attributes:
        ca: Whoever issued the server's certificate, PEM; None trusts the system's.
        certificate: The client's own, with what leads to its issuer, PEM; None shows none.
        key: Of that certificate, PEM.
        passphrase: Of the key.
        server_name: The name that the server's certificate must have; None asks for the URL's host.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    passphrase: str | None = field(default=None, repr=False)
    server_name: str | None = None


class _Named(ssl.SSLContext):
    """Asks for one name, whatever address is connected to."""

    server_name: str | None = None

    def wrap_bio(  # type: ignore[override]  # as asyncio calls it
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        server_hostname: str | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """See the library: asyncio calls this for each connection."""
        name = self.server_name or server_hostname
        return super().wrap_bio(incoming, outgoing, server_side, name, session)


def build_context(tls: ClientTls) -> ssl.SSLContext:
    """Build what verifies the server, and holds the client's key. TLS 1.2 is the oldest.

    Raises:
        RefusedError: ``config.tls``: a file cannot be read, key and certificate do not belong
            together, or the passphrase is another.
    """
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.server_name = tls.server_name
    try:
        if tls.ca is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cafile=str(tls.ca))
    except (OSError, ssl.SSLError) as cause:
        message = f"[transport] ca: expected certificates in PEM at {tls.ca}"
        raise RefusedError("config.tls", message, actor=Actor.OPERATOR) from cause
    if tls.certificate is None:
        return context
    try:
        # Without a function for it, OpenSSL would ask at the terminal.
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: tls.passphrase or "")
    except (OSError, ssl.SSLError) as cause:
        raise RefusedError(
            "config.tls",
            f"[transport] certificate, key: expected a certificate at {tls.certificate} and its "
            f"private key at {tls.key or tls.certificate}, in PEM, with the key's passphrase",
            actor=Actor.OPERATOR,
        ) from cause
    return context
