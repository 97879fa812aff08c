"""Records of fixed width: one a line, with a code of three characters, fields at fixed columns.

A record that holds text has, behind its fields, the mark of the row, three digits that say how many
characters of text there are, and the text, filled with spaces. Fields of a row that goes on are
empty. Records below another one follow it; a record that no layout knows is told as a loss.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.fixed_width.body import Body
from swb_adapters.sdk.fixed_width.faults import UNKNOWN, refuse_line
from swb_adapters.sdk.fixed_width.layouts import spell_columns
from swb_adapters.sdk.fixed_width.rows import BEGINS, MARKS, cut_text, join_rows
from swb_adapters.sdk.mapping import TEXT
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from swb_adapters.sdk.fixed_width.layouts import Layout, Record
    from swb_adapters.sdk.mapping import Tree

__all__ = ["Columns"]

_CODE: Final = 3
_USED: Final = 3
_PLAIN_CODE: Final = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{3}", re.ASCII)


class Columns:
    """Reads and writes a body of records."""

    def read(
        self, lines: list[str], layout: Layout, tree: Tree, places: dict[str, int] | None = None
    ) -> None:
        """Read the lines of a message into a tree.

        Args:
            lines: Of the whole message; the first one is the header.
            layout: Of its kind.
            tree: Takes the records.
            places: Takes the lines, from 1, of all that was read, by national path.

        Raises:
            RefusedError: ``adapter.malformed``: a record that is no such record.
        """
        found = self._read_below(layout, Body(lines, layout.codes, places), 1, tree, "")
        if found < len(lines):
            expected = ", ".join(record.code for record in layout.records)
            message = f"expected one of {expected}, found {quote_value(lines[found][:_CODE])}"
            raise refuse_line(found, message)

    def _read_below(self, owner: Record, body: Body, at: int, tree: Tree, path: str) -> int:
        """Read the records below one; gives the first line that is none of them."""
        lines, places = body.lines, body.places
        by_code = owner.by_code
        end = len(lines)
        while at < end:
            line = lines[at]
            code = line[:_CODE]
            record = by_code.get(code)
            below = ""
            if record is None:
                if code in body.codes:
                    return at
                if _PLAIN_CODE.fullmatch(code) is None:
                    raise refuse_line(at, f"expected a record's code, found {quote_value(code)}")
                if places is not None:
                    unknown = f"{UNKNOWN}{code}"
                    places.setdefault(f"{path}/{unknown}" if path else unknown, at + 1)
                # Not under its code alone, which may be a field's name.
                tree.setdefault(f"{UNKNOWN}{code}", []).append(line[_CODE:].strip(" "))
                at += 1
                continue
            if places is not None:
                before = tree.get(code)
                number = len(before) + 1 if isinstance(before, list) else 1
                below = f"{path}/{code}" if path else code
                below = f"{below}[{number}]" if record.many else below
                places.setdefault(below, at + 1)
            node: Any
            if record.text:
                node, at = self._read_text(record, lines, at)
            else:
                node = self._read_fields(record, line, at)
                at += 1
                if record.records:
                    at = self._read_below(record, body, at, node, below)
            _put(tree, record, node)
        return at

    def _read_fields(self, record: Record, line: str, at: int) -> Tree:
        if len(line) != record.width + _CODE and not record.text:
            message = (
                f"expected {record.width + _CODE} characters of {record.code}, found {len(line)}"
            )
            raise refuse_line(at, message)
        node: Tree = {}
        start = _CODE
        for field in record.fields:
            end = start + field.length
            text = line[start:end]
            start = end
            if text[0] == " " or text[-1] == " " or field.number:
                text = field.clear(text)
                if not text:
                    continue
            node[field.name] = text
        return node

    def _read_text(self, record: Record, lines: list[str], at: int) -> tuple[Any, int]:
        node: Tree = {}
        rows = []
        begin = at
        while at < len(lines) and lines[at].startswith(record.code):
            mark, text = self._read_row(record, lines[at], at)
            if at == begin:
                if mark != BEGINS:
                    message = f"expected a text of {record.code} to begin, found {mark!r}"
                    raise refuse_line(at, message)
                node = self._read_fields(record, lines[at], at)
            elif mark == BEGINS:
                break
            elif self._read_fields(record, lines[at], at):
                message = f"expected no fields in a row of {record.code} that goes on, found some"
                raise refuse_line(at, message)
            rows.append((mark, text))
            at += 1
        text = join_rows(rows)
        if not record.fields:
            return text, at
        node[TEXT] = text
        return node, at

    def _read_row(self, record: Record, line: str, at: int) -> tuple[str, str]:
        place = _CODE + record.width
        start = place + 1 + _USED
        if len(line) != start + record.text:
            message = (
                f"expected {start + record.text} characters of {record.code}, found {len(line)}"
            )
            raise refuse_line(at, message)
        mark, digits = line[place], line[place + 1 : start]
        if mark not in MARKS:
            message = (
                f"expected a space, '/' or '+' in column {place + 1}, found {quote_value(mark)}"
            )
            raise refuse_line(at, message)
        used = int(digits) if _DIGITS.fullmatch(digits) else record.text + 1
        if used > record.text or line[start + used :].strip(" "):
            message = (
                f"expected a number of characters, 000 to {record.text:03}, in columns "
                f"{place + 2} to {start}, found {quote_value(digits)}"
            )
            raise refuse_line(at, message)
        return mark, line[start : start + used]

    def write(self, tree: Tree, layout: Layout) -> list[str]:
        """Write the records of a tree as lines."""
        lines: list[str] = []
        self._write_below(layout, tree, "", lines)
        return lines

    def _write_below(self, owner: Record, tree: Tree, path: str, lines: list[str]) -> None:
        for record in owner.records:
            node = tree.get(record.code)
            if node is None:
                continue
            here = f"{path}{record.code}"
            for entry in node if isinstance(node, list) else (node,):
                if record.text:
                    self._write_text(record, entry, here, lines)
                else:
                    lines.append(record.code + self._write_fields(record, entry, here))
                    if record.records:
                        self._write_below(record, entry, f"{here}/", lines)

    def _write_fields(self, record: Record, node: Tree, path: str) -> str:
        return "".join([field.fill(node.get(field.name) or "", path) for field in record.fields])

    def _write_text(self, record: Record, node: Any, path: str, lines: list[str]) -> None:  # noqa: ANN401 - text, a tree or a list
        fields = self._write_fields(record, node, path) if isinstance(node, dict) else ""
        text = (node.get(TEXT) or "") if isinstance(node, dict) else node
        head = record.code + fields.ljust(record.width)
        for mark, characters in cut_text(text, record.text):
            lines.append(f"{head}{mark}{len(characters):03}{characters.ljust(record.text)}")
            head = record.code + " " * record.width

    def spell(self, record: Record, position: int) -> str:
        """Tell the columns of a record's text (position -1) or of one of its fields."""
        if position >= 0:
            return spell_columns(record, position, before=_CODE)
        if not record.text or record.many:
            return ""
        first = _CODE + record.width + 1 + _USED + 1
        return f" columns {first}-{first + record.text - 1}"


def _put(tree: Tree, record: Record, node: Any) -> None:  # noqa: ANN401 - a tree or text
    """Put a record into a tree; one that may stand there once and does not is a list as well."""
    before = tree.get(record.code)
    if isinstance(before, list):
        before.append(node)
    elif before is not None:
        tree[record.code] = [before, node]
    else:
        tree[record.code] = [node] if record.many else node
