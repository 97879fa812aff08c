"""What every error code means, who must act on it, and how.

The entries are data, in ``error_codes.toml`` beside this module; a test holds that every code in
the source has one, and that family and actor are those of the source.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from swb_schemas.errors import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ErrorCode", "Family", "find_error_code", "load_error_codes"]


class Family(StrEnum):
    """Which kind of failure a code is: the three of `swb_schemas.errors`, and what is beside."""

    REFUSED = "refused"
    UNDETERMINED = "undetermined"
    UNAVAILABLE = "unavailable"
    ADVICE = "advice"
    """A finding that stands alone; whether it refuses is its severity's to say."""
    USAGE = "usage"
    """The command line is wrong."""
    INTERRUPTED = "interrupted"
    """A person stopped the command."""
    INTERNAL = "internal"
    """A fault of this program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode:
    """One code.

    Attributes:
        code: Stable dotted identifier.
        family: Which kind of failure it is.
        actor: Who must act.
        meaning: What has happened, in words for people.
        advice: What the actor does about it.
        section: Title of the group that it belongs to.
    """

    code: str
    family: Family
    actor: Actor
    meaning: str
    advice: str
    section: str


@lru_cache
def load_error_codes() -> Mapping[str, ErrorCode]:
    """Every code with its explanation, in the order of the reference page."""
    raw = (files("swb_schemas") / "error_codes.toml").read_text(encoding="utf-8")
    found = {}
    for section in tomllib.loads(raw).values():
        for entry in section["codes"]:
            found[entry["code"]] = ErrorCode(
                code=entry["code"],
                family=Family(entry["family"]),
                actor=Actor(entry["actor"]),
                meaning=entry["meaning"],
                advice=entry["advice"],
                section=section["title"],
            )
    return MappingProxyType(found)


def find_error_code(code: str) -> ErrorCode | None:
    """Find what is known of a code."""
    return load_error_codes().get(code)
