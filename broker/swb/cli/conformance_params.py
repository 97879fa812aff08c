"""What the commands that try something take on their command lines, and how they repeat it."""

from __future__ import annotations

import logging
import math
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from swb.cli.arguments import read_octets
from swb.cli.outcome import UnknownNameError
from swb.observability import configure_logs
from swb_conformance.deviations import parse_deviations
from swb_conformance.selecting import Shard
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from swb_conformance.deviations import Deviation
    from swb_conformance.engine import RunPlan

__all__ = [
    "LiveOptions",
    "Seconds",
    "Seed",
    "ShardParam",
    "configure_quiet_logs",
    "load_deviations",
    "require_places",
    "require_useful",
    "spell_again",
]

_DEVIATIONS_LIMIT: Final = 1_000_000
_SHARD: Final = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """What a run on the wire needs besides its profile and the address.

    Attributes:
        plan: Which cases, for how long, with which known deviations.
        material: Folder that ``swb conformance prepare`` made; None where none was named.
        act: Command line that does what the national side has to do; empty asks a person.
        keep: Folder in which the run is kept, so that it can be resumed.
        resume: Whether `keep` holds a run that is to go on.
        pausing: Keeps the terminal free for as long as a person is asked something.
    """

    plan: RunPlan
    pausing: Callable[[], AbstractContextManager[None]]
    material: Path | None = None
    act: str = ""
    keep: Path | None = None
    resume: bool = False


class ShardParam(click.ParamType[Shard]):
    """One part of several, such as ``2/4``."""

    name = "shard"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Name the value in help."""
        return "I/N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Shard:
        """Read a part."""
        if isinstance(value, Shard):
            return value
        found = _SHARD.fullmatch(str(value))
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"expected a part such as 2/4, found {str(value)!r}", param, ctx)
        return Shard(int(found[1]), int(found[2]))


class Seed(click.IntRange):
    """A whole number within bounds, refused in our words."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a number."""
        try:
            number = int(str(value))
        except ValueError:
            self.fail(f"expected a whole number, found {str(value)!r}", param, ctx)
        return int(super().convert(number, param, ctx))


class Seconds(click.FloatRange):
    """A number of seconds within bounds, refused in our words."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a number; what is none, and what is infinite, is no time."""
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fail(f"expected a number of seconds, found {str(value)!r}", param, ctx)
        return float(super().convert(number, param, ctx))


def configure_quiet_logs() -> None:
    """Write errors alone, and none of the line: what is wrong with it is told as our own error."""
    configure_logs(level=logging.ERROR)
    for name in ("aio_pika", "aiormq"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def load_deviations(file: Path | None) -> Mapping[str, Deviation]:
    """Read known deviations.

    Raises:
        UnknownNameError: ``conformance.deviations``: the file is none.
    """
    if file is None:
        return {}
    try:
        return parse_deviations(read_octets(file, limit=_DEVIATIONS_LIMIT))
    except RefusedError as cause:
        told = RefusedError(cause.code, f"{file}: {cause.message}", actor=cause.actor)
        raise UnknownNameError(told) from cause


def require_useful(names: tuple[str, ...], why: str) -> None:
    """Refuse options that would do nothing.

    Args:
        names: Of parameters.
        why: What would have to be otherwise for them to do something.

    Raises:
        click.UsageError: One was given.
    """
    context = click.get_current_context()
    given = [each.opts[0] for each in _list_given(context) if each.name in names]
    if given:
        raise click.UsageError(f"{' and '.join(given)} would do nothing here: {why}")


def require_places(files: Mapping[str, Path | None], *, log: Path | None = None) -> None:
    """Require places for all that is to be written, before anything is tried.

    Args:
        files: Files that will be written, by option.
        log: A file that a program's standard error will be added to.

    Raises:
        click.UsageError: Two are the same file.
        UnavailableError: ``cli.output``: one cannot be written.
    """
    named = {option: file for option, file in {**files, "--log": log}.items() if file is not None}
    seen: dict[Path, str] = {}
    for option, file in named.items():
        other = seen.setdefault(file.resolve(), option)
        if other != option:
            raise click.UsageError(f"expected other files for {other} and {option}, found {file}")
    for option, file in named.items():
        fault = _find_fault(file, appends=option == "--log")
        if fault:
            raise UnavailableError("cli.output", f"expected to write {file} ({option}): {fault}")


def _find_fault(file: Path, *, appends: bool) -> str:
    """Tell why a file cannot be written; empty where it can."""
    folder = file.resolve().parent
    try:
        if appends:
            with file.open("ab"):
                return ""
        os.scandir(folder).close()
    except OSError as cause:
        return str(cause.strerror)
    return "" if os.access(folder, os.W_OK | os.X_OK) else "Permission denied"


def spell_again(leaving_out: frozenset[str], **instead: str) -> tuple[str, ...]:
    """Spell the command that runs now, as it was given.

    Args:
        leaving_out: Names of parameters that bear on no verdict: where it is written, and which
            part is tried.
        instead: What is spelled in the place of a value, such as a URL without its password.
    """
    context = click.get_current_context()
    words = ["swb", "conformance", str(context.info_name)]
    for each in _list_given(context):
        if each.name in leaving_out:
            continue
        value = instead.get(str(each.name), context.params[str(each.name)])
        for one in value if each.multiple else (value,):
            if isinstance(each, click.Option):
                words.append(max(each.opts, key=len))
            if not (isinstance(each, click.Option) and each.is_flag):
                words.append(f"{one:g}" if isinstance(one, float) else str(one))
    return tuple(words)


def _list_given(context: click.Context) -> Iterator[click.Parameter]:
    """List parameters that the command line has, in the order of the command's help."""
    for each in context.command.params:
        name = str(each.name)
        if name in context.params and (
            context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        ):
            yield each
