"""Tries a target by a profile, and tells how each case ended."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb.cli.conformance_channel import open_channel
from swb_conformance.engine import RunPlan, run_suite
from swb_conformance.events import CaseEnded
from swb_conformance.protocol import CommandTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["try_target"]


def try_target(
    target: str,
    profile: str,
    *,
    only: Sequence[str] = (),
    answer_within: float = 10,
    give_up_after: int = 20,
) -> list[CaseEnded]:
    """Try it, as ``swb conformance run`` does.

    Args:
        target: ``command:CMD`` or ``builtin:ADAPTER``.
        profile: What is claimed.
        only: Names of cases, patterns or requirements.
        answer_within: Seconds for one answer.
        give_up_after: Cases in a row in which the target breaks.
    """
    asked = CommandTarget(open_channel(target, answer_within=answer_within, megabytes=1024))
    plan = RunPlan(profile=profile, only=tuple(only), give_up_after=give_up_after)
    try:
        events = run_suite(asked, plan, clock=lambda: datetime.now(UTC), timer=time.monotonic)
        return [each for each in events if isinstance(each, CaseEnded)]
    finally:
        asked.close()
