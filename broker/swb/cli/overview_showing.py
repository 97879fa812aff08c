"""How ``swb overview`` shows a day: as JSON for programs, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.core.figures import RELEASES
from swb.core.lifecycle import Fact
from swb.services.state_day import AGES
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    from swb.core.release_times import Histogram
    from swb.ports import Aged
    from swb.services.release_study import Release
    from swb.services.state_day import Counted, Hour, StateDay, Waits

__all__ = ["describe_day", "describe_release", "spell_overview"]

_COLUMNS: Final = (
    ("out", Fact.AS1, "sent"),
    ("out", Fact.GIVEN, "given"),
    ("out", Fact.NOT_GIVEN, "not given"),
    ("out", Fact.REFUSED, "refused"),
    ("in", Fact.AS2, "received"),
    ("in", Fact.AS3, "delivered"),
    ("in", Fact.GIVEN, "given"),
    ("in", Fact.NOT_GIVEN, "not given"),
)
_WIDTH: Final = 9
_SHOWN: Final = 10
"""Refusals and rules that people are shown; programs get all."""


# --- for programs ------------------------------------------------------------------------------


def describe_day(day: StateDay) -> dict[str, object]:
    """Bring a day into its JSON form."""
    return {
        "from": format_instant(day.since),
        "until": format_instant(day.until),
        "asked_at": format_instant(day.asked_at),
        "facts": [_describe_counted(each) for each in day.facts],
        "by_partner": [_describe_counted(each) | {"partner": each.of} for each in day.by_partner],
        "by_type": [_describe_counted(each) | {"message_type": each.of} for each in day.by_type],
        "hours": [_describe_hour(each) for each in day.hours],
        "ages_seconds": [age.total_seconds() for age in AGES],
        "waits": [_describe_waits(each) for each in day.waits],
        "on_the_road": [_describe_aged(each) for each in day.on_the_road],
        "refusals": [_describe_counted(each) for each in day.refusals],
        "rules": [_describe_counted(each) for each in day.rules],
        "behind": {each.feed.value: each.behind for each in day.lags},
    }


def describe_release(release: Release) -> dict[str, object]:
    """Bring one authority's release times into their JSON form; times are in seconds."""
    return {
        "authority": release.authority,
        "direction": release.direction,
        "message_type": release.message_type,
        "partners": list(release.partners),
        "arrived": release.arrived,
        "may_be_published": release.may_be_published,
        "steps": {
            each.value: _describe_histogram(release.steps[each])
            for each in RELEASES
            if each in release.steps
        },
    }


def _describe_counted(counted: Counted) -> dict[str, object]:
    return {"direction": counted.direction, "name": counted.name, "count": counted.count}


def _describe_hour(hour: Hour) -> dict[str, object]:
    facts = [
        {"direction": direction, "name": name, "count": count}
        for (direction, name), count in sorted(hour.facts.items())
    ]
    return {"from": format_instant(hour.begins_at), "facts": facts}


def _describe_waits(waits: Waits) -> dict[str, object]:
    return {
        "direction": waits.direction,
        "for": waits.awaited.value,
        "within_seconds": waits.within.total_seconds(),
        "total": waits.total,
        "late": waits.late,
        "by_age": list(waits.by_age),
    }


def _describe_aged(aged: Aged) -> dict[str, object]:
    return {
        "kind": aged.kind.value,
        "parked": aged.is_parked,
        "line": aged.line or None,
        "age": aged.bucket,
        "waiting": aged.waiting,
        "oldest_at": None if aged.oldest_at is None else format_instant(aged.oldest_at),
    }


def _describe_histogram(histogram: Histogram) -> dict[str, object]:
    def seconds(share: float) -> float | None:
        found = histogram.find_quantile(share)
        return None if found is None else found.total_seconds()

    return {
        "count": histogram.total,
        "median_seconds": seconds(0.5),
        "p90_seconds": seconds(0.9),
        "buckets": {str(bucket): count for bucket, count in sorted(histogram.counts.items())},
    }


# --- for people --------------------------------------------------------------------------------


