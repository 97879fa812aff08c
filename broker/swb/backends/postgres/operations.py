"""Operations of a store: functions of an open connection, and the methods that do them there.

A function does the whole of one operation of a port inside the transaction that it is given. What
is made of it here is the method of that name: it says in which kind of transaction that is.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

from swb.backends.postgres.database import Connection, Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

__all__ = ["reading", "reading_snapshot", "writing"]

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


class _Stored(Protocol):
    """What lies in one schema."""

    _database: Database


_Operation: TypeAlias = "Callable[Concatenate[Connection, _Given], Awaitable[_Found]]"
_Method: TypeAlias = "Callable[Concatenate[_Stored, _Given], Coroutine[Any, Any, _Found]]"


def writing(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that does an operation and commits it; see `Database.write`."""
    return _make_method(operation, Database.write)


def reading(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that asks one thing; see `Database.read`."""
    return _make_method(operation, Database.read)


def reading_snapshot(operation: _Operation[_Given, _Found]) -> _Method[_Given, _Found]:
    """Make the method that asks several things of one snapshot; see `Database.read_snapshot`."""
    return _make_method(operation, Database.read_snapshot)


def _make_method(
    operation: _Operation[_Given, _Found],
    run: Callable[
        [Database, Callable[[Connection], Awaitable[_Found]]], Coroutine[Any, Any, _Found]
    ],
) -> _Method[_Given, _Found]:
    @wraps(operation)
    async def method(self: _Stored, /, *args: _Given.args, **named: _Given.kwargs) -> _Found:
        return await run(
            self._database,
            lambda opened: operation(opened, *args, **named),
        )

    return method
