"""How a command ends: one exit status for each kind of failure, and one form for all of them.

======  ========================================================================================
status  meaning
======  ========================================================================================
0       done, also with warnings and declared losses
1       refused: malformed, a rule broken, not trusted, not authorised
2       usage: the command line is wrong
3       undetermined: it could not be judged now
4       unavailable: store, transport, signer or national system is down
5       internal fault: ours, exceptions that nobody caught included
130     interrupted, from the keyboard or by SIGTERM
======  ========================================================================================
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import click
from click.exceptions import NoArgsIsHelpError

from swb_schemas.errors import Actor, SwbError

if TYPE_CHECKING:
    from swb_schemas.findings import Finding

__all__ = ["Failure", "Status", "UnknownNameError", "explain_failure"]


class Status(IntEnum):
    """Exit statuses; part of the contract of every command."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNDETERMINED = 3
    UNAVAILABLE = 4
    INTERNAL = 5
    INTERRUPTED = 130


_STATUS_OF_FAMILY: Final = {
    "refused": Status.REFUSED,
    "undetermined": Status.UNDETERMINED,
    "unavailable": Status.UNAVAILABLE,
}

_USAGE: Final = "cli.usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure in the one form that every command shows.

    Attributes:
        code: Stable dotted identifier.
        actor: Who must act.
        final: True when trying again with the same input cannot help.
        message: What was expected and what was found.
        status: What the command exits with.
        findings: The single faults, where there are several.
        usage: Usage line of the command that was misused, else empty.
    """

    code: str
    actor: str
    final: bool
    message: str
    status: Status
    findings: tuple[Finding, ...] = ()
    usage: str = ""


class UnknownNameError(click.UsageError):
    """A name on the command line that names nothing, with a code of its own: wrong usage.

    Args:
        refusal: What the registry of such names said.
    """

    def __init__(self, refusal: SwbError) -> None:
        super().__init__(refusal.message)
        self.code = refusal.code


_INTERRUPTED: Final = Failure(
    code="cli.interrupted",
    actor=Actor.OPERATOR,
    final=False,
    message="interrupted, from the keyboard or by SIGTERM",
    status=Status.INTERRUPTED,
)


def explain_failure(error: BaseException) -> Failure:
    """Bring any exception into the one form.

    What is no failure of ours to foresee is an internal fault, and then only the exception's type
    and place are told: its text may hold payload content.
    """
    match error:
        case SwbError():
            failure = Failure(
                code=error.code,
                actor=error.actor,
                final=error.final,
                message=error.message,
                status=_STATUS_OF_FAMILY.get(error.family, Status.INTERNAL),
                findings=error.findings,
            )
        case click.ClickException():
            failure = _explain_usage(error)
        case OSError(errno=errno.ENAMETOOLONG):
            failure = _usage("expected a name of a file or folder, found one that is too long")
        case EOFError():
            failure = _usage("expected an answer to the prompt, found none")
        case KeyboardInterrupt():
            failure = _INTERRUPTED
        case click.Abort():
            # A prompt turns both an interrupt and the end of its input into this.
            cause = error.__cause__ or error.__context__
            failure = explain_failure(cause) if cause else _INTERRUPTED
        case BaseExceptionGroup():
            failure = _explain_group(error)
        case _:
            failure = _explain_fault(error)
    return failure


def _explain_group(group: BaseExceptionGroup[BaseException]) -> Failure:
    """The worst of what several tasks met; they seldom fail in different ways."""
    failures = [explain_failure(each) for each in group.exceptions]
    interrupted = (each for each in failures if each.status is Status.INTERRUPTED)
    return next(interrupted, max(failures, key=lambda each: each.status))


def _explain_usage(error: click.ClickException) -> Failure:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, NoArgsIsHelpError) and context is not None:
        command = context.command
        known = command.list_commands(context) if isinstance(command, click.Group) else []
        message = f"expected one of the commands {', '.join(known)}, found none"
        return _usage(message, context.get_usage())
    code = error.code if isinstance(error, UnknownNameError) else _USAGE
    return _usage(error.format_message(), context.get_usage() if context else "", code=code)


def _usage(message: str, usage: str = "", *, code: str = _USAGE) -> Failure:
    return Failure(
        code=code,
        actor=Actor.OPERATOR,
        final=True,
        message=message,
        status=Status.USAGE,
        usage=usage,
    )


def _explain_fault(error: BaseException) -> Failure:
    place = ""
    trace = error.__traceback__
    while trace is not None:
        file = os.path.basename(trace.tb_frame.f_code.co_filename)  # noqa: PTH119 - pathlib slows every start
        place = f" at {file}:{trace.tb_lineno}"
        trace = trace.tb_next
    message = f"{type(error).__name__}{place}; with --debug the traceback is on standard error"
    return Failure(
        code="internal.fault",
        actor=Actor.DEVELOPER,
        final=True,
        message=message,
        status=Status.INTERNAL,
    )
