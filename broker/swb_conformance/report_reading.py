"""A report that somebody else hands over: read, and held to what its own cases say.

Whoever signs a statement could write any file. What a file says in sum must at least be what it
says case by case, so that nobody can take the one for the other.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from swb_conformance.events import Standing
from swb_conformance.report import find_unshown, sum_up
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REPORT_LIMIT", "ReadCase", "ReadReport", "ReadType", "parse_report"]

REPORT_LIMIT: Final = 200_000_000
"""Octets of a report that is read."""
_CODE: Final = "conformance.report"
Short = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0)]
Part = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}/[1-9][0-9]{0,2}$")]


class _Form(BaseModel):
    # What else stands in a report is for people.
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ReadType(_Form):
    """A document type that the target said it carries; see `swb_conformance.report.CarriedType`."""

    message_type: Short
    agreements: Annotated[tuple[Short, ...], Field(strict=False)]
    reads: bool
    writes: bool


class ReadCase(_Form):
    """One case of a report.

    Attributes:
        name: Its name.
        requirements: Ids of what it is about.
        negative: Whether something wrong was put to the target.
        status: What it counts as.
        deviation: Why it fails, where that is known.
        until: Last day on which it may.
        declared: Whether it was skipped for what the target says of itself.
        told_at: When it ended in an earlier sitting of a run that is kept.
    """

    name: Short
    requirements: Annotated[tuple[Short, ...], Field(min_length=1, strict=False)]
    negative: bool
    status: Annotated[Standing, Field(strict=False)]
    deviation: Annotated[str, Field(max_length=2000)] | None = None
    until: Annotated[date | None, Field(strict=False)] = None
    declared: bool = False
    told_at: Annotated[AwareDatetime | None, Field(strict=False)] = None


class _ReadRequirement(_Form):
    id: Short
    status: Annotated[Standing, Field(strict=False)]
    cases: Count


class ReadReport(_Form):
    """A report, as a statement needs it.

    Attributes:
        kind: Always the same.
        version: Of this form.
        suite: Version of the suite.
        profile: What was tried.
        system: What the target said that it is.
        types: Document types that it said it carries; empty where it named none.
        ended: When the run ended.
        told_again: How many cases ended in an earlier sitting of a run that is kept.
        seed: From which it drew.
        seed_drawn: Whether the seed itself was drawn for the run.
        samples: How many national files were given.
        unshown: Requirements that nothing shows, where the whole profile was tried.
        shard: Which part of the profile it tried.
        only: What it was narrowed to.
        cut_short: Why cases were not tried any more.
        complete: Whether it tried the whole profile.
        passes: Whether nothing failed but what is known to, and something passed.
        passed, failed, skipped, deviating: How many cases count as that.
        negative: How many put something wrong to the target.
        requirements: How each fared.
        cases: In the order in which they were tried.
    """

    kind: Literal["swb-conformance-report"]
    version: Literal[1]
    suite: Short
    profile: Short
    system: dict[str, str]
    types: Annotated[tuple[ReadType, ...], Field(strict=False)]
    ended: Annotated[AwareDatetime, Field(strict=False)]
    told_again: Count
    seed: Count
    seed_drawn: bool
    samples: Count
    unshown: Annotated[tuple[str, ...], Field(strict=False)]
    shard: Part
    only: Annotated[tuple[str, ...], Field(strict=False)]
    cut_short: str | None
    complete: bool
    passes: bool
    passed: Count
    failed: Count
    skipped: Count
    deviating: Count
    negative: Count
    requirements: Annotated[tuple[_ReadRequirement, ...], Field(strict=False)]
    cases: Annotated[tuple[ReadCase, ...], Field(strict=False)]


def parse_report(raw: bytes) -> ReadReport:
    """Read a report, and hold its sums to its cases.

    Raises:
        RefusedError: ``conformance.report``: it is none, or its sums are not those of its cases.
    """
    try:
        report = ReadReport.model_validate(parse_json(raw, code=_CODE, limit=REPORT_LIMIT))
    except ValidationError as cause:
        first = cause.errors(include_input=False, include_url=False)[0]
        where = "/".join(str(each) for each in first["loc"]) or "the whole"
        message = f"expected a report of swb conformance run: {where}: {first['msg']}"
        raise RefusedError(_CODE, message[:300]) from cause
    for what, told, counted in _compare(report):
        if told != counted:
            message = (
                f"expected the sums of a report to be those of its cases: {what}: found {told}, "
                f"and counted {counted}"
            )
            raise RefusedError(_CODE, message[:300])
    return report


def _compare(report: ReadReport) -> Iterator[tuple[str, object, object]]:
    """What is said in sum, with what the cases come to."""
    cases = report.cases
    counts = Counter(each.status for each in cases)
    for standing in Standing:
        yield standing, getattr(report, standing), counts[standing]
    yield "negative", report.negative, sum(each.negative for each in cases)
    whole = not report.only and report.shard == "1/1" and not report.cut_short
    unshown = find_unshown((each.requirements, each.status, each.declared) for each in cases)
    yield "unshown", report.unshown, unshown if whole else ()
    passes = not counts[Standing.FAILED] and bool(counts[Standing.PASSED])
    yield "passes", report.passes, passes and not report.unshown
    yield (
        "cases that are declared and not skipped",
        sum(each.declared and each.status is not Standing.SKIPPED for each in cases),
        0,
    )
    yield "complete", report.complete, whole
    yield "told_again", report.told_again, sum(each.told_at is not None for each in cases)
    yield "names of cases", len({each.name for each in cases}), len(cases)
    yield (
        "cases of another profile",
        sum(not each.name.startswith(f"{report.profile}/") for each in cases),
        0,
    )
    yield (
        "deviating cases without a reason and a last day",
        sum(
            each.status is Standing.DEVIATING and not (each.deviation and each.until)
            for each in cases
        ),
        0,
    )
    required = {each.id: (each.status.value, each.cases) for each in report.requirements}
    counted = _count_requirements(cases)
    for name in sorted(required.keys() | counted.keys()):
        yield f"requirement {name}", required.get(name), counted.get(name)


def _count_requirements(cases: tuple[ReadCase, ...]) -> Mapping[str, tuple[str, int]]:
    about: dict[str, list[Standing]] = {}
    for case in cases:
        for each in case.requirements:
            about.setdefault(each, []).append(case.status)
    return {name: (sum_up(set(found)).value, len(found)) for name, found in about.items()}
