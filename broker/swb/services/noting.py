"""Noting: what a step of the road learns of the message that it works on, for who measures it.

Each step (``submit``, ``publish``, ``judge``, ``hand over``) opens a note and writes into it what
only it can know: the type, the conversation, what came of it. Who counts reads the open note; who
traces is told of it when it is closed. Notes hold names of closed sets and the conversation's id;
never anything of a document.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.services.faults import INTERNAL_FAULT
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Note", "Part", "find_note", "note", "open_note", "set_listener"]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that was done within a step.

    Attributes:
        name: What.
        begun: In nanoseconds since 1970.
        ended: Likewise.
        code: Of what went wrong; else empty.
    """

    name: str
    begun: int
    ended: int
    code: str


@dataclass(slots=True)
class Note:
    """What one step noted.

    Attributes:
        step: Which.
        message_type: Of the message, once it is known; of the catalogue.
        conversation_id: Of the message, once it is known.
        outcome: What came of it, in a word.
        code: Of what it failed with.
        message: The message itself, for who needs to look into its header; never kept.
        begun: In nanoseconds since 1970.
        ended: Likewise.
        parts: What was done within the step.
    """

    step: str = ""
    message_type: str = ""
    conversation_id: str = ""
    outcome: str = ""
    code: str = ""
    message: bytes = b""
    begun: int = 0
    ended: int = 0
    parts: list[Part] = field(default_factory=list)


_OPEN: Final[ContextVar[Note | None]] = ContextVar("note", default=None)
_LISTENER: Final[ContextVar[Callable[[Note], None] | None]] = ContextVar("listener", default=None)


def set_listener(listener: Callable[[Note], None] | None) -> None:
    """Have somebody told of each note that is closed in this context, and in what it starts."""
    _LISTENER.set(listener)


@contextmanager
def open_note(step: str = "") -> Iterator[Note]:
    """Have what runs within write into a note: the one that is open already, else a new one."""
    already = _OPEN.get()
    if already is not None:
        yield already
        return
    listener = _LISTENER.get()
    opened = Note(step=step, begun=0 if listener is None else time.time_ns())
    token = _OPEN.set(opened)
    try:
        yield opened
    except SwbError as error:
        opened.code = error.code
        raise
    except Exception:
        opened.code = INTERNAL_FAULT
        raise
    finally:
        _OPEN.reset(token)
        if listener is not None:
            opened.ended = time.time_ns()
            listener(opened)


def find_note() -> Note | None:
    """Find the note that is open here."""
    return _OPEN.get()


def note(
    *, message_type: str = "", conversation_id: str = "", outcome: str = "", message: bytes = b""
) -> None:
    """Write into the open note; what is empty stays as it was."""
    opened = _OPEN.get()
    if opened is None:
        return
    opened.message_type = message_type or opened.message_type
    opened.conversation_id = conversation_id or opened.conversation_id
    opened.outcome = outcome or opened.outcome
    opened.message = message or opened.message
