"""Logs: one JSON value a line on standard error, for machines and for the night.

Names, identifiers, digests and codes only: payloads, keys and personal data never reach a log. The
text of an exception may hold any of them, so an exception is told by its kind and place. Names come
from strangers, so what would drive a terminal or hide a line is spelled out.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.causes import unfold
from swb.core.printing import printable

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

__all__ = ["configure_logs"]

_EXCEPTIONS: Final = 20
_PLACES: Final = 40
"""How much of a chain of exceptions is told at most."""

_FROM_LIBRARIES: Final = ("action", "code", "line")
"""What our back ends add to records of `logging`."""

_RENDERER: Final = structlog.processors.JSONRenderer(ensure_ascii=False)


def configure_logs(*, level: int = logging.INFO) -> None:
    """Send every log of this process, ours and the libraries', to standard error as JSON.

    Args:
        level: Lowest level that is written, as in `logging`.
    """
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                *_SHARED,
                structlog.stdlib.ExtraAdder(allow=_FROM_LIBRARIES),
                _hold_back_objects,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _write_line,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("aio_pika", "aiormq", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def _tell_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put kind and place of an exception in the place of its text."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        told = []
        for each in unfold(error):
            told.append({"type": type(each).__name__, "places": _places_of(each)})
            if len(told) == _EXCEPTIONS:
                break
        event["exception"] = told
    return event


def _places_of(error: BaseException) -> list[str]:
    """Module, line and function, the outermost first; no path of this machine."""
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return frames[-_PLACES:]


def _hold_back_objects(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop what asyncio says of a task behind the first line: the text of its exception."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _write_line(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """Write an event as JSON, and spell out what a reader's screen would act upon."""
    return printable(str(_RENDERER(logger, name, event)))


_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _tell_exception,
)
"""What our records and those of libraries go through alike."""
_PROCESSORS: Final[list[Processor]] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
"""One list for the whole process: a logger keeps the one with which it was first used."""
