"""What the figures are held against: ratios of one run, and what they are to reach.

A ratio has two sides of the same run on the same machine, so it can be compared with one of
another day; a rate cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb.sandbox.bench.picture import Picture, RoadCase

__all__ = [
    "ASKED_OF_GROWTH",
    "ITEMS",
    "Change",
    "Target",
    "compare_pictures",
    "describe_target",
    "find_case",
    "judge",
    "list_ratios",
]

ITEMS: Final = 3
"""Of the Form D that targets speak of."""
_LAYERS: Final = {
    "seal": "sign, inner layer",
    "sign": "sign, outer layer",
    "verify_seal": "verify, inner layer",
    "verify_message": "verify, outer layer",
}
_CLEAR: Final = f"road / bare pipe, {ITEMS} items, clear"
_ENCRYPTED: Final = f"road / bare pipe, {ITEMS} items, encrypted"
_CLEAR_GROUPED: Final = f"road / bare pipe that groups, {ITEMS} items, clear"
_ENCRYPTED_GROUPED: Final = f"road / bare pipe that groups, {ITEMS} items, encrypted"
_WAITING: Final = f"median latency at half load, road / bare pipe, {ITEMS} items, clear"
_AS2: Final = "road / pyas2lib, both on all cores"
_PIPELINE: Final = "road / plain pipeline, both on all cores"
_HELP: Final = "swb --help / python -c pass"
_DEMO: Final = "demonstration, embedded / RabbitMQ"
ASKED_OF_GROWTH: Final[Mapping[str, Mapping[str, float]]] = {
    "rate_with_documents_in_sqlite": {"at_least": 0.9},
    "rate_with_documents_in_postgres": {"at_least": 0.9},
    "time_by_items": {"at_most": 1.1},
    "memory_megabytes": {"at_most": 200},
    "memory_growth": {"at_most": 1.05},
    "latency_growth": {"at_most": 1.2},
}
"""Bounds of what `swb bench growth` finds, by its names."""
_NO_RATIO: Final = "megabytes"
"""The one figure of growth that has no other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One figure and its bound.

    Attributes:
        name: Of the figure.
        bound: What it is to reach, or not to pass.
        at_least: Whether more is better.
        found: None where it was not measured.
    """

    name: str
    bound: float
    at_least: bool
    found: float | None

    @property
    def is_met(self) -> bool | None:
        """Whether it holds; None where it was not measured."""
        if self.found is None:
            return None
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    @property
    def verdict(self) -> str:
        """``met``, ``missed`` or ``not measured``."""
        return {True: "met", False: "missed", None: "not measured"}[self.is_met]

    @property
    def spelled_bound(self) -> str:
        """The bound with its direction."""
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}"


def judge(picture: Picture) -> tuple[Target, ...]:
    """Hold a picture against every target."""
    found = list_ratios(picture)

    def at_least(name: str, bound: float) -> Target:
        return Target(name=name, bound=bound, at_least=True, found=found.get(name))

    def at_most(name: str, bound: float) -> Target:
        return Target(name=name, bound=bound, at_least=False, found=found.get(name))

    return (
        at_least(_CLEAR, 0.5),
        at_least(_ENCRYPTED, 0.4),
        at_least(_CLEAR_GROUPED, 0.5),
        at_least(_ENCRYPTED_GROUPED, 0.4),
        at_least(_AS2, 2.5),
        at_least(_PIPELINE, 1),
        *(at_most(f"{layer} / floor, {ITEMS} items", 3) for layer in _LAYERS.values()),
        at_most(_WAITING, 3),
        at_most(_HELP, 8),
        at_least(_DEMO, 0.5),
        *_judge_growth(picture),
    )


def _judge_growth(picture: Picture) -> Iterator[Target]:
    """What is asked of growth: as it was asked where it was measured, and else as it is now."""
    measured = (picture.growth or {}).get("targets") or {}
    for name, asked in {**ASKED_OF_GROWTH, **measured}.items():
        yield Target(
            name=f"growth: {name.replace('_', ' ')}",
            bound=asked.get("at_least", asked.get("at_most")),
            at_least="at_least" in asked,
            found=asked.get("found"),
        )


def describe_target(target: Target) -> dict[str, object]:
    """Bring a target into its JSON form."""
    return {
        "name": target.name,
        "at_least" if target.at_least else "at_most": target.bound,
        "found": None if target.found is None else round(target.found, 4),
        "verdict": target.verdict,
    }


def list_ratios(picture: Picture) -> dict[str, float]:
    """List every ratio of a picture by name, in the order of its parts."""
    return dict(_walk(picture))


def find_case(picture: Picture, *, items: int, protected: bool) -> RoadCase | None:
    """Find one case of the road."""
    for case in picture.road:
        if (case.items, case.protected) == (items, protected):
            return case
    return None


def _walk(picture: Picture) -> Iterator[tuple[str, float]]:
    yield from _walk_road(picture)
    for steps in picture.steps:
        about = f"{steps.items} items" if steps.items else steps.document
        for step, figures in steps.steps.items():
            yield f"{_LAYERS.get(step, step)} / floor, {about}", figures.ratio
    if picture.start is not None:
        yield _HELP, picture.start.help_ratio_to_python
    if picture.demo is not None:
        yield _DEMO, picture.demo.embedded_ratio_to_rabbitmq
    for target in _judge_growth(picture):
        if target.found is not None and not target.name.endswith(_NO_RATIO):
            yield target.name, target.found


def _walk_road(picture: Picture) -> Iterator[tuple[str, float]]:
    for case in picture.road:
        named = f"{case.items} items, {'encrypted' if case.protected else 'clear'}"
        if case.road.ratio_to_bare_pipe is not None:
            yield f"road / bare pipe, {named}", case.road.ratio_to_bare_pipe
        if case.road.ratio_to_grouping_pipe is not None:
            yield f"road / bare pipe that groups, {named}", case.road.ratio_to_grouping_pipe
        for percentile, ratio in (case.road.latency_ratio_to_bare_pipe or {}).items():
            yield f"{percentile} latency at half load, road / bare pipe, {named}", ratio
    clear = find_case(picture, items=ITEMS, protected=False)
    for key, name in (("pyas2lib", _AS2), ("plain_pipeline", _PIPELINE)):
        peer = picture.peers.get(key)
        if clear is not None and peer is not None:
            yield name, clear.road.documents_per_second / peer.documents_per_second


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ratio, then and now.

    Attributes:
        name: Of it.
        before: In the stored picture; None where it was not measured then.
        now: In this one; None likewise.
    """

    name: str
    before: float | None
    now: float | None

    @property
    def factor(self) -> float | None:
        """Now by before; None where either is missing or nothing."""
        return self.now / self.before if self.now is not None and self.before else None


def compare_pictures(before: Picture, now: Picture) -> tuple[Change, ...]:
    """Compare every ratio that either picture has, in the order of the present one's."""
    then, found = list_ratios(before), list_ratios(now)
    return tuple(
        Change(name=name, before=then.get(name), now=found.get(name))
        for name in _in_order(found, then)
    )


def _in_order(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))
