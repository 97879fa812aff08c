"""Which requirements a vector is there for, told by its clause."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from swb_conformance.cases import Question
from swb_conformance.requirements import load_requirements

__all__ = ["requirements_of"]

_STEPS: Final = re.compile(r"([A-Z])(\d+)(?: to \1(\d+))?")
_STEP: Final = "docs/reference/wire.md, Verification, step "


def requirements_of(clause: str, question: Question) -> tuple[str, ...]:
    """Tell the requirements of a step or of several, such as ``S3`` or ``S1 to S13``.

    What is found wrong with a sealed document inside a message is found by step D2.
    """
    match = _STEPS.fullmatch(clause)
    if match is None:
        message = f"expected a step of the wire, found {clause!r}"
        raise ValueError(message)
    letter, first, last = match.groups()
    steps = [f"{letter}{number}" for number in range(int(first), int(last or first) + 1)]
    if letter == "S" and question is Question.DELIVERY:
        steps.append("D2")
    return tuple(_by_step()[step] for step in steps)


@cache
def _by_step() -> dict[str, str]:
    return {
        each.clause.removeprefix(_STEP): each.id
        for each in load_requirements().values()
        if each.id.startswith("MSG-") and each.clause.startswith(_STEP)
    }
