"""Options that many commands take, each spelled once: a daemon's configuration, a trust bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from swb.cli.arguments import EXISTING_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AMQP_URL", "STORE", "config_option", "trust_option"]

F = TypeVar("F", bound="Callable[..., Any] | click.Command")

_VARIABLE: Final = "SWB_CONFIG"

AMQP_URL: Final = click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with the idle vhosts swb.TH and swb.VN, in place of a private one "
    "[SWB_AMQP_URL].",
)
STORE: Final = click.option(
    "--store",
    default="sqlite",
    show_default=True,
    type=click.Choice(["sqlite", "postgres"]),
    help="What keeps the stores: files, or a private PostgreSQL.",
)


def config_option(
    meaning: str, name: str = "file", *, required: bool = True, variable: bool = True
) -> Callable[[F], F]:
    """Make the option that names a daemon's configuration.

    Args:
        meaning: Whose configuration it is, for help, without a full stop.
        name: Of the command's parameter.
        required: Whether the command does nothing without one.
        variable: Whether ``SWB_CONFIG`` names it where the option is left out; help says so.
    """
    return click.option(
        "--config",
        name,
        metavar="FILE",
        required=required,
        envvar=_VARIABLE if variable else None,
        type=EXISTING_FILE,
        help=f"{meaning} [{_VARIABLE}]." if variable else f"{meaning}.",
    )


def trust_option(meaning: str, *, required: bool = True) -> Callable[[F], F]:
    """Make the option that names a trust bundle, for the parameter ``bundle``.

    Args:
        meaning: What is judged by it, for help.
        required: Whether the command does nothing without one.
    """
    return click.option(
        "--trust",
        "bundle",
        metavar="BUNDLE",
        required=required,
        type=EXISTING_FILE,
        help=meaning,
    )
