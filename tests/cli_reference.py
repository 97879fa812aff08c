"""Writes ``docs/reference/cli.md`` out of what the commands say of themselves."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click

from swb.cli.entry import COMMANDS, build_program
from tests.cli_members import MEMBERS
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PAGE", "build_page", "documented_members"]

PAGE: Final = ROOT / "docs" / "reference" / "cli.md"
_WIDTH: Final = 78
"""What click writes where it does not know the terminal's width."""

_HEAD: Final = """\
# Commands

`python tools/cli_reference.py` writes this page from the commands' own `--help`; a test compares.

Standard output holds the result, and nothing else: text for people, a payload octet for octet, or
with `--json` exactly one JSON value. Warnings, declared losses, failures, progress and logs go to
standard error. Every command takes these options, after its name and before it:

| option | meaning |
|---|---|
| `--json` | one JSON value on standard output, failures and usage errors too |
| `--debug` | the traceback of a failure on standard error; `SWB_DEBUG=1` does the same |
| `-h`, `--help` | what the command does; with `--json` as `{"help": ...}` |

## Exit status

| status | meaning | again? |
|---|---|---|
| 0 | done, also with warnings and declared losses | |
| 1 | refused: malformed, a rule broken, not trusted, not authorised | never helps |
| 2 | usage: the command line is wrong | never helps |
| 3 | undetermined: it could not be judged now; says nothing about the input | may help |
| 4 | unavailable: store, transport, signer or national system is down | may help |
| 5 | internal fault: ours | never helps |
| 130 | interrupted, from the keyboard or by SIGTERM | |

A reader that closes a pipe early is no failure.

## Failures

With `--json` a failure is `{"code", "actor", "final", "message", "findings"}`: a stable code
([error codes](errors.md)), who must act (`sender`, `recipient`, `operator`, `developer`), whether
trying again is useless, what was expected and what was found, and the single faults. Where a
command has something to tell nevertheless, as `swb verify` has of a refused file, its own members
stand beside these.

A finding, whether fault, warning or declared loss, is always this object:

| member | meaning |
|---|---|
| `code` | from the same list as failures |
| `severity` | `refuse`, `warn` or `loss` |
| `path` | place in the canonical document, with positions from 1; empty for the whole |
| `national_path` | place in the sender's own format, where it is known |
| `message` | what was expected and what was found |
| `actor` | who must act |
| `clause` | the rule that asks for it, where one does |

People are shown the national path first, and 50 findings at most.

## Environment

| variable | is |
|---|---|
| `SWB_CONFIG` | the file for `--config`, where the option is not given |
| `SWB_AMQP_URL` | the server for `--amqp-url`, where the option is not given |
| `SWB_DEBUG` | anything but `0` or nothing: like `--debug` |
"""


def build_page() -> str:
    """Write the page."""
    program = build_program()
    context = click.Context(program, info_name="swb", terminal_width=_WIDTH)
    return _HEAD + "".join(_sections(program, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    yield f"\n## {path}\n\n```text\n{command.get_help(context)}\n```\n"
    if path in MEMBERS:
        rows = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in MEMBERS[path].items())
        listed = " a list, of objects with" if path in _LISTING else ""
        yield f"\nWith `--json`:{listed}\n\n| member | meaning |\n|---|---|\n{rows}"
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        # A command that is registered and not written yet has nothing to say.
        if path == "swb" and find_spec(COMMANDS[name].target.partition(":")[0]) is None:
            continue
        each = command.get_command(context, name)
        assert each is not None
        inner = click.Context(each, info_name=name, parent=context, terminal_width=_WIDTH)
        yield from _sections(each, inner)


_LISTING: Final = frozenset(
    {"swb catalogue", "swb rules list", "swb rules states", "swb codes list"}
)
"""Commands whose JSON value is a list."""


def documented_members(command: str) -> set[str]:
    """Read from the page which members a command's JSON value has."""
    _, _, below = PAGE.read_text(encoding="utf-8").partition(f"\n## {command}\n")
    section = below.partition("\n## ")[0].partition("With `--json`:")[2]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
