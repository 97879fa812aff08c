"""This project's own code, asked in the same process: what a target says that makes no mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swb_conformance.protocol.lines import encode_request, parse_answer
from swb_conformance.reference import answer_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_conformance.target import Answer, Verb

__all__ = ["OwnTarget"]


@dataclass
class OwnTarget:
    """Answers as the built-in target does, by the same lines.

    Attributes:
        carried: Message types that it says it carries; all where there are none.
        asked: How often it was asked.
    """

    name: str = "own"
    carried: tuple[str, ...] = ()
    asked: int = field(default=0)

    def describe(self) -> Mapping[str, Any]:
        """What it says of itself."""
        return {"messages": [{"message_type": each} for each in self.carried]}

    def close(self) -> None:
        """End it."""

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        """Answer one question."""
        self.asked += 1
        request = json.loads(encode_request(self.asked, verb, octets, members))
        answer = {"id": self.asked, **answer_request(request)}
        return parse_answer(json.dumps(answer).encode() + b"\n", self.asked, verb)
