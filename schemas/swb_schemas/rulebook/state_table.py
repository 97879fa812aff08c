"""What differs by state: a table, never code.

The table is data of the package (``states.toml``); the pack of an edition may change rows of it or
add some (`edition`). What the table does not say is not known, and nothing is asked because of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import zip_longest
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.rulebook.elements import is_element

__all__ = [
    "Agreement",
    "Asked",
    "FobRow",
    "MostItems",
    "Period",
    "StateRow",
    "StateTable",
    "load_state_table",
]

_ONE_DAY: Final = timedelta(days=1)
_State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class _Row(BaseModel):
    """Data of a table: frozen, and no member that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Agreement(_Row):
    """Where an agreement names its parties, and says whose goods show the FOB price.

    Attributes:
        clause: Where it names its parties.
        fob_clause: Where it says whose goods show the FOB price.
        between_live: Whether its certificates go from one single window to another, so that each
            side is to be live (`StateRow.live_since`) on the day on which one is judged.
    """

    clause: str
    fob_clause: str = ""
    between_live: bool = False


class Period(_Row):
    """Days of issue under one agreement, both included; without end where `until` is missing."""

    agreement: str
    valid_from: date = Field(default=date.min, alias="from")
    valid_until: date | None = Field(default=None, alias="until")


class MostItems(_Row):
    """How many items a certificate of the state may have."""

    items: int = Field(gt=0)
    clause: str


class Asked(_Row):
    """Something that the state asks for, and where it says so."""

    clause: str


class OptedOut(_Row):
    """A process or an element of the message guide that a state takes no part in (Rule 27).

    Attributes:
        what: A message type of the catalogue, or an element of a document by its path without
            positions, such as ``CertificateOfOrigin/Item/TrademarkName``.
        clause: The notice.
        valid_from: First day of issue.
    """

    what: str
    clause: str
    valid_from: date = Field(default=date.min, alias="from")

    @field_validator("what")
    @classmethod
    def _is_of_national_business(cls, what: str) -> str:
        kind = CATALOGUE.get(what)
        if not (kind.national if kind else is_element(what)):
            msg = "expected a message type that authorities exchange, or the path of an element"
            raise ValueError(msg)
        return what


class StateRow(_Row):
    """One state.

    Attributes:
        name: In English.
        party_to: Agreements that it is party to for as long as the rule book looks back.
        party_since: Agreements that it joined later: first day of issue.
        live_since: First day of electronic exchange; None while it is configured and not live.
            Before it, no certificate of an agreement `between_live` is from it or for it.
        fob_shown: When box 9 shows the FOB price of what it exports or imports.
        most_items: Of one certificate.
        invoices_until_submission: Its authority refuses later invoices.
        whole_partial_shares: It writes shares of partial cumulation as whole numbers.
        opted_out: What it takes no part in.
        electronic_signature: Whether its law takes an applied signature; None when not known.
    """

    name: str
    party_to: tuple[str, ...] = ()
    party_since: Mapping[str, date] = {}
    live_since: date | None = None
    fob_shown: tuple[Period, ...] = ()
    most_items: MostItems | None = None
    invoices_until_submission: Asked | None = None
    whole_partial_shares: Asked | None = None
    opted_out: tuple[OptedOut, ...] = ()
    electronic_signature: bool | None = None

    def find_first_day(self, agreement: str) -> date | None:
        """First day of issue as a party to an agreement; None where it is none."""
        since = self.party_since.get(agreement)
        return date.min if since is None and agreement in self.party_to else since


class FobRow(_Row):
    """Between whom, and when, box 9 shows the FOB price.

    Attributes:
        agreement: Under which.
        states: The price is shown with RVC when one of these exports or imports. Note 10 says
            "exported from and imported by"; read as either side, because the note is about goods
            of these states, not about trade among the three.
        valid_from: First day of issue.
        valid_until: Last day of issue.
    """

    agreement: str
    states: frozenset[str]
    valid_from: date
    valid_until: date | None = None

    def is_between(self, issuing: str, importing: str) -> bool:
        """Whether it is about trade between these two."""
        return issuing in self.states or importing in self.states


class StateTable(_Row):
    """All states, and the agreements between them."""

    agreements: Mapping[str, Agreement]
    states: Mapping[_State, StateRow]

    @model_validator(mode="after")
    def _agreements_are_known(self) -> StateTable:
        for code, row in self.states.items():
            named = {*row.party_to, *row.party_since, *(each.agreement for each in row.fob_shown)}
            if unknown := sorted(named - set(self.agreements)):
                msg = f"expected agreements of this table for {code}, found {', '.join(unknown)}"
                raise ValueError(msg)
        return self

    def list_parties(self, agreement: str) -> Mapping[str, date]:
        """First day of issue of every party to an agreement."""
        days = {code: row.find_first_day(agreement) for code, row in self.states.items()}
        return {code: day for code, day in days.items() if day is not None}

    def list_fob_rows(self) -> tuple[FobRow, ...]:
        """The states' periods, cut into spans of days in which the same states ask.

        So one row holds on a day, and what a state asks for alone is not held against another.
        """
        rows: list[FobRow] = []
        for agreement in self.agreements:
            periods = [
                (code, each)
                for code, row in self.states.items()
                for each in row.fob_shown
                if each.agreement == agreement
            ]
            cuts = {each.valid_from for _, each in periods} | {
                each.valid_until + _ONE_DAY for _, each in periods if each.valid_until is not None
            }
            days = sorted(cuts)
            for begins, ends in zip_longest(days, days[1:]):
                states = frozenset(
                    code
                    for code, each in periods
                    if each.valid_from <= begins
                    and (each.valid_until is None or begins <= each.valid_until)
                )
                if states:
                    rows.append(
                        FobRow(
                            agreement=agreement,
                            states=states,
                            valid_from=begins,
                            valid_until=None if ends is None else ends - _ONE_DAY,
                        )
                    )
        return tuple(rows)


@lru_cache(maxsize=1)
def load_state_table() -> StateTable:
    """The table of this version."""
    text = (files("swb_schemas.rulebook") / "states.toml").read_text(encoding="utf-8")
    return StateTable.model_validate(tomllib.loads(text))
