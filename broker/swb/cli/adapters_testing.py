"""``swb adapters test``: whether an adapter keeps the contract, and how fast it is."""

from __future__ import annotations

import time
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FOLDER
from swb.cli.outcome import UnknownNameError, explain_failure
from swb.cli.output import Answer
from swb.cli.payloads import COMMAND, get_adapter
from swb.plugins import Discovery, discover_adapters
from swb_adapters.sdk.testing.running import Checked, run_checks
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["command", "read_samples"]

_MEASURE_FOR: Final = 0.1
"""Seconds for each direction of each type; an adapter reads some dozens of payloads meanwhile."""
_EXAMPLES: Final = 40
_MUTATIONS: Final = 150
_ITEMS: Final = 3


@click.command("test", short_help="Test an adapter by the contract's kit.")
@click.option(
    "--samples",
    "folder",
    metavar="FOLDER",
    type=EXISTING_FOLDER,
    help="Payloads that it must read; without it, the folder samples in the adapter's package.",
)
@click.option(
    "--examples",
    type=click.IntRange(1, 10_000),
    default=_EXAMPLES,
    show_default=True,
    help="Generated documents for each message type.",
)
@click.argument("name")
def command(name: str, folder: Path | None, examples: int) -> Answer:
    """Test the installed adapter NAME, or the program behind command:, by the kit of the SDK.

    Samples are read and written again; generated documents (where hypothesis is installed) must be
    carried, or their losses declared; hostile and damaged payloads refused, by codes of the
    contract and nothing else; limits kept; nothing but the input touched. The speed is measured on
    one sample of each kind and judged by nobody.

    Exit status: 0 it keeps the contract, 1 it does not.
    """
    installed = discover_adapters()
    adapter = get_adapter(installed, name)
    samples = read_samples(installed, adapter, name, folder)
    pure = not name.startswith(COMMAND)
    results = list(run_checks(adapter, samples, pure=pure, examples=examples, mutations=_MUTATIONS))
    broken = [each for each in results if each.problems]
    speeds = [] if broken else list(_measure(adapter, samples))
    failure = None
    if broken:
        message = f"{len(broken)} of {len(results)} checks found {adapter.info.name} wrong"
        failure = explain_failure(
            RefusedError("adapter.contract_broken", message, actor=Actor.DEVELOPER)
        )
    return Answer(
        value={
            "adapter": adapter.info.name,
            "version": adapter.info.version,
            "checks": [_describe(each) for each in results],
            "broken": len(broken),
            "speed": speeds,
        },
        text="\n".join(_spell(results, speeds)),
        failure=failure,
    )


def read_samples(
    installed: Discovery, adapter: Adapter, name: str, folder: Path | None
) -> Sequence[tuple[str, bytes]]:
    """Read the samples of an adapter.

    Args:
        installed: All adapters.
        adapter: The one whose samples are wanted; they are files with its suffix.
        name: Of the adapter, as the command line has it.
        folder: Where they are; None looks beside the adapter's code.

    Raises:
        UnknownNameError: There are none.
    """
    targets = [each.target for each in installed.adapters if each.adapter is adapter]
    places: list[Traversable] = []
    if folder is not None:
        places = [folder]
    elif targets:
        steps = targets[0].partition(":")[0].split(".")
        names = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
        places = [files(each) / "samples" for each in names]
    suffix = adapter.info.file_suffix
    entries: list[tuple[str, bytes]] = []
    for place in places:
        if not entries and place.is_dir():
            found = [each for each in place.iterdir() if each.name.endswith(suffix)]
            entries = [(each.name, each.read_bytes()) for each in found if each.is_file()]
    if not entries:
        where = f"in {folder}" if folder is not None else "beside its code"
        message = f"expected samples of {name} {where}, files that end with {suffix}, found none"
        if folder is None:
            message += ": name their folder with --samples"
        raise UnknownNameError(RefusedError("adapter.no_samples", message, actor=Actor.OPERATOR))
    return sorted(entries)


def _measure(adapter: Adapter, samples: Sequence[tuple[str, bytes]]) -> Iterator[dict[str, object]]:
    for kind, (sample, raw, document) in _choose(adapter, samples).items():
        reads = _count(partial(adapter.to_canonical, raw))
        writes = None
        if any(m.writes and m.model is type(document) for m in adapter.info.messages):
            writes = round(_count(partial(adapter.from_canonical, document)))
        yield {
            "message_type": kind,
            "sample": sample,
            "items": _count_items(document),
            "reads_per_second": round(reads),
            "writes_per_second": writes,
        }


def _choose(
    adapter: Adapter, samples: Sequence[tuple[str, bytes]]
) -> dict[str, tuple[str, bytes, Document]]:
    """Choose a sample of each type: of three items, as the figures of others are, or the first."""
    chosen: dict[str, tuple[str, bytes, Document]] = {}
    for sample, raw in samples:
        reading = adapter.to_canonical(raw)
        known = chosen.get(reading.message_type)
        if known is None or _count_items(known[2]) != _ITEMS == _count_items(reading.document):
            chosen[reading.message_type] = (sample, raw, reading.document)
    return chosen


def _count_items(document: Document) -> int:
    return len(getattr(document, "items", ()))


def _count(call: Callable[[], object]) -> float:
    begun, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < _MEASURE_FOR:
        call()
        count += 1
    return count / passed


def _describe(checked: Checked) -> dict[str, object]:
    return {
        "check": checked.check,
        "subject": checked.subject,
        "passed": not checked.problems and not checked.skipped,
        "skipped": checked.skipped or None,
        "cases": checked.cases,
        "problems": list(checked.problems),
    }


def _spell(results: Sequence[Checked], speeds: Sequence[dict[str, object]]) -> Iterator[str]:
    for each in results:
        word = "wrong" if each.problems else "skipped" if each.skipped else "ok"
        cases = f" ({each.cases} cases)" if each.cases > 1 else ""
        why = f": {each.skipped}" if each.skipped else ""
        yield f"{word:8}{each.check}{f', {each.subject}' if each.subject else ''}{cases}{why}"
        for problem in each.problems:
            yield f"        {problem}"
    for speed in speeds:
        items = f" of {speed['items']} items" if speed["items"] else ""
        writes = speed["writes_per_second"]
        written = f", writes {writes:,} a second" if writes is not None else ""
        yield (
            f"speed   {speed['message_type']}{items}: reads {speed['reads_per_second']:,} a second"
            f"{written}"
        )
