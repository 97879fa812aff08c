"""Writes ``docs/reference/performance.md`` and its charts out of the stored picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.picture import STORED, load_picture
from swb.sandbox.bench.targets import find_case, judge
from swb.sandbox.bench.work import BETWEEN, find_rest
from tests.performance_charts import draw_charts, name_case
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.sandbox.bench.picture import Picture, RoadCase, StepCase, WorkFigures

__all__ = ["FOLDER", "PAGE", "build_files", "build_page"]

PAGE: Final = ROOT / "docs" / "reference" / "performance.md"
FOLDER: Final = ROOT / "docs" / "reference" / "performance"
"""Charts."""

_HEAD: Final = """\
# Performance

Figures of one run of `swb bench` on one machine, each beside its floor from the same run. Seconds
and rates are that machine's; **ratios** are what can be compared with another machine or another
day, and what targets speak of. [How each is measured](../how-to/measure-the-road.md).

This page and its charts are made of `broker/swb/sandbox/bench/baseline.json`, which
`swb bench --compare` compares with. To make it anew, on a machine that does nothing else:

```console
$ swb bench --out broker/swb/sandbox/bench/baseline.json
$ SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_performance.py
```
"""


def build_files() -> dict[str, str]:
    """Every file by its name below `FOLDER`, the page's by its own."""
    picture = load_picture(STORED)
    return {PAGE.name: build_page(picture), **draw_charts(picture)}


def build_page(picture: Picture) -> str:
    """Write the page of a picture."""
    parts = [_HEAD, *_tell_run(picture), *_tell_targets(picture)]
    for section in (_tell_road, _tell_peers, _tell_steps, _tell_work, _tell_start, _tell_growth):
        parts += section(picture)
    return "".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---" if at == 0 else "---:" for at in range(len(heads))], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _tell_run(picture: Picture) -> Iterator[str]:
    machine, run = picture.machine, picture.run
    memory = f", {machine.memory_megabytes:,} MB" if machine.memory_megabytes else ""
    software = ", ".join(f"{name} {version}" for name, version in machine.software.items())
    yield "\n## Machine and command\n\n"
    yield f"{machine.processors} × {machine.processor}{memory}, {machine.system}, "
    yield f"Python {machine.python}; {software}.\n\n"
    yield f"`{run.command}`, begun {run.began_at[:10]}, took {run.seconds / 60:.0f} minutes.\n"


def _tell_targets(picture: Picture) -> Iterator[str]:
    rows = [
        (
            target.name,
            target.spelled_bound,
            "–" if target.found is None else f"{target.found:.3g}",
            target.verdict if target.is_met else f"**{target.verdict}**",
        )
        for target in judge(picture)
    ]
    yield "\n## Targets\n\n" + _table(("ratio", "is to be", "found", "verdict"), rows)
    yield (
        "\nWhat was tried, what it gave, and why what is missed is missed:\n"
        "[levers of speed](../adr/levers-of-speed.md), "
        "[waking seldom](../adr/waking-seldom.md), "
        "[receipts together](../adr/receipts-together.md)."
    )
    if picture.growth is None:
        yield (
            " Growth is no part of this run;\n"
            "[growth and scale](../adr/growth-and-scale.md) has what an earlier one found."
        )
    yield "\n"


