"""The message store, measured: every operation of the port takes its time in sight."""

from __future__ import annotations

import inspect
import time
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from swb.metrics.meter import known_code
from swb.ports import MessageStore
from swb.services.noting import Part, find_note
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from swb.metrics.meter import NodeMeter

__all__ = ["measure_store"]


def measure_store(store: MessageStore, meter: NodeMeter | None) -> MessageStore:
    """Stand around a store; what it does stays as it is.

    Args:
        store: Any back end's.
        meter: Where to; None notes the operations for a trace only.
    """
    return cast("MessageStore", _MeasuredStore(store, meter))


def _operations() -> frozenset[str]:
    """Every operation that the port names."""
    found = inspect.getmembers(MessageStore, inspect.iscoroutinefunction)
    return frozenset(name for name, _ in found if not name.startswith("_"))


class _MeasuredStore:
    """Every operation of the port, also one that is added to it later; the rest is passed on."""

    def __init__(self, store: MessageStore, meter: NodeMeter | None) -> None:
        self._store = store
        self._meter = meter
        for name in _operations():
            setattr(self, name, self._measured(name, getattr(store, name)))

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def _measured(
        self, name: str, operation: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        took = self._meter.histogram("swb_store_seconds", name) if self._meter else None

        @wraps(operation)
        async def measured(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
            begun, code = time.perf_counter_ns(), ""
            try:
                result = await operation(*args, **kwargs)
            except SwbError as error:
                code = error.code
                if self._meter:
                    self._meter.counter("swb_failures_total", name, known_code(code)).inc()
                raise
            finally:
                seconds = time.perf_counter_ns() - begun
                if took is not None:
                    took.observe(seconds / 1e9)
                noted = find_note()
                if noted is not None:
                    ended = time.time_ns()
                    noted.parts.append(Part(f"store {name}", ended - seconds, ended, code))
            return result

        return measured
