"""Operations of a store: functions of an open connection, and the methods that do them there.

A function does the whole of one operation of a port inside the transaction that it is given. What
is made of it here is the method of that name: it says in which kind of transaction that is.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from swb.backends.postgres.database import Connection, Database

__all__ = ["reading", "reading_snapshot", "writing"]

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


class _Stored(Protocol):
    """What lies in one schema."""

    _database: Database


def writing(
    operation: Callable[Concatenate[Connection, _Given], Awaitable[_Found]],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that does an operation and commits it; see `Database.write`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.write(lambda opened: operation(opened, *args, **named))

    return method


def reading(
    operation: Callable[Concatenate[Connection, _Given], Awaitable[_Found]],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that asks one thing; see `Database.read`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.read(lambda opened: operation(opened, *args, **named))

    return method


def reading_snapshot(
    operation: Callable[Concatenate[Connection, _Given], Awaitable[_Found]],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that asks several things of one snapshot; see `Database.read_snapshot`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.read_snapshot(lambda opened: operation(opened, *args, **named))

    return method
