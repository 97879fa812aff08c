"""The process of a target, as the conformance suite sees it.

It is run and bounded as a gateway runs a foreign adapter (`swb.adapter_process`). What breaks it
is told as the suite's own error; and it may be started as often as there are cases, for the engine
decides when to give up.
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Final

import click

from swb.adapter_process import AdapterProcess, ProcessBounds
from swb.cli.outcome import UnknownNameError
from swb_adapters.sdk.command import BrokenCommandError
from swb_conformance.target import BrokenTargetError
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["BUILTIN", "COMMAND", "ProcessChannel", "open_channel", "without_password"]

BUILTIN: Final = "builtin:"
COMMAND: Final = "command:"
_STARTS: Final = 1_000_000


class ProcessChannel:
    """A `swb_conformance.protocol.Channel` that runs a program.

    Args:
        name: As it was named on the command line.
        command: The program and its arguments.
        answer_within: Seconds for one answer, the description after a start included.
        megabytes: Memory that it may take.
        folder: Where it runs; None is the current one.
        log: File that its standard error is added to; None drops it.

    Raises:
        RefusedError: ``adapter.command``: there is no such program.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        answer_within: float,
        megabytes: int,
        folder: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self._name = name
        self._command = tuple(command)
        self._folder = folder
        self._log = log
        self._bounds = ProcessBounds(
            answer_within=answer_within, megabytes=megabytes, starts=_STARTS
        )
        self._process: AdapterProcess | None = self._make()

    @property
    def name(self) -> str:
        """As it was named on the command line."""
        return self._name

    def start(self) -> bool:
        """Start it where it does not run; tells whether it was started just now."""
        if self._process is None:
            self._process = self._make()
        try:
            return self._process.start()
        except UnavailableError as cause:
            raise BrokenTargetError(cause.message) from cause

    def exchange(self, line: bytes) -> bytes:
        """Send a request, and get the line that answers it."""
        if self._process is None:
            raise BrokenTargetError("expected a running process")
        try:
            return self._process.exchange(line)
        except BrokenCommandError as cause:
            raise BrokenTargetError(str(cause)) from cause

    def drop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _make(self) -> AdapterProcess:
        return AdapterProcess(
            self._name,
            self._command,
            folder=self._folder,
            bounds=self._bounds,
            log=self._log,
            log_option="--log FILE",
        )


def open_channel(
    target: str,
    *,
    answer_within: float,
    megabytes: int,
    folder: Path | None = None,
    log: Path | None = None,
) -> ProcessChannel:
    """Find the program behind ``builtin:ADAPTER`` or ``command:CMD``.

    Raises:
        click.UsageError: There is none.
    """
    if target.startswith(BUILTIN):
        words = _spell_builtin(target.removeprefix(BUILTIN))
    elif target.startswith(COMMAND):
        try:
            words = shlex.split(target.removeprefix(COMMAND))
        except ValueError as cause:
            message = f"expected a command line, found: {cause}"
            raise click.BadParameter(message, param_hint="--target") from cause
    else:
        message = f"expected builtin:ADAPTER or command:CMD for this profile, found {target[:60]!r}"
        raise click.BadParameter(message, param_hint="--target")
    try:
        return ProcessChannel(
            target,
            words or [""],
            answer_within=answer_within,
            megabytes=megabytes,
            folder=folder,
            log=log,
        )
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause


def without_password(target: str) -> str:
    """Spell a target without the password that the URL of a line may have."""
    before, at, after = target.rpartition("@")
    if not at or "://" not in before:
        return target
    scheme, _, account = before.partition("://")
    return f"{scheme}://{account.partition(':')[0]}@{after}"


def _spell_builtin(name: str) -> list[str]:
    from swb.plugins import discover_adapters  # noqa: PLC0415 - slow, and for this target only

    try:
        discover_adapters().get(name)
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause
    words = [sys.executable, "-m", "swb.cli.conformance_target", name]
    # A process of strangers gets no environment of ours; this one is no stranger.
    path = os.environ.get("PYTHONPATH")
    return ["env", f"PYTHONPATH={path}", *words] if path else words
