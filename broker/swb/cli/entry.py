"""The frame around every command: what `swb` runs, and the one place where it ends.

A command module has a click command that returns an `swb.cli.output.Answer` (or None, when there
is nothing to tell) and raises what goes wrong. It needs no option for JSON or for debugging and
writes nothing to standard output; with ``--json`` whatever it writes there by mistake goes to
standard error. `make_tell` makes what tells people of progress; `wants_json` says whether they
look on.

Imports are few here, and some are late: ``swb --help`` is to cost little more than Python does.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING, Final

import click

from swb.cli.lazy import CommandEntry, HelpAskedError, LazyGroup, equip
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, Output
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["COMMANDS", "build_program", "main", "make_tell", "wants_json"]

COMMANDS: Final = {
    "demo": CommandEntry("swb.cli.demo:command", "Send certificates across borders and back."),
    "convert": CommandEntry(
        "swb.cli.convert:command", "Convert a payload between a national format and the canonical."
    ),
    "check": CommandEntry(
        "swb.cli.check:command", "Check a payload by the rules of its agreement."
    ),
    "catalogue": CommandEntry("swb.cli.catalogue:command", "List the document types."),
    "rules": CommandEntry("swb.cli.rules:command", "Look at the rules."),
    "codes": CommandEntry("swb.cli.codes:command", "Look at code lists."),
    "verify": CommandEntry("swb.cli.verify:command", "Verify a message or a sealed document."),
    "render": CommandEntry(
        "swb.cli.render:command", "Draw a Form D as PDF or HTML, with signed codes."
    ),
    "verify-print": CommandEntry(
        "swb.cli.verify_print:command", "Verify the codes on a printed certificate, offline."
    ),
    "evidence": CommandEntry(
        "swb.cli.evidence:command", "Export and verify evidence; erase payloads."
    ),
    "submit": CommandEntry("swb.cli.submit:command", "Submit a national payload to a gateway."),
    "status": CommandEntry("swb.cli.status:command", "Show where a document stands, and its road."),
    "overview": CommandEntry(
        "swb.cli.overview:command", "Tell the state's day, what waits, and release times."
    ),
    "parked": CommandEntry(
        "swb.cli.parked:command", "Look after what waits for a person: replay, discard."
    ),
    "reconcile": CommandEntry(
        "swb.cli.reconcile:command", "Compare what two states exchanged on a day; repair it."
    ),
    "retransmit": CommandEntry(
        "swb.cli.retransmit:command", "Ask the sender for a document once more."
    ),
    "outage": CommandEntry(
        "swb.cli.outage:command", "Declare to a partner that paper is taken for a time."
    ),
    "paper": CommandEntry("swb.cli.paper:command", "Record certificates that were used on paper."),
    "fingerprints": CommandEntry(
        "swb.cli.fingerprints:command", "Look at fingerprints of invoices and consignments."
    ),
    "run": CommandEntry("swb.cli.run:command", "Run a gateway, a router, or both."),
    "signer": CommandEntry(
        "swb.cli.signer:command", "Hold keys for other processes of this machine."
    ),
    "topology": CommandEntry("swb.cli.topology:command", "Make and compare the transport's lines."),
    "migrate": CommandEntry(
        "swb.cli.migrate:command", "Bring a store's schema to what this version needs."
    ),
    "adapters": CommandEntry(
        "swb.cli.adapters:command", "Look at adapters, test them, and begin new ones."
    ),
    "connections": CommandEntry("swb.cli.connections:command", "Look at what is connected."),
    "keys": CommandEntry("swb.cli.keys:command", "Make keys; look at certificates."),
    "ledger": CommandEntry(
        "swb.cli.ledger:command", "Look at the evidence log, prove, verify, audit."
    ),
    "traffic": CommandEntry("swb.cli.traffic:command", "Add up what members sent and received."),
    "audit": CommandEntry("swb.cli.audit:command", "Look at what people and daemons did."),
    "approvals": CommandEntry(
        "swb.cli.approvals:command", "Agree to what another person asked for."
    ),
    "openapi": CommandEntry("swb.cli.openapi:command", "Print the HTTP API's description."),
    "tokens": CommandEntry(
        "swb.cli.tokens:command", "Decide on tokens and certificates of systems that use the API."
    ),
    "users": CommandEntry("swb.cli.users:command", "Decide on people who may sign in."),
    "trust": CommandEntry(
        "swb.cli.trust:command",
        "Look at trust lists; draft, sign, install them; act on theft.",
    ),
    "conformance": CommandEntry(
        "swb.cli.conformance:command",
        "Try whether an implementation fits, and state that it does.",
    ),
    "drill": CommandEntry("swb.cli.drill:command", "Try out what notices what."),
    "bench": CommandEntry(
        "swb.cli.bench:command", "Measure the road of a document, and all that it consists of."
    ),
}

_HELP: Final = """Single-Window Broker: joins the national single windows of neighbouring states.

