"""Draws the charts of ``docs/reference/performance.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.targets import ITEMS, find_case
from tests.charts import Bar, draw_bars

if TYPE_CHECKING:
    from swb.sandbox.bench.picture import Picture, RoadCase

__all__ = ["draw_charts", "name_case"]


def name_case(case: RoadCase) -> str:
    """Name a case of the road."""
    return f"{case.items} items, {'encrypted' if case.protected else 'clear'}"


def draw_charts(picture: Picture) -> dict[str, str]:
    charts = {
        "road.svg": ("Road and bare pipe", "Form Ds a second", _bars_of_road(picture)),
        "peers.svg": ("Road and peers", "documents a second", _bars_of_peers(picture)),
        "steps.svg": (
            f"Steps of a Form D of {ITEMS} items and their floors",
            "microseconds",
            _bars_of_steps(picture),
        ),
        "work.svg": (
            f"Where the processor's time of a Form D of {ITEMS} items goes",
            "milliseconds",
            _bars_of_work(picture),
        ),
        "growth.svg": ("As things grow", "Form Ds a second", _bars_of_growth(picture)),
    }
    return {
        name: draw_bars(title, bars, unit=unit)
        for name, (title, unit, bars) in charts.items()
        if bars
    }


def _bars_of_road(picture: Picture) -> list[Bar]:
    bars: list[Bar] = []
    for case in picture.road:
        ratio = case.road.ratio_to_bare_pipe or 0
        bars += [
            Bar(
                name=f"{name_case(case)}: road",
                parts={"road": case.road.documents_per_second},
                told=f"{case.road.documents_per_second:.0f}, {ratio:.2f} of it",
                begins_group=bool(bars),
            ),
            Bar(
                name="bare pipe",
                parts={"bare pipe": case.bare_pipe.documents_per_second},
                told=f"{case.bare_pipe.documents_per_second:.0f}",
            ),
        ]
    return bars


def _bars_of_peers(picture: Picture) -> list[Bar]:
    case = find_case(picture, items=ITEMS, protected=False)
    if case is None or not picture.peers:
        return []
    road = Bar(name="the whole road, clear", parts={"road": case.road.documents_per_second})
    return [
        road,
        *(
            Bar(name=name.replace("_", " "), parts={"peer": peer.documents_per_second})
            for name, peer in picture.peers.items()
        ),
    ]


def _bars_of_steps(picture: Picture) -> list[Bar]:
    bars: list[Bar] = []
    for case in picture.steps:
        if case.items != ITEMS:
            continue
        for name, step in case.steps.items():
            if name.endswith("_alone"):
                continue
            bars.append(
                Bar(
                    name=name.replace("_", " "),
                    parts={
                        "floor": min(step.floor_microseconds, step.microseconds),
                        "above it": max(0.0, step.microseconds - step.floor_microseconds),
                    },
                    told=f"{step.microseconds:.0f}, {step.ratio:.1f} ×",
                )
            )
    return bars


def _bars_of_work(picture: Picture) -> list[Bar]:
    bars: list[Bar] = []
    for work in picture.work:
        case = find_case(picture, items=work.items, protected=work.protected)
        if case is None or work.items != ITEMS:
            continue
        for process, steps in work.cpu_seconds_per_document.items():
            used = case.road.cpu_seconds_per_document.get(process, 0.0) * 1000
            bars.append(
                Bar(
                    name=f"{'encrypted' if work.protected else 'clear'}: {process}",
                    parts=_group_steps(steps, used),
                    told=f"{used:.1f}",
                    begins_group=bool(bars) and process == "gateway TH",
                )
            )
    return bars


_GROUPS: Final = {
    "format, rules": ("adapt", "check", "render"),
    "sign, encrypt": ("seal", "sign", "encrypt"),
    "verify, decrypt": ("verify_message", "verify_seal", "decrypt"),
    "store": (
        *("store", "accept", "complete"),
        *("claim_outbound", "mark_published", "claim_deliveries"),
    ),
    "publish, receive": ("publish", "receive"),
    "files, logs": ("collect", "deliver", "log"),
}


def _group_steps(steps: dict[str, float], used: float) -> dict[str, float]:
    """Group the steps of a process, and name the rest of what it used."""
    found = {
        group: sum(steps.get(name, 0.0) for name in names) * 1000
        for group, names in _GROUPS.items()
    }
    return {**found, "between the steps": max(0.0, used - sum(found.values()))}


def _bars_of_growth(picture: Picture) -> list[Bar]:
    growth = picture.growth or {}
    bars: list[Bar] = []
    for kind, each in growth.get("store", {}).items():
        for name, size in (("empty", each["empty"]), (f"{each['stored']:,}", each["full"])):
            bars.append(
                Bar(
                    name=f"{kind}, {name}",
                    parts={"Form Ds": size["documents_per_second"]},
                    begins_group=bool(bars) and name == "empty",
                )
            )
    for of_what in ("routers", "members", "items"):
        for at, (of, size) in enumerate(growth.get(of_what, {}).items()):
            bars.append(
                Bar(
                    name=f"{of} {of_what}",
                    parts={"Form Ds": size["documents_per_second"]},
                    begins_group=bool(bars) and at == 0,
                )
            )
    return bars
