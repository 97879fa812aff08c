"""What a destination demands for a commodity, as data: ``demands.toml``.

A line names a destination, the beginning of a tariff code, the document type, the dates between
which it holds, where it is known from and how surely. Another edition of the table is another
file of the same form.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.dated_lines import DatedLine
from swb_schemas.documents.elements import CountryCode
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Demand", "Sureness", "find_demands", "load_demands", "parse_demands"]

_LIMIT = 4_000_000
"""Octets of a table."""


class Sureness(StrEnum):
    """How well a demand is known."""

    STATED = "stated"
    """By the authority that demands it: without the document nothing leaves."""
    REPORTED = "reported"
    """By others: the sender is warned."""


class Demand(DatedLine):
    """One line of the table.

    Attributes:
        to: The destination.
        hs: How the tariff codes begin that it is about; every code when empty.
        document: The type that must accompany the goods, by its name in the catalogue.
        source: Where it is known from.
        sure: How well.
    """

    to: CountryCode
    hs: Annotated[str, Field(pattern=r"^[0-9]{0,6}$")]
    document: str
    source: Annotated[str, Field(min_length=1)]
    sure: Sureness

    @field_validator("document")
    @classmethod
    def _begins_a_conversation(cls, name: str) -> str:
        if name not in CATALOGUE or not CATALOGUE[name].leads:
            msg = "expected a document type that begins a conversation"
            raise ValueError(msg)
        return name


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    demand: tuple[Demand, ...] = ()


def parse_demands(raw: bytes) -> tuple[Demand, ...]:
    """Read a table of demands.

    Raises:
        RefusedError: ``demands.malformed``.
    """
    if len(raw) > _LIMIT:
        raise _malformed(f"expected at most {_LIMIT} octets, found {len(raw)}")
    try:
        return _File.model_validate(tomllib.loads(raw.decode("utf-8-sig"))).demand
    except UnicodeDecodeError as cause:
        raise _malformed("expected UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        raise _malformed(f"expected TOML: {cause}") from cause
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _malformed(f"{place}: {first['msg']}") from cause


@lru_cache(maxsize=1)
def load_demands() -> tuple[Demand, ...]:
    """Load the table of this edition."""
    return parse_demands(files("swb_schemas").joinpath("demands.toml").read_bytes())


def find_demands(
    *, destination: str, commodity: str, on: date, demands: tuple[Demand, ...]
) -> tuple[Demand, ...]:
    """Find what a destination demands for a tariff code on a day."""
    return tuple(
        each
        for each in demands
        if each.to == destination and commodity.startswith(each.hs) and each.holds_on(on)
    )


def _malformed(message: str) -> RefusedError:
    return RefusedError("demands.malformed", message, actor=Actor.DEVELOPER)
