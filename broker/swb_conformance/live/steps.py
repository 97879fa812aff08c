"""A step as a command is asked for it: one line of JSON, read by whoever does such steps."""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.live.acts import CannotActError, Step
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.jws import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["STEP_LIMIT", "AskedStep", "parse_step"]

STEP_LIMIT: Final = 64_000_000
"""Octets of a line that asks for a step."""
_CODE: Final = "conformance.step"
_WITHIN: Final = 60.0
_MEMBERS: Final[Mapping[Step, Sequence[str]]] = {
    Step.ENTER: ("document",),
    Step.ARRIVED: ("document_id",),
    Step.KEPT: ("certificate_key", "message_type"),
    Step.NOTICE: ("partner",),
    Step.NOTICED: ("document_id",),
    Step.SUMMARY: ("partner", "day"),
}
"""Members that a step cannot be done without: texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStep:
    """What is asked for.

    Attributes:
        step: Which.
        within: Seconds that it may take.
        members: What it is about, as docs/conformance/live.md names it.
    """

    step: Step
    within: float
    members: Mapping[str, Any]


def parse_step(raw: bytes) -> AskedStep:
    """Read the line that asks for a step.

    Raises:
        RefusedError: ``conformance.step``: it is none, or lacks what the step is about.
        CannotActError: There is no such step.
    """
    if not raw.strip():
        raise _refuse("expected one line of JSON with a step on standard input, found none")
    told = parse_json(raw, code=_CODE, limit=STEP_LIMIT)
    if not isinstance(told, dict):
        raise _refuse("expected an object with a step, found another JSON value")
    name = told.pop("step", None)
    if not isinstance(name, str):
        raise _refuse(f"expected step: a text, found {_tell(name)}")
    if name not in {each.value for each in Step}:
        message = f"expected a step ({', '.join(Step)}), found {name[:40]!r}"
        raise CannotActError(message)
    step, within = Step(name), told.pop("within", _WITHIN)
    if not _is_time(within):
        raise _refuse(f"expected within: seconds, 0 or more, found {_tell(within)}")
    for member in _MEMBERS.get(step, ()):
        found = told.get(member)
        if not isinstance(found, str) or not found:
            raise _refuse(f"expected {member} of the step {name}: a text, found {_tell(found)}")
    _check_values(told, step)
    return AskedStep(step=step, within=float(within), members=told)


def _check_values(told: Mapping[str, Any], step: Step) -> None:
    if step is Step.ENTER:
        try:
            base64.b64decode(told["document"], validate=True)
        except (binascii.Error, ValueError) as cause:
            raise _refuse(
                "expected document of the step enter: base64, found other text"
            ) from cause
    if step is Step.SUMMARY:
        try:
            date.fromisoformat(told["day"])
        except ValueError as cause:
            found = _tell(told["day"])
            raise _refuse(f"expected day of the step summary: YYYY-MM-DD, found {found}") from cause


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def _tell(found: object) -> str:
    return "none" if found is None else repr(found)[:40]


def _refuse(message: str) -> RefusedError:
    return RefusedError(_CODE, message, actor=Actor.OPERATOR)
