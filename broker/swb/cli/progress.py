"""How far a command is: one line on standard error, where a person looks on."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final

import click

from swb.cli.entry import wants_json

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

__all__ = ["make_bar"]

_WIDTH: Final = 20
_BESIDE: Final = 60
"""Columns that label, bar and numbers take at most; what is done now has the rest of the line."""


def make_bar(total: int, label: str) -> ProgressBar[str]:
    """Make a bar, to be used as a context.

    A program, a file and a pipe are shown nothing.

    Args:
        total: Steps until the end.
        label: What stands before it.
    """
    return click.progressbar(
        length=total,
        label=label,
        item_show_func=_shorten,
        show_eta=False,
        show_pos=True,
        width=_WIDTH,
        hidden=wants_json() or not sys.stderr.isatty(),
        file=sys.stderr,
    )


def _shorten(item: str | None) -> str | None:
    """Keep to one line: a terminal does not go back over two."""
    return item and item[: max(0, shutil.get_terminal_size().columns - _BESIDE)]
