"""Faults of a payload that name its lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.json_models import reading_loss
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UNKNOWN", "add_further", "add_lines", "refuse_line"]

UNKNOWN: Final = "record "
"""What stands before the code of a record that no layout knows, in national paths."""


def refuse_line(at: int, message: str) -> RefusedError:
    """Make the refusal of a line that is none of the format's.

    Args:
        at: Its position, from 0.
        message: What was expected and what was found.
    """
    return refuse("adapter.malformed", message, national_path=f"line {at + 1}")


def add_lines(refusal: RefusedError, places: Mapping[str, int]) -> RefusedError:
    """Add to each finding the line at which the record that it speaks of begins.

    Args:
        refusal: Of a payload that could be taken apart.
        places: National paths of records, and of fields that have lines of their own, to lines.
    """
    findings = []
    for finding in refusal.findings:
        place = finding.national_path
        while place and place not in places:
            place = place[: max(place.rfind("/"), place.rfind(" "), 0)]
        line = places.get(place)
        message = f"line {line}: {finding.message}" if line else finding.message
        findings.append(replace(finding, message=message))
    text = refusal.message
    if findings and findings[0].message != refusal.findings[0].message:
        text = f"{text} ({findings[0].message.partition(':')[0]})"
    unknown = [(line, place) for place, line in places.items() if UNKNOWN in place]
    for line, place in unknown[: DEFAULT_LIMITS.findings - len(findings)]:
        findings.append(reading_loss(place, f"line {line}: no record of this message has the code"))
    if unknown:
        line, place = unknown[0]
        code = place.rpartition(UNKNOWN)[2]
        text = f"{text}; line {line} begins with {code}, which is no record of this message"
    return RefusedError(refusal.code, text, findings=tuple(findings))


def add_further(refusal: RefusedError, further: RefusedError) -> RefusedError:
    """Add to a refusal by the header alone what else is wrong with the message."""
    findings = (*refusal.findings, *further.findings)[: DEFAULT_LIMITS.findings]
    text = f"{refusal.message}; {further.message}"
    return RefusedError(refusal.code, text, findings=findings)
