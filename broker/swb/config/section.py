"""What every section of a configuration is: closed, and never changed once it is read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Section"]


class Section(BaseModel):
    """A table of the TOML file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
