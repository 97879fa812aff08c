"""Lines of a table (TOML) that hold between two days, ``from`` and ``until``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["DatedLine"]


class DatedLine(BaseModel):
    """A line, and when it holds.

    Attributes:
        begins_on: First day.
        ends_on: Last day; None where no end is known.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    begins_on: Annotated[date, Field(alias="from")]
    ends_on: Annotated[date | None, Field(alias="until")] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            msg = "expected until on or after from"
            raise ValueError(msg)
        return self

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day, the first and the last among them."""
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)
