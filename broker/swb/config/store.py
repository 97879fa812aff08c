"""Where a daemon keeps what it must never forget."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from swb.config.section import Section

__all__ = ["REFERENCE", "SCHEMA", "StoreConfig"]

REFERENCE: Final = r"^(env|file):.+"
SCHEMA: Final = r"^[a-z_][a-z0-9_]{0,62}$"
_OF_POSTGRES: Final = ("url", "schema_name", "connections")


class StoreConfig(Section):
    """Where it keeps what it must never forget.

    Attributes:
        kind: ``sqlite``, one file for one machine, or ``postgres``, a schema of a PostgreSQL
            database.
        path: SQLite's file; made when missing, on a local disk. What a daemon keeps on its own
            disk whatever the kind (trust memory, revocation answers, audit trail) is named after
            it, beside it.
        url: Reference to PostgreSQL's connection string or URL, ``env:NAME`` or ``file:PATH``; it
            may name several hosts, and the one that takes writes is used.
        schema: The PostgreSQL schema; one for each store, and one store for each daemon, but that
            several routers may share one.
        connections: How many connections to PostgreSQL this daemon may have.
        migrate: ``open``: whoever opens the store brings its schema to what the code needs;
            ``command``: only ``swb migrate`` does, for example as the owner of the tables.
    """

    kind: Literal["sqlite", "postgres"] = "sqlite"
    path: Path
    url: str | None = Field(default=None, pattern=REFERENCE)
    schema_name: str = Field(default="swb", alias="schema", pattern=SCHEMA)
    connections: int = Field(default=8, ge=2, le=100)
    migrate: Literal["open", "command"] = "open"

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind == "postgres":
            if self.url is None:
                msg = "expected url, a reference to PostgreSQL's connection string"
                raise ValueError(msg)
        elif self.model_fields_set.intersection(_OF_POSTGRES):
            msg = 'url, schema and connections are for kind = "postgres"'
            raise ValueError(msg)
        return self
