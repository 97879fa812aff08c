"""All named cases of the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.rulebook import (
    codes,
    crossing,
    dates,
    exchanging,
    extract,
    origin,
    register,
    sps,
    states,
)

if TYPE_CHECKING:
    from tests.rulebook.case import Case

__all__ = ["CASES", "FURTHER"]

CASES: Final[dict[str, Case]] = {
    **codes.CASES,
    **dates.CASES,
    **exchanging.CASES,
    **origin.CASES,
    **register.CASES,
    **crossing.CASES,
    **states.CASES,
    **extract.CASES,
    **sps.CASES,
}
"""Those of which vectors are made."""

FURTHER: Final[dict[str, Case]] = {
    **origin.FURTHER,
    **register.FURTHER,
    **crossing.FURTHER,
    **extract.FURTHER,
    **sps.FURTHER,
}
"""Those that are tried here alone: places further on, and borders."""
