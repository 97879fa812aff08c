"""What may become of any octets: read and carried, or refused by a code of the contract."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.testing import check_payload
from swb_adapters.sdk.testing.hostile import check_refusal
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from types import FrameType

    from swb_adapters.sdk import Adapter

__all__ = ["Judge"]

_ANSWER_WITHIN: Final = 10
"""Seconds, as a gateway waits for an adapter that is a program."""
_CARRIED: Final = 4
"""Of so many that are read, one is written, read again and compared."""
_NO_SPELLING: Final = frozenset({"adapter.value", "adapter.mandatory_loss", "adapter.unsupported"})


class _TooLongError(BaseException):
    """Not an Exception, for nothing may take it for a fault of the payload."""


@dataclass(slots=True)
class Judge:
    """Tries payloads in one adapter.

    Attributes:
        adapter: The adapter.
        tried: How many payloads were tried.
        read: How many of them were read.
        refused: How many were refused, by code.
        slowest: Seconds of the payload that took longest.
        faults: What was wrong, with the first payload that showed it.
    """

    adapter: Adapter
    tried: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: dict[str, bytes] = field(default_factory=dict)

    def to_json(self, name: str) -> str:
        """What was seen, for another process."""
        faults = {problem: raw.hex() for problem, raw in self.faults.items()}
        return json.dumps(
            {
                "name": name,
                "tried": self.tried,
                "read": self.read,
                "refused": dict(self.refused),
                "slowest": self.slowest,
                "faults": faults,
            }
        )

    def try_payload(self, raw: bytes) -> tuple[str, ...]:
        """Try one payload; returns what was wrong."""
        self.tried += 1
        before = signal.signal(signal.SIGALRM, _stop)
        signal.alarm(_ANSWER_WITHIN)
        started = time.perf_counter()
        try:
            problems = self._judge(raw)
        except _TooLongError:
            problems = (f"expected an answer within {_ANSWER_WITHIN} s, found none",)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        self.slowest = max(self.slowest, time.perf_counter() - started)
        for problem in problems:
            self.faults.setdefault(problem, raw)
        return problems

    def _judge(self, raw: bytes) -> tuple[str, ...]:
        try:
            self.adapter.to_canonical(raw)
        except RefusedError as refusal:
            self.refused[refusal.code] += 1
            return tuple(check_refusal(refusal))
        except Exception as error:  # noqa: BLE001 - any other one is what is looked for
            return (_describe("RefusedError", error),)
        self.read += 1
        return self._carry(raw) if self.read % _CARRIED == 1 else ()

    def _carry(self, raw: bytes) -> tuple[str, ...]:
        try:
            return check_payload(self.adapter, raw)
        except RefusedError as refusal:
            # What is read need not be what the format can write: a certificate without what it
            # demands, for example.
            if refusal.code in _NO_SPELLING:
                return ()
            return (f"expected what was read to be written, found {refusal.code}",)
        except Exception as error:  # noqa: BLE001 - any other one is what is looked for
            return (_describe("no exception", error),)


def _describe(expected: str, error: Exception) -> str:
    return f"expected {expected}, found {type(error).__name__}: {str(error)[:200]}"


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise _TooLongError
