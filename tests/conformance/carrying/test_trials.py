"""Each thing that a trial looks at is looked at: an adapter that errs in it alone is noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_conformance.carrying import trials
from swb_conformance.carrying.documents import list_carried
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import UnmetError
from tests.conformance.test_one_way import DOCUMENT, OneWay

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_conformance.target import Target

LOSS: Final = {
    "code": "adapter.loss",
    "severity": "loss",
    "path": "VerificationReply",
    "message": "lost",
}
WARNING: Final = {"code": "adapter.value", "severity": "warn", "message": "odd", "path": ""}


@dataclass
class Erring(OneWay):
    """Errs in some answers, counted from the first."""

    err: Callable[[Verb, int, Answer], Answer] = lambda _verb, _count, answer: answer
    asked: int = 0

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        self.asked += 1
        return self.err(verb, self.asked, super().ask(verb, octets, **members))


def telling(answer: Answer, **told: Any) -> Answer:  # noqa: ANN401 - members
    return replace(answer, told={**answer.told, **told})


def another_type(verb: Verb, _: int, answer: Answer) -> Answer:
    is_written = verb is Verb.FROM_CANONICAL and answer.verdict == "accepted"
    return telling(answer, message_type="CustomsReceipt") if is_written else answer


def lost_outside(verb: Verb, _: int, answer: Answer) -> Answer:
    return telling(answer, findings=[LOSS]) if verb is Verb.FROM_CANONICAL else answer


def warned_nowhere(verb: Verb, _: int, answer: Answer) -> Answer:
    return telling(answer, findings=[WARNING]) if verb is Verb.TO_CANONICAL else answer


def read_otherwise(verb: Verb, count: int, answer: Answer) -> Answer:
    """Consent is another one when it is read again."""
    if verb is not Verb.TO_CANONICAL or answer.verdict != "accepted":
        return answer
    return telling(answer, consent=count % 2 == 0)


def read_later_otherwise(verb: Verb, count: int, answer: Answer) -> Answer:
    if verb is not Verb.TO_CANONICAL or answer.verdict != "accepted":
        return answer
    return telling(answer, consent=count > 3)


def read_what_was_changed(verb: Verb, _: int, answer: Answer) -> Answer:
    """Whatever it cannot read, it reads as no document at all."""
    if verb is Verb.TO_CANONICAL and answer.verdict == "refused":
        told = {"message_type": "VerificationReply", "findings": []}
        return Answer(verdict="accepted", output=b"<a></a>", told=told)
    return answer


def refused_wordlessly(verb: Verb, _: int, answer: Answer) -> Answer:
    if verb is Verb.TO_CANONICAL and answer.verdict == "refused":
        return telling(answer, findings=[{"code": answer.code, "message": ""}])
    return answer


def right(_verb: Verb, _count: int, answer: Answer) -> Answer:
    return answer


SEEDS: Final = [f"{number}" for number in range(12)]
TRIALS: Final[dict[str, tuple[Any, dict[str, Any], Any]]] = {
    "another type is written": (trials.carries, {}, another_type),
    "a loss outside the patterns": (trials.carries, {}, lost_outside),
    "a warning without a place": (trials.carries, {}, warned_nowhere),
    "read twice, otherwise": (trials.repeats, {}, read_otherwise),
    "read otherwise after other questions": (
        trials.keeps_nothing,
        {"other": DOCUMENT},
        read_later_otherwise,
    ),
    "what was changed is read as anything": (
        trials.reads_or_refuses,
        {"seeds": SEEDS},
        read_what_was_changed,
    ),
    "a refusal that says nothing": (
        trials.reads_or_refuses,
        {"seeds": SEEDS},
        refused_wordlessly,
    ),
}


@pytest.mark.parametrize("name", TRIALS)
def test_an_adapter_that_errs_in_one_thing_is_noticed(name: str) -> None:
    trial, more, err = TRIALS[name]
    (carried,) = list_carried(OneWay({}).describe())
    ask: Callable[[Target], None] = partial(trial, carried=carried, document=DOCUMENT, **more)
    ask(Erring({}, err=right))
    with pytest.raises(UnmetError):
        ask(Erring({}, err=err))
