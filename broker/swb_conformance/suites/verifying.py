"""What arrives is judged: the vectors about trust bundles, sealed documents and messages."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Question, Verdict, load_cases
from swb_conformance.suites.asking import PASSED, Exchange, to_base64
from swb_conformance.target import Verb
from swb_conformance.testing import SuiteCase
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_conformance.cases import Case
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["ask_about", "list_verifications", "try_verification"]

_OUTPUTS: Final = {"sealed.xml": "sealed", "document.xml": "document"}
"""Octets that `open` answers beside its result, by file name in ``expected/``."""


def list_verifications() -> Iterator[SuiteCase]:
    """One case for each vector."""
    for case in load_cases():
        yield SuiteCase(
            name=f"message/{case.name}",
            requirements=case.requirements,
            vector=case.name,
            negative=case.verdict is not Verdict.ACCEPTED,
            try_on=partial(try_verification, case),
        )


def ask_about(case: Case, target: Target, octets: bytes) -> Exchange:
    """Ask of some octets what a vector asks of its own.

    Raises:
        BrokenTargetError: See there.
    """
    if case.question is Question.TRUST:
        return Exchange(target, Verb.VERIFY, octets, layer=case.question.value)
    members: dict[str, Any] = {
        "trust": to_base64(case.trust),
        "at": format_instant(case.at),
        "receiver": case.receiver,
    }
    if case.question is Question.DELIVERY:
        keys = [to_base64(each) for each in case.decryption_keys]
        return Exchange(target, Verb.OPEN, octets, **members, keys=keys)
    return Exchange(target, Verb.VERIFY, octets, layer=case.question.value, **members)


def try_verification(case: Case, target: Target) -> Result:
    """Ask what a vector asks, and hold the answer against what must come out.

    Raises:
        BrokenTargetError: See there.
    """
    exchange = ask_about(case, target, case.subject)
    failed = exchange.expect(case.verdict, case.code)
    if failed is not None:
        return failed
    if case.verdict is not Verdict.ACCEPTED:
        return PASSED
    expected = case.expected
    result = json.loads(expected["result.json"])
    if case.question is not Question.DELIVERY:
        return exchange.expect_object(result)
    produced = {_OUTPUTS[name]: to_base64(expected[name]) for name in _OUTPUTS}
    return exchange.expect_object({"result": result, **produced})
