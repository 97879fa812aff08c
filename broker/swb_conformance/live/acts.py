"""What somebody at the national side has to do, and who is asked to do it.

The suite reaches the wire only. Where a step needs the national single window, it asks an act: a
command of the implementer's that is given the step as one line of JSON, or a person. What steps
there are stands in docs/conformance/live.md.
"""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Act", "ActError", "CannotActError", "CommandAct", "NoAct", "Step", "Told"]

_CANNOT: Final = 3
"""Exit status by which a command says that it does not do such a step."""
_LONGEST_ANSWER: Final = 16_000_000
"""Octets of a command's answer that are read."""


class Step(StrEnum):
    """What may be asked for."""

    ENTER = "enter"
    """Have a document entered at the single window and sent."""
    ARRIVED = "arrived"
    """Tell whether a document arrived at the single window, and how often."""
    CLOSE = "close"
    """Put the single window out of the gateway's reach."""
    OPEN = "open"
    """Put it back."""
    RESTART = "restart"
    """End the gateway in the middle of its work, and start it again."""
    ROOTS = "roots"
    """Of a pair: tell which roots are pinned, and which lists are believed."""
    KEPT = "kept"
    """Of a pair: tell what is kept of a type about a certificate."""
    NOTICE = "notice"
    """Of a pair: declare an outage to the partner."""
    NOTICED = "noticed"
    """Of a pair: tell whether the partner's outage notice came."""
    SUMMARY = "summary"
    """Of a pair: tell what a day came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an act answered.

    Attributes:
        members: Of its answer, as docs/conformance/live.md names them.
    """

    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        """Of `Step.ENTER`: whether the gateway took it; true where the act does not say."""
        return bool(self.members.get("accepted", True))

    @property
    def is_refused(self) -> bool:
        """Of `Step.ENTER`: whether the gateway refused it, where it must.

        Raises:
            CannotActError: The act does not say; who is silent has not refused.
        """
        if "accepted" not in self.members:
            raise CannotActError("the act does not tell whether the gateway took what was entered")
        return not self.members["accepted"]

    @property
    def times(self) -> int:
        """Of `Step.ARRIVED`: under how many names it was handed over."""
        return int(self.members.get("arrived", 0))

    @property
    def document(self) -> bytes:
        """Of `Step.ARRIVED`: canonical octets of what arrived; empty where it does not say."""
        return base64.b64decode(self.members.get("document", ""))


class ActError(Exception):
    """The step was not done; the message tells why."""


class CannotActError(Exception):
    """Nobody here does such steps: the case is skipped."""


class Act(Protocol):
    """Who does what is to be done at the national side."""

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        """Have one step done.

        Args:
            step: Which.
            within: Seconds that it may take.
            members: What it is about; values as JSON has them.

        Raises:
            ActError: It was not done.
            CannotActError: Such steps are not done here.
        """
        ...


class NoAct:
    """Nobody is there: every step is put off."""

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        """See `Act.do`."""
        del within, members
        message = f"the step {step.value} needs the national side, where nobody is (--act none)"
        raise CannotActError(message)


class CommandAct:
    """A command does it: it gets one line of JSON, and answers by one, or by nothing.

    Args:
        command: Program and arguments.
        patience: Seconds added to each step's own time, for the command to start.
    """

    def __init__(self, command: Sequence[str], *, patience: float = 10.0) -> None:
        self._command = list(command)
        self._patience = patience

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        """See `Act.do`."""
        line = json.dumps({"step": step, "within": within, **members}) + "\n"
        try:
            ended = subprocess.run(
                self._command,
                input=line.encode(),
                capture_output=True,
                check=False,
                timeout=within + self._patience,
            )
        except OSError as cause:
            message = f"{self._command[0]}: {cause.strerror}"
            raise ActError(message) from cause
        except subprocess.TimeoutExpired as cause:
            message = f"the step {step.value} was not done within {within:g} seconds"
            raise ActError(message) from cause
        if ended.returncode == _CANNOT:
            message = f"{self._command[0]} does not do the step {step.value}"
            raise CannotActError(message)
        if ended.returncode:
            told = ended.stderr.decode(errors="replace")[-400:].strip()
            message = f"{self._command[0]} ended with {ended.returncode} at {step.value}: {told}"
            raise ActError(message)
        return _read(ended.stdout[:_LONGEST_ANSWER])


def _read(octets: bytes) -> Told:
    text = octets.strip()
    if not text:
        return Told()
    try:
        members = json.loads(text.splitlines()[-1])
    except ValueError as cause:
        message = f"expected one line of JSON from the act, found {text[:80]!r}"
        raise ActError(message) from cause
    if not isinstance(members, dict):
        message = f"expected a JSON object from the act, found {text[:80]!r}"
        raise ActError(message)
    return Told(members=members)
