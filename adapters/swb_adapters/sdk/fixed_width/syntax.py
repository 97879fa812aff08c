"""A message of fixed width: octets, header and kind; the body is an arrangement's matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.fixed_width.layouts import HEADER, spell_columns, strip_positions
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits
from swb_schemas.recognition import describe_octets, describe_position, quote_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from swb_adapters.sdk.fixed_width.layouts import Header, Layout, Record
    from swb_adapters.sdk.mapping import Shape, Tree
    from swb_schemas.errors import RefusedError

__all__ = ["Arrangement", "FixedWidthSyntax", "Message"]

_END: Final = "\r\n"
_OTHER_END: Final = re.compile(r"(?<!\r)\n|\r(?!\n)|(?<!\n)\Z")
_ENDS: Final = {"\n": "LF alone", "\r": "CR alone"}
_MOST_LINES: Final = 1_000_000
"""Enough for 5,000 items with fifty fields each, and packages beside them."""


class Arrangement(Protocol):
    """How the records of a body stand in lines."""

    def read(
        self, lines: list[str], layout: Layout, tree: Tree, places: dict[str, int] | None = None
    ) -> None:
        """Read all lines but the first into a tree."""
        ...

    def write(self, tree: Tree, layout: Layout) -> list[str]:
        """Write all of a tree but the header."""
        ...

    def spell(self, record: Record, position: int) -> str:
        """Tell where a record's text (position -1) or one of its fields stands."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """A message, taken apart as far as every kind of it is alike.

    Attributes:
        header: Fields that are not empty, by name.
        lines: All of it, without line ends.
    """

    header: Tree
    lines: list[str]


class FixedWidthSyntax:
    """Octets of fixed width to a tree and back.

    Args:
        header: The first line of every message.
        layouts: By kind of message.
        arrangement: Of the bodies.
        limits: Of a payload.
    """

    def __init__(
        self,
        header: Header,
        layouts: Mapping[str, Layout],
        arrangement: Arrangement,
        *,
        limits: AdapterLimits = DEFAULT_LIMITS,
    ) -> None:
        self.header = header
        self._layouts = dict(layouts)
        self._arrangement = arrangement
        self._limits = limits
        self._fields = {field.name: n for n, field in enumerate(header.fields)}
        missing = header.owned - self._fields.keys()
        if missing:
            msg = f"expected fields of the header, found {', '.join(sorted(missing))}"
            raise ValueError(msg)

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Take a message apart; see `swb_adapters.sdk.mapping.Format`.

        Raises:
            RefusedError: ``adapter.too_large``; ``adapter.malformed``: it is no such message, or
                was cut; ``adapter.inconsistent``: the header counts other octets or lines.
        """
        kind, message, stated = self._take_apart(raw)
        counted = {self.header.octets: len(raw), self.header.lines: len(message.lines)}
        for name, found in counted.items():
            if stated[name] != str(found):
                raise self._refuse("adapter.inconsistent", name, str(found), stated[name])
        if kind not in self._layouts:
            expected = f"one of {', '.join(self._layouts)}"
            raise self._refuse("adapter.unsupported", self.header.kind, expected, kind)
        return kind, message

    def take_apart(self, raw: bytes) -> tuple[str, Message]:
        """Take a message apart whatever its header counts, to explain a refusal.

        Raises:
            RefusedError: ``adapter.too_large``; ``adapter.malformed``.
        """
        kind, message, _ = self._take_apart(raw)
        return kind, message

    def _take_apart(self, raw: bytes) -> tuple[str, Message, dict[str, str]]:
        """Give kind and message, and what its header counts, by name of the field."""
        lines = self._split(raw)
        header = self._read_header(lines[0], raw)
        for name, expected in self.header.constants.items():
            if header.get(name) != expected:
                raise self._refuse("adapter.malformed", name, expected, header.get(name, ""))
            del header[name]
        stated = {name: header.pop(name, "") for name in (self.header.octets, self.header.lines)}
        return header.pop(self.header.kind, ""), Message(header, lines), stated

    def _split(self, raw: bytes) -> list[str]:
        if len(raw) > self._limits.octets:
            message = f"expected at most {self._limits.octets:,} octets, found {len(raw):,}"
            raise refuse("adapter.too_large", message)
        try:
            text = raw.decode()
        except UnicodeDecodeError as cause:
            message = f"expected UTF-8, found the octet {raw[cause.start]:02X}, which is none there"
            place = describe_position(raw, cause.start)
            raise refuse("adapter.malformed", message, national_path=place) from cause
        ends = text.count(_END)
        if ends > _MOST_LINES:
            raise refuse(
                "adapter.too_large", f"expected at most {_MOST_LINES:,} lines, found {ends:,}"
            )
        if not text.endswith(_END) or text.count("\n") != ends or text.count("\r") != ends:
            raise _refuse_end(raw, text)
        return text[: -len(_END)].split(_END)

    def _read_header(self, line: str, raw: bytes) -> Tree:
        header = self.header
        if len(line) != header.width:
            seen = _name_octets(raw) or f"{len(line)}"
            message = f"expected a header of {header.width} characters, found {seen}"
            raise refuse("adapter.malformed", message, national_path="line 1")
        found = {}
        for field, start in zip(header.fields, header.starts, strict=True):
            text = field.clear(line[start : start + field.length])
            if text:
                found[field.name] = text
        return found

    def _refuse(self, code: str, name: str, expected: str, found: str) -> Exception:
        where = f"{HEADER}/{name}{spell_columns(self.header, self._fields[name])}"
        message = f"expected {expected}, found {quote_value(found)}"
        return refuse(code, message, national_path=where)

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of a message."""
        del shape
        return self.read_body(kind, parsed)

    def read_body(self, kind: str, parsed: object, places: dict[str, int] | None = None) -> Tree:
        """Make a tree of a message, and tell at which lines its records begin.

        Args:
            kind: Of the message.
            parsed: What `recognise` gave.
            places: Takes the lines by national path.
        """
        if not isinstance(parsed, Message):
            msg = f"expected a message, found {type(parsed).__name__}"
            raise TypeError(msg)
        tree: Tree = {HEADER: dict(parsed.header)}
        if places is not None:
            places[HEADER] = 1
        self._arrangement.read(parsed.lines, self._layouts[kind], tree, places)
        return tree

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree as a message.

        Raises:
            RefusedError: ``adapter.value``: a value is wider than its field; ``adapter.too_large``.
        """
        del shape
        header = self.header
        lines = self._arrangement.write(tree, self._layouts[kind])
        body = "".join([f"{line}{_END}" for line in lines]).encode()
        values = {**tree.get(HEADER, {}), **header.constants, header.kind: kind}
        values[header.lines] = str(len(lines) + 1)
        values[header.octets] = "0"
        first = len(self._write_header(values))
        values[header.octets] = str(first + len(body))
        raw = self._write_header(values) + body
        if len(raw) > self._limits.octets:
            message = f"expected at most {self._limits.octets:,} octets, found {len(raw):,}"
            raise refuse("adapter.too_large", message)
        return raw

    def _write_header(self, values: Mapping[str, str]) -> bytes:
        cells = [field.fill(values.get(field.name, ""), HEADER) for field in self.header.fields]
        return f"{''.join(cells)}{_END}".encode()

    def spelling(self, kind: str) -> Callable[[str], str]:
        """Get what spells national paths of a kind with columns or numbers of fields."""
        header, layout, arrangement = self.header, self._layouts[kind], self._arrangement
        known = {
            path: arrangement.spell(record, position)
            for below in layout.records
            for path, record, position in below.walk()
        }
        for path, record, position in header.walk():
            known[path] = "" if position < 0 else spell_columns(record, position)
        return lambda path: path + known.get(strip_positions(path), "")


def _name_octets(raw: bytes) -> str:
    """Name what octets look like that are none of such a message; empty where they may be."""
    found = describe_octets(raw)
    return "" if found == "other text" else found


def _refuse_end(raw: bytes, text: str) -> RefusedError:
    """Refuse the first line that does not end with CR LF."""
    expected = "expected every line to end with CR LF"
    named = _name_octets(raw)
    match = _OTHER_END.search(text)
    if named or match is None:
        return refuse("adapter.malformed", f"{expected}, found {named}", national_path="line 1")
    place = f"line {text.count(chr(10), 0, match.start()) + 1}"
    found = _ENDS.get(match[0], "the end of the file")
    return refuse("adapter.malformed", f"{expected}, found {found}", national_path=place)
