"""Known deviations: cases that fail, and that everybody knows of until a day.

They are strict. One that no longer holds, because its day is over or because the case passes,
fails the run, so that a list of excuses cannot outlive its reasons::

    [[deviation]]
    case = "adapter/reads/text/refuses-a-lone-surrogate"
    reason = "Our parser replaces it; mended in release 2.4."
    until = 2027-03-31
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Deviation", "check_deviations", "parse_deviations"]

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


def parse_deviations(raw: bytes) -> Mapping[str, Deviation]:
    """Read a list of known deviations, TOML in UTF-8.

    Returns:
        By name of the case.

    Raises:
        RefusedError: ``conformance.deviations``.
    """
    try:
        told = tomllib.loads(raw.decode())
        if set(told) - {"deviation"}:
            raise ValueError("expected nothing but [[deviation]]")  # noqa: TRY301 - translated below
        found = [_read(each) for each in told.get("deviation", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        message = f"expected known deviations, each with case, reason and until: {str(cause)[:200]}"
        raise RefusedError("conformance.deviations", message, actor=Actor.OPERATOR) from cause
    if len({each.case for each in found}) != len(found):
        message = "expected each case once among known deviations"
        raise RefusedError("conformance.deviations", message, actor=Actor.OPERATOR)
    return {each.case: each for each in found}


def check_deviations(
    deviations: Mapping[str, Deviation], profile: str, names: Collection[str]
) -> None:
    """Require each known deviation of a profile to name a case that there is.

    Raises:
        RefusedError: ``conformance.deviations``.
    """
    unknown = [name for name in deviations if name.startswith(f"{profile}/") and name not in names]
    if unknown:
        message = f"expected deviations of cases that there are, found {unknown[0][:200]!r}"
        raise RefusedError("conformance.deviations", message, actor=Actor.OPERATOR)


def _read(told: Mapping[str, object]) -> Deviation:
    case, reason, until = told["case"], told["reason"], told["until"]
    if set(told) != _KEYS or not isinstance(case, str) or not isinstance(reason, str):
        raise ValueError("expected case and reason as texts, until as a date")
    if not isinstance(until, date) or isinstance(until, datetime) or not reason.strip():
        raise ValueError("expected a reason, and until as a date")
    return Deviation(case=case, reason=reason, until=until)
