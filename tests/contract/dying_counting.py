"""Counting, and dying at each commit of it.

Run as ``python -m tests.contract.dying_counting STORE``: for each act of the overview and phase a
fork of this process goes on counting where the one before it ended, and dies at that point. It
prints ``ACT PHASE STATUS`` for each.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from swb.app.fault_points import Armed, Phase, Watched, list_changing_methods
from tests.contract.overviews import roll_up
from tests.contract.store_worlds import build_world_from_description

PAGE = 4
"""Facts or remarks in one transaction: few, so that every fork has something to die at."""


async def _live(description: str, act: str, phase: Phase) -> None:
    overview = build_world_from_description(description).overview()
    await overview.open()
    armed = Armed(
        f"{Watched.OVERVIEW}:{act}:{phase}",
        passing=2,
        die=lambda: os.kill(os.getpid(), signal.SIGKILL),
    )
    await roll_up(armed.watch(overview, Watched.OVERVIEW), page=PAGE)


def main() -> None:
    """Fork once for each death."""
    for act in list_changing_methods(Watched.OVERVIEW):
        for phase in Phase:
            pid = os.fork()
            if not pid:
                try:
                    asyncio.run(_live(sys.argv[1], act, phase))
                finally:
                    os._exit(1)
            _, status = os.waitpid(pid, 0)
            sys.stdout.write(f"{act} {phase} {os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
