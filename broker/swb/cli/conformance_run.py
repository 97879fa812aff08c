"""``swb conformance run``: a profile tried on a target."""

from __future__ import annotations

import secrets
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, EXISTING_FOLDER
from swb.cli.conformance_channel import open_channel, without_password
from swb.cli.conformance_console import ConsoleReporter, spell_report
from swb.cli.conformance_params import (
    LiveOptions,
    Seconds,
    Seed,
    ShardParam,
    configure_quiet_logs,
    load_deviations,
    require_places,
    require_useful,
    spell_again,
)
from swb.cli.files import NEW_FILE, write_whole
from swb.cli.outcome import UnknownNameError, explain_failure
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb_conformance.carrying.samples import load_samples
from swb_conformance.engine import RunPlan, run_suite
from swb_conformance.events import Standing
from swb_conformance.protocol import CommandTarget
from swb_conformance.report import Recorder, describe_report, encode_report
from swb_conformance.reporters import render_html, render_junit
from swb_conformance.requirements import load_profiles
from swb_conformance.selecting import Shard
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_conformance.events import Event
    from swb_conformance.report import Report

__all__ = ["command"]

_SEEDS: Final = 10**9
"""So many there are to draw from: nobody has recorded them all."""
_ON_THE_WIRE: Final = ("material", "act", "keep", "resume")
_OF_PROGRAMS: Final = ("seed", "answer_within", "megabytes", "log")
_BEARS_ON_NO_VERDICT: Final = frozenset(
    {"only", "replay", "shard", "report", "html", "junit", "keep", "resume"}
)


@click.command("run", short_help="Try a program or a gateway by a profile.")
@click.option(
    "--profile", required=True, type=click.Choice(list(load_profiles())), help="What is claimed."
)
@click.option(
    "--target",
    required=True,
    metavar="TARGET",
    help="builtin:ADAPTER; command:CMD for a program; for a profile on the wire a line: "
    "amqp://..., amqps://..., or embedded:FILE of this project's own transport.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Only cases of this name (with *, with or without the profile), or about this "
    "requirement; may be repeated.",
)
@click.option(
    "--replay", metavar="CASE", help="One case again, with all that is asked and answered."
)
@click.option(
    "--seed",
    type=Seed(0),
    help="What is drawn is drawn from it; without one it is drawn itself, and told.",
)
@click.option(
    "--samples",
    type=EXISTING_FOLDER,
    metavar="DIR",
    help="Profile adapter: national files, each beside NAME.canonical.xml.",
)
@click.option("--shard", type=ShardParam(), help="One part of the cases, such as 2/4.")
@click.option(
    "--deviations", "deviations_file", type=EXISTING_FILE, metavar="FILE", help="Known ones (TOML)."
)
@click.option("--report", type=NEW_FILE, metavar="FILE", help="Write the report as JSON.")
@click.option("--html", type=NEW_FILE, metavar="FILE", help="Write it as one HTML page.")
@click.option("--junit", type=NEW_FILE, metavar="FILE", help="Write it as JUnit XML.")
@click.option(
    "--answer-within",
    type=Seconds(0.1, 600),
    default=10,
    show_default=True,
    help="Seconds for one answer.",
)
@click.option(
    "--case-within",
    type=Seconds(0.1, 86_400),
    default=60,
    show_default=True,
    help="Seconds for one case.",
)
@click.option(
    "--run-within",
    type=Seconds(1, 864_000),
    default=3600,
    show_default=True,
    help="Seconds for the whole; what is left then has failed.",
)
@click.option(
    "--megabytes",
    type=Seed(16, 65_536),
    default=1024,
    show_default=True,
    help="Memory that a program may take.",
)
@click.option(
    "--log", type=NEW_FILE, metavar="FILE", help="Add the program's standard error to it."
)
@click.option(
    "--material", type=EXISTING_FOLDER, metavar="DIR", help="On the wire: keys and trust."
)
@click.option(
    "--act", default="", metavar="CMD", help="On the wire: does the national side's steps."
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="On the wire: keep the run in DIR.",
)
@click.option("--resume", is_flag=True, help="On the wire: go on with the run in --keep.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    profile: str,
    target: str,
    only: tuple[str, ...],
    replay: str | None,
    seed: int | None,
    samples: Path | None,
    shard: Shard | None,
    deviations_file: Path | None,
    report: Path | None,
    html: Path | None,
    junit: Path | None,
    answer_within: float,
    case_within: float,
    run_within: float,
    megabytes: int,
    log: Path | None,
    material: Path | None,
    act: str,
    keep: Path | None,
    resume: bool,
) -> Answer:
    """Try TARGET by the cases of a profile, and report what passes, what fails, and why.

    builtin:ADAPTER is this project's own code behind an installed adapter; command:CMD any program
    that speaks the command protocol of docs/conformance; a URL is the line of a gateway, for the
    profiles on the wire. A target that dies, hangs, floods or talks nonsense passes nothing by it.
    Each failure names a command that tries it again, with every option that bears on the verdict.

    Exit status: 0 everything passed but what is a known deviation, 1 something failed.
    """
    configure_quiet_logs()
    is_live = load_profiles()[profile].live
    if is_live:
        require_useful(_OF_PROGRAMS, f"the profile {profile} is tried on the wire")
    else:
        require_useful(_ON_THE_WIRE, f"the profile {profile} is tried by questions to a program")
    if profile != "adapter":
        require_useful(("samples",), "only the profile adapter reads national files")
    if shard and shard.parts > 1 and seed is None and not is_live:
        message = "expected --seed with --shard: the parts of one run draw from the same"
        raise click.UsageError(message)
    drawn = secrets.randbelow(_SEEDS) if seed is None and not is_live else None
    require_places({"--report": report, "--html": html, "--junit": junit}, log=log)
    console = ConsoleReporter()
    plan = RunPlan(
        profile=profile,
        only=(*only, replay) if replay else only,
        shard=shard or Shard(),
        seed=drawn or seed or 0,
        seed_drawn=drawn is not None,
        samples=load_samples(samples) if samples else (),
        deviations=load_deviations(deviations_file),
        case_within=case_within,
        run_within=run_within,
        keeps_evidence=replay is not None,
        again=(
            *spell_again(_BEARS_ON_NO_VERDICT, target=without_password(target)),
            *(() if drawn is None else ("--seed", str(drawn))),
        ),
    )
    if is_live:
        live = LiveOptions(
            plan=plan,
            pausing=console.paused,
            material=material,
            act=act,
            keep=keep,
            resume=resume,
        )
        events = _run_live(profile, target, live)
    else:
        events = _run(target, plan, answer_within=answer_within, megabytes=megabytes, log=log)
    found = _listen(events, console)
    for file, render in ((report, encode_report), (html, render_html), (junit, render_junit)):
        if file is not None:
            write_whole(file, render(found))
    return _answer(found, replay)


