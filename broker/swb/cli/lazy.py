"""Commands by name, imported when they are asked for, each with the options that all have.

``swb --help`` lists commands out of a table and imports none of them.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click
from click.exceptions import NoSuchCommand

from swb.cli.arguments import Text
from swb.cli.output import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CommandEntry", "HelpAskedError", "LazyGroup", "equip", "import_at_once"]


@contextmanager
def import_at_once() -> Iterator[None]:
    """Import without the garbage collector: it would look at all that is there many times over.

    It takes a fifth of the time that starting the daemon takes, and finds nothing.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """Where a command is, and what it is for.

    Attributes:
        target: ``module:attribute`` of a click command.
        summary: One line; the same as the command's own.
    """

    target: str
    summary: str


class HelpAskedError(Exception):
    """Carries what `--help` or `--version` has to say out of the parser.

    Attributes:
        answer: The answer.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__("help was asked for")
        self.answer = answer


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for.

    Args:
        name: The group's name.
        entries: Its commands, in the order in which to list them.
        help_text: What it is.
    """

    def __init__(self, name: str, entries: Mapping[str, CommandEntry], help_text: str) -> None:
        super().__init__(name, help=help_text)
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the names of all commands."""
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command; None where there is none of that name."""
        entry = self._entries.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        try:
            with import_at_once():
                command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as cause:
            if cause.name != module:
                raise
            message = f"the command {cmd_name!r} is not part of this installation"
            raise click.UsageError(message) from cause
        return equip(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was named; the refusal of a slip offers what is close to it."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as unknown:
            # click looks for what is close among imported commands, and here none is.
            name = unknown.command_name
            raise NoSuchCommand(name, possibilities=self._entries, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands out of the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self._entries.items()])


def equip(command: click.Command) -> click.Command:
    """Give a command, and every command of a group, what all have: options, and texts in UTF-8."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            equip(each)
    for param in command.params:
        if param.type is click.STRING:
            param.type = Text()
    known = {name for param in command.params for name in param.opts}
    command.add_help_option = False
    command.params.extend(option for option in _OPTIONS if not known & set(option.opts))
    return command


def _show_help(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value and not ctx.resilient_parsing:
        _give_help(ctx)


def _give_help(ctx: click.Context) -> NoReturn:
    text = ctx.get_help()
    raise HelpAskedError(Answer(value={"help": text}, text=text))


_OPTIONS: Final = (
    # The frame has looked for these two before anything was parsed (`entry`), so that they hold
    # for what goes wrong while parsing; here they are only taken and documented.
    click.Option(
        ["--json"],
        is_flag=True,
        expose_value=False,
        help="Print exactly one JSON value on standard output, failures too.",
    ),
    click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        help="Show the traceback of a failure on standard error (or set SWB_DEBUG=1).",
    ),
    click.Option(
        ["-h", "--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this text.",
    ),
)
