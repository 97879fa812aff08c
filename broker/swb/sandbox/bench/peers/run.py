"""The bench of the peers: each in as many processes as there are cores, in turns."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.clock import SystemClock
from swb.sandbox.bench.machine import count_processors
from swb.sandbox.bench.peers.worker import MODULES, PeerTask
from swb.sandbox.bench.picture import PeerFigures
from swb.sandbox.processes import Program, run_beside, start_children
from swb.sandbox.road import EXPORTING, IMPORTING
from swb.simulator.issuing import draw_certificate
from swb_schemas.errors import UnavailableError
from swb_schemas.xml import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swb.sandbox.processes import Child

__all__ = ["check_installed", "run_peers_bench"]

_SEED: Final = 1
_PATIENCE: Final = 60.0
"""Seconds for the start of a peer, and beside the length of a turn."""


def check_installed() -> None:
    """Check that what the peers rest on is installed.

    Raises:
        UnavailableError: ``bench.not_installed``.
    """
    missing = [name for name in ("pyas2lib", "signxml") if find_spec(name) is None]
    if missing:
        message = f"expected {' and '.join(missing)}: pip install 'single-window-broker[bench]'"
        raise UnavailableError("bench.not_installed", message)


async def run_peers_bench(
    folder: Path, *, items: int, turns: int, seconds: float, tell: Callable[[str], None]
) -> dict[str, PeerFigures]:
    """Measure each peer on all cores at once; they take turns.

    Args:
        folder: For logs.
        items: Of the Form D.
        turns: How often.
        seconds: Of each turn of each peer.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.not_installed``, ``bench.process_failed``,
            ``bench.process_ended``, ``bench.too_slow``.
    """
    check_installed()
    document = draw_certificate(
        exporting=EXPORTING,
        importing=IMPORTING,
        serial=1,
        seed=_SEED,
        on=SystemClock().now().date(),
        items=items,
    )
    octets = encode(document)
    spelled = document.model_dump_json(warnings="none")  # values keep the spelling of XML
    task = PeerTask(document=spelled, octets=octets.decode())
    processes = count_processors()
    async with AsyncExitStack() as stack:
        peers: dict[str, list[Child]] = {}
        described: dict[str, dict[str, object]] = {}
        for name in MODULES:
            programs = [_name(name, number) for number in range(1, processes + 1)]
            peers[name] = await stack.enter_async_context(start_children(programs, folder))
            answers = await _ask(peers[name], task.to_line(), give_up_after=_PATIENCE)
            described[name] = json.loads(answers[0])
        rates: dict[str, list[float]] = {name: [] for name in MODULES}
        for turn in range(1, turns + 1):
            tell(f"peers: turn {turn} of {turns}")
            for name, children in peers.items():
                told = await _ask(children, str(seconds), give_up_after=_PATIENCE + seconds)
                counts = [json.loads(each) for each in told]
                rates[name].append(sum(each["documents"] / each["seconds"] for each in counts))
    return {
        name: PeerFigures.model_validate(
            {
                **described[name],
                "documents_per_second": round(median(found), 2),
                "runs": [round(each, 2) for each in found],
                "processes": processes,
                "octets": len(octets),
            }
        )
        for name, found in rates.items()
    }


def _name(peer: str, number: int) -> Program:
    return Program(
        name=f"{peer} {number}", module="swb.sandbox.bench.peers.worker", arguments=(peer,)
    )


async def _ask(children: Sequence[Child], line: str, *, give_up_after: float) -> list[str]:
    """Say the same to all at once, and hear each."""

    async def ask(child: Child) -> str:
        await child.ask(line)
        return await child.hear()

    async def ask_all() -> list[str]:
        return list(await asyncio.gather(*(ask(child) for child in children)))

    return await run_beside(children, ask_all(), give_up_after=give_up_after)
