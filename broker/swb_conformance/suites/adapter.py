"""The profile ``adapter``: a national format becomes canonical documents and back.

Documents are those of the vectors, and such as are made of them. A format need not have a spelling
for each; a case whose document it refuses as it has to is skipped, and one for each type asks that
at least half are carried.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.carrying import trials
from swb_conformance.carrying.altering import ALTERATIONS, alter, draw, multiply_items
from swb_conformance.carrying.asking import UnspelledError
from swb_conformance.carrying.documents import list_carried, list_documents
from swb_conformance.carrying.hostile import DAMAGES, list_hostile
from swb_conformance.requirements import load_requirements
from swb_conformance.suites.asking import skip
from swb_conformance.suites.one_way import list_given, list_reading, list_writing
from swb_conformance.testing import Result, Status, SuiteCase, UnmetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from swb_conformance.carrying.documents import Carried
    from swb_conformance.carrying.samples import Sample
    from swb_conformance.target import Target

__all__ = ["list_cases"]

_PROFILE: Final = "adapter"
_DRAWN: Final = 6
"""Drawn documents of each type; an adapter of few types gets more."""
_LEAST_DRAWN: Final = 40
_MUTATED: Final = 5
_LEAST_MUTATED: Final = 32
_MUTATIONS_EACH: Final = 10
_COUNTS: Final = (50, 1000)

_DESCRIBES: Final = "ADP-001"
_LEAVES_ASIDE: Final = "ADP-002"
_TRIABLE: Final = "ADP-003"
_CARRIES: Final = "ADP-010"
_CANONICAL: Final = "ADP-011"
_PATTERNS: Final = "ADP-012"
_MOST: Final = "ADP-013"
_LARGE: Final = "ADP-014"
_REPEATS: Final = "ADP-020"
_KEEPS_NOTHING: Final = "ADP-021"
_STARTS: Final = "ADP-022"
_HOSTILE: Final = "ADP-030"
_DAMAGED: Final = "ADP-031"
_MUTATES: Final = "ADP-032"
_UNSUPPORTED: Final = "ADP-033"
_GIVEN: Final = "ADP-034"


def list_cases(
    description: Mapping[str, Any], seed: int, samples: Sequence[Sample] = ()
) -> Iterator[SuiteCase]:
    """List the cases of the profile; one at least about each requirement.

    Args:
        description: What the target says of itself: a document type that it does not carry is not
            put to it, but once, to be refused.
        seed: From which documents and damages are drawn.
        samples: National files that were given with their canonical documents.
    """
    cases = list(_list_every(description, seed, samples))
    yield from cases
    about = {name for each in cases for name in each.requirements}
    for each in load_requirements().values():
        if each.profile == _PROFILE and each.id not in about:
            yield SuiteCase(
                name=f"{_PROFILE}/leaves-aside/{each.id.lower()}",
                requirements=(each.id,),
                negative=False,
                try_on=partial(_leave_aside, each.id),
            )


def _leave_aside(requirement: str, _: Target) -> Result:
    if requirement == _GIVEN:
        return skip("no national file was given (--samples)")
    return skip("the description has no document type that it is about")


def _list_every(
    description: Mapping[str, Any], seed: int, samples: Sequence[Sample]
) -> Iterator[SuiteCase]:
    carried = [each for each in list_carried(description) if each.documents]
    both = [each for each in carried if each.reads and each.writes]
    given = {
        each.message_type: [one for one in samples if one.message_type == each.message_type]
        for each in carried
    }
    yield _case("describes/itself", (_DESCRIBES,), _describes)
    yield _case("describes/something-that-can-be-tried", (_TRIABLE,), _can_be_tried)
    if both:
        yield _case(
            "repeats/after-a-new-start",
            (_STARTS, _DESCRIBES, _KEEPS_NOTHING),
            partial(trials.starts_again, carried=both, choose=_first),
        )
        yield _case(
            "repeats/with-an-unknown-member",
            (_LEAVES_ASIDE,),
            partial(trials.leaves_unknown_members_aside, carried=both[0], document=_first(both[0])),
        )
    for each in both:
        yield from _list_carrying(each, max(_DRAWN, _LEAST_DRAWN // len(both)), seed)
    for each in carried:
        if each.reads:
            yield from list_given(each, given[each.message_type], _case)
        if each.reads and not each.writes:
            yield from list_reading(each, given[each.message_type], _case, seed)
        if each.writes and not each.reads:
            yield from list_writing(each, _case, seed)
    for name, make in list_hostile().items():
        yield _case(f"refuses/{name}", (_HOSTILE,), partial(_refuses, make=make), negative=True)
    for each in both:
        yield from _list_damaged(each, max(_MUTATED, _LEAST_MUTATED // len(both)), seed)
    yield from _list_unsupported(carried, everything=not description)


def _list_carrying(carried: Carried, count: int, seed: int) -> Iterator[SuiteCase]:
    kind = carried.message_type
    carries = (_CARRIES, _CANONICAL, _PATTERNS)
    octets = [each.octets for each in carried.documents]
    for each in carried.documents:
        trial = partial(trials.carries, carried=carried, document=each.octets)
        yield _case(f"carries/{kind}/{each.name}", carries, trial)
        trial = partial(trials.repeats, carried=carried, document=each.octets)
        yield _case(f"repeats/{kind}/{each.name}", (_REPEATS,), trial)
    yield _case(
        f"carries/{kind}/most-of-them",
        (_MOST,),
        partial(trials.carries_most, carried=carried, documents=octets),
    )
    yield _case(
        f"repeats/{kind}/whatever-was-asked-before",
        (_KEEPS_NOTHING,),
        partial(trials.keeps_nothing, carried=carried, document=octets[0], other=octets[-1]),
    )
    for name in ALTERATIONS:
        altered = next(filter(None, (alter(document, name) for document in octets)), None)
        if altered is not None:
            trial = partial(trials.carries, carried=carried, document=altered)
            yield _case(f"carries/{kind}/{name}", carries, trial)
    for number in range(1, count + 1):
        name = f"carries/{kind}/drawn-{number}"
        drawn = draw(octets[number % len(octets)], f"{seed}/{name}")
        yield _case(name, carries, partial(trials.carries, carried=carried, document=drawn))
    for items in _COUNTS:
        if multiply_items(octets[0], 2) is not None:
            trial = partial(_carries_large, carried=carried, document=octets[0], items=items)
            yield _case(f"carries/{kind}/{items}-items", (_LARGE, _CARRIES), trial)


def _list_damaged(carried: Carried, count: int, seed: int) -> Iterator[SuiteCase]:
    kind, document = carried.message_type, _first(carried)
    for name, damage in DAMAGES.items():
        trial = partial(trials.refuses_damaged, carried=carried, document=document, damage=damage)
        yield _case(f"refuses/{kind}/{name}", (_DAMAGED,), trial, negative=True)
    for number in range(1, count + 1):
        name = f"refuses/{kind}/or-reads-changed-octets-{number}"
        seeds = [f"{seed}/{name}/{each}" for each in range(_MUTATIONS_EACH)]
        trial = partial(trials.reads_or_refuses, carried=carried, document=document, seeds=seeds)
        yield _case(name, (_MUTATES,), trial, negative=True)


def _list_unsupported(carried: list[Carried], *, everything: bool) -> Iterator[SuiteCase]:
    """List what must not be written; for nobody in particular, every case that there may be."""
    writes = {each.message_type for each in carried if each.writes}
    reads = {each.message_type for each in carried}
    for kind, documents in list_documents().items():
        if everything or kind not in writes:
            says = f"says writes: false of {kind}" if kind in reads else f"does not name {kind}"
            what = f"a {kind}: the description {says}"
            trial = partial(trials.does_not_write, document=documents[0].octets, what=what)
            yield _case(f"refuses/{kind}/a-type-not-carried", (_UNSUPPORTED,), trial, negative=True)
    for each in carried:
        agreements = {document.agreement: document for document in each.foreign}
        for agreement, document in sorted(agreements.items()):
            named = ", ".join(each.agreements)
            what = f"a {each.message_type} under {agreement}: the description names {named}"
            trial = partial(trials.does_not_write, document=document.octets, what=what)
            name = f"refuses/{each.message_type}/an-agreement-not-carried-{agreement.lower()}"
            yield _case(name, (_UNSUPPORTED,), trial, negative=True)


def _case(
    name: str,
    requirements: tuple[str, ...],
    trial: Callable[[Target], None],
    *,
    negative: bool = False,
) -> SuiteCase:
    return SuiteCase(
        name=f"adapter/{name}",
        requirements=requirements,
        negative=negative,
        try_on=partial(_judge, trial),
    )


def _judge(trial: Callable[[Target], None], target: Target) -> Result:
    try:
        trial(target)
    except UnmetError as error:
        return Result(status=Status.FAILED, reason=str(error))
    except UnspelledError as refusal:
        reason = f"the format has no spelling for it: {refusal}"
        return Result(status=Status.SKIPPED, reason=reason[:500])
    return Result(status=Status.PASSED)


def _describes(target: Target) -> None:
    """The description was checked before the first case; here it only has to be there."""
    if not target.describe():
        raise UnmetError("expected a description")


def _can_be_tried(target: Target) -> None:
    """Each type is read or written and has documents here, and one is carried both ways."""
    description = target.describe()
    carried = {each.message_type: each for each in list_carried(description)}
    trials.require_triable(description.get("messages", ()), carried)


def _refuses(target: Target, make: Callable[[], bytes]) -> None:
    trials.refuses(target, make())


def _carries_large(target: Target, carried: Carried, document: bytes, items: int) -> None:
    large = multiply_items(document, items)
    if large is not None:
        trials.carries_or_refuses_large(target, carried, large)


def _first(carried: Carried) -> bytes:
    return carried.documents[0].octets
