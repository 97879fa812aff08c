"""One form for every document: label and value in rows, then tables with a row of headings.

::

    Form                    | Form D
    Reference number        | BN-2026-000123
    Exporter name           | Specimen Trading Sdn Bhd

    Items
    Item no | Description   | Number of packages | Package type | Invoice number
    1       | Ceramic tiles | 20                 | CT           | INV-1
    1       |               | 5                  | PX           | INV-2

    End of form

What an item has several of (packages, invoices) stands in further rows with the same first cell;
there the item's own columns stay empty. A row whose first cell begins with ``#`` is a remark, and
so is every cell beside a value, or beyond the headings, that begins with it. The last row tells a
whole file from one that broke off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb_adapters.sdk.mapping.shape import Shape, Tree

__all__ = ["END", "FORM", "REMARK", "Layout", "TableLayout", "fold_label"]

FORM: Final = "Form"
"""First cell of a sheet; what it is the form of stands beside it."""
END: Final = "End of form"
REMARK: Final = "#"


def fold_label(text: str) -> str:
    """Fold what people write differently: case, spaces, a colon or an asterisk behind it."""
    return " ".join(text.split()).casefold().rstrip(" :*")


def _fold_all(names: Iterable[str], aliases: Mapping[str, str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name in names:
        for spelled in {fold_label(name), fold_label(aliases.get(name, name))}:
            if known.setdefault(spelled, name) != name:
                msg = (
                    f"expected {spelled!r} to mean one name, found {known[spelled]!r} and {name!r}"
                )
                raise ValueError(msg)
    return known


class TableLayout:
    """Columns of one table.

    Attributes:
        name: Its title.
        columns: Name to the name of the repeated group that it belongs to; empty for the entry's
            own ones. The first is the key where there are groups.
        groups: Names of repeated groups to their columns.
        known: Folded name to name.
    """

    def __init__(self, name: str, shape: Shape, aliases: Mapping[str, str]) -> None:
        self.name = name
        self.columns: dict[str, str] = {}
        self.groups: dict[str, list[str]] = {}
        for child, below in shape.children.items():
            group = child if below.repeated else ""
            names = list(below.children) if group else [child]
            if group:
                self.groups[group] = names
            if (below.children and not group) or not names or self.columns.keys() & names:
                msg = f"expected columns with a name each in {name!r}, found {child!r}"
                raise ValueError(msg)
            self.columns.update(dict.fromkeys(names, group))
        self.known = _fold_all(self.columns, aliases)
        self.key = next(iter(self.columns)) if self.groups else ""

    def write(self, entries: Iterable[Tree]) -> Iterator[list[str]]:
        """Write title, headings and rows."""
        yield []
        yield [self.name]
        columns = self.columns
        yield list(columns)
        for entry in entries:
            found = {group: entry.get(group, ()) for group in self.groups}
            yield [
                entry.get(column, "") if not group else _cell(found[group], 0, column)
                for column, group in columns.items()
            ]
            for more in range(1, max(map(len, found.values()), default=0)):
                yield [
                    entry[column]
                    if column == self.key
                    else _cell(found.get(group, ()), more, column)
                    for column, group in columns.items()
                ]


def _cell(entries: Sequence[Tree], number: int, column: str) -> str:
    return entries[number].get(column, "") if number < len(entries) else ""


class Layout:
    """The form of one kind of document; `swb_adapters.sdk.sheets.form_reading` reads it.

    Args:
        shape: Labels, and repeated names for tables.
        aliases: Name to the same in another language, which is read as well.

    Attributes:
        labels: Names of labels, in order.
        tables: By title, in order.
        known: Folded label, in either language, to its name.
        titles: Folded title, in either language, to its name.

    Raises:
        ValueError: The shape is deeper than a sheet has room for, or an alias means two names.
    """

    def __init__(self, shape: Shape, aliases: Mapping[str, str] | None = None) -> None:
        given = aliases or {}
        self.labels: list[str] = []
        self.tables: dict[str, TableLayout] = {}
        for name, below in shape.children.items():
            if below.repeated:
                self.tables[name] = TableLayout(name, below, given)
            elif below.children:
                msg = f"expected a label or a table, found {name!r} with further names"
                raise ValueError(msg)
            else:
                self.labels.append(name)
        self.known = _fold_all(self.labels, given)
        self.titles = _fold_all(self.tables, given)

    def write(self, kind: str, tree: Tree) -> Iterator[list[str]]:
        """Write a tree; labels and tables in the order of the shape."""
        yield [FORM, kind]
        for label in self.labels:
            if label in tree:
                yield [label, tree[label]]
        for name, table in self.tables.items():
            if name in tree:
                yield from table.write(tree[name])
        yield []
        yield [END]
