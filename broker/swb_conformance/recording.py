"""A target whose questions and answers are kept for as long as one case lasts.

What was asked and answered is kept as the very lines, so that whoever has to mend the target can
send the same line to it by hand, and sees what it said and not what was made of that. Octets that
came out are kept beside, decoded.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.protocol.lines import encode_request
from swb_conformance.target import Answer, BrokenTargetError, Target, Verb
from swb_conformance.testing import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["RecordingTarget"]

_KEPT: Final = 6
"""Questions whose lines are kept; the last ones tell why a case failed."""
_LONGEST: Final = 200_000
"""Octets of one file of evidence; more is cut, and told to be."""


class RecordingTarget:
    """Another target, watched during one case.

    Args:
        target: The other one.
        until: When the case's time is over, by `timer`.
        timer: Seconds on a clock that never goes back.

    Attributes:
        broke: How the target broke, whoever caught it; empty while it has not.
    """

    def __init__(self, target: Target, *, until: float, timer: Callable[[], float]) -> None:
        self._target = target
        self._until = until
        self._timer = timer
        self._asked = 0
        self.broke = ""
        self._kept: deque[tuple[Evidence, ...]] = deque(maxlen=_KEPT)

    @property
    def name(self) -> str:
        """As it was named on the command line."""
        return self._target.name

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was asked and answered."""
        return tuple(piece for question in self._kept for piece in question)

    def describe(self) -> Mapping[str, Any]:
        """What it says of itself."""
        return self._target.describe()

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        """Ask one question, and keep it with its answer.

        Raises:
            BrokenTargetError: The case's time is over, or as of every target.
        """
        self._keep_time()
        self._asked += 1
        answer = self._ask(verb, octets, members)
        self._keep_time()
        return answer

    def _keep_time(self) -> None:
        """Before a question and behind its answer: what comes too late counts for nothing."""
        if self._timer() > self._until:
            self.broke = "the time for this case is over"
            raise BrokenTargetError(self.broke)

    def _ask(self, verb: Verb, octets: bytes, members: Mapping[str, object]) -> Answer:
        request = encode_request(self._asked, verb, octets, members)
        try:
            answer = self._target.ask(verb, octets, **members)
        except BrokenTargetError as error:
            self.broke = str(error)
            said = error.line or f"none: {error}\n".encode()
            asked = self._cut("request", error.asked or request)
            self._kept.append((asked, self._cut("answer", said)))
            raise
        pieces = [
            self._cut("request", answer.asked or request),
            self._cut("answer", answer.line or _spell(answer)),
        ]
        if answer.output:
            pieces.append(self._cut("output", answer.output, suffix=""))
        self._kept.append(tuple(pieces))
        return answer

    def close(self) -> None:
        """End it; a further question starts it again."""
        self._target.close()

    def _cut(self, what: str, octets: bytes, *, suffix: str = ".json") -> Evidence:
        if len(octets) > _LONGEST:
            octets = octets[:_LONGEST] + f"\n... {len(octets):,} octets in all\n".encode()
        return Evidence(name=f"{what}-{self._asked}{suffix}", octets=octets)


def _spell(answer: Answer) -> bytes:
    """Spell what no program answered, but something in this process."""
    spelled = {"verdict": answer.verdict, "code": answer.code or None, **answer.told}
    return json.dumps(spelled, indent=1, ensure_ascii=False, default=str).encode(
        "utf-8", "backslashreplace"
    )