def spell_overview(
    day: StateDay, releases: Sequence[Release] | None, *, days: int
) -> Iterator[str]:
    """Spell everything; release times that are None were left out."""
    behind = sum(each.behind for each in day.lags)
    yield f"{day.since:%Y-%m-%d} from {format_instant(day.since)}"
    if behind:
        yield f"the figures are behind: {behind:,} entries are not counted yet"
    yield ""
    yield from _spell_facts(day)
    yield ""
    yield from _spell_waits(day.waits)
    yield from _spell_road(day.on_the_road)
    yield from _spell_most("refused for", day.refusals)
    yield from _spell_most("rules broken or warned by", day.rules)
    if releases is None:
        yield ""
        yield "release times are not kept by partner: leave --partner out to see them"
    else:
        yield from _spell_releases(releases, days)


def _spell_facts(day: StateDay) -> Iterator[str]:
    groups = "".join(
        f"{'sent from here' if direction == 'out' else 'came here':<{(_WIDTH + 2) * 4}}"
        for direction in ("out", "in")
    )
    yield f"{'':<24}{groups}".rstrip()
    yield f"{'':<24}{''.join(f'{title:>{_WIDTH}}  ' for _, _, title in _COLUMNS)}".rstrip()
    yield _spell_row("in all", {(each.direction, each.name): each.count for each in day.facts})
    for whole in (day.by_partner, day.by_type):
        rows: dict[str, dict[tuple[str, str], int]] = {}
        for each in whole:
            rows.setdefault(each.of, {})[each.direction, each.name] = each.count
        for of, counts in rows.items():
            yield _spell_row(f"  {of}", counts)
    for hour in day.hours:
        if hour.facts:
            yield _spell_row(f"  {hour.begins_at:%H:%M}", hour.facts)
    if refused := sum(each.count for each in day.refusals):
        yield f"refused in all: {refused:,}, also what was never sealed, which no column counts"


def _spell_row(title: str, counts: Mapping[tuple[str, str], int]) -> str:
    counted = (counts.get((direction, fact), 0) for direction, fact, _ in _COLUMNS)
    cells = "".join(f"{count or '-':>{_WIDTH}}  " for count in counted)
    return f"{title:<24}{cells}".rstrip()


def _spell_waits(waits: Sequence[Waits]) -> Iterator[str]:
    if not waits:
        yield "nothing waits for an answer"
        return
    ages = [f"<{_spell_time(AGES[0])}", *(f"{_spell_time(each)}+" for each in AGES)]
    yield f"{'waits for':<24}{'in all':>9}{'late':>9}  {''.join(f'{age:>7}' for age in ages)}"
    for each in waits:
        what = f"  {'sent' if each.direction == 'out' else 'came'}, {each.awaited}"
        cells = "".join(f"{count or '-':>7}" for count in each.by_age)
        yield f"{what:<24}{each.total:>9,}{each.late or '-':>9}  {cells}"


def _spell_road(aged: Sequence[Aged]) -> Iterator[str]:
    if not aged:
        return
    yield ""
    yield "waits here"
    for each in aged:
        where = f" by line {each.line}" if each.line else ""
        how = "for a person" if each.is_parked else "for its turn"
        old = f" for {_spell_time(AGES[each.bucket - 1])} or more" if each.bucket else ""
        since = "" if each.oldest_at is None else f", since {format_instant(each.oldest_at)}"
        yield f"  {each.waiting:>7,}  {each.kind}{where}, {how}{old}{since}"


def _spell_most(title: str, counted: Sequence[Counted]) -> Iterator[str]:
    if not counted:
        return
    yield ""
    yield title
    for each in counted[:_SHOWN]:
        yield f"  {each.count:>7,}  {each.name}, {'sent' if each.direction == 'out' else 'came'}"
    if len(counted) > _SHOWN:
        yield f"  and {len(counted) - _SHOWN} more: --json"


def _spell_releases(releases: Sequence[Release], days: int) -> Iterator[str]:
    if not releases:
        return
    yield ""
    yield f"release times of what arrived on {days} day(s): median and 90 % done within"
    for each in releases:
        may = "" if each.may_be_published else " (not to be published: no legal basis)"
        yield f"  {each.authority}, {each.message_type}, {each.arrived:,} arrived{may}"
        for step in RELEASES:
            if step in each.steps:
                histogram = each.steps[step]
                half, most = histogram.find_quantile(0.5), histogram.find_quantile(0.9)
                times = f"{_spell_time(half):>6}  {_spell_time(most):>6}"
                yield f"    {step:<10}{histogram.total:>9,}  {times}"


def _spell_time(time: timedelta | None) -> str:
    if time is None:
        return "longer"
    seconds = time.total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds / length:g}{unit}"
    return f"{seconds:g}s"
