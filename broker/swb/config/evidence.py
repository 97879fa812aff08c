"""What a daemon proves and leaves behind, in its configuration: time, audit trail, two people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from swb.config.section import Section
from swb.core.approving import Guarded

__all__ = ["OID", "URL", "ApprovalsConfig", "AuditConfig", "EvidenceConfig"]

URL: Final = r"^https?://[^\s@/?#]+[^\s@]*$"
OID: Final = r"^[0-2](\.(0|[1-9][0-9]*))+$"


class AuditConfig(Section):
    """Where it keeps the audit trail.

    Attributes:
        path: The file; beside the store where nothing is said.
    """

    path: Path


class ApprovalsConfig(Section):
    """Which acts need two people.

    Attributes:
        two_people: Any of ``trust``, ``erase``, ``replay``, ``discard``. A person is an account of
            the operating system.
    """

    two_people: frozenset[Guarded] = frozenset()


class EvidenceConfig(Section):
    """How it proves when what it sent and received existed (RFC 3161 time-stamps).

    Attributes:
        path: File of the evidence store, apart from the store; made when missing, on a local disk.
        authorities: URLs of time-stamp authorities, asked in turn until one answers. Whose
            time-stamps count is what a state lists under ``time-stamp``.
        interval_seconds: Between two time-stamps; everything that came meanwhile is under one.
        batch: Files under one time-stamp at most.
        timeout_seconds: How long one answer may take.
        alarm_after_seconds: How old the oldest file without a time-stamp may be before health is
            degraded.
        stop_after_seconds: How old it may be before nothing new is taken, neither from the
            national system nor from the line; absent, an outage never stops the traffic.
        policies: Object identifiers of the time-stamp policies that are good enough; empty, every
            policy of a listed authority is.
    """

    path: Path
    authorities: tuple[Annotated[str, Field(pattern=URL)], ...] = Field(min_length=1)
    interval_seconds: float = Field(default=60, gt=0, le=86400)
    batch: int = Field(default=1000, ge=1, le=10_000)
    timeout_seconds: float = Field(default=10, gt=0, le=300)
    alarm_after_seconds: float = Field(default=900, gt=0, le=31_536_000)
    stop_after_seconds: float | None = Field(default=None, gt=0, le=31_536_000)
    policies: tuple[Annotated[str, Field(pattern=OID)], ...] = ()

    @model_validator(mode="after")
    def _alarms_before_it_stops(self) -> Self:
        if self.stop_after_seconds is not None and (
            self.stop_after_seconds <= self.alarm_after_seconds
        ):
            msg = "expected stop_after_seconds to be more than alarm_after_seconds"
            raise ValueError(msg)
        return self
