"""Rows of a sheet to a tree that knows in which row each node stood.

All faults of the form are told together: a person corrects them in one go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.mapping.places import PlacedTree
from swb_adapters.sdk.sheets.cells import REMARK, is_remark
from swb_adapters.sdk.sheets.layout import END, Layout, TableLayout, fold_label
from swb_adapters.sdk.sheets.rows import name_column
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.recognition import quote_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_adapters.sdk.mapping.shape import Tree
    from swb_adapters.sdk.sheets.rows import SheetRow

__all__ = ["FormRows", "read_form"]

_PLACE: Final = re.compile(
    r"([^\[\]/]+)(?:\[(\d+)\](?:/([^\[\]/]+)\[(\d+)\])?(?:/(.+))?)?", re.DOTALL
)
_LONGEST_NAME: Final = 60


class FormRows(NamedTuple):
    """The rows of a form behind the first one.

    Attributes:
        rows: Remarks and blank ones among them.
        quoted: Whether a cell with a comma in it stands in quotation marks, as in CSV.
    """

    rows: list[SheetRow]
    quoted: bool


def read_form(layout: Layout, form: FormRows) -> PlacedTree:
    """Read the rows behind the first one.

    Raises:
        RefusedError: ``adapter.schema``: the rows are not of this form; every finding names its
            row.
    """
    return _Reading(layout, quoted=form.quoted).read(form.rows)


class _Reading:
    """One sheet, while it is read.

    Attributes:
        labels: Name of a label to the rows where it stands.
        tables: Title to its row.
        entries: Title to the rows where its entries begin.
        further: (title, entry, group) to the rows of what the entry has several of.
        faults: (place, message).
    """

    def __init__(self, layout: Layout, *, quoted: bool) -> None:
        self.layout = layout
        self._quoted = quoted
        self.tree: Tree = {}
        self.labels: dict[str, list[int]] = {}
        self.tables: dict[str, int] = {}
        self.entries: dict[str, list[int]] = {}
        self.further: dict[tuple[str, int, str], list[int]] = {}
        self.faults: list[tuple[str, str]] = []
        self._table: TableLayout | None = None
        self._headings: list[str] | None = None
        self._keys: dict[str, int] = {}
        self._skips = False
        self._ended = False

    def read(self, rows: list[SheetRow]) -> PlacedTree:
        for position, (number, cells) in enumerate(rows):
            first = cells[0] if cells else ""
            if is_remark(first) if first else not _find_more(cells, 1):
                continue
            if self._ended:
                self._fault(f"row {number}", f"expected nothing below {END!r}, found more")
                break
            if not first or _find_more(cells, 1) or not self._read_lone(position, rows):
                self._read_row(number, first, cells)
        if not self._ended:
            message = f"expected the row {END!r} as the last one, found none: is the file whole?"
            self._fault("last row", message)
        if self.faults:
            raise self._refuse()
        return PlacedTree(self.tree, self.find_place)

    def _fault(self, place: str, message: str) -> None:
        self.faults.append((place, message))

    def _refuse(self) -> RefusedError:
        findings = [
            Finding(
                code="adapter.schema",
                severity=Severity.REFUSE,
                path="",
                national_path=place,
                message=message,
            )
            for place, message in self.faults[: DEFAULT_LIMITS.findings]
        ]
        place, message = self.faults[0]
        text = f"{len(self.faults)} fault(s), first at {place}: {message}"
        return RefusedError("adapter.schema", text, findings=findings)

    def _read_lone(self, position: int, rows: Sequence[SheetRow]) -> bool:
        """Read a row of one cell that ends the form or begins a table; False where it does not."""
        number, (first, *_) = rows[position]
        folded = fold_label(first) if len(first) <= _LONGEST_NAME else ""
        if folded == fold_label(END):
            self._ended = True
            return True
        title = self.layout.titles.get(folded)
        if title is not None:
            self._open(number, title)
            return True
        meant = self._find_meant(position + 1, rows)
        if meant:
            titles = " or ".join(repr(each) for each in meant)
            message = f"expected the title of the table below, {titles}, found {quote_word(first)}"
            self._fault(f'row {number}, column "A"', message)
            self._skips = True
        return bool(meant)

    def _find_meant(self, position: int, rows: Sequence[SheetRow]) -> list[str]:
        """Find the tables whose headings the next row has, if it begins with two of them."""
        for index in range(position, len(rows)):
            cells = rows[index].cells
            if cells and not is_remark(cells[0]) and _find_more(cells, 0):
                found = {fold_label(each) for each in cells[:2]}
                tables = self.layout.tables.values()
                whole = len(found) > 1
                return [t.name for t in tables if whole and found <= t.known.keys()]
        return []

    def _read_row(self, number: int, first: str, cells: Sequence[str]) -> None:
        if self._skips:
            return
        if self._table is None:
            self._read_label(number, first, cells)
        elif self._headings is None:
            self._headings = self._read_headings(number, cells, self._table)
        else:
            self._read_entry(number, cells, self._table, self._headings)

    def _open(self, number: int, title: str) -> None:
        if title in self.tables:
            message = f"expected the table {title!r} once, found it in row {self.tables[title]} too"
            self._fault(f"row {number}", message)
        self._table = self.layout.tables[title]
        self._headings = None
        self._keys = {}
        self._skips = False
        self.tables[title] = number
        self.entries.setdefault(title, [])

    def _read_label(self, number: int, first: str, cells: Sequence[str]) -> None:
        value = cells[1] if len(cells) > 1 else ""
        if not first:
            message = "expected a label before a value, found none"
            self._fault(f'row {number}, column "A"', message)
            return
        column = _find_more(cells, 2)
        if column:
            message = f"expected nothing there, or a remark that begins with {REMARK}, found more"
            if self._quoted:
                message += ": a value with a comma in it stands in quotation marks"
            self._fault(f'row {number}, column "{name_column(column)}"', message)
        label = self.layout.known.get(fold_label(first), first)
        if label in self.layout.tables:
            message = f"expected the title of a table alone in its row, found {label!r} and more"
            self._fault(f"row {number}", message)
            return
        if label not in self.layout.labels and not value and not column:
            self._check_label(number, first)
            value = first
        before = self.labels.setdefault(label, [])
        before.append(number)
        if len(before) > 2:  # noqa: PLR2004 - the second one made a list of them
            self.tree[label].append(value)
        elif len(before) > 1:
            self.tree[label] = [self.tree.get(label, ""), value]
        elif value:
            self.tree[label] = value

    def _check_label(self, number: int, text: str) -> None:
        """Refuse a label that has its value in its own cell; other text alone is a loss."""
        head, mark, value = text.replace("=", ":").partition(":")
        label = self.layout.known.get(fold_label(head))
        if label is not None and mark and value.strip():
            message = f"expected the value of {label!r} in column B, found it beside its label"
            self._fault(f'row {number}, column "A"', message)

    def _read_headings(self, number: int, cells: Sequence[str], table: TableLayout) -> list[str]:
        headings: list[str] = []
        for cell in cells:
            name = "" if is_remark(cell) else table.known.get(fold_label(cell), cell)
            if name and name in headings:
                message = "expected each heading once, found it twice"
                self._fault(f'row {number}, column "{name}"', message)
            if name in table.groups:
                message = f"expected a heading of the table {table.name!r}, found {name!r}"
                self._fault(f'row {number}, column "{name}"', message)
            headings.append(name)
        if table.key and table.key not in headings:
            message = f"expected the heading {table.key!r}, found none"
            self._fault(f'row {number}, table "{table.name}"', message)
            self._skips = True
        return headings

    def _read_entry(
        self, number: int, cells: Sequence[str], table: TableLayout, headings: list[str]
    ) -> None:
        entries: list[Tree] = self.tree.setdefault(table.name, [])
        groups: dict[str, Tree] = {}
        own: Tree = {}
        for position, text in enumerate(cells):
            if not text:
                continue
            name = headings[position] if position < len(headings) else ""
            if not name:
                if not is_remark(text):
                    message = "expected a heading over this cell, found none"
                    self._fault(f'row {number}, column "{name_column(position + 1)}"', message)
                continue
            group = table.columns.get(name, "")
            if group:
                groups.setdefault(group, {})[name] = text
            elif name not in table.groups:
                own[name] = text
        entry = self._find_entry(number, own, table)
        if entry is None:
            return
        for group, values in groups.items():
            entries[entry].setdefault(group, []).append(values)
            self.further.setdefault((table.name, entry + 1, group), []).append(number)

    def _find_entry(self, number: int, own: Tree, table: TableLayout) -> int | None:
        """Find or begin the entry that a row belongs to; None where it tells none."""
        entries, starts = self.tree[table.name], self.entries[table.name]
        key = own.get(table.key, "") if table.key else ""
        if table.key and not key:
            message = "expected what this row belongs to, found nothing"
            self._fault(f'row {number}, column "{table.key}"', message)
            return None
        known = self._keys.get(key) if key else None
        if known is None:
            entries.append(own)
            starts.append(number)
            if key:
                self._keys[key] = len(entries) - 1
            return len(entries) - 1
        for name in own:
            if name != table.key:
                message = (
                    f"expected nothing in a further row of {key[:35]!r}, which begins in row "
                    f"{starts[known]}, found a value"
                )
                self._fault(f'row {number}, column "{name}"', message)
        return known

    def find_place(self, path: str) -> str:
        """Name the place of a national path, as of a `PlacedTree`."""
        rows = self.labels.get(path)
        if rows is not None:
            told = path if len(path) <= _LONGEST_NAME else f"{path[:_LONGEST_NAME]}..."
            return f'{" and ".join(f"row {row}" for row in rows)}, "{told}"'
        match = _PLACE.fullmatch(path)
        table = self.layout.tables.get(match[1]) if match else None
        if match is None or table is None:
            return f'row "{path}", which is missing' if path else "form"
        if table.name not in self.tables:
            return f'table "{path}", which is missing'
        starts = self.entries[table.name]
        if match[2] is None or not 0 < int(match[2]) <= len(starts):
            return f'row {self.tables[table.name]}, table "{table.name}"'
        return self._find_cell(table, int(match[2]), match[3], int(match[4] or 0), match[5] or "")

    def _find_cell(
        self, table: TableLayout, entry: int, group: str | None, more: int, column: str
    ) -> str:
        row = self.entries[table.name][entry - 1]
        if group is not None:
            rows = self.further.get((table.name, entry, group), [])
            row = rows[more - 1] if 0 < more <= len(rows) else row
        column = table.groups.get(column, [column])[0]
        return f'row {row}, column "{column}"' if column else f"row {row}"


def _find_more(cells: Sequence[str], start: int) -> int:
    """Find the first cell with something that is no remark; its number, or 0."""
    for position in range(start, len(cells)):
        if cells[position] and not is_remark(cells[position]):
            return position + 1
    return 0
