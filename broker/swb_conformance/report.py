"""What a run came to: collected from its events, told as values and as JSON."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swb_conformance.events import CaseEnded, Event, RunEnded, RunStarted, Standing, TargetBroke
from swb_conformance.requirements import load_profiles, load_requirements
from swb_schemas.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from swb_conformance.requirements import Requirement
    from swb_conformance.testing import Evidence

__all__ = [
    "CarriedType",
    "Recorder",
    "Report",
    "RequirementStanding",
    "describe_report",
    "encode_report",
    "find_unshown",
    "sum_up",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedType:
    """A document type that the target said it carries, and was therefore tried with.

    Attributes:
        message_type: Its name in the catalogue.
        agreements: Under which agreements; empty is all.
        reads: Whether it reads documents of it.
        writes: Whether it writes them.
    """

    message_type: str
    agreements: tuple[str, ...] = ()
    reads: bool = True
    writes: bool = True

    def __str__(self) -> str:
        under = f" under {', '.join(self.agreements)}" if self.agreements else ""
        does = [word for word, is_so in (("read", self.reads), ("written", self.writes)) if is_so]
        return f"{self.message_type}{under} ({' and '.join(does) or 'neither read nor written'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementStanding:
    """How one requirement fared.

    Attributes:
        requirement: Which one.
        cases: Those that are about it.
        standing: Failed where one of them failed, deviating where one deviates, skipped where
            all were skipped, otherwise passed.
    """

    requirement: Requirement
    cases: tuple[CaseEnded, ...]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run that has ended.

    Attributes:
        suite: Version of the suite.
        started: Its beginning.
        ended: Its end.
        cases: In the order in which they were tried.
        broke: How often the target broke.
    """

    suite: str
    started: RunStarted
    ended: RunEnded
    cases: tuple[CaseEnded, ...]
    broke: int

    def count(self, standing: Standing) -> int:
        """How many cases count as something."""
        return Counter(each.standing for each in self.cases)[standing]

    @property
    def passes(self) -> bool:
        """Whether nothing failed but what is known to, something passed, and all is shown.

        Where a whole profile was tried, each requirement is shown by a case that passed; see
        `unshown`.
        """
        good = not self.count(Standing.FAILED) and bool(self.count(Standing.PASSED))
        return good and not self.unshown

    @property
    def unshown(self) -> tuple[str, ...]:
        """Ids of requirements that nothing shows, where the whole profile was tried.

        Nobody passes by what could not be tried, nor by a list of known deviations. A requirement
        counts for nothing only where the target's own description leaves out all that it is about.
        """
        if not self.is_complete:
            return ()
        return find_unshown(
            (each.requirements, each.standing, each.declared) for each in self.cases
        )

    @property
    def left_aside(self) -> tuple[str, ...]:
        """Ids of requirements that the target's description leaves out."""
        return tuple(
            each.requirement.id
            for each in self.list_requirements()
            if all(case.declared for case in each.cases)
        )

    @property
    def is_complete(self) -> bool:
        """Whether it tried the profile and not a part of it."""
        return not self.started.only and self.started.shard == "1/1" and not self.ended.cut_short

    @property
    def types(self) -> tuple[CarriedType, ...]:
        """Document types that the target says it carries; empty where it names none.

        Which names none is tried with all of them; one that is not named is not tried.
        """
        return tuple(_list_types(self.started.description))

    @property
    def left_out(self) -> tuple[str, ...]:
        """National document types of the catalogue that were not tried, for want of being named.

        Of a run on the wire none is told: its answers and moves are of types that nobody names.
        """
        named = {each.message_type for each in self.types}
        if not named or load_profiles()[self.started.profile].live:
            return ()
        return tuple(
            name for name, each in CATALOGUE.items() if each.national and name not in named
        )

    def list_requirements(self) -> tuple[RequirementStanding, ...]:
        """How each requirement of the profile fared that a case was about, in their order."""
        found = []
        for each in load_requirements().values():
            cases = tuple(case for case in self.cases if each.id in case.requirements)
            if cases:
                standing = sum_up({case.standing for case in cases})
                found.append(RequirementStanding(requirement=each, cases=cases, standing=standing))
        return tuple(found)

    def spell_repeat(self, case: CaseEnded) -> str:
        """One command that tries a case again."""
        started = self.started
        words = started.again
        if not words:
            words = ("swb", "conformance", "run", "--profile", started.profile)
            words += ("--target", started.target, "--seed", str(started.seed))
        return shlex.join([*words, "--replay", case.name])