def _run(
    target: str, plan: RunPlan, *, answer_within: float, megabytes: int, log: Path | None
) -> Iterator[Event]:
    channel = open_channel(target, answer_within=answer_within, megabytes=megabytes, log=log)
    asked = CommandTarget(channel)
    try:
        yield from run_suite(asked, plan, clock=SystemClock().now, timer=time.monotonic)
    finally:
        asked.close()


def _run_live(profile: str, url: str, options: LiveOptions) -> Iterator[Event]:
    from swb.cli.conformance_live import run_live  # noqa: PLC0415 - slow, and for these only

    return run_live(profile, url, options)


def _listen(events: Iterator[Event], console: ConsoleReporter) -> Report:
    recorder = Recorder(suite=version("single-window-broker"))
    try:
        for event in events:
            recorder.hear(event)
            console.hear(event)
    except RefusedError as cause:
        if cause.code in {"conformance.no_such_case", "conformance.deviations"}:
            raise UnknownNameError(cause) from cause
        raise
    finally:
        console.close()
    return recorder.build_report()


def _answer(report: Report, replay: str | None) -> Answer:
    failure = None
    if report.unshown and not report.count(Standing.FAILED):
        message = (
            f"nothing failed, and nothing shows {', '.join(report.unshown)}: each requirement "
            "needs a case that passed"
        )
        failure = explain_failure(
            RefusedError("conformance.incomplete", message, actor=Actor.DEVELOPER)
        )
    elif not report.passes:
        failed, passed = report.count(Standing.FAILED), report.count(Standing.PASSED)
        then = "who made the target has to mend it" if failed else "so nothing is shown by it"
        message = f"{failed} of {len(report.cases)} case(s) failed, {passed} passed; {then}"
        failure = explain_failure(
            RefusedError("conformance.failed", message, actor=Actor.DEVELOPER)
        )
    text = spell_report(report)
    if replay is not None:
        told = [
            f"--- {piece.name}\n{piece.octets.decode('utf-8', 'backslashreplace')}"
            for case in report.cases
            for piece in case.evidence
        ]
        text = "\n".join([*told, text])
    return Answer(value=describe_report(report), text=text, failure=failure)
