"""The Harmonized System, read from published files: subheadings, and steps between editions.

What codes are called is not kept here; the codes themselves are, in
`swb_schemas.codelists.subheadings`. Two forms are read, both CSV in UTF-8 with a line of column
names: a list with the columns ``hscode`` and ``description``, of which six-digit codes are taken;
and a correlation whose first two columns are the code of the older and of the newer edition, one
line for each pair.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["LARGEST_FILE", "read_rows", "read_steps", "read_subheadings", "refuse_file"]

LARGEST_FILE: Final = 16 * 1024 * 1024
"""Octets."""
_DIGITS: Final = 6


def read_subheadings(raw: bytes) -> Mapping[str, str]:
    """Read the six-digit codes of one edition with their descriptions.

    Raises:
        RefusedError: ``codes.malformed``.
    """
    rows = read_rows(raw)
    _, head = next(rows, (1, []))
    if not {"hscode", "description"} <= set(head):
        raise refuse_file("expected columns hscode and description", head)
    code, description = head.index("hscode"), head.index("description")
    found: dict[str, str] = {}
    for line, row in rows:
        if len(row) != len(head):
            raise refuse_file(f"expected {len(head)} columns in each line", row, line=line)
        if _is_subheading(row[code]):
            found[row[code]] = row[description]
    if not found:
        raise refuse_file("expected codes of six digits", head)
    return found


def read_steps(raw: bytes) -> Mapping[str, tuple[str, ...]]:
    """Read into which codes of the newer edition each code of the older one went.

    Raises:
        RefusedError: ``codes.malformed``.
    """
    rows = read_rows(raw)
    next(rows, None)
    steps: defaultdict[str, list[str]] = defaultdict(list)
    for line, row in rows:
        pair = [each.replace(".", "").strip() for each in row[:2]]
        if len(pair) < 2 or not all(_is_subheading(each) for each in pair):  # noqa: PLR2004 - a pair
            raise refuse_file("expected two codes of six digits in each line", row, line=line)
        steps[pair[0]].append(pair[1])
    if not steps:
        raise refuse_file("expected pairs of codes", [])
    return {old: tuple(new) for old, new in steps.items()}


def _is_subheading(code: str) -> bool:
    return len(code) == _DIGITS and code.isascii() and code.isdigit()


def read_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a published file, each with the line at which it ends.

    Raises:
        RefusedError: ``codes.malformed``: it is too large, or no CSV in UTF-8.
    """
    if len(raw) > LARGEST_FILE:
        message = f"expected at most {LARGEST_FILE} octets, found {len(raw)}"
        raise RefusedError("codes.malformed", message, actor=Actor.OPERATOR)
    try:
        lines = raw.decode("utf-8-sig").splitlines()
        reader = csv.reader(lines)
        for row in reader:
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as cause:
        message = "expected CSV in UTF-8, found something else"
        raise RefusedError("codes.malformed", message, actor=Actor.OPERATOR) from cause


def refuse_file(expected: str, found: list[str], *, line: int = 1) -> RefusedError:
    """Say what was expected of a row, its beginning, and in which line it is."""
    message = f"line {line}: {expected}, found {','.join(found)[:80]!r}"
    return RefusedError("codes.malformed", message, actor=Actor.OPERATOR)
