"""``swb conformance list``: profiles, what each requires, and the cases that try it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.output import Answer
from swb_conformance.requirements import load_profiles, load_requirements
from swb_conformance.suites import list_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_conformance.requirements import Profile, Requirement
    from swb_conformance.testing import SuiteCase

__all__ = ["command", "describe_case", "describe_requirement", "list_all_cases"]


def list_all_cases(profile: str) -> Sequence[SuiteCase]:
    """List the cases of a profile as they are for a target that carries everything."""
    if load_profiles()[profile].live:
        from swb.cli.conformance_live import list_live_cases  # noqa: PLC0415 - slow to import

        found: Sequence[SuiteCase] = list_live_cases(profile)
        return found
    return tuple(list_cases(profile, {}, 0))


@click.command("list", short_help="List profiles, requirements and cases.")
@click.option("--profile", type=click.Choice(list(load_profiles())), help="Of this profile alone.")
@click.option("--cases", "with_cases", is_flag=True, help="List the cases, too.")
def command(profile: str | None, with_cases: bool) -> Answer:
    """List profiles, the commands that each needs, its requirements with their clauses, and cases.

    Cases are those of a target that carries everything: one that does not carry a document type is
    not tried with it. Of cases, + puts something right to the target, - something wrong, which has
    to be refused. `swb conformance explain` tells more of one.
    """
    profiles = [each for name, each in load_profiles().items() if profile in {None, name}]
    told = [_describe(each, with_cases=with_cases) for each in profiles]
    return Answer(
        value={"profiles": told}, text="\n".join(line for each in told for line in _spell(each))
    )


def _describe(profile: Profile, *, with_cases: bool) -> dict[str, object]:
    required = [each for each in load_requirements().values() if each.profile == profile.name]
    cases = list_all_cases(profile.name) if with_cases else ()
    return {
        "profile": profile.name,
        "title": profile.title,
        "live": profile.live,
        "verbs": [str(each) for each in profile.verbs],
        "requirements": [describe_requirement(each) for each in required],
        **({"cases": [describe_case(each) for each in cases]} if with_cases else {}),
    }


def describe_requirement(requirement: Requirement) -> dict[str, str]:
    """Bring a requirement into its JSON form."""
    return {"id": requirement.id, "clause": requirement.clause, "text": requirement.text}


def describe_case(case: SuiteCase) -> dict[str, object]:
    """Bring a case into its JSON form."""
    return {
        "name": case.name,
        "requirements": list(case.requirements),
        "negative": case.negative,
    }


def _spell(told: dict[str, object]) -> Iterator[str]:
    verbs = told["verbs"]
    needs = f"needs {', '.join(verbs)}" if isinstance(verbs, list) and verbs else "on the wire"
    yield f"{told['profile']}  {told['title']}; {needs}"
    for each in told["requirements"]:  # type: ignore[attr-defined]  # of `_describe`
        yield f"    {each['id']}  {each['text']}  [{each['clause']}]"
    if told.get("cases"):
        yield "    cases: + puts something right, - something wrong, which has to be refused"
    for each in told.get("cases", ()):  # type: ignore[attr-defined]  # as above
        sign = "-" if each["negative"] else "+"
        yield f"    {sign} {each['name']}  {' '.join(each['requirements'])}"
