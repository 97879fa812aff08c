"""Foreign errors become this project's, and no secret goes with them."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from typing import TYPE_CHECKING, Final, TypeVar

from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ChannelClosed,
    InvalidFrameError,
    ProbableAuthenticationError,
)

from swb.core.causes import unfold
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["FOREIGN_ERRORS", "guard", "translate", "translate_connecting"]

T = TypeVar("T")

FOREIGN_ERRORS: Final = CONNECTION_EXCEPTIONS
"""What aio-pika and what lies beneath it raise when a line, a channel or a server is lost, or a
wait took too long (`TimeoutError` is an `OSError`)."""

# Both libraries write frames and whole messages into their logs, at DEBUG the log-in too.
for _name in ("aio_pika", "aiormq"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def translate(cause: BaseException, code: str, where: str) -> UnavailableError:
    """Say what happened in this project's terms.

    Args:
        cause: The foreign error.
        code: Of the error to make.
        where: The line or vhost.

    Returns:
        The error, to be raised from its cause. Its message names the kind of the cause, and
        RabbitMQ's own words only where these name nothing but exchanges, queues and keys.
    """
    if isinstance(cause, ChannelClosed) and cause.args:
        words = f" ({cause.args[-1]})"
    elif isinstance(cause, InvalidFrameError):
        words = (
            " (the vhost is missing or closed to this user, a limit of connections is reached, or "
            "it is no AMQP server)"
        )
    else:
        why = _find_system_error(cause)
        words = f" ({why})" if why else ""
    return UnavailableError(code, f"{where}: {type(cause).__name__}{words}")


def translate_connecting(
    cause: BaseException, where: str, *, over_tls: bool = False
) -> UnavailableError:
    """Say why there is no connection: nobody there, no trust, or no such user.

    Args:
        cause: The foreign error.
        where: The line or vhost.
        over_tls: Whether it was to be TLS.

    Returns:
        ``transport.login``, ``transport.untrusted`` or ``transport.unreachable``, to be raised
        from its cause. All may pass: an operator mends them while the daemon runs.
    """
    if isinstance(cause, AuthenticationError | ProbableAuthenticationError):
        return UnavailableError(
            "transport.login",
            f"{where}: expected a log-in that RabbitMQ takes, found that it refuses this user, "
            "its password or its certificate, or this mechanism",
        )
    for found in unfold(cause, also_hidden=True):
        if isinstance(found, ssl.SSLCertVerificationError):
            message = f"expected a server that can be trusted, found: {found.verify_message}"
            return UnavailableError("transport.untrusted", f"{where}: {message}")
        if isinstance(found, ssl.SSLError):
            message = f"expected TLS as agreed on, found: {found.reason or 'an end without words'}"
            return UnavailableError("transport.untrusted", f"{where}: {message}")
        if over_tls and isinstance(found, ConnectionResetError | asyncio.IncompleteReadError):
            # TLS 1.3 ends its handshake before the server has judged the client's certificate.
            message = (
                "ended by the server before it said anything, as it does where it does not take "
                "the client's certificate: it ended, or another authority issued it"
            )
            return UnavailableError("transport.unreachable", f"{where}: {message}")
    return translate(cause, "transport.unreachable", where)


def _find_system_error(cause: BaseException) -> str:
    """Find the operating system's word on why a connection failed; it names no secret."""
    for found in unfold(cause, also_hidden=True):
        if isinstance(found, OSError) and found.errno:
            return os.strerror(found.errno) if found.errno > 0 else str(found.strerror)
    return ""


async def guard(awaitable: Awaitable[T]) -> T:
    """Await something of aio-pika, and tell its cancellations from our own.

    When a connection is lost, aio-pika cancels what waits for it. Nobody asked this task to stop
    then, so it is a lost connection.

    Raises:
        ConnectionError: The awaitable was cancelled from within, or failed without saying why.
    """
    try:
        return await awaitable
    except asyncio.CancelledError as cause:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        message = "cancelled by a lost connection"
        raise ConnectionError(message) from cause
    except Exception as cause:
        if type(cause) is not Exception:
            raise
        # What a channel that closes without a reason leaves to those who wait.
        message = "lost without a reason"
        raise ConnectionError(message) from cause
