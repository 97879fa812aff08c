"""Editions of the rules: figures, states and lines of the book as data, so that they can be tried.

The edition of this version is the package's own data. A *pack* is a TOML file that says what
another edition changes of it: figures, dated texts with figures of their own, rows of the table of
states, the weight, dates or clause of a line of the book, or that a line falls away.
``docs/reference/editions.md`` has its members. `swb_schemas.rulebook.build_rules` makes a rule book
of an edition.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from swb_schemas.dated_lines import DatedLine
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Severity
from swb_schemas.rulebook.state_table import StateTable, load_state_table
from swb_schemas.table_faults import spell_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from swb_schemas.rulebook.rule import Rule

__all__ = [
    "CURRENT",
    "LARGEST_PACK",
    "Amendment",
    "Edition",
    "Figures",
    "Text",
    "amend",
    "read_pack",
]

LARGEST_PACK: Final = 256 * 1024
"""Octets."""
_MEMBERS: Final = frozenset({"title", "figures", "texts", "agreements", "states", "rules"})
_ONE_DAY: Final = timedelta(days=1)


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _require_number(value: object) -> object:
    """A text is no number in TOML, even where its characters are digits."""
    if isinstance(value, str | bool):
        msg = f"expected a number, found {value!r}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic takes a ValueError for a finding
    return value


_Share = Annotated[Decimal, BeforeValidator(_require_number), Field(ge=0, le=100)]
"""Per cent."""
_Days = Annotated[int, BeforeValidator(_require_number), Field(ge=0, le=366)]


class Figures(_Data):
    """Numbers that the agreement's texts name, or that this rule book assumes.

    Attributes:
        least_share: Regional value content in per cent that suffices alone (Art. 28).
        assumed_share: The same beside another criterion, which Annex 3 sets product by product.
        partial_from: Where partial cumulation begins to count (Art. 30(2)).
        partial_below: Where it is no partial one any more.
        grace_days: Days after departure without the mark of Rule 10(2), in the text of 2021.
        grace_days_before_2021: The same in the text before.
    """

    least_share: _Share = Decimal(40)
    assumed_share: _Share = Decimal(35)
    partial_from: _Share = Decimal(20)
    partial_below: _Share = Decimal(40)
    grace_days: _Days = 0
    grace_days_before_2021: _Days = 3


class Text(DatedLine):
    """A text of an agreement, which has its own figures for its days of issue.

    Attributes:
        name: What people call it, which the clauses of its lines say.
        figures: Of the text; what is not given is as in the edition.
    """

    name: str = Field(min_length=1)
    figures: Figures = Figures()


class Amendment(_Data):
    """What an edition changes of one line of the book; what is not given stays."""

    off: bool = False
    severity: Severity | None = None
    clause: str | None = None
    valid_from: date | None = Field(default=None, alias="from")
    valid_until: date | None = Field(default=None, alias="until")


class Edition(_Data):
    """One edition of the rules.

    Attributes:
        title: What people call it.
        figures: Of its texts.
        states: What differs by state.
        amendments: By id of a line.
        texts: Dated ones, whose figures are others on their days, in the order of these.
    """

    title: str
    figures: Figures = Figures()
    states: StateTable
    amendments: Mapping[str, Amendment] = {}
    texts: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _texts_follow_each_other(self) -> Edition:
        for one, other in pairwise(self.texts):
            if one.ends_on is None or one.ends_on >= other.begins_on:
                msg = f"expected {other.name} to begin after {one.name} has ended"
                raise ValueError(msg)
        return self

    def spread(self, make: Callable[[Figures], Rule]) -> Iterator[Rule]:
        """Make a line of the book that has figures: one for each text, for its days of issue.

        What holds outside the dated texts has the id of the line; the others' ids end with the
        first day.
        """
        begins: date | None = None
        for text in self.texts:
            yield from _narrow(make(self.figures), begins, text.begins_on - _ONE_DAY)
            yield from _narrow(make(text.figures), text.begins_on, text.ends_on, text.name)
            if text.ends_on is None or text.ends_on == date.max:
                return
            begins = text.ends_on + _ONE_DAY
        yield from _narrow(make(self.figures), begins, None)


CURRENT: Final = Edition(title="this version", states=load_state_table())
"""The older text and that of 2021, each for its days of issue."""


def read_pack(raw: bytes) -> Edition:
    """Read what another edition changes, and put it upon the one of this version.

    Args:
        raw: TOML.

    Raises:
        RefusedError: ``rules.pack_malformed``: not TOML, too large, or a member or value that no
            edition has.
    """
    if len(raw) > LARGEST_PACK:
        raise _malformed(f"expected at most {LARGEST_PACK} octets, found {len(raw)}")
    try:
        values = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise _malformed("expected TOML in UTF-8, found something else") from cause
    unknown = sorted(set(values) - _MEMBERS)
    if unknown or not isinstance(values.get("title"), str):
        found = f"found {unknown[0]!r}" if unknown else "found no title"
        members = ", ".join(sorted(_MEMBERS - {"title"}))
        raise _malformed(f"expected title, and of {members} what differs; {found}")
    table = CURRENT.states.model_dump(by_alias=True)
    try:
        return Edition.model_validate(
            {
                "title": values["title"],
                "figures": values.get("figures", {}),
                "states": _lay_upon(
                    table, {key: values.get(key, {}) for key in ("agreements", "states")}
                ),
                "amendments": values.get("rules", {}),
                "texts": _lay_texts(values.get("texts", ()), values.get("figures", {})),
            }
        )
    except ValidationError as cause:
        where, message = spell_faults(cause)[0]
        where = where.removeprefix("states/").replace("amendments/", "rules/")
        raise _malformed(f"{where or 'the pack'}: {message}") from cause


def amend(rules: Iterable[Rule], edition: Edition) -> tuple[Rule, ...]:
    """Change lines of a rule book as an edition has it.

    Raises:
        RefusedError: ``rules.pack_malformed``: it names a line that the book does not have.
    """
    lines = tuple(rules)
    amendments = edition.amendments
    if unknown := sorted(set(amendments) - {each.id for each in lines}):
        raise _malformed(f"expected ids of rules as swb rules list has them, found {unknown[0]!r}")
    return tuple(
        _change(each, amendments[each.id]) if each.id in amendments else each
        for each in lines
        if not (each.id in amendments and amendments[each.id].off)
    )


def _narrow(rule: Rule, begins: date | None, ends: date | None, text: str = "") -> Iterator[Rule]:
    """Let a line hold between two days and no longer than it does; none where nothing is left."""
    first = max(rule.valid_from or date.min, begins or date.min)
    last = min(rule.valid_until or date.max, ends or date.max)
    if first > last:
        return
    name = ":".join(filter(None, (rule.name, begins.isoformat()))) if begins else rule.name
    yield replace(
        rule,
        name=name,
        clause=f"{rule.clause}; {text}" if text else rule.clause,
        valid_from=None if first == date.min else first,
        valid_until=None if last == date.max else last,
    )


def _change(rule: Rule, amendment: Amendment) -> Rule:
    changes: dict[str, Any] = amendment.model_dump(exclude={"off"}, exclude_none=True)
    return replace(rule, **changes)


def _lay_texts(texts: object, figures: object) -> object:
    """Give each text the figures of the edition where it has none of its own; or leave it be."""
    if not isinstance(texts, list) or not isinstance(figures, dict):
        return texts
    return [
        {**each, "figures": {**figures, **each.get("figures", {})}}
        if isinstance(each, dict) and isinstance(each.get("figures", {}), dict)
        else each
        for each in texts
    ]


def _lay_upon(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Put members upon members, table by table; anything else takes the place of what was."""
    joined = dict(below)
    for key, value in above.items():
        old = joined.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            joined[key] = _lay_upon(old, value)
        else:
            joined[key] = value
    return joined


def _malformed(message: str) -> RefusedError:
    return RefusedError("rules.pack_malformed", message, actor=Actor.OPERATOR)
