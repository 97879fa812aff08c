"""What ``swb bench`` shows people: every part as a table, targets, and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.cli.bench_road import spell_road
from swb.sandbox.bench.targets import find_case, judge, list_ratios
from swb.sandbox.bench.work import BETWEEN, find_rest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.sandbox.bench.picture import Picture, StepCase, WorkFigures
    from swb.sandbox.bench.targets import Change

__all__ = ["spell_changes", "spell_picture"]


def spell_picture(picture: Picture) -> str:
    """Write a whole picture, targets last."""
    return "\n\n".join("\n".join(part) for part in map(list, _list_parts(picture)) if part)


def _list_parts(picture: Picture) -> Iterator[Iterator[str] | Sequence[str]]:
    for case in picture.road:
        title = f"ROAD, {case.items} items, {'encrypted' if case.protected else 'clear'}"
        yield [title, spell_road(case)]
    yield _spell_peers(picture)
    for steps in picture.steps:
        yield _spell_steps(steps)
    for work in picture.work:
        yield _spell_work(work, picture)
    yield _spell_start(picture)
    yield _spell_machine(picture)
    yield _spell_targets(picture)


def _spell_peers(picture: Picture) -> Iterator[str]:
    if not picture.peers:
        return
    yield "PEERS"
    for name, peer in picture.peers.items():
        rate = f"{peer.documents_per_second:>8.1f}/s in {peer.processes} processes"
        yield f"{name:<16}{rate}  {peer.what}"
        if peer.remark:
            yield f"{'':<16}({peer.remark})"
    for name, ratio in list_ratios(picture).items():
        if name.startswith(("road / pyas2lib", "road / plain")):
            yield f"{name}: {ratio:.2f}"


def _spell_steps(case: StepCase) -> Iterator[str]:
    about = f"{case.document}, {case.items} items" if case.items else case.document
    sizes = ", ".join(f"{form} {size:,}" for form, size in case.octets.items())
    yield f"STEPS of a {about}; octets: {sizes}"
    yield f"{'':<16}{'us':>10}{'cpu us':>10}{'floor us':>10}{'ratio':>8}  floor"
    for name, step in case.steps.items():
        figures = (step.microseconds, step.processor_microseconds, step.floor_microseconds)
        cells = "".join(f"{each:>10.1f}" for each in figures)
        yield f"{name:<16}{cells}{step.ratio:>8.2f}  {step.floor}"


def _spell_work(work: WorkFigures, picture: Picture) -> Iterator[str]:
    secrecy = "encrypted" if work.protected else "clear"
    yield f"A FORM D by its steps, {work.items} items, {secrecy}; processor ms"
    case = find_case(picture, items=work.items, protected=work.protected)
    rest = find_rest(work, case) if case else {}
    for process, steps in work.cpu_seconds_per_document.items():
        told = ", ".join(f"{name} {used * 1000:.2f}" for name, used in steps.items())
        yield f"{process:<12}{sum(steps.values()) * 1000:6.2f}: {told}"
        if process in rest:
            yield f"{'':<12}{rest[process] * 1000:6.2f}: between the steps"
    if rest:
        yield f"between the steps: {BETWEEN}"


def _spell_start(picture: Picture) -> Iterator[str]:
    start, demo = picture.start, picture.demo
    if start is not None or demo is not None:
        yield "START"
    if start is not None:
        yield (
            f"swb --help {start.help_seconds * 1000:.0f} ms, python -c pass "
            f"{start.python_seconds * 1000:.0f} ms: {start.help_ratio_to_python:.2f}"
        )
        yield (
            f"swb demo: first document after {start.demo_first_document_seconds:.1f} s, "
            f"ended after {start.demo_seconds:.1f} s"
        )
    if demo is not None:
        yield (
            f"demonstration of {demo.documents}: embedded {demo.embedded_documents_per_second:.1f}"
            f"/s, RabbitMQ {demo.rabbitmq_documents_per_second:.1f}/s: "
            f"{demo.embedded_ratio_to_rabbitmq:.2f}"
        )


def _spell_machine(picture: Picture) -> Iterator[str]:
    machine, run = picture.machine, picture.run
    yield (
        f"{machine.processors} x {machine.processor}, {machine.system}, Python {machine.python}; "
        f"{run.seconds / 60:.1f} minutes from {run.began_at}"
    )


def _spell_targets(picture: Picture) -> Iterator[str]:
    yield f"{'TARGETS':<64}{'bound':>14}{'found':>10}"
    for target in judge(picture):
        found = "-" if target.found is None else f"{target.found:.3f}"
        yield f"{target.name:<64}{target.spelled_bound:>14}{found:>10}  {target.verdict}"


def spell_changes(changes: Sequence[Change], earlier: Picture) -> str:
    """Write what became of every ratio since an earlier run."""
    lines = [
        f"CHANGES since {earlier.run.began_at}, of ratios alone",
        f"{'':<72}{'before':>10}{'now':>10}{'factor':>8}",
    ]
    for change in changes:
        cells = "".join(
            f"{'-' if each is None else f'{each:.3f}':>10}" for each in (change.before, change.now)
        )
        factor = "-" if change.factor is None else f"{change.factor:.2f}"
        lines.append(f"{change.name:<72}{cells}{factor:>8}")
    return "\n".join(lines)
