"""Kinds of arguments that several commands take: files or standard input, and moments."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import click

__all__ = [
    "EXISTING_FILE",
    "EXISTING_FOLDER",
    "FILE_OR_STDIN",
    "Age",
    "Day",
    "Duration",
    "Moment",
    "Reason",
    "Text",
    "known_code",
    "known_state",
    "read_octets",
    "spell_reference",
    "state_codes",
]

_AGE: Final = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
EXISTING_FILE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
EXISTING_FOLDER: Final = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)
FILE_OR_STDIN: Final = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)


def read_octets(file: str | Path, *, limit: int) -> bytes:
    """Read a file, or standard input for ``-``.

    Args:
        file: As given on the command line.
        limit: Octets; what is longer is cut just behind, so that whoever judges the size sees
            that there is more, and nothing reads without end.

    Raises:
        click.UsageError: It cannot be read.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(file).open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as cause:
        message = f"expected a readable file at {str(file)!r}, found: {cause.strerror}"
        raise click.UsageError(message) from cause


def spell_reference(reference: str) -> str:
    """Spell a certificate's key as stores do, and leave ids as they are."""
    from swb_schemas.parties import parse_certificate_key  # noqa: PLC0415 - few commands need it

    return str(parse_certificate_key(reference)) if ":" in reference else reference


class Moment(click.ParamType[datetime]):
    """An instant with its offset from UTC, in ISO 8601."""

    name = "moment"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Name the value in help."""
        return "TIME"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read an instant such as ``2026-01-20T08:00:00Z``."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
            in_utc = moment.astimezone(UTC) if moment.tzinfo else None
        except (ValueError, OverflowError):  # the latter beyond the calendar, once it is in UTC
            in_utc = None
        if in_utc is None:
            example = "2026-01-20T08:00:00Z"
            self.fail(
                f"expected a time with its zone, such as {example}, found {value!r}", param, ctx
            )
        return in_utc


class Day(click.ParamType[date]):
    """A day as its place counts it, in ISO 8601."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Name the value in help."""
        return "DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read a day such as ``2026-01-20``."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"expected a day such as 2026-01-20, found {value!r}", param, ctx)


class Text(click.types.StringParamType):
    """Text in UTF-8; a command line may hold other octets, which nothing but a file's name may."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Take text that can be stored and told."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"expected text in UTF-8, found {text[:60]!a}", param, ctx)
        return text


class Reason(Text):
    """Why something is done, for a record that somebody reads later."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Take a text that says something."""
        reason = super().convert(value, param, ctx).strip()
        if not reason:
            self.fail(f"expected a reason in words, found {str(value)!r}", param, ctx)
        return reason


class Age(click.ParamType[timedelta]):
    """How long ago, as a number with its unit."""

    name = "age"
    meaning = "an age"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Name the value in help."""
        return "AGE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read an age such as ``90s``, ``15m``, ``36h`` or ``7d``."""
        if isinstance(value, timedelta):
            return value
        found = _AGE.fullmatch(str(value))
        if found is None:
            expected = f"expected {self.meaning} such as 90s, 15m, 36h or 7d"
            self.fail(f"{expected}, found {value!r}", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


class Duration(Age):
    """How long something holds from now on, as a number with its unit."""

    name = "duration"
    meaning = "how long from now on,"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Name the value in help."""
        return "DURATION"


def known_code(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Take only a code that something can wait for; the callback of an option.

    Raises:
        click.BadParameter: No such code is ever told: mistyped, it would find nothing.
    """
    from swb_schemas.error_codes import find_error_code  # noqa: PLC0415 - few commands need it

    if value is not None and find_error_code(value) is None:
        message = f"expected a code of docs/reference/errors.md, found {value!r}"
        raise click.BadParameter(message)
    return value


def known_state(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Take only a country's code, or the region's; the callback of an option.

    Raises:
        click.BadParameter: There is none: mistyped, it would find nothing.
    """
    from swb_schemas.codelists import ListName, load_code_list  # noqa: PLC0415 - as above
    from swb_schemas.parties import REGION  # noqa: PLC0415 - as above

    codes = {each.code for each in load_code_list(ListName.COUNTRIES)} | {REGION, None}
    if value not in codes:
        message = f"expected a country's code such as TH, found {value!r}"
        raise click.BadParameter(message)
    return value


def state_codes(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    """Read state codes that commas part; the callback of an option.

    Raises:
        click.BadParameter: One is no ISO 3166-1 alpha-2 code, or stands twice.
    """
    from swb_schemas.codelists import ListName, load_code_list  # noqa: PLC0415 - few commands

    known = {each.code for each in load_code_list(ListName.COUNTRIES)}
    states = tuple(each.strip() for each in value.split(","))
    for state in states:
        if not (len(state) == 2 and state.isascii() and state.isalpha() and state.isupper()):  # noqa: PLR2004 - alpha-2
            message = f"expected codes such as TH,VN, found {state!r}"
            raise click.BadParameter(message)
        if state not in known:
            message = f"expected codes of ISO 3166-1 alpha-2, found {state!r}"
            raise click.BadParameter(message)
        if states.count(state) > 1:
            message = f"expected every state once, found {state!r} again"
            raise click.BadParameter(message)
    return states
