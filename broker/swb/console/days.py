"""Days that somebody asks a page for: read strictly, never bent into others.

What is no day, has not begun, or is one of too many is told on the page that was asked, with its
form again (400, RFC 9110, 15.5.1), in the reader's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from swb.console.language import marked
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection

    from swb.console.pages import Visit

__all__ = ["DayError", "Span", "read_day", "read_span", "require_known"]

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST: Final = date(2000, 1, 1)
"""Before it nothing was exchanged."""


class DayError(RefusedError):
    """A page was asked for days that it cannot show (``console.day``).

    Attributes:
        words: What was expected and what was found, to be translated.
        values: What stands in the words' places.
    """

    def __init__(self, words: str, **values: object) -> None:
        super().__init__("console.day", words.format(**values))
        self.words = words
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from one to another, both with them.

    Attributes:
        since: The first.
        until: The last.
    """

    since: date
    until: date


def read_day(visit: Visit, name: str, *, latest: date) -> date | None:
    """Read a day such as 2026-11-22; None where none is asked for.

    Raises:
        DayError: It is none, lies before the year 2000, or has not begun.
    """
    text = visit.asked(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        words = marked("expected a day such as {example}, found “{found}”")
        raise DayError(words, example=latest, found=text)
    if day > latest:
        words = marked("expected a day that has begun, until {latest}, found {found}")
        raise DayError(words, latest=latest, found=day)
    if day < _EARLIEST:
        words = marked("expected a day from {earliest} on, found {found}")
        raise DayError(words, earliest=_EARLIEST, found=day)
    return day


def read_span(visit: Visit, *, latest: date, usual: timedelta, longest: timedelta) -> Span:
    """Read the days that ``since`` and ``until`` name, and no others.

    Args:
        visit: Who asks.
        latest: The last day that has begun; ``until`` where it is not asked for.
        usual: How long before the last day the first one is, where it is not asked for.
        longest: The same at most.

    Raises:
        DayError: As `read_day`; the first day is behind the last, too many lie between them, or
            something else is asked for.
    """
    require_known(visit, {"since", "until"})
    until = read_day(visit, "until", latest=latest) or latest
    since = read_day(visit, "since", latest=latest) or until - usual
    if since > until:
        words = marked("expected the first day before the last, found {since} and {until}")
        raise DayError(words, since=since, until=until)
    if until - since > longest:
        words = marked("expected at most {longest} days, found {found}")
        raise DayError(words, longest=longest.days + 1, found=(until - since).days + 1)
    return Span(since=since, until=until)


def require_known(visit: Visit, names: Collection[str]) -> None:
    """Require that a page of days is asked for nothing that it does not know.

    Args:
        visit: Who asks.
        names: What it knows, beside the language.

    Raises:
        DayError: It is.
    """
    unknown = sorted(set(visit.request.query_params) - {*names, "lang"})
    if unknown:
        words = marked("expected {known} and nothing else, found “{found}”")
        raise DayError(words, known=", ".join(sorted(names)), found=unknown[0][:40])
