"""What is wrong with an interchange, and where: a finding with the syntax error code of CONTRL.

A finding names the place as ``segment 14 DTM/1.2``: the 14th segment of the message, where UNH is
the first as UNT counts, its tag, the data element and the component in it. Its clause holds the
code of data element 0085, so that a CONTRL can be made of a refusal that came from another process.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CLAUSE", "SyntaxCode", "make_fault", "refuse_fault", "refuse_faults", "spell_place"]

CLAUSE: Final = "ISO 9735, 0085:"
"""What stands before the code in a finding's clause."""


class SyntaxCode(StrEnum):
    """Codes of data element 0085, syntax error, that are told here."""

    VERSION = "2"
    VALUE = "12"
    MISSING = "13"
    POSITION = "15"
    CONSTITUENTS = "16"
    UNSPECIFIED = "18"
    DECIMAL = "19"
    SERVICE = "20"
    CHARACTER = "21"
    REFERENCES = "28"
    COUNT = "29"
    EMPTY = "32"
    OUTSIDE = "33"
    NESTING = "34"
    REPETITIONS = "35"
    GROUPS = "36"
    LONG = "39"
    CHARACTER_SET = "46"


def spell_place(number: int, tag: str, element: int = 0, component: int = 0) -> str:
    """Spell the place of a segment, or of an element or component in it.

    Args:
        number: Of the segment in its message, from 1; 0 for what stands around messages.
        tag: Of the segment.
        element: From 1; 0 for the segment as a whole.
        component: From 1; 0 for the element as a whole.
    """
    place = f"segment {number} {tag}" if number else tag
    if element:
        place += f"/{element}"
    return f"{place}.{component}" if component else place


def make_fault(
    syntax: SyntaxCode, place: str, message: str, *, code: str = "adapter.malformed"
) -> Finding:
    """Make the finding of one fault.

    Args:
        syntax: For CONTRL.
        place: As `spell_place` spells it.
        message: What was expected, and what was found.
        code: Of the refusal.
    """
    return Finding(
        code=code,
        severity=Severity.REFUSE,
        path="",
        national_path=place,
        message=message,
        clause=f"{CLAUSE}{syntax}",
    )


def refuse_faults(faults: Sequence[Finding]) -> RefusedError:
    """Make the refusal of all faults."""
    first = faults[0]
    text = f"{first.national_path}: {first.message}" if first.national_path else first.message
    if len(faults) > 1:
        text = f"{len(faults)} fault(s), first at {text}"
    return RefusedError(first.code, text, findings=tuple(faults[: DEFAULT_LIMITS.findings]))


def refuse_fault(
    syntax: SyntaxCode, place: str, message: str, *, code: str = "adapter.malformed"
) -> RefusedError:
    """Make the refusal of one fault; see `make_fault`."""
    return refuse_faults([make_fault(syntax, place, message, code=code)])
