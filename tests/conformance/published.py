"""The published JSON schemas of the suite, and what is held against them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from tests.services import ROOT

if TYPE_CHECKING:
    from swb_conformance.live import Act, Step, Told

__all__ = ["SCHEMAS", "PublishedAct", "find_faults"]

SCHEMAS = ROOT / "docs" / "conformance" / "schemas"


def find_faults(schema: str, value: object, place: str = "") -> list[str]:
    """Say where a value is not what a schema says.

    Args:
        schema: ``report``, ``statement``, ``command`` or ``act``.
        value: As JSON has it.
        place: Below ``#/$defs``; empty is the whole schema.
    """
    validator = _load(schema, place)
    return [f"{each.json_path}: {each.message[:300]}" for each in validator.iter_errors(value)]


@cache
def _load(name: str, place: str) -> Draft202012Validator:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    if place:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{place}"}
    return Draft202012Validator(schema)


class PublishedAct:
    """An act of which every step and every answer has to be as it is published."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self.steps: set[str] = set()

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        asked = {"step": str(step), "within": within, **members}
        assert find_faults("act", asked, f"steps/{step}") == []
        told = self._act.do(step, within=within, **members)
        assert find_faults("act", dict(told.members), f"answers/{step}") == []
        self.steps.add(str(step))
        return told
