"""``swb bench adapters``: how fast national formats are read and written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import click

from swb.cli.entry import wants_json
from swb.cli.outcome import UnknownNameError
from swb.cli.output import Answer
from swb.cli.payloads import get_installed
from swb.plugins import discover_adapters
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.bench.adapters import AdapterRates, Way

__all__ = ["command"]

_UNTIL: Final = date(2026, 11, 22)


@click.command("adapters", short_help="Measure adapters beside the canonical document alone.")
@click.option(
    "--items",
    default=3,
    show_default=True,
    type=click.IntRange(1, 50),
    help="Items of each Form D.",
)
@click.option(
    "--largest",
    default=5000,
    show_default=True,
    type=click.IntRange(10, 5000),
    help="Items of the largest one.",
)
@click.option(
    "--runs",
    default=5,
    show_default=True,
    type=click.IntRange(1, 25),
    help="How often adapter and floor take turns; medians are shown.",
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
def command(items: int, largest: int, runs: int, names: Sequence[str]) -> Answer:
    """Measure how many Form Ds a second adapters read and write on one core.

    Without a NAME it is all that are installed and carry Form Ds both ways. Beside each stands its
    floor, the canonical document alone in the same run, and how the seconds an item grow from a
    tenth of the largest document to the largest: 1 is linear. Seconds are those of the processor in
    this process, so a program behind the command protocol cannot be measured.
    """
    from swb.sandbox.bench.adapters import (  # noqa: PLC0415 - slow to import
        carries_form_ds,
        run_adapter_bench,
    )

    installed = discover_adapters()
    chosen = [get_installed(installed, name) for name in names]
    for adapter in chosen:
        if not carries_form_ds(adapter):
            message = f"expected an adapter of Form Ds, found {adapter.info.name}"
            raise UnknownNameError(RefusedError("adapter.unknown", message, actor=Actor.OPERATOR))
    if not chosen:
        chosen = [each.adapter for each in installed.adapters if carries_form_ds(each.adapter)]
    rates = []
    for adapter in sorted(chosen, key=lambda each: each.info.name):
        if not wants_json():
            click.echo(f"{adapter.info.name} ...", err=True)
        rates.append(
            run_adapter_bench(adapter, items=items, largest=largest, turns=runs, until=_UNTIL)
        )
    return Answer(
        value={
            "items": items,
            "largest": largest,
            "runs": runs,
            "adapters": [_describe(each) for each in rates],
        },
        text=_tabulate(rates, items, largest),
    )


def _describe(rates: AdapterRates) -> dict[str, object]:
    return {
        "adapter": rates.adapter,
        "octets": rates.octets,
        "reading": _describe_way(rates.reading),
        "writing": _describe_way(rates.writing),
        "refused": rates.refused,
    }


def _describe_way(way: Way) -> dict[str, object]:
    seconds, growth = way.seconds_per_item, way.growth
    return {
        "documents_per_second": round(way.rate, 1),
        "runs": [round(each, 1) for each in way.per_second],
        "ratio_to_floor": round(way.ratio_to_floor, 4),
        "microseconds_an_item": None if seconds is None else round(seconds * 1e6, 1),
        "growth": None if growth is None else round(growth, 2),
    }


def _tabulate(rates: Sequence[AdapterRates], items: int, largest: int) -> str:
    lines = [
        f"{'':<16}{'reads/s':>9}{'/floor':>8}{'growth':>8}{'writes/s':>10}{'/floor':>8}{'growth':>8}"
    ]
    lines += [
        f"{each.adapter:<16}{_spell(each.reading, 9)}{_spell(each.writing, 10)}"
        + (f"  {each.refused}" if each.refused else "")
        for each in rates
    ]
    lines.append("")
    lines.append(
        f"Form Ds of {items} items; growth is of the seconds an item, from {largest // 10} items "
        f"to {largest}"
    )
    return "\n".join(lines)


def _spell(way: Way, width: int) -> str:
    growth = "-" if way.growth is None else f"{way.growth:.2f}"
    return f"{way.rate:>{width},.0f}{way.ratio_to_floor:>8.2f}{growth:>8}"
