"""``swb conformance explain``: one requirement or case, looked up by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from swb.cli.conformance_listing import describe_case, describe_requirement, list_all_cases
from swb.cli.outcome import UnknownNameError
from swb.cli.output import Answer
from swb_conformance.folders import load_reason
from swb_conformance.requirements import load_profiles, load_requirements
from swb_conformance.selecting import select_cases
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_conformance.requirements import Requirement
    from swb_conformance.testing import SuiteCase

__all__ = ["command"]

_MOST_SHOWN: Final = 20
"""Cases that people are shown; --json has all."""


@click.command("explain", short_help="Look a requirement or a case up.")
@click.argument("name", metavar="REQUIREMENT|CASE")
def command(name: str) -> Answer:
    """Tell what a requirement asks and which cases try it, or what a case is about.

    Of a requirement also where it is written, of a case why it is there.

    NAME is an id such as ADP-031, or the name of a case, with * for anything, with or without the
    profile before it. Clauses name files of this project's documentation, and agreements.

    Exit status: 2 there is no such name.
    """
    requirement = load_requirements().get(name.upper())
    if requirement is not None:
        required = [requirement]
        every = list_all_cases(requirement.profile)
        cases = tuple(case for case in every if requirement.id in case.requirements)
    else:
        cases = _find_cases(name)
        ids = dict.fromkeys(each for case in cases for each in case.requirements)
        required = [load_requirements()[each] for each in ids]
    text = "\n".join((*_spell_requirements(required), *_spell_cases(cases)))
    return Answer(
        value={
            "requirements": [
                {"profile": each.profile, **describe_requirement(each)} for each in required
            ],
            "cases": [{**describe_case(each), "why": _tell_why(each)} for each in cases],
        },
        text=text,
    )


def _find_cases(name: str) -> tuple[SuiteCase, ...]:
    beginning = name.partition("/")[0]
    profiles = [beginning] if beginning in load_profiles() else list(load_profiles())
    every = [case for profile in profiles for case in list_all_cases(profile)]
    try:
        return select_cases(every, only=(name,))
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause


def _tell_why(case: SuiteCase) -> str:
    return load_reason(case.vector) if case.vector else ""


def _spell_requirements(required: Sequence[Requirement]) -> Iterator[str]:
    for each in required:
        yield f"{each.id}    {each.text}"
        yield f"           written in {each.clause}"


def _spell_cases(cases: Sequence[SuiteCase]) -> Iterator[str]:
    yield f"{len(cases)} case(s):"
    for case in cases[:_MOST_SHOWN]:
        kind = "something wrong, to be refused" if case.negative else "something right"
        yield f"{case.name}  [{', '.join(case.requirements)}]  {kind}"
        if len(cases) == 1 and (why := _tell_why(case)):
            yield f"           {why}"
    if len(cases) > _MOST_SHOWN:
        yield f"... and {len(cases) - _MOST_SHOWN} more; --json has all"
    if len(cases) == 1:
        profile = cases[0].name.partition("/")[0]
        again = f"swb conformance run --profile {profile} --target TARGET --replay {cases[0].name}"
        yield f"           try it: {again}"
