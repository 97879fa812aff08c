"""What tells one state's ASYCUDA from another's, as data, and the adapter that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb_adapters.sdk.asycuda.answers import build_answers
from swb_adapters.sdk.asycuda.certificate import build_certificate
from swb_adapters.sdk.asycuda.declaration import build_declaration
from swb_adapters.sdk.asycuda.syntax import AsycudaSyntax, Blank, speller
from swb_adapters.sdk.contract import Provenance
from swb_adapters.sdk.mapping import TableAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from swb_adapters.sdk.mapping import Format, Table

__all__ = ["Dialect", "build_adapter", "build_enveloped", "build_tables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One state's ASYCUDA.

    Attributes:
        name: Of the adapter.
        version: Of its mapping.
        state: ISO 3166-1 alpha-2.
        system: The national system, in words.
        offset: Of the state's own time from UTC, in which moments are written.
        nomenclature: Of tariff codes that tell none.
        invoice: Code of an invoice among attached documents.
        first_year: Of the hundred years that a year of two digits means.
        blank: How a place without a value is written; every way is read.
        names: Names of elements that this state spells otherwise.
    """

    name: str
    version: str
    state: str
    system: str
    offset: timedelta
    nomenclature: str = "AHTN-2022"
    invoice: str = "380"
    first_year: int = 2000
    blank: Blank = Blank.NULL
    names: Mapping[str, str] = field(default_factory=dict)


def build_tables(dialect: Dialect, around: str = "") -> dict[str, Table]:
    """Build the tables of a dialect, by root element.

    Args:
        dialect: Of the state.
        around: Path of what the payload wraps around the root element; empty where that is the
            payload's own.
    """

    def spellers(root: str) -> Callable[[str], str]:
        return speller(dialect.names, f"{around}/{root}" if around else "")

    return {
        "ASYCUDA_certificate": build_certificate(
            nomenclature=dialect.nomenclature,
            invoice=dialect.invoice,
            first_year=dialect.first_year,
            spell=spellers("ASYCUDA_certificate"),
        ),
        "ASYCUDA": build_declaration(
            nomenclature=dialect.nomenclature,
            invoice=dialect.invoice,
            first_year=dialect.first_year,
            spell=spellers("ASYCUDA"),
        ),
        **build_answers(spellers, first_year=dialect.first_year, offset=dialect.offset),
    }


def build_adapter(dialect: Dialect) -> TableAdapter:
    """Build the adapter of a state whose payloads are the files themselves."""
    tables = build_tables(dialect)
    syntax = AsycudaSyntax(
        {kind: kind for kind in tables}, names=dialect.names, blank=dialect.blank
    )
    return build_enveloped(dialect, syntax, tables)


def build_enveloped(
    dialect: Dialect, syntax: Format, tables: Mapping[str, Table], *, root: str = ""
) -> TableAdapter:
    """Build the adapter of a state whose payloads hold the files.

    Args:
        dialect: Of the state.
        syntax: Of the payloads.
        tables: By kind, from `build_tables`.
        root: Name of the root element around every file; empty where there is none.
    """
    return TableAdapter(
        syntax,
        tables,
        name=dialect.name,
        version=dialect.version,
        provenance=Provenance.SIMULATED,
        system=dialect.system,
        state=dialect.state,
        media_type="application/xml",
        file_suffix=".xml",
        root=root,
    )
