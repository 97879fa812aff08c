"""How often a gateway looks at its national system's door, on an event loop that skips all rest."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, Final

from swb.app import open_node
from swb.backends.files.drop_folder import DropFolder
from swb.config import load_config
from tests.integration.daemons import lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from swb.app import Node
    from swb.ports import WaitingPayload

COLLECT: Final = 7
POLL: Final = 3
BETWEEN_COMMITS: Final = 2


class Skipping(selectors.DefaultSelector):
    """Waits for files as ever; for time, once it `skips`, not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.skips = False
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as it came
        if not self.skips or timeout is None or timeout <= 0:
            return super().select(timeout)
        self.skipped += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """Once rest is skipped, its clock tells how much."""

    def __init__(self) -> None:
        self.skipping = Skipping()
        super().__init__(self.skipping)

    def time(self) -> float:
        return self.skipping.skipped if self.skipping.skips else super().time()


async def run_the_door(node: Node, loop: Loop) -> None:
    """Let the door's step repeat for a while, in whose first half much is committed."""
    (pace,) = (each for each in node.paces if each.name == "collect")
    loop.skipping.skips = True
    running = asyncio.create_task(pace.run())
    for _ in range(2 * COLLECT // BETWEEN_COMMITS):
        await asyncio.sleep(BETWEEN_COMMITS)
        pace.wake()
    await asyncio.sleep(2 * COLLECT + 1)
    pace.stop()
    await running
    loop.skipping.skips = False


def test_the_door_is_looked_at_by_its_own_pace_whatever_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = Loop()
    looked_at: list[float] = []
    look = DropFolder.list_payloads

    async def note(self: DropFolder, *, limit: int) -> Sequence[WaitingPayload]:
        looked_at.append(loop.time())
        return await look(self, limit=limit)

    async def open_and_run() -> None:
        limits = {"collect_seconds": COLLECT, "poll_seconds": POLL}
        region = await lay_out(tmp_path / "region", limits=limits)
        async with open_node(load_config(region.gateways["TH"])) as node:
            await run_the_door(node, loop)

    monkeypatch.setattr(DropFolder, "list_payloads", note)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(open_and_run())
    assert looked_at == [0, COLLECT, 2 * COLLECT, 3 * COLLECT, 4 * COLLECT]
