"""A person who does at the national side what the suite asks for, and says so at a terminal."""

from __future__ import annotations

import base64
import json
import select
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from swb_conformance.live.acts import ActError, CannotActError, Step, Told
from swb_conformance.testing import CutShortError
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

__all__ = ["PersonAct"]

_LONGEST_FILE: Final = 64_000_000
_SHORT: Final[Mapping[Step, Mapping[str, Mapping[str, Any]]]] = {
    Step.ENTER: {"": {"accepted": True}, "no": {"accepted": False}},
    Step.ARRIVED: {"": {"arrived": 1}, "no": {"arrived": 0}},
    Step.CLOSE: {"": {}},
    Step.OPEN: {"": {}},
    Step.RESTART: {"": {}},
    Step.KEPT: {"no": {"kept": []}},
    Step.NOTICED: {"": {"noticed": True}, "no": {"noticed": False}},
}
"""What the shortest answers mean, by step. Of the other steps, figures are asked for."""
_HINTS: Final[Mapping[Step, str]] = {
    Step.ENTER: "Enter: it was taken; no: it was not",
    Step.ARRIVED: "Enter: it arrived once; a number: how often; no: it did not",
    Step.ROOTS: '{"roots": {STATE: [DIGEST, ...], ...}, "lists": {STATE: DIGEST, ...}}',
    Step.KEPT: '{"kept": [{"sealed": BASE64, "facts": [FACT, ...]}, ...]}; no: nothing is kept',
    Step.NOTICE: '{"document_id": ID}',
    Step.NOTICED: "Enter: it came; no: it did not",
    Step.SUMMARY: '{"sent": {"count": N, "root": DIGEST}, "received": the same}',
}


class PersonAct:
    """A person does it, and says so with a line.

    What has to be entered is written to a file, whose path is told. An answer is one of the short
    ones that the question names, a line of JSON with the members of docs/conformance/live.md, or
    ``@FILE`` with such JSON in it; what is none of these is asked for again.

    Args:
        patience: Seconds that a person may take for one step.
        asks: Where the question is written.
        answers: Where lines come from.
        folder: Where documents are written; None takes one of its own, which stays.
        pausing: Keeps the terminal free for as long as something is asked.
    """

    def __init__(
        self,
        *,
        patience: float = 900.0,
        asks: TextIO | None = None,
        answers: TextIO | None = None,
        folder: Path | None = None,
        pausing: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._patience = patience
        self._asks = asks or sys.stderr
        self._answers = answers or sys.stdin
        self._folder = folder
        self._pausing = pausing
        self._written = 0

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        """See `Act.do`. A person is given more time than a command.

        Raises:
            CutShortError: Nobody can answer any more: the input has ended.
        """
        patience = max(within, self._patience)
        with self._pausing():
            self._ask(step, members, patience)
            until = time.monotonic() + patience
            while True:
                line = self._read(step, patience, until)
                try:
                    return Told(members=_understand(step, line.strip()))
                except ValueError as cause:
                    self._tell(f"{cause}: ")

    def _ask(self, step: Step, members: Mapping[str, object], patience: float) -> None:
        about = {name: value for name, value in members.items() if name not in {"document", "text"}}
        lines = ["", f"{step.value}: {members.get('text', '')}"]
        if about:
            lines.append(f"  {json.dumps(about)}")
        if "document" in members:
            lines.append(f"  the document: {self._write(members)}")
        hint = _HINTS.get(step, "Enter: done; no: it could not be done")
        lines.append(f"{hint}; skip. JSON or @FILE. {patience:g} seconds: ")
        self._tell("\n".join(lines))

    def _write(self, members: Mapping[str, object]) -> Path:
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="swb-steps-"))
        self._written += 1
        path = self._folder / f"{self._written:03}-{members.get('message_type', 'document')}.xml"
        path.write_bytes(base64.b64decode(str(members["document"])))
        return path

    def _read(self, step: Step, patience: float, until: float) -> str:
        left = max(0.0, until - time.monotonic())
        ready, _, _ = select.select([self._answers], [], [], left)
        if not ready:
            message = f"nobody answered the step {step.value} within {patience:g} seconds"
            raise ActError(message)
        line = self._answers.readline()
        if not line:
            message = (
                f"standard input ended at the step {step.value}; name with --act a command that "
                "does the steps, or none to leave out what needs the national side"
            )
            raise CutShortError(message)
        return line

    def _tell(self, text: str) -> None:
        self._asks.write(text)
        self._asks.flush()


def _understand(step: Step, said: str) -> Mapping[str, Any]:
    """Read an answer.

    Raises:
        ValueError: It is none; the message asks for another.
        ActError: The step could not be done.
        CannotActError: It was put off.
    """
    word = said.lower()
    short = _SHORT.get(step, {})
    if word in short:
        return short[word]
    if word == "skip":
        message = f"the step {step.value} was put off"
        raise CannotActError(message)
    if word == "no":
        message = f"the step {step.value} could not be done"
        raise ActError(message)
    if step is Step.ARRIVED and said.isascii() and said.isdigit():
        return {"arrived": int(said[:9])}
    if said.startswith("@"):
        return _parse(_load(Path(said[1:]).expanduser()))
    if said.startswith("{"):
        return _parse(said.encode())
    raise ValueError(f"expected an answer to {step.value}, found {said[:40]!r}")


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_FILE + 1)
    except OSError as cause:
        raise ValueError(f"expected a file at {path}, found: {cause.strerror}") from cause


def _parse(raw: bytes) -> Mapping[str, Any]:
    try:
        members = parse_json(raw, code="conformance.step", limit=_LONGEST_FILE)
    except RefusedError as cause:
        raise ValueError(cause.message) from cause
    if not isinstance(members, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - one kind for all that is none
    return members
