"""This project's own code, asked in the same process: what a target says that makes no mistake."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Case, Question, Verdict
from swb_conformance.judging import judge
from swb_conformance.target import Answer, Verb
from swb_schemas.catalogue import decode_document
from swb_schemas.errors import SwbError
from swb_schemas.rulebook import Place, check_document
from swb_schemas.rulebook.told import parse_related
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OwnTarget"]

_VERIFIED: Final = {"sealed": "sealed.xml", "document": "document.xml"}


@dataclass
class OwnTarget:
    """Answers as `swb_schemas` does.

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

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: Any) -> Answer:  # noqa: ANN401 - as JSON has them
        """Answer one question."""
        self.asked += 1
        try:
            if verb is Verb.CHECK:
                return self._check(octets, **members)
            if verb in {Verb.VERIFY, Verb.OPEN}:
                return self._verify(verb, octets, **members)
        except SwbError as error:
            return Answer(verdict="refused", code=error.code)
        raise NotImplementedError(verb)

    def _check(self, octets: bytes, *, at: str, place: str, related: object) -> Answer:
        judging = Place(place)
        found = check_document(
            decode_document(parse_xml(octets)),
            at=datetime.fromisoformat(at).date(),
            place=judging,
            related=parse_related(related),
        )
        refusing = [each.code for each in found if judging.refuses(each)]
        told = {
            "findings": [
                {"code": each.code, "severity": each.severity.value, "path": each.path}
                for each in found
            ]
        }
        if refusing:
            return Answer(verdict="refused", code=refusing[0], told=told)
        return Answer(verdict="accepted", told=told)

    def _verify(
        self,
        verb: Verb,
        octets: bytes,
        *,
        trust: str,
        at: str,
        receiver: str,
        layer: str = Question.DELIVERY.value,
        keys: tuple[str, ...] = (),
    ) -> Answer:
        files = {"subject": octets, "trust": base64.b64decode(trust)}
        files |= {f"key {place}": base64.b64decode(key) for place, key in enumerate(keys)}
        outcome = judge(
            Case(
                name="asked",
                question=Question(layer),
                requirements=(),
                clause="",
                at=datetime.fromisoformat(at),
                receiver=receiver,
                subject_path="subject",
                trust_path="trust",
                key_paths=tuple(name for name in files if name.startswith("key ")),
                verdict=Verdict.ACCEPTED,
                code="",
                files=files,
            )
        )
        if outcome.verdict is not Verdict.ACCEPTED:
            return Answer(verdict=outcome.verdict, code=outcome.code)
        output: dict[str, Any] = json.loads(outcome.produced["result.json"])
        if verb is Verb.OPEN:
            octets_out = {
                name: base64.b64encode(outcome.produced[file]).decode()
                for name, file in _VERIFIED.items()
            }
            output = {"result": output, **octets_out}
        return Answer(verdict="accepted", told={"output": output})
