"""The command ``swb``: one module per command, imported when it is asked for."""

from swb.cli.entry import main

__all__ = ["main"]
