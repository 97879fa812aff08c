"""Fields one a line, in the order of the layout; nothing but their places tells them apart.

A field that is empty is an empty line. Before each block stands a line with its name and how many
there are of it, in four digits: ``GOODS0003``, ``REMARKS0000``. Of text, behind the block's fields,
stands how many rows there are, and then each row with its mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.fixed_width.body import Body
from swb_adapters.sdk.fixed_width.faults import refuse_line
from swb_adapters.sdk.fixed_width.rows import BEGINS, MARKS, cut_text, join_rows
from swb_adapters.sdk.mapping import TEXT
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from swb_adapters.sdk.fixed_width.layouts import Layout, Record
    from swb_adapters.sdk.mapping import Tree

__all__ = ["FieldLines"]

_DIGITS: Final = 4
_COUNT: Final = re.compile(r"[0-9]{4}", re.ASCII)


class FieldLines:
    """Reads and writes a body of fields."""

    def read(
        self, lines: list[str], layout: Layout, tree: Tree, places: dict[str, int] | None = None
    ) -> None:
        """Read the lines of a message into a tree; see `Columns.read`."""
        at = self._read_below(layout, Body(lines, layout.codes, places), 1, tree, "")
        if at < len(lines):
            message = f"expected the end, found {len(lines) - at} more line(s)"
            raise refuse_line(at, message)

    def _read_below(self, owner: Record, body: Body, at: int, tree: Tree, path: str) -> int:
        """Read the blocks below one; gives the line behind them."""
        places = body.places
        for record in owner.records:
            count = self._read_count(record.code, body.lines, at)
            at += 1
            if not count:
                continue
            entries: list[Any] = []
            for number in range(1, count + 1):
                below = ""
                if places is not None:
                    below = f"{path}{record.code}[{number}]" if record.many else path + record.code
                    places[below] = at + 1
                node, at = self._read_entry(record, body, at, below)
                entries.append(node)
            tree[record.code] = entries if record.many or count > 1 else entries[0]
        return at

    def _read_entry(self, record: Record, body: Body, at: int, path: str) -> tuple[Any, int]:
        """Read one block; gives it, and the line behind it."""
        lines, places = body.lines, body.places
        node: Tree = {}
        end = at + len(record.fields)
        if end > len(lines):
            raise refuse_line(len(lines), f"expected the fields of {record.code}, found the end")
        for field in record.fields:
            text = lines[at]
            at += 1
            if text:
                if places is not None:
                    places[f"{path}/{field.name}"] = at
                if len(text) > field.length:
                    name = f"{record.code}/{field.name}"
                    message = (
                        f"expected at most {field.length} characters of {name}, found {len(text)}"
                    )
                    raise refuse_line(at - 1, message)
                text = field.clear(text) if text[-1] == " " or field.number else text
                if text:
                    node[field.name] = text
        if record.text:
            text, at = self._read_rows(record, lines, at)
            if not record.fields:
                return text, at
            node[TEXT] = text
        elif record.records:
            at = self._read_below(record, body, at, node, f"{path}/")
        return node, at

    def _read_rows(self, record: Record, lines: list[str], at: int) -> tuple[str, int]:
        count = self._read_count("", lines, at)
        at += 1
        rows = []
        for position, line in enumerate(lines[at : at + count], start=at):
            if line[:1] not in MARKS or (line[0] == BEGINS) is not (position == at):
                message = f"expected a row's mark, found {quote_value(line[:1])}"
                raise refuse_line(position, message)
            if len(line) - 1 > record.text:
                message = f"expected a row of at most {record.text}, found {len(line) - 1}"
                raise refuse_line(position, message)
            rows.append((line[0], line[1:]))
        if len(rows) < count:
            raise refuse_line(len(lines), f"expected {count} rows, found the end")
        return join_rows(rows), at + count

    def _read_count(self, code: str, lines: list[str], at: int) -> int:
        line = lines[at] if at < len(lines) else ""
        digits = line[len(code) :]
        if not line.startswith(code) or _COUNT.fullmatch(digits) is None:
            found = quote_value(line[:35]) if at < len(lines) else "the end"
            what = f"{code} and how many there are, " if code else "how many rows there are, "
            raise refuse_line(at, f"expected {what}in four digits, found {found}")
        return int(digits)

    def write(self, tree: Tree, layout: Layout) -> list[str]:
        """Write the fields of a tree as lines."""
        lines: list[str] = []
        self._write_below(layout, tree, "", lines)
        return lines

    def _write_below(self, owner: Record, tree: Tree, path: str, lines: list[str]) -> None:
        for record in owner.records:
            node = tree.get(record.code)
            entries = node if isinstance(node, list) else () if node is None else (node,)
            here = f"{path}{record.code}"
            lines.append(record.code + _write_count(len(entries), here))
            for entry in entries:
                self._write_entry(record, entry, here, lines)

    def _write_entry(self, record: Record, node: Any, path: str, lines: list[str]) -> None:  # noqa: ANN401 - text, a tree or a list
        fields = node if isinstance(node, dict) else {TEXT: node}
        lines.extend([field.check(fields.get(field.name) or "", path) for field in record.fields])
        if record.text:
            rows = cut_text(fields.get(TEXT) or "", record.text)
            lines.append(_write_count(len(rows), path))
            lines.extend([mark + characters for mark, characters in rows])
        elif record.records:
            self._write_below(record, fields, f"{path}/", lines)

    def spell(self, record: Record, position: int) -> str:
        """Tell the number of one of a block's fields; of a block itself (-1) nothing."""
        del record
        return "" if position < 0 else f" field {position + 1}"


def _write_count(count: int, path: str) -> str:
    digits = f"{count:04}"
    if len(digits) > _DIGITS:
        raise refuse("adapter.value", f"expected at most 9999, found {count}", national_path=path)
    return digits
