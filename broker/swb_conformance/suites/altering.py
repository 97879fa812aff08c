"""Files that were good until one octet of them was changed, wherever a number drawn says.

Whatever octet it is: a file of this wire has one spelling, and all of it is signed.
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Question, Verdict, load_cases
from swb_conformance.suites.asking import PASSED
from swb_conformance.suites.verifying import ask_about
from swb_conformance.testing import SuiteCase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_conformance.cases import Case
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_alterations"]

_TIMES: Final = 8
_REQUIREMENTS: Final = {
    Question.SEALED_DOCUMENT: ("MSG-020",),
    Question.MESSAGE: ("MSG-008",),
    Question.DELIVERY: ("MSG-008", "MSG-031"),
}


def list_alterations(seed: int) -> Iterator[SuiteCase]:
    """So many altered files of each kind; the same ones for the same seed."""
    for question, requirements in _REQUIREMENTS.items():
        good = [case for case in load_cases(question) if case.verdict is Verdict.ACCEPTED]
        for number in range(1, _TIMES + 1):
            draw = Random(f"{seed} {question} {number}")  # noqa: S311 - chooses a test, keeps nothing secret
            yield SuiteCase(
                name=f"message/{question}/refuses-an-altered-octet-{number}",
                requirements=requirements,
                negative=True,
                try_on=partial(_try, draw.choice(good), draw.random(), draw.randrange(1, 256)),
            )


def _try(case: Case, where: float, change: int, target: Target) -> Result:
    octets = bytearray(case.subject)
    place = int(where * len(octets))
    octets[place] ^= change
    exchange = ask_about(case, target, bytes(octets))
    if exchange.answer.verdict == Verdict.REFUSED and exchange.answer.code:
        return PASSED
    return exchange.fail(
        f"expected {case.name} to be refused with octet {place} changed, "
        f"found {exchange.answer.verdict}"
    )
