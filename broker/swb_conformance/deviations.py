"""Known deviations: cases that fail, and that everybody knows of until a day.

They are strict. One that no longer holds, because its day is over or because the case passes,
fails the run, so that a list of excuses cannot outlive its reasons. None may last longer than a
year from the day of the run, and none excuses a requirement of which nothing passes::

    [[deviation]]
    case = "adapter/reads/text/refuses-a-lone-surrogate"
    reason = "Our parser replaces it; mended in release 2.4."
    until = 2027-03-31
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb_conformance.requirements import load_profiles
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["LONGEST", "Deviation", "check_deviations", "parse_deviations"]

LONGEST: Final = timedelta(days=366)
"""From the day of a run to the last day of a deviation."""
_KEYS: Final = frozenset({"case", "reason", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One case that is known to fail.

    Attributes:
        case: Its name.
        reason: Why it fails.
        until: Last day on which it may.
    """

    case: str
    reason: str
    until: date

    def __str__(self) -> str:
        return f"{self.reason} (until {self.until})"


def parse_deviations(raw: bytes) -> Mapping[str, Deviation]:
    """Read a list of known deviations, TOML in UTF-8.

    Returns:
        By name of the case.

    Raises:
        RefusedError: ``conformance.deviations``.
    """
    try:
        told = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as cause:
        raise _refuse(f"expected TOML in UTF-8, found another octet at {cause.start}") from cause
    except tomllib.TOMLDecodeError as cause:
        raise _refuse(f"expected TOML, found: {str(cause)[:200]}") from cause
    entries = told.get("deviation", [])
    if set(told) - {"deviation"} or not isinstance(entries, list):
        others = sorted(set(told) - {"deviation"}) or ["deviation that is no list of tables"]
        raise _refuse(f"expected nothing but [[deviation]], found {others[0][:60]}")
    found = [_read(each, number) for number, each in enumerate(entries, start=1)]
    seen: set[str] = set()
    for number, each in enumerate(found, start=1):
        if each.case in seen:
            raise _refuse(
                f"entry {number}: expected each case once, found {each.case[:200]!r} again"
            )
        seen.add(each.case)
    return {each.case: each for each in found}


def check_deviations(
    deviations: Mapping[str, Deviation], profile: str, names: Collection[str], *, today: date
) -> None:
    """Require each known deviation of a profile to name a case that there is, and to end in time.

    One of another profile is left aside: a list may be that of all profiles.

    Args:
        deviations: What is known.
        profile: What is tried.
        names: Of all its cases.
        today: The day of the run.

    Raises:
        RefusedError: ``conformance.deviations``.
    """
    for name, each in deviations.items():
        theirs = name.partition("/")[0]
        if name not in names and (theirs == profile or theirs not in load_profiles()):
            raise _refuse(f"expected deviations of cases that there are, found {name[:200]!r}")
        if each.until - today > LONGEST:
            raise _refuse(
                f"expected deviations that end within {LONGEST.days} days, found {name[:200]!r} "
                f"until {each.until}"
            )


def _read(told: object, number: int) -> Deviation:
    """Read one entry; numbers begin with 1, in the order of the file."""
    if not isinstance(told, dict):
        raise _refuse(f"entry {number}: expected a table with case, reason and until")
    if more := sorted(set(told) - _KEYS):
        raise _refuse(f"entry {number}: expected case, reason and until, found also {more[0][:60]}")
    for name in ("case", "reason"):
        found = told.get(name)
        if not isinstance(found, str) or not found.strip():
            raise _refuse(f"entry {number}: expected {name}: a text, found {_tell(told, name)}")
    until = told.get("until")
    if not isinstance(until, date) or isinstance(until, datetime):
        expected = "a day, such as 2027-03-31 without quotes"
        raise _refuse(f"entry {number}: expected until: {expected}, found {_tell(told, 'until')}")
    return Deviation(case=told["case"], reason=told["reason"], until=until)


def _tell(told: Mapping[str, object], name: str) -> str:
    return repr(str(told[name])[:60]) if name in told else "none"


def _refuse(message: str) -> RefusedError:
    return RefusedError("conformance.deviations", message, actor=Actor.OPERATOR)
