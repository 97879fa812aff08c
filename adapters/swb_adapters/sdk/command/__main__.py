"""``python -m swb_adapters.sdk.command MODULE:OBJECT``: a Python adapter as an executable."""

from __future__ import annotations

import sys
from importlib import import_module

from swb_adapters.sdk.command.serving import serve

if __name__ == "__main__":
    if len(sys.argv) != 2 or ":" not in sys.argv[1]:  # noqa: PLR2004 - the program and its argument
        sys.exit("usage: python -m swb_adapters.sdk.command MODULE:OBJECT")
    module, _, name = sys.argv[1].partition(":")
    serve(getattr(import_module(module), name))
