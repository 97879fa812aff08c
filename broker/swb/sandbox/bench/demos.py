"""The demonstration on both transports: what embedded defaults cost beside RabbitMQ.

Both run as ``swb demo`` does, with everything that it does; what is compared are its own seconds,
in which the documents' roads end, without its beginning and its end.
"""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING

from swb.sandbox.bench.commands import SWB, run_command
from swb.sandbox.bench.picture import DemoFigures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["run_demos_bench"]


async def run_demos_bench(
    folder: Path, *, documents: int, turns: int, tell: Callable[[str], None]
) -> DemoFigures:
    """Run the demonstration on the embedded transport and on RabbitMQ, in turns.

    Args:
        folder: Empty.
        documents: Of each.
        turns: How often.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.process_failed``, ``bench.process_ended``, ``bench.too_slow``.
    """
    rates: dict[str, list[float]] = {"embedded": [], "rabbitmq": []}
    for turn in range(1, turns + 1):
        for transport, found in rates.items():
            tell(f"demonstration {turn} of {turns} on {transport}")
            options = ("--documents", str(documents), "--transport", transport, "--json")
            command = (*SWB, "demo", *options)
            ran = await run_command(command, folder, documents=documents)
            found.append(documents / float(json.loads(ran.output)["seconds"]))
    pairs = zip(rates["embedded"], rates["rabbitmq"], strict=True)
    return DemoFigures(
        documents=documents,
        embedded_documents_per_second=round(median(rates["embedded"]), 3),
        rabbitmq_documents_per_second=round(median(rates["rabbitmq"]), 3),
        embedded_ratio_to_rabbitmq=round(median(one / other for one, other in pairs), 3),
        runs=turns,
    )
