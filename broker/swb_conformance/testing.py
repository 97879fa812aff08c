"""A case of the suite: a name, what it is there for, and how it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from swb_conformance.target import Target

__all__ = ["CutShortError", "Evidence", "Result", "Status", "SuiteCase", "UnmetError"]


class Status(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Nothing is claimed that it is about, or a person put it off; `Result.reason` says which."""


class CutShortError(Exception):
    """No further case can be tried, whatever it is about; the message tells why.

    A case may raise it. The run ends there: this case and those that are left have failed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something by which a failure can be understood later.

    Attributes:
        name: A file name, such as ``payload.xml``.
        octets: What it holds.
    """

    name: str
    octets: bytes


class UnmetError(Exception):
    """What is required does not hold; a case that raises it has failed.

    Args:
        message: What was expected, and what was found.
        evidence: What was sent and heard.
    """

    def __init__(self, message: str, evidence: Sequence[Evidence] = ()) -> None:
        super().__init__(message)
        self.evidence = tuple(evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a case ended, and why.

    Attributes:
        status: Passed, failed or skipped.
        reason: What was expected and what was found; empty where it passed.
        evidence: What was asked and answered, where it failed.
        told_at: Of one that a kept run tells again: when it ended, in UTC.
        declared: Of one that was skipped: the target says of itself that it has nothing to do with
            what the case is about.
    """

    status: Status
    reason: str = ""
    evidence: Sequence[Evidence] = ()
    declared: bool = False
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteCase:
    """One case.

    Attributes:
        name: ``PROFILE/GROUP/NAME``, the same in every run: ``--only`` and ``--replay`` take it.
        requirements: Ids of the requirements that it tests; at least one.
        negative: Whether something wrong is put to the target, which has to refuse it.
        vector: Folder below ``vectors/`` that it is made of; empty where it is made otherwise.
        try_on: Tries it. May raise `BrokenTargetError`, which fails the case, and `CutShortError`.
    """

    name: str
    requirements: tuple[str, ...]
    negative: bool
    try_on: Callable[[Target], Result]
    vector: str = ""
