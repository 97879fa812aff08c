"""How a question is written down, and how an answer is held against what must come out."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from swb_conformance.testing import Evidence, Result, Status
from swb_schemas.catalogue import get_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_conformance.target import Answer, Target, Verb

__all__ = ["PASSED", "Exchange", "is_carried", "skip", "to_base64"]

PASSED = Result(status=Status.PASSED)


class Exchange:
    """One question to a target, and its answer.

    Args:
        target: Who is asked.
        verb: What to do.
        octets: `input` of the request.
        members: Its further members.

    Raises:
        BrokenTargetError: See there.
    """

    def __init__(self, target: Target, verb: Verb, octets: bytes, **members: object) -> None:
        self._question = {"verb": verb.value, "input": to_base64(octets), **members}
        self.answer: Answer = target.ask(verb, octets, **members)

    def expect(self, verdict: str, code: str = "") -> Result | None:
        """Hold verdict and code against what must come out; None where they are that."""
        found = self.answer.verdict, self.answer.code
        if found == (verdict, code):
            return None
        return self.fail(f"expected {_tell(verdict, code)}, found {_tell(*found)}")

    def fail(self, reason: str, *more: Evidence) -> Result:
        """Fail, with all that was asked and answered."""
        answer = self.answer
        told = {"verdict": answer.verdict, "code": answer.code, **answer.told}
        if answer.output:
            told["output"] = to_base64(answer.output)
        evidence = (
            Evidence(name="question.json", octets=_dump(self._question)),
            Evidence(name="answer.json", octets=_dump(told)),
            *more,
        )
        return Result(status=Status.FAILED, reason=reason, evidence=evidence)

    def expect_object(self, expected: Mapping[str, Any]) -> Result:
        """Hold an object that was answered against the one that must come out."""
        found = self.answer.told.get("output")
        if found == expected:
            return PASSED
        return self.fail(
            f"expected the output as in expected.json, found {_differences(expected, found)}",
            Evidence(name="expected.json", octets=_dump(expected)),
        )


def skip(reason: str) -> Result:
    """Leave a case out because the description claims nothing that it is about."""
    return Result(status=Status.SKIPPED, reason=reason, declared=True)


def is_carried(message_type: str, description: Mapping[str, Any]) -> bool:
    """Whether a target says that it carries a type of document; all where it names none.

    What gateways say among themselves is no matter of a national format, and is never left out.
    """
    if not get_type(message_type).national:
        return True
    messages = description.get("messages") or ()
    named = {each.get("message_type") for each in messages if isinstance(each, dict)}
    return not named or message_type in named


def to_base64(octets: bytes) -> str:
    """Write octets as requests have them."""
    return base64.b64encode(octets).decode()


def _tell(verdict: str, code: str) -> str:
    return f"{verdict} {code}" if code else verdict


def _differences(expected: Mapping[str, Any], found: object) -> str:
    if not isinstance(found, dict):
        return type(found).__name__
    wrong: Sequence[str] = sorted(
        name for name in {*expected, *found} if expected.get(name) != found.get(name)
    )
    return f"others of {', '.join(wrong)}"


def _dump(value: object) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
