"""``swb conformance pair``: what two states try with each other before they connect."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, read_octets
from swb.cli.conformance_console import ConsoleReporter, spell_report
from swb.cli.conformance_live import GatewayTarget, choose_act, list_types
from swb.cli.conformance_params import require_places, spell_again
from swb.cli.files import NEW_FILE, write_new
from swb.cli.options import trust_option
from swb.cli.outcome import UnknownNameError, explain_failure
from swb.cli.output import Answer
from swb.cli.trust_bundles import read_bundle
from swb.clock import SystemClock
from swb_conformance.engine import RunPlan, run_cases
from swb_conformance.events import Standing
from swb_conformance.live import Pair, PersonAct, list_pair_cases, name_line
from swb_conformance.report import Recorder, describe_report
from swb_conformance.reporters import render_html
from swb_schemas.connections import ConnectionState, parse_connections
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.pair_report import (
    PAIR_WIDE,
    PairReportForm,
    TriedCase,
    TriedLine,
    encode_pair_report,
)
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from swb_conformance.events import Listener
    from swb_conformance.live import Act
    from swb_conformance.report import Report
    from swb_schemas.connections import Connection

__all__ = ["command", "form_pair_report", "try_pair"]

_TABLE_LIMIT: Final = 1_000_000
_BEARS_ON_NO_VERDICT: Final = frozenset({"only", "replay", "out", "html"})


@click.command("pair", short_help="Test what two states agree on before they connect.")
@click.argument("first", metavar="STATE")
@click.argument("second", metavar="STATE")
@click.option(
    "--table", required=True, type=EXISTING_FILE, metavar="FILE", help="Connections (TOML)."
)
@trust_option("As agreed.")
@click.option(
    "--act",
    "commands",
    multiple=True,
    metavar="STATE=CMD",
    help="Does the steps of one side; without it a person is asked. May be repeated.",
)
@click.option(
    "--within",
    type=click.FloatRange(1, 86_400),
    default=60,
    show_default=True,
    help="Seconds for one step.",
)
@click.option("--out", type=NEW_FILE, metavar="FILE", help="The report, for both to sign.")
@click.option("--html", type=NEW_FILE, metavar="FILE", help="The run as one HTML page.")
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Only cases of this name (with *, with or without the profile), or about this "
    "requirement; may be repeated.",
)
@click.option("--replay", metavar="CASE", help="One case again.")
def command(  # noqa: PLR0917 - one for each option
    first: str,
    second: str,
    table: Path,
    bundle: Path,
    commands: tuple[str, ...],
    within: float,
    out: Path | None,
    html: Path | None,
    only: tuple[str, ...],
    replay: str | None,
) -> Answer:
    """Try every line of the table between two states in the test environment, both ways.

    Both gateways and the router run. Roots and lists are compared; of each line a document goes its
    way, is answered and cancelled; both declare an outage; the day is reconciled. With --out the
    report is written for both states to sign with `swb trust sign`; `swb connections draft
    --tested` asks for it before a line leaves TEST in production.

    Exit status: 0 everything passed, 1 something failed.
    """
    if first == second:
        raise click.BadParameter(f"expected two different states, found {first} twice")
    if out is not None and (only or replay):
        raise click.UsageError("--out is for a run of all cases: a part of them moves no line")
    require_places({"--out": out, "--html": html})
    states = (min(first, second), max(first, second))
    known = parse_connections(read_octets(table, limit=_TABLE_LIMIT)).connections
    lines = [
        each
        for each in known
        if {each.from_state, each.to_state} == set(states)
        and each.state is not ConnectionState.SUSPENDED
    ]
    if not lines:
        message = f"expected lines between {first} and {second} in {table}, found none"
        raise click.BadParameter(message, param_hint="--table")
    trust = read_bundle(bundle)
    console = ConsoleReporter()
    acts = _choose(states, commands, console)
    pair = Pair(states=states, acts=acts, bundle=trust, lines=lines, within=within)
    plan = RunPlan(
        profile="pair",
        only=(*only, replay) if replay else only,
        again=spell_again(_BEARS_ON_NO_VERDICT),
    )
    try:
        report = try_pair(pair, console, plan=plan)
    except RefusedError as cause:
        if cause.code == "conformance.no_such_case":
            raise UnknownNameError(cause) from cause
        raise
    finally:
        console.close()
    form = form_pair_report(report, pair)
    payload = encode_pair_report(form)
    if out is not None:
        write_new(out, assemble_jws(payload, {}), exists="trust.exists")
    if html is not None:
        html.write_bytes(render_html(report))
    failure = None
    if not report.passes:
        message = f"{report.count(Standing.FAILED)} of {len(report.cases)} case(s) failed"
        failure = explain_failure(
            RefusedError("conformance.failed", message, actor=Actor.DEVELOPER)
        )
    tried = [each.model_dump(mode="json", by_alias=True) for each in form.tried]
    digest = digest_text_of(payload)
    spelled = [f"tried      {' '.join(each.key)}" for each in form.tried]
    return Answer(
        value={**describe_report(report), "tried": tried, "digest": digest},
        text="\n".join([spell_report(report), *spelled, f"digest     {digest}"]),
        failure=failure,
    )


def try_pair(pair: Pair, *listeners: Listener, plan: RunPlan | None = None) -> Report:
    """Run the cases of a pair, or those of a plan; listeners hear how it goes."""
    recorder = Recorder(suite=version("single-window-broker"))
    name = " and ".join(pair.states)
    types = list_types((line.message_type, line.agreement) for line in pair.lines)
    for event in run_cases(
        list_pair_cases(pair),
        GatewayTarget(name, {}),
        plan or RunPlan(profile="pair"),
        description={"name": name, "messages": types},
        clock=SystemClock().now,
        timer=time.monotonic,
    ):
        for each in (recorder, *listeners):
            each.hear(event)
    return recorder.build_report()


def form_pair_report(report: Report, pair: Pair) -> PairReportForm:
    """Say what a run came to, for both states to sign.

    A line counts as tried when every case about it passed, and every one about the pair, in a run
    that left none out.
    """
    return PairReportForm.model_validate(
        {
            "states": pair.states,
            "ended": report.ended.at.replace(microsecond=0),
            "suite": report.suite,
            "trust": digest_text_of(pair.bundle),
            "tried": tuple(_list_tried(report, pair.lines)),
            "cases": tuple(
                TriedCase(name=each.name, standing=each.standing.value) for each in report.cases
            ),
        }
    )


def _list_tried(report: Report, lines: Sequence[Connection]) -> Iterator[TriedLine]:
    passed = {each.name for each in report.cases if each.standing is Standing.PASSED}
    if not report.is_complete or not passed.issuperset(PAIR_WIDE):
        return
    for line in lines:
        about = [each for each in report.cases if each.name.rpartition("/")[2] == name_line(line)]
        if about and all(each.standing is Standing.PASSED for each in about):
            yield TriedLine.model_validate(
                {
                    "from": line.from_state,
                    "to": line.to_state,
                    "message_type": line.message_type,
                    "agreement": line.agreement,
                }
            )


def _choose(
    states: tuple[str, str], commands: tuple[str, ...], console: ConsoleReporter
) -> dict[str, Act]:
    person = PersonAct(pausing=console.paused)
    acts: dict[str, Act] = dict.fromkeys(states, person)
    for each in commands:
        state, equals, words = each.partition("=")
        if not equals or state not in states:
            message = f"expected STATE=CMD for {' or '.join(states)}, found {each[:40]!r}"
            raise click.BadParameter(message, param_hint="--act")
        acts[state] = choose_act(words, option="--act")
    return acts
