"""What is wrong with a table that people write by hand, in the words of that table.

A model says of a fault where it is and what kind it is; here that becomes ``consent[1]/to``,
"expected ..., found ...", with positions from 1 and the keys of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["spell_expected", "spell_faults"]

_SHOWN: Final = 60
"""Characters of a value that a message repeats."""
_KINDS: Final = {
    "bool": "true or false",
    "date": "a date, 2026-01-31",
    "decimal": "a number",
    "dict": "a table",
    "float": "a number",
    "frozen_set": "an array",
    "int": "a whole number",
    "model": "a table",
    "string": "a text",
    "tuple": "an array",
}
"""Beginning of pydantic's name of a fault, to the TOML value that was expected."""
_LIMITS: Final = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "string_too_long": "at most {max_length} characters",
    "too_long": "at most {max_length}",
    "too_short": "at least {min_length}",
}
"""Pydantic's name of a limit, and how it is told."""
_MEANT: Final = {
    r"^[A-Z]{2}$": "two capital letters (ISO 3166-1 alpha-2)",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,34}$": "a name of at most 35 letters, digits, '.', '_' and '-'",
}
"""What a pattern is of; any other one is shown as it is."""


def spell_faults(
    error: ValidationError, *, tables: Collection[str] = (), private: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Say of each fault where it is, and what was expected and found there.

    Args:
        error: What the model said.
        tables: Keys of the file that are arrays of tables.
        private: Keys whose values are told to nobody.

    Returns:
        Paths as ``connection[1]/terms/max_items``, empty for the whole table, and messages.
    """
    return [
        (_spell_path(fault["loc"]), _spell_fault(fault, tables, private))
        for fault in error.errors(include_url=False)
    ]


def _spell_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if step != "[key]":
            path += f"[{step + 1}]" if isinstance(step, int) else f"/{step}"
    return path.removeprefix("/")


def _spell_fault(fault: ErrorDetails, tables: Collection[str], private: Collection[str]) -> str:
    match fault["type"]:
        case "missing":
            return "expected this key, found none"
        case "extra_forbidden":
            return "expected no such key, found one"
        case "value_error":
            expected = fault["msg"].removeprefix("Value error, ").removeprefix("expected ")
            if ", found " in expected or not isinstance(fault["input"], str):
                return f"expected {expected}"
        case _:
            expected = spell_expected(fault, tables)
    if any(step in private for step in fault["loc"]):
        found = "another value"
    elif fault["type"] in {"too_long", "too_short"}:
        found = str(fault["ctx"]["actual_length"])
    else:
        found = _spell_found(fault["input"])
    return f"expected {expected}, found {found}"


def spell_expected(fault: ErrorDetails, tables: Collection[str] = ()) -> str:
    """Say what was expected where a value is of a wrong kind or beyond a limit; not what is there.

    Args:
        fault: As the model tells it; of a kind that has no sentence of its own.
        tables: As of `spell_faults`.
    """
    limits = fault.get("ctx", {})
    match fault["type"]:
        case "enum" | "literal_error":
            return str(limits["expected"]).replace("'", "")
        case "string_pattern_mismatch":
            pattern = str(limits["pattern"])
            return _MEANT.get(pattern, f"text of the form {pattern}")
        case "tuple_type" if (key := str(fault["loc"][-1])) in tables:
            return f"an array of tables, [[{key}]]"
        case kind if kind in _LIMITS:
            return _LIMITS[kind].format(**limits)
        case kind:
            known = (words for prefix, words in _KINDS.items() if kind.startswith(prefix))
            return next(known, "another value")


def _spell_found(found: object) -> str:
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list | tuple):
        return "an array"
    if isinstance(found, bool):
        return str(found).lower()
    if found is None or isinstance(found, str | int | float):
        return repr(found)[:_SHOWN]
    return str(found)[:_SHOWN]
