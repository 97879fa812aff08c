"""Operations of a store: functions of an open connection, and the methods that do them there.

A function does the whole of one operation of a port inside the transaction that it is given. What
is made of it here is the method of that name: it says in which kind of transaction that is.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Coroutine

    from swb.backends.sqlite.database import Database

__all__ = ["looking_up", "reading", "writing"]

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


class _Stored(Protocol):
    """What lies in one file."""

    _database: Database


def writing(
    operation: Callable[Concatenate[sqlite3.Connection, _Given], _Found],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that does an operation and commits it; see `Database.write`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.write(lambda opened: operation(opened, *args, **named))

    return method


def reading(
    operation: Callable[Concatenate[sqlite3.Connection, _Given], _Found],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that asks one snapshot of the file; see `Database.read`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.read(lambda opened: operation(opened, *args, **named))

    return method


def looking_up(
    operation: Callable[Concatenate[sqlite3.Connection, _Given], _Found],
) -> Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]:
    """Make the method that finds a few rows by their keys at once; see `Database.look_up`."""

    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await self._database.look_up(lambda opened: operation(opened, *args, **named))

    return method
