"""What each member may send through a router."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from swb.config.section import Section
from swb.config.topology import MEMBER

__all__ = ["QuotaConfig", "QuotasConfig"]

_Member = Annotated[str, StringConstraints(pattern=MEMBER)]


class QuotaConfig(Section):
    """What one member may send; what is left out here is not bounded.

    Attributes:
        messages_per_second: In the long run.
        octets_per_second: Of messages, in the long run.
        messages_per_day: A day's may come at once; then it is refilled evenly over the day.
        burst_seconds: For so long a member that was silent may send at once what it saved.
    """

    messages_per_second: float | None = Field(default=None, gt=0, le=1_000_000)
    octets_per_second: float | None = Field(default=None, ge=1000, le=10_000_000_000)
    messages_per_day: float | None = Field(default=None, ge=1, le=1_000_000_000)
    burst_seconds: float = Field(default=10, gt=0, le=3600)


class QuotasConfig(Section):
    """How fast a router reads the members' lines; without this section as fast as it can.

    Attributes:
        every: Of every member that has none of its own; ``[quotas.every]``.
        members: By state, in the place of ``every``; ``[quotas.members.TH]``.
        routers: How many routers share the work: each takes its part of every quota.
    """

    every: QuotaConfig = QuotaConfig()
    members: dict[_Member, QuotaConfig] = Field(default={})
    routers: int = Field(default=1, ge=1, le=64)

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        bounds = [self.every, *self.members.values()]
        if not any(
            each.messages_per_second or each.octets_per_second or each.messages_per_day
            for each in bounds
        ):
            msg = "expected a bound: messages_per_second, octets_per_second or messages_per_day"
            raise ValueError(msg)
        return self
