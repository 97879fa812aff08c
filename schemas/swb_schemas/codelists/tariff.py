"""A state's tariff, read from a file: the lines below six digits, such as those of the AHTN.

The AHTN has eight digits, and each member publishes it in its own tariff, as a book or behind a
search form; no list of it as data is public that could be kept here. Whoever has one, of customs
or of the ASEAN Secretariat, gives it as CSV in UTF-8 with the columns ``hscode`` and
``description``, in any order and beside others; codes may have dots. What is not a line of eight or
ten digits (headings, chapters) is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_schemas.codelists.harmonized import read_rows, refuse_file
from swb_schemas.codelists.subheadings import load_hs_step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_schemas.codelists.subheadings import HsEdition

__all__ = ["list_foreign_lines", "read_tariff"]

_LINE: Final = re.compile("[0-9]{8}(?:[0-9]{2})?")


def read_tariff(raw: bytes) -> Mapping[str, str]:
    """Read the lines of a tariff, by code without dots, with their descriptions.

    Raises:
        RefusedError: ``codes.malformed``: no CSV of that form, no line, or one code twice.
    """
    rows = read_rows(raw)
    _, head = next(rows, (1, []))
    if not {"hscode", "description"} <= set(head):
        raise refuse_file("expected columns hscode and description", head)
    code_at, description_at = head.index("hscode"), head.index("description")
    found: dict[str, str] = {}
    for line, row in rows:
        if len(row) != len(head):
            raise refuse_file(f"expected {len(head)} columns in each line", row, line=line)
        code = row[code_at].replace(".", "").strip()
        if _LINE.fullmatch(code) is None:
            continue
        if code in found:
            raise refuse_file("expected each code once", row, line=line)
        found[code] = " ".join(row[description_at].split())
    if not found:
        raise refuse_file("expected codes of eight or ten digits", head)
    return found


def list_foreign_lines(tariff: Mapping[str, str], edition: HsEdition) -> Sequence[str]:
    """List the codes whose first six digits are none of an edition: the file is of another one."""
    step = load_hs_step()
    return sorted(code for code in tariff if not step.holds(code, edition))
