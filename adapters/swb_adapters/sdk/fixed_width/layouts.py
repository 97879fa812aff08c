"""Layouts as data: which records a message has, which fields they have, how wide each is.

Columns and field numbers count from 1. Names are steps of the table's national paths: the field
``NUM`` of the record ``INV`` below the record ``GDS`` is ``GDS[*]/INV[*]/NUM``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk.mapping import Shape

__all__ = ["HEADER", "Field", "Header", "Layout", "Record", "spell_columns", "strip_positions"]

HEADER: Final = "HDR"
"""Name of the header in national paths."""
_WIDEST: Final = 999
"""Characters of a row of text: three digits say how many there are."""
_POSITION: Final = re.compile(r"\[[0-9*]+\]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        name: A step of national paths.
        length: Characters.
        number: Whether it stands at the right and is filled with zeros; others stand at the left
            and are filled with spaces. A field of spaces is empty in either case.
    """

    name: str
    length: int
    number: bool = False

    def check(self, value: str, where: str) -> str:
        """Require a value to have room.

        Args:
            value: What the table has made; empty for none.
            where: National path of the record, for a refusal.

        Raises:
            RefusedError: ``adapter.value``: it is too long, or has more than one line.
        """
        if len(value) > self.length or "\n" in value:
            message = f"expected one line of at most {self.length} characters, found {len(value)}"
            raise refuse("adapter.value", message, national_path=f"{where}/{self.name}")
        return value

    def fill(self, value: str, where: str) -> str:
        """Fill a value up to the field's width; like `check`."""
        self.check(value, where)
        if self.number and value:
            return value.rjust(self.length, "0")
        return value.ljust(self.length)

    def clear(self, text: str) -> str:
        """Take the filling off."""
        text = text.strip(" ") if self.number else text.rstrip(" ")
        if self.number and text.startswith("0"):
            text = text.lstrip("0")
            return text if text and text[0] != "." else f"0{text}"
        return text


class Record:
    """A record, or block: fields, and further records below it.

    Args:
        code: Its name in the payload and in national paths.
        parts: Fields, then records.
        many: Whether there may be several.
        text: Characters of each row of text that it holds; 0 where it holds none. Text has any
            number of rows, and such a record has no further records below it.
    """

    __slots__ = ("by_code", "code", "fields", "many", "records", "starts", "text", "width")

    def __init__(
        self, code: str, *parts: Field | Record, many: bool = False, text: int = 0
    ) -> None:
        self.code = code
        self.fields = tuple(part for part in parts if isinstance(part, Field))
        self.records = tuple(part for part in parts if isinstance(part, Record))
        self.by_code = {record.code: record for record in self.records}
        self.many = many
        self.text = text
        names = [part.name if isinstance(part, Field) else part.code for part in parts]
        if len(set(names)) != len(names) or (text and self.records) or not (parts or text):
            msg = f"expected fields and records of different names in {code}, or text"
            raise ValueError(msg)
        if text > _WIDEST:
            msg = f"expected rows of at most {_WIDEST} characters in {code}, found {text}"
            raise ValueError(msg)
        starts = [0]
        for field in self.fields:
            starts.append(starts[-1] + field.length)
        self.starts = tuple(starts[:-1])
        self.width = starts[-1]

    def walk(self, path: str = "") -> Iterator[tuple[str, Record, int]]:
        """List every node with its path: a record (-1) and each of its fields by position."""
        here = f"{path}/{self.code}" if path else self.code
        yield here, self, -1
        for position, field in enumerate(self.fields):
            yield f"{here}/{field.name}", self, position
        for record in self.records:
            yield from record.walk(here)


class Header(Record):
    """The first line of every message.

    Args:
        fields: In order.
        constants: Name of a field to what always stands there; the first one tells the format.
        kind: Field of the kind of message.
        octets: Field of the octets of the whole message.
        lines: Field of the lines of the whole message, the header among them.
    """

    __slots__ = ("constants", "kind", "lines", "octets")

    def __init__(
        self, *fields: Field, constants: Mapping[str, str], kind: str, octets: str, lines: str
    ) -> None:
        super().__init__(HEADER, *fields)
        self.constants = dict(constants)
        self.kind = kind
        self.octets = octets
        self.lines = lines

    @property
    def owned(self) -> frozenset[str]:
        """Fields that are the syntax's, and in no table."""
        return frozenset({*self.constants, self.kind, self.octets, self.lines})


class Layout(Record):
    """The records of one kind of message, without the header."""

    __slots__ = ("codes",)

    def __init__(self, *records: Record) -> None:
        super().__init__("", *records)
        self.codes = frozenset(record.code for _, record, _ in self.walk() if record is not self)

    def compare(self, header: Header, shape: Shape) -> list[str]:
        """Compare with what a table knows; sentences about what differs, none where all is well.

        Args:
            header: Of the messages.
            shape: The table's national side.
        """
        ours: dict[str, bool] = {}
        for root in (header, *self.records):
            for path, record, position in root.walk():
                if (
                    position >= 0
                    and record is header
                    and header.fields[position].name in header.owned
                ):
                    continue
                ours[path] = position < 0 and record.many
        theirs = dict(_walk_shape(shape, ""))
        found = [
            f"the table has {path}, the layout has not" for path in theirs.keys() - ours.keys()
        ]
        found += [
            f"the layout has {path}, the table has not" for path in ours.keys() - theirs.keys()
        ]
        both = ours.keys() & theirs.keys()
        found += [f"{path} repeats in one of both" for path in both if ours[path] != theirs[path]]
        return sorted(found)


def _walk_shape(shape: Shape, path: str) -> Iterator[tuple[str, bool]]:
    for name, child in shape.children.items():
        if name != TEXT:
            here = f"{path}/{name}" if path else name
            yield here, child.repeated
            yield from _walk_shape(child, here)


def spell_columns(record: Record, position: int, *, before: int = 0) -> str:
    """Spell the columns of a field, behind so many characters of the record's code."""
    first = before + record.starts[position] + 1
    last = first + record.fields[position].length - 1
    return f" column {first}" if first == last else f" columns {first}-{last}"


def strip_positions(path: str) -> str:
    """Give the path of a node without the positions in it."""
    return _POSITION.sub("", path) if "[" in path else path