def _tell_road(picture: Picture) -> Iterator[str]:
    if not picture.road:
        return
    yield "\n## The road and the bare pipe\n\n"
    yield "![Form Ds a second, road and bare pipe](performance/road.svg)\n\n"
    yield _table(
        (
            "Form Ds",
            "road /s",
            "pipe /s",
            "ratio",
            "road p50, p99 ms",
            "pipe p50, p99 ms",
            "p50, p99 ratios",
            "road, pipe p50 ms at full load",
        ),
        [
            (
                name_case(case),
                f"{case.road.documents_per_second:.1f}",
                f"{case.bare_pipe.documents_per_second:.1f}",
                f"{case.road.ratio_to_bare_pipe or 0:.3f}",
                *(
                    f"{side.latency_at_half_load.median_seconds * 1000:.1f}, "
                    f"{side.latency_at_half_load.p99_seconds * 1000:.1f}"
                    for side in (case.road, case.bare_pipe)
                ),
                ", ".join(f"{each:.2f}" for each in _latency_ratios(case)),
                ", ".join(
                    f"{side.latency_at_full_load.median_seconds * 1000:.0f}"
                    for side in (case.road, case.bare_pipe)
                ),
            )
            for case in picture.road
        ],
    )
    yield (
        "\nLatency is at half of each side's own load, but in the last column, where\n"
        "all wait at the door from the beginning.\n"
    )
    spreads = "; ".join(
        f"{name_case(case)}: {min(medians) * 1000:.0f} to {max(medians) * 1000:.0f} ms"
        for case in picture.road
        if (medians := case.road.latency_at_half_load.medians)
    )
    if spreads:
        yield f"The road's p50 of single turns: {spreads}.\n"
    yield "\nProcessor milliseconds a document:\n\n"
    processes = list(picture.road[0].road.cpu_seconds_per_document)
    yield _table(
        ("Form Ds", *processes, "all", "all of the pipe"),
        [
            (
                name_case(case),
                *(
                    f"{case.road.cpu_seconds_per_document.get(each, 0) * 1000:.2f}"
                    for each in processes
                ),
                *(
                    f"{sum(side.cpu_seconds_per_document.values()) * 1000:.2f}"
                    for side in (case.road, case.bare_pipe)
                ),
            )
            for case in picture.road
        ],
    )
    first = picture.road[0]
    evidence = "with" if first.evidence else "without"
    counts = "; ".join(
        f"{name_case(case)}: "
        + ", ".join(f"{kind} {count:.2f}" for kind, count in case.messages_per_document.items())
        for case in picture.road
    )
    yield (
        f"\nMessages that one document takes on the road ({counts}): one receipt may answer "
        "several\ndocuments. The pipe carries one of each for every document, of the size that a "
        "receipt of one has.\n"
    )
    grouped = ", ".join(
        f"{name_case(case)}: {case.road.ratio_to_grouping_pipe:.3f}"
        for case in picture.road
        if case.road.ratio_to_grouping_pipe is not None
    )
    if grouped:
        yield (
            "\nRoad by a pipe that answers as many documents by one receipt as the road did at "
            f"full load:\n{grouped}.\n"
        )
    yield (
        f"\nMedians of {first.runs} pairs of {first.documents} documents, {evidence} time-stamps "
        "and the evidence log beside the traffic.\n"
    )


def _latency_ratios(case: RoadCase) -> list[float]:
    return list((case.road.latency_ratio_to_bare_pipe or {}).values())


def _tell_peers(picture: Picture) -> Iterator[str]:
    if not picture.peers:
        return
    yield "\n## Peers\n\n![Documents a second, road and peers](performance/peers.svg)\n\n"
    yield _table(
        ("peer", "documents /s", "processes", "octets", "does"),
        [
            (
                name,
                f"{peer.documents_per_second:.1f}",
                str(peer.processes),
                f"{peer.octets:,}",
                peer.what,
            )
            for name, peer in picture.peers.items()
        ],
    )
    for name, peer in picture.peers.items():
        software = ", ".join(f"{each} {version}" for each, version in peer.software.items())
        remark = f". {peer.remark[:1].upper()}{peer.remark[1:]}" if peer.remark else ""
        yield f"\n{name}: {software}{remark}.\n"


def _tell_steps(picture: Picture) -> Iterator[str]:
    if not picture.steps:
        return
    yield "\n## Steps\n\n![Microseconds of each step and of its floor](performance/steps.svg)\n"
    for case in picture.steps:
        forms = ", ".join(f"{form} {size:,}" for form, size in case.octets.items())
        yield f"\n### {_name_steps(case)}\n\nOctets: {forms}.\n\n"
        yield _table(
            ("step", "µs", "of the processor", "floor µs", "ratio", "floor"),
            [
                (
                    name.replace("_", " "),
                    f"{step.microseconds:.1f}",
                    f"{step.processor_microseconds:.1f}",
                    f"{step.floor_microseconds:.1f}",
                    f"{step.ratio:.2f}",
                    step.floor,
                )
                for name, step in case.steps.items()
            ],
        )


def _name_steps(case: StepCase) -> str:
    return f"{case.document}, {case.items} items" if case.items else case.document


