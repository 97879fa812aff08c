"""What a log keeps of one message: an entry of four lines, the leaf's data.

::

    swb-log-entry/1
    019ca3b5-0efa-7000-8000-000000000003
    urn:swb:party:TH:gateway
    sha-256:c8ba...

Format, id of the message, who sent it (gateway or router), the message's digest: the signed one
of its outer layer. ASCII, every line ends with a line feed. It names no person and no document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from swb_schemas.errors import RefusedError
from swb_schemas.parties import PARTY_PATTERN
from swb_schemas.wire.ledger.merkle import hash_leaf

__all__ = ["ENTRY_FORMAT", "ORIGIN_PATTERN", "LogEntry", "parse_entry"]

ENTRY_FORMAT: Final = "swb-log-entry/1"
ORIGIN_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9./:_-]{0,199}"
"""How a log is called: a URL without its scheme, by preference (c2sp.org/tlog-checkpoint)."""

_LONGEST: Final = 512
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_ENTRY: Final = re.compile(
    rf"{ENTRY_FORMAT}\n(?P<id>{_UUID})\n(?P<sender>{PARTY_PATTERN})\n"
    r"(?P<digest>sha-256:[0-9a-f]{64})\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One message in the log.

    Attributes:
        message_id: UUID from the message's header.
        sender: URN of the gateway or router that signed it.
        digest: ``sha-256:<hex>``, the message's digest.
    """

    message_id: str
    sender: str
    digest: str

    def encode(self) -> bytes:
        """Write the entry: the leaf's data."""
        return f"{ENTRY_FORMAT}\n{self.message_id}\n{self.sender}\n{self.digest}\n".encode()

    @property
    def leaf(self) -> bytes:
        """The leaf's hash."""
        return hash_leaf(self.encode())


def parse_entry(raw: bytes) -> LogEntry:
    """Read an entry.

    Raises:
        RefusedError: ``ledger.entry``.
    """
    try:
        match = _ENTRY.fullmatch(raw[:_LONGEST].decode("ascii")) if len(raw) <= _LONGEST else None
    except UnicodeDecodeError:
        match = None
    if match is None:
        message = f"expected an entry of four lines that begins with {ENTRY_FORMAT}"
        raise RefusedError("ledger.entry", message)
    return LogEntry(message_id=match["id"], sender=match["sender"], digest=match["digest"])
