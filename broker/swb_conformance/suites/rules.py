"""The profile ``rules``: documents are checked, and what is found is what must be found.

Beside the vectors, for each requirement one that was drawn and moved to other days, quantities and
names, and its nearest neighbour on the other side of the rule, moved alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.drawing.moving import move_together
from swb_conformance.rule_cases import ExpectedFinding, load_rule_cases
from swb_conformance.suites.asking import PASSED, Exchange, is_carried, skip
from swb_conformance.suites.no_documents import list_no_documents
from swb_conformance.target import Verb
from swb_conformance.testing import SuiteCase
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from swb_conformance.rule_cases import RuleCase
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_cases"]

_REFUSE: Final = "refuse"
_CLAUSE: Final = "RUL-091"
_SIGNATORY: Final = re.compile(rb"(<(?:SignatoryName|OfficerName)>)[^<]+(</)")


def list_cases(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """All cases of the profile.

    Args:
        description: What the target said of itself: a document of a type that it does not carry
            is not put to it.
        seed: From which the time of the day is drawn, and who signed; and further vectors, and how
            far they are moved.
    """
    for case in load_rule_cases():
        kind, _, name = case.name.partition("/")
        yield SuiteCase(
            name=f"{kind}/{case.message_type}/{name}",
            requirements=(*case.requirements, _CLAUSE) if case.findings else case.requirements,
            vector=case.name,
            negative=case.verdict is not Verdict.ACCEPTED,
            try_on=partial(_try_vector, case, is_carried(case.message_type, description), seed),
        )
    yield from list_no_documents()
    yield from _list_drawn(description, seed)


def _list_drawn(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """List for each requirement a vector that was moved, and its neighbour that was moved alike."""
    for requirement, (finding, keeping) in _list_sides().items():
        seed_of_it = f"{seed}/{requirement}"
        sides = (_leave(finding, description), _leave(keeping, description))
        draw = cache(partial(_draw_pair, sides[0], sides[1], seed_of_it))
        for place, (side, verb) in enumerate(zip(sides, ("finds", "keeps"), strict=True)):
            if (finding, keeping)[place]:
                yield SuiteCase(
                    name=f"rules/drawn/{verb}-{requirement.lower()}",
                    requirements=(requirement,) if place else (requirement, _CLAUSE),
                    negative=place == 0 and finding[0].verdict is not Verdict.ACCEPTED,
                    try_on=partial(_try_drawn, draw, place if side else -1),
                )


def _leave(cases: Iterable[RuleCase], description: Mapping[str, Any]) -> tuple[RuleCase, ...]:
    return tuple(each for each in cases if is_carried(each.message_type, description))


@cache
def _list_sides() -> Mapping[str, tuple[tuple[RuleCase, ...], tuple[RuleCase, ...]]]:
    """For each requirement the vectors in which something is found, and those in which nothing."""
    found: defaultdict[str, tuple[list[RuleCase], list[RuleCase]]] = defaultdict(lambda: ([], []))
    for case in load_rule_cases():
        for requirement in case.requirements:
            found[requirement][not case.findings].append(case)
    return {
        name: (_choose_refused(finding), tuple(keeping))
        for name, (finding, keeping) in sorted(found.items())
    }


def _choose_refused(cases: Sequence[RuleCase]) -> tuple[RuleCase, ...]:
    """Leave those that are refused, where there are any: others only get advice."""
    refused = tuple(each for each in cases if each.verdict is not Verdict.ACCEPTED)
    return refused or tuple(cases)


def _draw_pair(
    finding: tuple[RuleCase, ...], keeping: tuple[RuleCase, ...], seed: str
) -> Mapping[int, RuleCase]:
    """Draw one of either side, as near to each other as there are, and move both alike."""
    drawn = Random(seed)  # noqa: S311 - nothing secret
    chosen: dict[int, RuleCase] = {}
    if finding:
        chosen[0] = drawn.choice(finding)
    if keeping:
        near = [each for each in keeping if not finding or each.place == chosen[0].place]
        chosen[1] = min(near or keeping, key=partial(_differ, chosen.get(0)))
    return dict(zip(chosen, move_together(tuple(chosen.values()), seed), strict=True))


def _differ(one: RuleCase | None, other: RuleCase) -> int:
    if one is None:
        return 0
    parts = [Counter(each.subject.split(b"><")) for each in (one, other)]
    return (parts[0] - parts[1]).total() + (parts[1] - parts[0]).total()


def _try_drawn(draw: Callable[[], Mapping[int, RuleCase]], place: int, target: Target) -> Result:
    if place < 0:
        return skip("no type of document that it is about is carried")
    case = draw()[place]
    return _ask(case, case.subject, case.at, target)


def _try_vector(case: RuleCase, carried: bool, seed: int, target: Target) -> Result:  # noqa: FBT001 - bound by partial
    if not carried:
        return skip(f"{case.message_type} is not carried")
    drawn = Random(f"{seed} {case.name}")  # noqa: S311 - chooses a test, keeps nothing secret
    return _ask(case, _draw_signatory(case.subject, drawn), _draw_time(case.at, drawn), target)


def _ask(case: RuleCase, subject: bytes, at: datetime, target: Target) -> Result:
    exchange = Exchange(
        target, Verb.CHECK, subject, at=format_instant(at), place=case.place, related=case.related
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
    without = [each["code"] for each in exchange.answer.told.get("findings") or () if _lacks(each)]
    if without:
        return exchange.fail(f"expected a clause with {without[0]}, found none")
    if not missing and not unasked:
        return PASSED
    parts = [f"expected to find {_tell(each)}" for each in sorted(missing)]
    parts += [f"did not expect {_tell(each)}" for each in sorted(unasked)]
    return exchange.fail("; ".join(parts))


def _lacks(finding: Mapping[str, Any]) -> bool:
    clause = finding.get("clause")
    return not isinstance(clause, str) or not clause.strip()


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
