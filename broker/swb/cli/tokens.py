"""``swb tokens``: tokens and certificates of systems that use a gateway's API."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from swb.cli.arguments import EXISTING_FILE, Duration, read_octets
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.access import SYSTEM_ROLES, AccessRole, Principal, PrincipalKind
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from cryptography.x509 import Certificate

    from swb.core.credentials import Credential
    from swb.services.accounts import Accounts

__all__ = ["command"]

T = TypeVar("T")

_LARGEST_CERTIFICATE: Final = 100_000
_CONFIG: Final = config_option("The gateway's configuration (TOML), with a section [api]")
_FOR: Final = click.option(
    "--for",
    "lasts_for",
    type=Duration(),
    default="365d",
    show_default=True,
    help="How long it holds, for example 90d.",
)


@click.group("tokens", short_help="Decide on tokens and certificates of systems that use the API.")
def command() -> None:
    """Decide on tokens and certificates of systems that use the API.

    A token is shown once, when it is made; only its digest is kept. Everything that is decided here
    is entered in the audit trail, and holds from the next request on.
    """


@command.command("create", short_help="Make a token, or register a certificate.")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(sorted(map(str, SYSTEM_ROLES))),
    help="What the system is here; may be given several times.",
)
@click.option(
    "--certificate",
    metavar="FILE",
    type=EXISTING_FILE,
    help="Register this client certificate (PEM) in place of making a token.",
)
@_FOR
@_CONFIG
def create(
    name: str, roles: Sequence[str], certificate: Path | None, lasts_for: timedelta, file: Path
) -> Answer:
    """Make a token for the system NAME, and print it: nobody can show it again.

    With --certificate, register the client certificate that the system shows in TLS instead.
    """
    if certificate is not None:
        read = _read_certificate(certificate)
        left = read.not_valid_after_utc - SystemClock().now()
        if left <= timedelta(0):
            message = f"expected a certificate that is valid, found that {certificate} has expired"
            raise RefusedError("access.certificate", message, actor=Actor.OPERATOR)

        def register(accounts: Accounts, state: str) -> Awaitable[Credential]:
            principal = _make_principal(name, state, roles)
            der = read.public_bytes(Encoding.DER)
            return accounts.register_certificate(principal, der, lasts_for=min(lasts_for, left))

        credential = asyncio.run(_run(file, register))
        return Answer(value=_describe(credential), text=f"registered: {_spell(credential)}")

    def make(accounts: Accounts, state: str) -> Awaitable[tuple[Credential, str]]:
        return accounts.create_token(_make_principal(name, state, roles), lasts_for=lasts_for)

    credential, token = asyncio.run(_run(file, make))
    return Answer(value={**_describe(credential), "token": token}, text=token)


@command.command("list", short_help="List tokens and certificates.")
@_CONFIG
def list_(file: Path) -> Answer:
    """List tokens and certificates, those that hold no longer among them."""
    credentials = asyncio.run(_run(file, lambda accounts, _: accounts.list_credentials()))
    return Answer(
        value={"tokens": [_describe(each) for each in credentials]},
        text="\n".join(_spell(each) for each in credentials) or "none was made yet",
    )


@command.command("rotate", short_help="Make a token that takes the place of another one.")
@click.argument("token_id", metavar="ID")
@click.option(
    "--overlap",
    type=Duration(),
    default="24h",
    show_default=True,
    help="How long both hold, for example 24h.",
)
@_FOR
@_CONFIG
def rotate(token_id: str, overlap: timedelta, lasts_for: timedelta, file: Path) -> Answer:
    """Make a token in place of ID, and print it; ID holds for as long as --overlap says."""
    credential, token = asyncio.run(
        _run(
            file,
            lambda accounts, _: accounts.rotate_token(
                token_id, overlap=overlap, lasts_for=lasts_for
            ),
        )
    )
    return Answer(value={**_describe(credential), "token": token}, text=token)


@command.command("revoke", short_help="Let a token or certificate hold no longer.")
@click.argument("token_id", metavar="ID")
@_CONFIG
def revoke(token_id: str, file: Path) -> Answer:
    """Let the token or certificate ID hold no longer, from now on."""
    credential = asyncio.run(_run(file, lambda accounts, _: accounts.revoke(token_id)))
    return Answer(value=_describe(credential), text=f"revoked: {_spell(credential)}")


async def _run(file: Path, act: Callable[[Accounts, str], Awaitable[T]]) -> T:
    """Act with the gateway's accounts, and its state."""
    from swb.app.accounts import open_accounts  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_accounts(config, who=find_operator()) as accounts:
        return await act(accounts, config.party.state)


def _make_principal(name: str, state: str, roles: Sequence[str]) -> Principal:
    return Principal(
        name=name,
        kind=PrincipalKind.SYSTEM,
        state=state,
        roles=frozenset(map(AccessRole, roles)),
    )


def _read_certificate(file: Path) -> Certificate:
    raw = read_octets(file, limit=_LARGEST_CERTIFICATE)
    try:
        return x509.load_pem_x509_certificate(raw)
    except ValueError as cause:
        message = f"expected a certificate (PEM) in {file}, found something else"
        raise RefusedError("access.certificate", message, actor=Actor.OPERATOR) from cause


def _describe(credential: Credential) -> dict[str, object]:
    return {
        "id": credential.credential_id,
        "kind": str(credential.kind),
        "name": credential.principal.name,
        "state": credential.principal.state,
        "roles": sorted(credential.principal.roles),
        "created_at": format_instant(credential.created_at),
        "expires_at": format_instant(credential.expires_at),
        "revoked_at": _instant(credential.revoked_at),
        "used_at": _instant(credential.used_at),
    }


def _instant(at: datetime | None) -> str | None:
    return format_instant(at) if at is not None else None


def _spell(credential: Credential) -> str:
    principal = credential.principal
    state = f"until {format_instant(credential.expires_at)}"
    if credential.revoked_at is not None:
        state = f"revoked at {format_instant(credential.revoked_at)}"
    elif not credential.is_good(SystemClock().now()):
        state = f"expired at {format_instant(credential.expires_at)}"
    roles = ",".join(sorted(principal.roles))
    return (
        f"{credential.credential_id}  {credential.kind}  {principal.state} {principal.name}  "
        f"{roles}  {state}"
    )
