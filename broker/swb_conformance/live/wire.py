"""One gateway's line, as the suite holds it: the region's end.

A gateway publishes to ``submit`` and reads ``inbox`` (docs/reference/topology.md). The suite holds
the other end of the same line: it reads what the gateway submitted and writes into its inbox, so it
plays the router and, with their keys, the other states behind it.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Wire", "WireError"]


class WireError(Exception):
    """The line does not work, which is no fault of the gateway; the message tells what to do."""


class Wire(Protocol):
    """The region's end of one line. Every call blocks; nobody calls from two threads."""

    def open(self) -> None:
        """Connect; what the gateway submitted meanwhile is taken then.

        Raises:
            WireError: It cannot be reached, or queue or exchange is missing.
        """
        ...

    def publish(self, octets: bytes, /, *, message_id: str, message_type: str) -> None:
        """Put a message into the gateway's inbox; returns when the line has confirmed it.

        Raises:
            WireError: It was not confirmed.
        """
        ...

    def take(self, *, within: float) -> bytes | None:
        """Take the next message that the gateway submitted; it is settled at once.

        Args:
            within: Seconds to wait for one.

        Returns:
            None where none came.

        Raises:
            WireError: The line was lost.
        """
        ...

    def close(self) -> None:
        """Disconnect. Safe to repeat; `open` may follow."""
        ...
