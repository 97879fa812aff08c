"""Noting: what a step of the road learns of the message that it works on, for who measures it.

Whoever measures a step opens a note around it; the step writes into it what only it can know: the
type, the conversation, what came of it. Without an open note nothing is written, at the price of
one look. Notes hold names of closed sets and the conversation's id; never anything of a document.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Note", "find_note", "note", "open_note"]


@dataclass(slots=True)
class Note:
    """What one step noted.

    Attributes:
        message_type: Of the message, once it is known; of the catalogue.
        conversation_id: Of the message, once it is known.
        outcome: What came of it, in a word.
        parts: What was done within the step: name, begin and end in nanoseconds since 1970, and the
            code of what went wrong.
    """

    message_type: str = ""
    conversation_id: str = ""
    outcome: str = ""
    parts: list[tuple[str, int, int, str]] = field(default_factory=list)


_OPEN: Final[ContextVar[Note | None]] = ContextVar("note", default=None)


@contextmanager
def open_note() -> Iterator[Note]:
    """Have the step that runs within write into a note; the one that is open already, if any."""
    already = _OPEN.get()
    if already is not None:
        yield already
        return
    opened = Note()
    token = _OPEN.set(opened)
    try:
        yield opened
    finally:
        _OPEN.reset(token)


def find_note() -> Note | None:
    """Find the note that is open here."""
    return _OPEN.get()


def note(*, message_type: str = "", conversation_id: str = "", outcome: str = "") -> None:
    """Write into the open note; what is empty stays as it was."""
    opened = _OPEN.get()
    if opened is None:
        return
    opened.message_type = message_type or opened.message_type
    opened.conversation_id = conversation_id or opened.conversation_id
    opened.outcome = outcome or opened.outcome
