"""All named cases of the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.rulebook import codes, crossing, dates, extract, origin, register, states

if TYPE_CHECKING:
    from tests.rulebook.case import Case

__all__ = ["CASES"]

CASES: Final[dict[str, Case]] = {
    **codes.CASES,
    **dates.CASES,
    **origin.CASES,
    **register.CASES,
    **crossing.CASES,
    **states.CASES,
    **extract.CASES,
}
