"""How a file of the drop folder gets its name: the moment in which it begins to count.

Everything that the road puts into a folder for others is written under another name first. The
renaming is one function that whoever composes a daemon may surround (`swb.app.fault_points`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

__all__ = ["ADVICE", "ASIDE", "NOTE", "PAYLOAD", "RENAMES", "Rename", "rename"]

Rename = Callable[[Path, Path, str], None]
"""Gives the file of the first path the second one; the string says what is named."""

PAYLOAD: Final = "payload"
"""What goes to the national system."""
ADVICE: Final = "advice"
"""Findings beside it."""
NOTE: Final = "note"
"""What became of a payload that came in."""
ASIDE: Final = "aside"
"""The payload that came in, put aside."""

RENAMES: Final = (PAYLOAD, ADVICE, NOTE, ASIDE)
"""Everything that is named."""


def rename(source: Path, target: Path, name: str) -> None:  # noqa: ARG001 - whoever watches asks
    """Give a file its name, in the place of one that has it.

    Raises:
        OSError: It cannot be done; both names are as they were.
    """
    source.replace(target)
