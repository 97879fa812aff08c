"""Payloads as commands read them: by the adapter that is named, findings in its own terms."""

from __future__ import annotations

import logging
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from swb.cli.entry import is_debugging
from swb.cli.outcome import UnknownNameError
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb.plugins import Discovery
    from swb_adapters.sdk import Adapter, Reading
    from swb_schemas.findings import Finding

__all__ = ["COMMAND", "get_adapter", "get_installed", "list_installed", "locate"]

_LONGEST_NAME: Final = 80
COMMAND: Final = "command:"
"""What begins the name of an adapter that is a program: its command line follows."""


def get_adapter(adapters: Discovery, name: str) -> Adapter:
    """Get an adapter that the command line names: installed, or a program behind ``command:``.

    A program is ended with the command that uses it; with ``--debug`` its standard error is shown.

    Raises:
        UnknownNameError: There is none of that name, or no such program.
        RefusedError: ``adapter.command``: it is no adapter.
        UnavailableError: ``adapter.unavailable``.
    """
    if name.startswith(COMMAND):
        return _start(name.removeprefix(COMMAND))
    return get_installed(adapters, name)


def get_installed(adapters: Discovery, name: str) -> Adapter:
    """Get an installed adapter that the command line names.

    Raises:
        UnknownNameError: There is none of that name.
    """
    try:
        return adapters.get(name)
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause


def list_installed(*names: str) -> list[str]:
    """List the names that are of installed adapters, and not the command lines of programs."""
    return [name for name in names if not name.startswith(COMMAND)]


def _start(line: str) -> Adapter:
    from swb.adapter_process import AdapterProcess  # noqa: PLC0415 - most commands need none
    from swb.observability import configure_logs  # noqa: PLC0415 - as above
    from swb_adapters.sdk.command import CommandAdapter  # noqa: PLC0415 - as above

    configure_logs(level=logging.ERROR)
    try:
        words = shlex.split(line)
        process = AdapterProcess(line[:_LONGEST_NAME], words or [""], shows_errors=is_debugging())
    except ValueError as cause:
        message = f"expected a command line behind {COMMAND}, found: {cause}"
        refusal = RefusedError("adapter.unknown", message, actor=Actor.OPERATOR)
        raise UnknownNameError(refusal) from cause
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause
    adapter = CommandAdapter(process)
    click.get_current_context().call_on_close(adapter.close)
    return adapter


def locate(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Add the place in the payload that was read, where it is known."""
    return tuple(
        each
        if each.national_path
        else replace(each, national_path=reading.paths.find_national(each.path))
        for each in findings
    )
