"""The calling side: a process that speaks the protocol, as a `Target`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from swb_conformance.protocol.lines import encode_request, parse_answer
from swb_conformance.target import Answer, BrokenTargetError, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Channel", "CommandTarget"]


class Channel(Protocol):
    """Whoever runs the process, and bounds what it may take."""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        ...

    def start(self) -> bool:
        """Start the process where none runs, or where it said something unasked.

        Returns:
            Whether it was started just now.

        Raises:
            BrokenTargetError: It cannot be started.
        """
        ...

    def exchange(self, line: bytes) -> bytes:
        """Send a request, and get the line that answers it.

        Raises:
            BrokenTargetError: The process died, hung or flooded.
        """
        ...

    def drop(self) -> None:
        """End the process; the next start makes a new one. Safe to repeat."""
        ...


class CommandTarget:
    """A program that answers the command protocol.

    It is started when it is asked first, and describes itself after each start, in the same way
    as after the first one. Whatever it does wrong ends it, and the next question gets a new start.

    Args:
        channel: Runs the process.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._number = 0
        self._description: Mapping[str, Any] | None = None
        self._runs = False

    @property
    def name(self) -> str:
        """As it was named on the command line."""
        return self._channel.name

    def describe(self) -> Mapping[str, Any]:
        """What it says of itself; asked once for each start.

        Raises:
            BrokenTargetError: See there.
        """
        with _Ending(self):
            self._start()
        if self._description is None:  # pragma: no cover - `_start` made it, or raised
            raise BrokenTargetError("expected a description")
        return self._description

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        """Ask one question.

        Args:
            verb: What to do.
            octets: ``input`` of the request.
            members: Further members of the request; values as JSON has them.

        Raises:
            BrokenTargetError: See there. The next question goes to a new start of it.
        """
        with _Ending(self):
            self._start()
            return self._exchange(verb, octets, members)

    def close(self) -> None:
        """End it; a further question starts it again."""
        self._runs = False
        self._channel.drop()

    def _start(self) -> None:
        if not self._channel.start():
            return
        if self._runs:
            raise BrokenTargetError("it ended, or said something unasked, between two questions")
        answer = self._exchange(Verb.DESCRIBE, b"", {})
        if answer.verdict != "accepted":
            raise BrokenTargetError(f"expected a description, found {answer.verdict} {answer.code}")
        found = answer.told["output"]
        if self._description is not None and found != self._description:
            raise BrokenTargetError("expected it to describe itself as at its first start")
        self._description = found
        self._runs = True

    def _exchange(self, verb: Verb, octets: bytes, members: Mapping[str, object]) -> Answer:
        self._number += 1
        asked, line = encode_request(self._number, verb, octets, members), b""
        try:
            line = self._channel.exchange(asked)
            return replace(parse_answer(line, self._number, verb), asked=asked, line=line)
        except BrokenTargetError as error:
            error.asked, error.line = asked, line
            raise


class _Ending:
    """Ends a target in whose turn something broke."""

    def __init__(self, target: CommandTarget) -> None:
        self._target = target

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, BrokenTargetError):
            self._target.close()
