"""One process of a peer: does its round trip again and again for as long as it is told.

``python -m swb.sandbox.bench.peers.worker NAME``: the first line of standard input is a `PeerTask`
in JSON, and the answer to it what the peer rests on; each further line is a number of seconds, and
the answer to it how many round trips they were, and in how many seconds. It ends when standard
input closes.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MODULES", "PeerDescription", "PeerTask"]

MODULES: Final = {
    "pyas2lib": "swb.sandbox.bench.peers.as2",
    "plain_pipeline": "swb.sandbox.bench.peers.pipeline",
}
"""Each has ``open_peer(task)``, which gives a description and the round trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerTask:
    """What is exchanged.

    Attributes:
        document: The canonical document in JSON, as pydantic writes it.
        octets: The same as canonical XML, text.
    """

    document: str
    octets: str

    def to_line(self) -> str:
        """Write it as one line."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerDescription:
    """What a peer does, and by what.

    Attributes:
        what: In a few words.
        software: Version by name.
        remark: What had to be mended.
    """

    what: str
    software: dict[str, str]
    remark: str = ""


def main() -> None:
    """Answer each line of standard input."""
    peer = import_module(MODULES[sys.argv[1]])
    task = PeerTask(**json.loads(sys.stdin.readline()))
    description, round_trip = peer.open_peer(task)
    round_trip()
    _tell(asdict(description))
    for line in sys.stdin:
        _tell(_count(round_trip, float(line)))


def _count(round_trip: Callable[[], object], seconds: float) -> dict[str, float]:
    count, begun, passed = 0, time.perf_counter(), 0.0
    while not count or passed < seconds:
        round_trip()
        count += 1
        passed = time.perf_counter() - begun
    return {"documents": count, "seconds": passed}


def _tell(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
