"""Where traces of a daemon's steps go."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from swb.config.evidence import URL
from swb.config.section import Section

__all__ = ["TelemetryConfig"]


class TelemetryConfig(Section):
    """Traces (OpenTelemetry) of what one operator's daemons do; without it nothing is traced.

    Attributes:
        endpoint: Where to: a URL of OTLP over HTTP, such as ``http://localhost:4318/v1/traces``.
        file: Where to instead: a file, one JSON value for each span.
        sample: Share of the conversations that are traced; all steps of one, or none.
    """

    endpoint: str | None = Field(default=None, pattern=URL)
    file: Path | None = None
    sample: float = Field(default=1, ge=0, le=1)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.endpoint is None) == (self.file is None):
            msg = "expected either endpoint or file"
            raise ValueError(msg)
        return self
