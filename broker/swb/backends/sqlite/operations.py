"""Operations of a store: functions of an open connection, and the methods that do them there.

A function does the whole of one operation of a port inside the transaction that it is given. What
is made of it here is the method of that name: it says in which kind of transaction that is.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

from swb.backends.sqlite.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Coroutine

__all__ = ["looking_up", "reading", "writing"]

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


class _Stored(Protocol):
    """What lies in one file."""

    _database: Database


_Operation: TypeAlias = "Callable[Concatenate[sqlite3.Connection, _Given], _Found]"
_Method: TypeAlias = "Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]"


def writing(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that does an operation and commits it; see `Database.write`."""
    return _make_method(operation, Database.write)


def reading(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that asks one snapshot of the file; see `Database.read`."""
    return _make_method(operation, Database.read)


def looking_up(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that finds a few rows by their keys at once; see `Database.look_up`."""
    return _make_method(operation, Database.look_up)


def _make_method(
    operation: _Operation[_Given, _Found],
    run: Callable[[Database, Callable[[sqlite3.Connection], _Found]], Coroutine[Any, Any, _Found]],
) -> _Method[_Given, _Found]:
    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await run(
            self._database,
            lambda opened: operation(opened, *args, **named),
        )

    return method
