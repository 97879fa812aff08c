"""``swb users``: people who may sign in at a gateway's console."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

import click

from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config, resolve_secret
from swb.core.access import PERSON_ROLES, AccessRole, Principal, PrincipalKind
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from swb.core.credentials import User
    from swb.services.accounts import Accounts

__all__ = ["command"]

T = TypeVar("T")

_CONFIG: Final = config_option("The gateway's configuration (TOML), with a section [api]")
_ROLES: Final = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(sorted(map(str, PERSON_ROLES))),
    help="What the person is here; may be given several times.",
)
_PASSWORD: Final = click.option(
    "--password",
    metavar="REFERENCE",
    default="prompt",
    show_default=True,
    help="Where the password is: env:NAME, file:PATH, or prompt, which asks for it.",
)


@click.group("users", short_help="Decide on people who may sign in.")
def command() -> None:
    """Decide on people who may sign in at the gateway's console.

    Everything that is decided here is entered in the audit trail, and holds from the next request
    on. A name that is an account at the command line, too, is taken for the same person where two
    people are needed.
    """


@command.command("create", short_help="Let somebody sign in.")
@click.argument("name")
@_ROLES
@_PASSWORD
@_CONFIG
def create(name: str, roles: Sequence[str], password: str, file: Path) -> Answer:
    """Let the person NAME sign in, by a password of 12 characters or more."""
    config = load_config(file)
    principal = Principal(
        name=name,
        kind=PrincipalKind.PERSON,
        state=config.party.state,
        roles=frozenset(map(AccessRole, roles)),
    )
    secret = resolve_secret(password, what=f"the password of {name}")
    return _act(file, lambda accounts: accounts.create_user(principal, secret))


@command.command("list", short_help="List people who may sign in.")
@_CONFIG
def list_(file: Path) -> Answer:
    """List everybody, those who may sign in no longer among them."""
    users = asyncio.run(_run(file, lambda accounts: accounts.list_users()))
    return Answer(
        value={"users": [_describe(each) for each in users]},
        text="\n".join(map(_spell, users)) or "nobody may sign in",
    )


@command.command("set-password", short_help="Give somebody another password.")
@click.argument("name")
@_PASSWORD
@_CONFIG
def set_password(name: str, password: str, file: Path) -> Answer:
    """Give NAME another password, and end the sessions that were begun by the old one."""
    secret = resolve_secret(password, what=f"the password of {name}")
    return _act(file, lambda accounts: accounts.set_password(name, secret))


@command.command("set-roles", short_help="Give somebody other roles.")
@click.argument("name")
@_ROLES
@_CONFIG
def set_roles(name: str, roles: Sequence[str], file: Path) -> Answer:
    """Give NAME these roles in place of those it had."""
    meant = frozenset(map(AccessRole, roles))
    return _act(file, lambda accounts: accounts.set_roles(name, meant))


@command.command("disable", short_help="Let somebody sign in no longer.")
@click.argument("name")
@_CONFIG
def disable(name: str, file: Path) -> Answer:
    """Let NAME sign in no longer, and end its sessions."""
    return _act(file, lambda accounts: accounts.disable(name))


@command.command("enable", short_help="Let somebody sign in again.")
@click.argument("name")
@_CONFIG
def enable(name: str, file: Path) -> Answer:
    """Let NAME, who was disabled, sign in again."""
    return _act(file, lambda accounts: accounts.enable(name))


def _act(file: Path, act: Callable[[Accounts], Awaitable[User]]) -> Answer:
    user = asyncio.run(_run(file, act))
    return Answer(value=_describe(user), text=_spell(user))


async def _run(file: Path, act: Callable[[Accounts], Awaitable[T]]) -> T:
    from swb.app.accounts import open_accounts  # noqa: PLC0415 - slow to import

    async with open_accounts(load_config(file), who=find_operator()) as accounts:
        return await act(accounts)


def _describe(user: User) -> dict[str, object]:
    return {
        "name": user.principal.name,
        "state": user.principal.state,
        "roles": sorted(user.principal.roles),
        "created_at": format_instant(user.created_at),
        "password_set_at": format_instant(user.password_set_at),
        "disabled_at": format_instant(user.disabled_at) if user.disabled_at else None,
    }


def _spell(user: User) -> str:
    roles = ",".join(sorted(user.principal.roles))
    state = f"disabled at {format_instant(user.disabled_at)}" if user.disabled_at else "may sign in"
    return f"{user.principal.name}  {user.principal.state}  {roles}  {state}"