Exit status: 0 done, 1 refused, 2 usage, 3 undetermined, 4 unavailable, 5 internal fault.
"""

_COMPLETION: Final = "_SWB_COMPLETE"


def main(
    arguments: Sequence[str] | None = None, *, commands: Mapping[str, CommandEntry] = COMMANDS
) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None takes those of the process.
        commands: What there is to run.

    Returns:
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if instruction := os.environ.get(_COMPLETION):
        from click.shell_completion import shell_complete  # noqa: PLC0415 - for shells only

        return shell_complete(build_program(commands), {}, "swb", _COMPLETION, instruction)
    output = Output(as_json=_is_asked("--json", given))
    debugging = is_debugging(given)
    try:
        return output.show_answer(_run(build_program(commands), given, output))
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the one place where everything ends
        if debugging:
            import traceback  # noqa: PLC0415 - for developers only

            output.tell("".join(traceback.format_exception(error)).splitlines())
        return _end(error, output)


def is_debugging(arguments: Sequence[str] | None = None) -> bool:
    """Whether a developer asks for more, by ``--debug`` or ``SWB_DEBUG``.

    Args:
        arguments: Of the command line; None takes those of this process.
    """
    given = sys.argv[1:] if arguments is None else arguments
    return _is_asked("--debug", given) or os.environ.get("SWB_DEBUG", "0") not in {"", "0"}


def wants_json() -> bool:
    """Whether a program reads standard output of the running command, and no person."""
    return click.get_current_context().ensure_object(Output).as_json


def make_tell() -> Callable[[str], None]:
    """Make what tells people how far the running command is; a program is told nothing."""
    quiet = wants_json()

    def tell(what: str) -> None:
        if not quiet:
            click.echo(what, err=True)

    return tell


def build_program(commands: Mapping[str, CommandEntry] = COMMANDS) -> LazyGroup:
    """Build the program's outermost group."""
    program = LazyGroup("swb", commands, _HELP)
    program.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the version.",
        )
    )
    equip(program)
    return program


def _run(program: LazyGroup, arguments: list[str], output: Output) -> Answer:
    aside = redirect_stdout(sys.stderr) if output.as_json else nullcontext()
    try:
        with aside, program.make_context("swb", arguments, obj=output) as context:
            answer = program.invoke(context)
    except HelpAskedError as asked:
        return asked.answer
    except click.exceptions.Exit as ending:
        if ending.exit_code:
            raise SystemExit(ending.exit_code) from ending
        return Answer()
    return answer if isinstance(answer, Answer) else Answer()


def _end(error: BaseException, output: Output) -> int:
    failure = explain_failure(error)
    try:
        return output.show_failure(failure)
    except SwbError as second:
        output.tell([f"swb: {second}"])
        return failure.status


def _is_asked(option: str, arguments: Sequence[str]) -> bool:
    """Look for an option before anything is parsed: also a usage error is told in its form."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return option in arguments[:end]


def _show_version(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import version  # noqa: PLC0415 - takes as long as all the rest

    found = version("single-window-broker")
    raise HelpAskedError(Answer(value={"version": found}, text=f"swb {found}"))
