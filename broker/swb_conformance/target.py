"""What is tested, as the suite sees it: something that is asked, and answers.

The questions are those of ``docs/conformance/command-protocol.md``. The suite knows no more of a
target than its answers, so a target can be a program in any language, a test double, or this
project's own code behind the same protocol.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "BrokenTargetError", "Target", "Verb"]


class Verb(StrEnum):
    """What a target may be asked."""

    DESCRIBE = "describe"
    TO_CANONICAL = "to-canonical"
    FROM_CANONICAL = "from-canonical"
    CHECK = "check"
    SEAL = "seal"
    OPEN = "open"
    SIGN = "sign"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a target answered.

    Attributes:
        verdict: ``accepted``, ``refused``, ``undetermined``, or ``failed``: the target is wrong.
        code: Of a refusal; empty when accepted.
        output: Octets that came out; empty where the verb's output is an object.
        told: The other members of the answer, `findings` and an object of `output` among them.
        asked, line: The very lines that asked and answered it, where there were any; for whoever
            looks for the fault.
    """

    verdict: str
    code: str = ""
    output: bytes = b""
    told: Mapping[str, Any] = field(default_factory=dict)
    asked: bytes = field(default=b"", compare=False, repr=False)
    line: bytes = field(default=b"", compare=False, repr=False)


class BrokenTargetError(Exception):
    """The target died, hung, flooded or talked nonsense; the message tells which.

    A case in which that happens has failed, whatever it was about.

    Attributes:
        asked: The very line that it was asked by, where there was one.
        line: What it said in the place of an answer, where it said a line.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.asked = b""
        self.line = b""


class Target(Protocol):
    """Something that is asked."""

    @property
    def name(self) -> str:
        """As it was named on the command line."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """What it says of itself, once for each start.

        Raises:
            BrokenTargetError: See there.
        """
        ...

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        """Ask one question.

        Args:
            verb: What to do.
            octets: `input` of the request.
            members: Further members of the request; values as JSON has them.

        Raises:
            BrokenTargetError: See there. The next question goes to a new start of it.
        """
        ...

    def close(self) -> None:
        """End it."""
        ...