def _tell_work(picture: Picture) -> Iterator[str]:
    if not picture.work or not picture.road:
        return
    yield (
        "\n## Where the time of a document goes\n\n"
        "![Processor milliseconds of a Form D by process](performance/work.svg)\n\n"
        "Processor milliseconds of each process for one Form D and its receipts: the steps above, "
        "as often as they happen,\nbeside what the process was measured to use on the road. "
        f"Between the steps lie:\n{BETWEEN}.\n"
    )
    for work in picture.work:
        case = find_case(picture, items=work.items, protected=work.protected)
        if case is not None:
            yield from _tell_work_of(work, case)


def _tell_work_of(work: WorkFigures, case: RoadCase) -> Iterator[str]:
    counted = "as if each receipt answered one document"
    if work.messages_per_document:
        counted = "with these messages a document: " + ", ".join(
            f"{kind} {count:.2f}" for kind, count in work.messages_per_document.items()
        )
    yield f"\n### A Form D of {name_case(case)}\n\nCounted {counted}.\n\n"
    processes = work.cpu_seconds_per_document
    rest, used = find_rest(work, case), case.road.cpu_seconds_per_document
    every = dict.fromkeys(name for steps in processes.values() for name in steps)
    rows = [
        (
            name.replace("_", " "),
            *(f"{steps[name] * 1000:.2f}" if name in steps else "" for steps in processes.values()),
        )
        for name in every
    ]
    rows += [
        ("**all steps**", *(f"{sum(steps.values()) * 1000:.2f}" for steps in processes.values())),
        ("**between the steps**", *(f"{rest.get(each, 0) * 1000:.2f}" for each in processes)),
        ("**used**", *(f"{used.get(each, 0) * 1000:.2f}" for each in processes)),
    ]
    yield _table(("step", *processes), rows)


def _tell_start(picture: Picture) -> Iterator[str]:
    start, demo = picture.start, picture.demo
    if start is None and demo is None:
        return
    yield "\n## Beginnings\n\n"
    if start is not None:
        yield (
            f"`swb --help` {start.help_seconds * 1000:.0f} ms, `python -c pass` "
            f"{start.python_seconds * 1000:.0f} ms: {start.help_ratio_to_python:.2f}. `swb demo`: "
            f"the first document after {start.demo_first_document_seconds:.1f} s, the end after "
            f"{start.demo_seconds:.1f} s.\n"
        )
    if demo is not None:
        yield (
            f"\nThe demonstration of {demo.documents} documents: "
            f"{demo.embedded_documents_per_second:.1f} a second on the embedded transport, "
            f"{demo.rabbitmq_documents_per_second:.1f} on RabbitMQ: "
            f"{demo.embedded_ratio_to_rabbitmq:.2f}.\n"
        )


def _tell_growth(picture: Picture) -> Iterator[str]:
    growth = picture.growth or {}
    if not growth:
        return
    yield "\n## Growth\n"
    sizes = [
        *((f"{kind}, empty", each["empty"]) for kind, each in growth.get("store", {}).items()),
        *(
            (f"{kind}, {each['stored']:,} stored", each["full"])
            for kind, each in growth.get("store", {}).items()
        ),
        *(
            (f"{of} {name}", each)
            for name in ("items", "routers", "members")
            for of, each in growth.get(name, {}).items()
        ),
    ]
    if sizes:
        yield "\n![Form Ds a second as things grow](performance/growth.svg)\n\n"
        yield _table(
            ("size", "Form Ds /s", "median ms", "processor ms"),
            [
                (
                    name,
                    f"{each['documents_per_second']:.1f}",
                    f"{each['median_seconds'] * 1000:.1f}",
                    f"{sum(each['cpu_seconds_per_document'].values()) * 1000:.2f}",
                )
                for name, each in sizes
            ],
        )
    memory = growth.get("memory")
    if memory:
        yield f"\n{memory['minutes']:g} minutes at half load; memory of each process in MB:\n\n"
        yield _table(
            ("process", "first", "last"),
            [
                (name, f"{each['first']:.1f}", f"{each['last']:.1f}")
                for name, each in memory["memory_megabytes"].items()
            ],
        )
