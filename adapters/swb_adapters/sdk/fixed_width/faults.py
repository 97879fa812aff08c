"""Faults of a payload that name its lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb_adapters.sdk.building import refuse
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["add_lines", "refuse_line"]


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
    return RefusedError(refusal.code, text, findings=tuple(findings))
