"""Cases about document types that a target only reads or only writes, and about given files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from swb_conformance.carrying import one_way, trials
from swb_conformance.carrying.altering import draw, multiply_items
from swb_conformance.carrying.hostile import DAMAGES
from swb_conformance.testing import UnmetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swb_conformance.carrying.documents import Carried
    from swb_conformance.carrying.samples import Sample
    from swb_conformance.target import Target
    from swb_conformance.testing import SuiteCase

__all__ = ["BuildCase", "list_given", "list_reading", "list_writing"]

_LEAVES_ASIDE: Final = "ADP-002"
_CANONICAL: Final = "ADP-011"
_PATTERNS: Final = "ADP-012"
_MOST: Final = "ADP-013"
_LARGE: Final = "ADP-014"
_REPEATS: Final = "ADP-020"
_KEEPS_NOTHING: Final = "ADP-021"
_STARTS: Final = "ADP-022"
_DAMAGED: Final = "ADP-031"
_MUTATES: Final = "ADP-032"
_GIVEN: Final = "ADP-034"
_DIFFERS: Final = "ADP-035"
_DRAWN: Final = 20
_MUTATED: Final = 10
_MUTATIONS_EACH: Final = 10
_COUNTS: Final = (50, 1000)


class BuildCase(Protocol):
    """Makes a case of the profile."""

    def __call__(
        self,
        name: str,
        requirements: tuple[str, ...],
        trial: Callable[[Target], None],
        *,
        negative: bool = False,
    ) -> SuiteCase:
        """Make one; see `SuiteCase`."""
        ...


def list_given(
    carried: Carried, samples: Sequence[Sample], build: BuildCase
) -> Iterator[SuiteCase]:
    """List what the files of a type show that somebody gave."""
    for each in samples:
        trial = partial(one_way.reads_as_given, carried=carried, sample=each)
        yield build(f"samples/{carried.message_type}/{each.name}", (_GIVEN, _CANONICAL), trial)


def list_reading(
    carried: Carried, samples: Sequence[Sample], build: BuildCase, seed: int
) -> Iterator[SuiteCase]:
    """List what shows that a type is read that is not written: nothing does without files."""
    kind = carried.message_type
    if not samples:
        trial = partial(_lacks_samples, kind=kind)
        yield build(f"samples/{kind}/none-given", (_GIVEN, _CANONICAL), trial)
        return
    first = samples[0]
    for name, requirement, started_anew in (
        ("repeats", _REPEATS, False),
        ("whatever-was-asked-before", _KEEPS_NOTHING, False),
        ("after-a-new-start", _STARTS, True),
    ):
        again = partial(
            one_way.reads_again, carried=carried, sample=first, started_anew=started_anew
        )
        yield build(f"samples/{kind}/{name}", (requirement,), again)
    unknown = partial(trials.reads_leaving_members_aside, carried=carried, payload=first.payload)
    yield build(f"samples/{kind}/with-an-unknown-member", (_LEAVES_ASIDE,), unknown)
    for name, damage in DAMAGES.items():
        refuses = partial(trials.refuses_damage, payload=first.payload, damage=damage)
        yield build(f"refuses/{kind}/{name}", (_DAMAGED,), refuses, negative=True)
    for number in range(1, _MUTATED + 1):
        name = f"refuses/{kind}/or-reads-changed-octets-{number}"
        seeds = [f"{seed}/{name}/{each}" for each in range(_MUTATIONS_EACH)]
        changed = partial(trials.reads_or_refuses_changed, payload=first.payload, seeds=seeds)
        yield build(name, (_MUTATES,), changed, negative=True)


def list_writing(carried: Carried, build: BuildCase, seed: int) -> Iterator[SuiteCase]:
    """List what shows that a type is written that is not read."""
    kind, octets = carried.message_type, [each.octets for each in carried.documents]
    for each in carried.documents:
        trial = partial(one_way.writes, carried=carried, document=each.octets)
        yield build(f"writes/{kind}/{each.name}", (_PATTERNS,), trial)
    drawn = []
    for number in range(1, _DRAWN + 1):
        name = f"writes/{kind}/drawn-{number}"
        drawn.append(draw(octets[number % len(octets)], f"{seed}/{name}"))
        trial = partial(one_way.writes, carried=carried, document=drawn[-1])
        yield build(name, (_PATTERNS,), trial)
    most = partial(trials.carries_most, carried=carried, documents=octets)
    yield build(f"writes/{kind}/most-of-them", (_MOST,), most)
    differ = partial(one_way.writes_differently, carried=carried, documents=[*octets, *drawn])
    yield build(f"writes/{kind}/each-differently", (_DIFFERS,), differ)
    for name, requirement, started_anew in (
        ("repeats", _REPEATS, False),
        ("whatever-was-asked-before", _KEEPS_NOTHING, False),
        ("after-a-new-start", _STARTS, True),
    ):
        again = partial(
            one_way.writes_again,
            carried=carried,
            document=octets[0],
            other=octets[-1],
            started_anew=started_anew,
        )
        yield build(f"writes/{kind}/{name}", (requirement,), again)
    unknown = partial(trials.leaves_unknown_members_aside, carried=carried, document=octets[0])
    yield build(f"writes/{kind}/with-an-unknown-member", (_LEAVES_ASIDE,), unknown)
    for items in _COUNTS:
        if multiply_items(octets[0], 2) is not None:
            large = partial(_writes_large, carried=carried, document=octets[0], items=items)
            yield build(f"writes/{kind}/{items}-items", (_LARGE,), large)


def _writes_large(target: Target, carried: Carried, document: bytes, items: int) -> None:
    large = multiply_items(document, items)
    if large is not None:
        one_way.writes(target, carried, large)


def _lacks_samples(target: Target, kind: str) -> None:
    del target
    message = (
        f"expected a national file of {kind} and its canonical document (--samples): it is read "
        "and not written, so that nothing else shows that it is; found none"
    )
    raise UnmetError(message)
