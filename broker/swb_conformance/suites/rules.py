"""The profile ``rules``: documents are checked, and what is found is what must be found."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.rule_cases import ExpectedFinding, load_rule_cases
from swb_conformance.suites.asking import PASSED, Exchange, instant_of, is_carried, skip
from swb_conformance.target import Verb
from swb_conformance.testing import SuiteCase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from swb_conformance.rule_cases import RuleCase
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_cases"]

_REFUSE = "refuse"
_IS_A_DOCUMENT: Final = "RUL-090"
_PLAIN: Final = "CertificateIssue"
_OF_THE_WIRE: Final = frozenset({"xml", "document", "catalogue"})
_NO_DOCUMENTS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "what-is-no-xml": lambda _: b"no document",
    "a-document-that-is-cut-off": lambda octets: octets[: len(octets) // 2],
    "an-element-that-there-is-not": lambda octets: octets.replace(
        b"<ReferenceNumber>", b"<Novelty>x</Novelty><ReferenceNumber>", 1
    ),
    "a-value-that-there-is-not": lambda octets: octets.replace(
        b"<SequenceNumber>1<", b"<SequenceNumber>0<", 1
    ),
    "white-space-between-elements": lambda octets: octets.replace(b"><", b"> <", 1),
    "a-type-that-there-is-not": lambda _: b'<Novelty xmlns="urn:example:novelty:1"></Novelty>',
}
"""By name: what becomes of a plain document."""
_SIGNATORY: Final = re.compile(rb"(<(?:SignatoryName|OfficerName)>)[^<]+(</)")


def list_cases(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """All cases of the profile.

    Args:
        description: What the target said of itself: a document of a type that it does not carry
            is not put to it.
        seed: From which the time of the day is drawn, and who signed.
    """
    for name, make in _NO_DOCUMENTS.items():
        yield SuiteCase(
            name=f"rules/refuses/{name}",
            requirements=(_IS_A_DOCUMENT,),
            negative=True,
            try_on=partial(_refuses, make),
        )
    for case in load_rule_cases():
        kind, _, name = case.name.partition("/")
        yield SuiteCase(
            name=f"{kind}/{case.message_type}/{name}",
            requirements=case.requirements,
            vector=case.name,
            negative=case.verdict is not Verdict.ACCEPTED,
            try_on=partial(_try, case, is_carried(case.message_type, description), seed),
        )


def _try(case: RuleCase, carried: bool, seed: int, target: Target) -> Result:  # noqa: FBT001 - bound by partial
    if not carried:
        return skip(f"{case.message_type} is not carried")
    draw = Random(f"{seed} {case.name}")  # noqa: S311 - chooses a test, keeps nothing secret
    exchange = Exchange(
        target,
        Verb.CHECK,
        _draw_signatory(case.subject, draw),
        at=instant_of(_draw_time(case.at, draw)),
        place=case.place,
        related=case.related,
    )
    refusing = {each.code for each in case.findings if each.severity == _REFUSE}
    code = exchange.answer.code if exchange.answer.code in refusing else case.code
    failed = exchange.expect(case.verdict, code if case.code else "")
    if failed is not None:
        return failed
    found = _read(exchange.answer.told.get("findings"))
    if found is None:
        return exchange.fail("expected findings, each with code, severity and path")
    missing = Counter(map(_compared, case.findings)) - Counter(map(_compared, found))
    unasked = Counter(map(_compared, found)) - Counter(map(_compared, case.findings))
    if not missing and not unasked:
        return PASSED
    parts = [f"expected to find {_tell(each)}" for each in sorted(missing)]
    parts += [f"did not expect {_tell(each)}" for each in sorted(unasked)]
    return exchange.fail("; ".join(parts))


def _refuses(make: Callable[[bytes], bytes], target: Target) -> Result:
    """What is no canonical document is refused with a code of the wire, before any rule."""
    plain = next(each for each in load_rule_cases() if each.message_type == _PLAIN)
    at = instant_of(plain.at)
    exchange = Exchange(target, Verb.CHECK, make(plain.subject), at=at, place=plain.place)
    answer = exchange.answer
    if answer.verdict == "refused" and answer.code.partition(".")[0] in _OF_THE_WIRE:
        return PASSED
    return exchange.fail(
        f"expected refused with xml.…, document.invalid or catalogue.unknown_type, found "
        f"{answer.verdict} {answer.code}".rstrip()
    )


def _draw_time(at: datetime, draw: Random) -> datetime:
    """Begin or end the vector's day in UTC: rules look at the day alone, wherever anybody is."""
    hour, minute, second = draw.choice(((0, 0, 0), (23, 59, 59)))
    millisecond = draw.randrange(1000)
    return at.replace(hour=hour, minute=minute, second=second, microsecond=millisecond * 1000)


def _draw_signatory(octets: bytes, draw: Random) -> bytes:
    """Have another person sign, where somebody did: no rule asks who."""
    name = "".join(draw.choices("ABCDEFGHKLMNPRST", k=12)).encode()
    return _SIGNATORY.sub(rb"\g<1>OFFICER " + name + rb"\g<2>", octets)


def _compared(finding: ExpectedFinding) -> tuple[str, str, str]:
    """What two findings are compared by: of advice, the place is for people."""
    path = finding.path if finding.severity == _REFUSE else ""
    return finding.code, finding.severity, path


def _tell(compared: tuple[str, str, str]) -> str:
    code, severity, path = compared
    return f"{code} ({severity}{f' at {path}' if path else ''})"


def _read(told: object) -> list[ExpectedFinding] | None:
    """Read what was found; None where it is no list of findings."""
    if told is None:
        return []
    if not isinstance(told, list | tuple):
        return None
    found = []
    for each in told:
        if not isinstance(each, dict) or not isinstance(each.get("code"), str):
            return None
        values = {name: str(each.get(name) or "") for name in ("code", "severity", "path")}
        found.append(ExpectedFinding(**values))
    return found
