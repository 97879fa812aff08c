"""Fault points: every place of the road where a drill may have a daemon die, by name.

A daemon that is started with ``SWB_CRASH_AT=POINT`` or ``POINT:N`` kills itself the N-th time that
it comes by that point, as a power cut would. Without that variable nothing is wrapped, and nothing
is asked on the road.

The points are those of every method of the ports that changes something (`list_fault_points` finds
them in the protocols, so a new one cannot be forgotten) and of every name that a file gets in the
drop folder. A method has three: ``before`` it is called, ``during`` (begun, and nobody heard how it
ended) and ``after`` (it ended, and nobody was told). A name has two.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections import Counter
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from swb.backends.files.renaming import RENAMES, rename
from swb.ports import MessageStore, NationalGateway, Overview, PayloadSource, Transport
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path

    from swb.backends.files.renaming import Rename

__all__ = [
    "CRASH_AT",
    "Armed",
    "Phase",
    "Watched",
    "arm",
    "arm_renaming",
    "find_armed",
    "list_changing_methods",
    "list_fault_points",
]

T = TypeVar("T")

CRASH_AT: Final = "SWB_CRASH_AT"
"""The variable of the environment; drills set it, nobody else."""
_UNDER_WAY: Final = 0.0005
"""Seconds for which something that was begun may go on before the process dies."""
_FILE: Final = "file"


class Phase(StrEnum):
    """Where, seen from what is done, a process dies."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Watched(StrEnum):
    """What is watched: the ports of the road, and what counts beside it."""

    STORE = "store"
    OVERVIEW = "overview"
    LINE = "line"
    NATIONAL = "national"


_PORTS: Final[dict[Watched, tuple[type, ...]]] = {
    Watched.STORE: (MessageStore,),
    Watched.OVERVIEW: (Overview,),
    Watched.LINE: (Transport,),
    Watched.NATIONAL: (NationalGateway, PayloadSource),
}
_LIFE: Final = frozenset({"open", "close", "ping"})
_READING: Final = ("find_", "list_", "search_", "read", "count", "survey")
"""How methods begin that change nothing."""


def list_changing_methods(watched: Watched) -> Sequence[str]:
    """List the methods of a port that change something, in the order in which it has them."""
    return [
        name
        for port in _PORTS[watched]
        for room in port.__mro__
        for name, method in vars(room).items()
        if inspect.iscoroutinefunction(method)
        and name not in _LIFE
        and not name.startswith(_READING)
    ]


def list_fault_points() -> Sequence[str]:
    """List every point by name, ``WHAT:ACT:PHASE``."""
    methods = [
        f"{watched}:{act}:{phase}"
        for watched in Watched
        for act in list_changing_methods(watched)
        for phase in Phase
    ]
    files = [f"{_FILE}:{name}:{phase}" for name in RENAMES for phase in (Phase.BEFORE, Phase.AFTER)]
    return [*methods, *files]


class Armed:
    """One daemon that is to die at one point.

    Args:
        point: Where.
        passing: The how-manieth time that it comes by.
        die: Ends the process.
    """

    def __init__(self, point: str, *, passing: int, die: Callable[[], None]) -> None:
        self._point = point
        self._passing = passing
        self._die = die
        self._passed: Counter[str] = Counter()

    def watch(self, inner: T, watched: Watched) -> T:
        """Wrap a back end; every method that changes something comes by its points."""
        return cast("T", _Wrapper(self, inner, watched))

    def rename(self, source: Path, target: Path, name: str) -> None:
        """Give a file its name, and come by the points of that."""
        self._pass(f"{_FILE}:{name}:{Phase.BEFORE}")
        rename(source, target, name)
        self._pass(f"{_FILE}:{name}:{Phase.AFTER}")

    async def surround(self, act: str, begun: Coroutine[Any, Any, T]) -> T:
        """Do something, and come by its three points."""
        self._pass(f"{act}:{Phase.BEFORE}")
        doing = asyncio.ensure_future(begun)
        during = f"{act}:{Phase.DURING}"
        if during == self._point:
            await asyncio.wait({doing}, timeout=_UNDER_WAY)
            self._pass(during)
        result = await doing
        if not (isinstance(result, list | tuple) and not result):
            # A claim that found nothing is no place worth dying at.
            self._pass(f"{act}:{Phase.AFTER}")
        return result

    def _pass(self, point: str) -> None:
        self._passed[point] += 1
        if point == self._point and self._passed[point] == self._passing:
            self._die()


class _Wrapper:
    """A back end in its place, all but for the methods that change something."""

    def __init__(self, armed: Armed, inner: object, watched: Watched) -> None:
        self._armed = armed
        self._inner = inner
        self._watched = watched
        self._acts = frozenset(list_changing_methods(watched))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the back end has
        found = getattr(self._inner, name)
        if name not in self._acts:
            return found
        armed, act = self._armed, f"{self._watched}:{name}"

        async def surrounded(*arguments: object, **named: object) -> object:
            return await armed.surround(act, found(*arguments, **named))

        return surrounded


def arm(watched: Watched, inner: T) -> T:
    """Put a back end into the road: as it is, or wrapped where the environment asks for a death.

    Raises:
        RefusedError: ``config.invalid``: there is no such point.
    """
    armed = find_armed()
    return inner if armed is None else armed.watch(inner, watched)


def arm_renaming() -> Rename:
    """Say how files get their names: as ever, or past the points of that.

    Raises:
        RefusedError: ``config.invalid``: there is no such point.
    """
    armed = find_armed()
    return rename if armed is None else armed.rename


def find_armed() -> Armed | None:
    """Read where this process is to die; None in every ordinary one.

    Raises:
        RefusedError: ``config.invalid``: there is no such point.
    """
    text = os.environ.get(CRASH_AT)
    return _arm_once(text) if text else None


@cache
def _arm_once(text: str) -> Armed:
    """One for the whole process, because passings are counted over all that is watched."""
    point, _, count = text.rpartition(":")
    if not count.isdecimal():
        point, count = text, "1"
    if point not in list_fault_points() or int(count) < 1:
        message = f"{CRASH_AT}: expected a fault point or POINT:N, found {text!r}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    return Armed(point, passing=int(count), die=_die)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
