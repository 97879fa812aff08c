"""Runs a program's module in this process, which ends with whoever started it.

``python -m swb.sandbox.child MODULE ARGUMENT ...``: when standard input closes, which it also does
when the parent is killed, the process gets SIGTERM and so its own ordered shutdown; what hangs is
ended hard. Beside that one thread nothing differs from ``python -m MODULE``.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from typing import Final

_SHUTDOWN_FOR: Final = 30.0
"""Seconds between asking for a shutdown and ending hard."""


def main() -> None:
    """Run the module that the first argument names, with the others."""
    module, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SHUTDOWN_FOR)
    os._exit(1)


if __name__ == "__main__":
    main()
