"""The mapping as tables: one row per element, for reading, for writing and for paths.

A `Table` says which members of one JSON object hold which elements of one canonical aggregate.
Elements may lie deeper than members: a measure is two members here and one element there. What
repeats, or refers to something else, is no row; the modules that use the tables see to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic.alias_generators import to_snake

from swb_adapters.indonesia.codes import LANGUAGE, OFFSET, Codes
from swb_adapters.sdk import format_iso_date, format_iso_instant

if TYPE_CHECKING:
    from swb_adapters.indonesia.payload import Part
    from swb_adapters.sdk import Losses
    from swb_schemas.documents.elements import Aggregate

__all__ = ["Row", "Table"]

_TEXT: Final = "Value"
"""Last step of an element's path where the element has attributes beside its text."""


def _pluralise(name: str) -> str:
    return f"{name}es" if name.endswith("s") else f"{name}s"


@dataclass(frozen=True, slots=True)
class Row:
    """One element and the member that holds it.

    Attributes:
        path: The element below the aggregate, such as ``Quantity/@unit``; ``Quantity/Value`` is
            the text of an element that has attributes.
        member: Name in the JSON object.
        codes: What its codes mean, where they differ.
        national: Whether the element is a list of texts in other languages, of which the member
            holds the Indonesian one.
        elements: The path's steps as the canonical document names them.
        attributes: The path's steps as attributes of the model.
        attribute: The member's name as an attribute of the payload's model.
    """

    path: str
    member: str
    codes: Codes | None = None
    national: bool = False
    elements: tuple[str, ...] = field(init=False)
    attributes: tuple[str, ...] = field(init=False)
    attribute: str = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(step.removeprefix("@") for step in self.path.split("/"))
        object.__setattr__(self, "elements", names)
        attributes = tuple(to_snake(name) for name in names)
        if self.national:
            # A list's attribute is in the plural, its element in the singular.
            attributes = (*attributes[:-1], _pluralise(attributes[-1]))
        object.__setattr__(self, "attributes", attributes)
        object.__setattr__(self, "attribute", to_snake(self.member))

    @property
    def spelled(self) -> str:
        """The canonical path below the aggregate."""
        if self.national:
            # `LocalText`'s own language is told by the member's name.
            return f"{self.path}[1]"
        return self.path.removesuffix(f"/{_TEXT}")


class Table:
    """The rows of one JSON object.

    Args:
        rows: In the order in which members are written.
    """

    __slots__ = ("rows",)

    def __init__(self, *rows: Row) -> None:
        self.rows = rows

    def read(self, part: Part, into: dict[str, Any] | None = None) -> dict[str, Any]:
        """Collect the values of an object for `swb_adapters.sdk.build_document`.

        Args:
            part: The object.
            into: Where to put them; a new dictionary by default.
        """
        values: dict[str, Any] = {} if into is None else into
        for row in self.rows:
            value = getattr(part, row.attribute)
            if value is None:
                continue
            if row.codes is not None:
                value = row.codes.read(value)
            elif row.national:
                value = [{"lang": LANGUAGE, "value": value}]
            holder = values
            for name in row.elements[:-1]:
                holder = holder.setdefault(name, {})
            holder[row.elements[-1]] = value
        return values

    def write(self, aggregate: Aggregate, *, path: str, losses: Losses) -> dict[str, Any]:
        """Give the members of an object; what the aggregate has not is left out.

        Args:
            aggregate: What to write.
            path: Its canonical path.
            losses: Takes what has no exact spelling.

        Raises:
            RefusedError: ``adapter.value``: a date that the format has no spelling for.
        """
        members: dict[str, Any] = {}
        for row in self.rows:
            value: Any = aggregate
            for name in row.attributes:
                value = getattr(value, name)
                if value is None:
                    break
            else:
                written = _write_value(row, value, f"{path}/{row.spelled}", losses)
                if written is not None:
                    members[row.member] = written
        return members

    def list_paths(self, canonical: str, national: str) -> list[tuple[str, str]]:
        """Pairs for a `swb_adapters.sdk.PathMap`.

        Args:
            canonical: Path of the aggregate.
            national: Path of the object; empty for the payload itself.
        """
        before = f"{national}." if national else ""
        return [(f"{canonical}/{row.spelled}", f"{before}{row.member}") for row in self.rows]


def _write_value(row: Row, value: Any, path: str, losses: Losses) -> Any:  # noqa: ANN401 - a JSON value
    if row.national:
        around = path.removesuffix("[1]")
        return losses.take_text(value, language=LANGUAGE, path=around)
    if row.codes is not None:
        code = row.codes.write(value)
        if row.codes.read(code) != value:
            losses.coarsen(path, f"in the format {code!r} means {row.codes.read(code)!r}")
        return code
    if isinstance(value, datetime):
        return format_iso_instant(value, offset=OFFSET, path=path)
    if isinstance(value, date):
        return format_iso_date(value, path=path)
    return value