@dataclass(slots=True)
class Recorder:
    """Listens to a run, and makes its report.

    Attributes:
        suite: Version of the suite.
    """

    suite: str
    _started: RunStarted | None = None
    _ended: RunEnded | None = None
    _cases: list[CaseEnded] = field(default_factory=list)
    _broke: int = 0

    def hear(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case RunStarted():
                self._started = event
            case CaseEnded():
                self._cases.append(event)
            case TargetBroke():
                self._broke += 1
            case RunEnded():
                self._ended = event
            case _:
                pass

    def build_report(self) -> Report:
        """Make the report of a run that has ended."""
        if self._started is None or self._ended is None:
            msg = "expected a run that has ended"
            raise ValueError(msg)
        return Report(
            suite=self.suite,
            started=self._started,
            ended=self._ended,
            cases=tuple(self._cases),
            broke=self._broke,
        )


def describe_report(report: Report) -> dict[str, object]:
    """Bring a report into its JSON form."""
    started, ended = report.started, report.ended
    return {
        "kind": "swb-conformance-report",
        "version": 1,
        "suite": report.suite,
        "profile": started.profile,
        "target": started.target,
        "system": _describe_system(started.description),
        "types": [
            {
                "message_type": each.message_type,
                "agreements": list(each.agreements),
                "reads": each.reads,
                "writes": each.writes,
            }
            for each in report.types
        ],
        "left_out": list(report.left_out),
        "started": _spell_instant(started.at),
        "ended": _spell_instant(ended.at),
        "told_again": sum(each.told_at is not None for each in report.cases),
        "seconds": round(ended.seconds, 3),
        "seed": started.seed,
        "seed_drawn": started.seed_drawn,
        "samples": started.samples,
        "shard": started.shard,
        "only": list(started.only),
        "cut_short": ended.cut_short or None,
        "complete": report.is_complete,
        "passes": report.passes,
        "unshown": list(report.unshown),
        "left_aside": list(report.left_aside),
        **{str(each): report.count(each) for each in Standing},
        "negative": sum(each.negative for each in report.cases),
        "broke": report.broke,
        "requirements": [
            {
                "id": each.requirement.id,
                "clause": each.requirement.clause,
                "text": each.requirement.text,
                "status": str(each.standing),
                "cases": len(each.cases),
            }
            for each in report.list_requirements()
        ],
        "cases": [_describe_case(report, each) for each in report.cases],
    }


def encode_report(report: Report) -> bytes:
    """Write a report as a file; a conformance statement names its digest."""
    value = describe_report(report)
    return (
        json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    )


def _describe_case(report: Report, case: CaseEnded) -> dict[str, object]:
    told: dict[str, object] = {
        "name": case.name,
        "requirements": list(case.requirements),
        "negative": case.negative,
        "status": str(case.standing),
        "seconds": round(case.seconds, 4),
    }
    if case.told_at is not None:
        told["told_at"] = _spell_instant(case.told_at)
    if case.standing is Standing.PASSED:
        return told
    told |= {"reason": case.reason, "repeat": report.spell_repeat(case)}
    if case.declared:
        told["declared"] = True
    if case.deviation is not None:
        told |= {"deviation": case.deviation.reason, "until": case.deviation.until.isoformat()}
    if case.evidence:
        told["evidence"] = [_describe_evidence(each) for each in case.evidence]
    return told


def _spell_instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _describe_evidence(evidence: Evidence) -> dict[str, str]:
    text = evidence.octets.decode("utf-8", "backslashreplace")
    return {"name": evidence.name, "text": text}


def _describe_system(description: Mapping[str, Any]) -> dict[str, str]:
    names = ("name", "version", "system", "state", "provenance")
    return {name: str(description[name])[:500] for name in names if description.get(name)}


def _list_types(description: Mapping[str, Any]) -> Iterator[CarriedType]:
    messages = description.get("messages")
    for each in messages if isinstance(messages, list | tuple) else ():
        # A target that claims no profile with documents may say here what it likes.
        if isinstance(each, dict) and isinstance(each.get("message_type"), str):
            agreements = each.get("agreements")
            yield CarriedType(
                message_type=each["message_type"][:200],
                agreements=tuple(
                    str(name)[:200] for name in agreements or () if isinstance(agreements, list)
                ),
                reads=each.get("reads", True) is True,
                writes=each.get("writes", True) is True,
            )


def find_unshown(
    cases: Iterable[tuple[Sequence[str], Standing, bool]],
) -> tuple[str, ...]:
    """Find the requirements that no case shows, of all that some are about.

    Args:
        cases: Of each its requirements, what it counts as, and whether it was skipped for what
            the target says of itself.
    """
    passed: set[str] = set()
    open_: set[str] = set()
    for requirements, standing, declared in cases:
        if standing is Standing.PASSED:
            passed.update(requirements)
        elif not declared:
            open_.update(requirements)
    return tuple(sorted(open_ - passed))


def sum_up(standings: set[Standing]) -> Standing:
    """What a requirement counts as, by what the cases count as that are about it."""
    order: Sequence[Standing] = (Standing.FAILED, Standing.DEVIATING, Standing.PASSED)
    return next((each for each in order if each in standings), Standing.SKIPPED)
