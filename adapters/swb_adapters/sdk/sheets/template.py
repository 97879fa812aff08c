"""An empty form to be filled in, made of the same table that reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.mapping.rows import AnyRow, Consent, Derived, Fixed, Group, Row, Texts, Tick
from swb_adapters.sdk.sheets.cells import REMARK
from swb_adapters.sdk.sheets.layout import END, FORM, Layout
from swb_adapters.sdk.sheets.rows import name_column, write_csv
from swb_adapters.sdk.sheets.workbook_writing import Choice, Sheet, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk.mapping.table import Table

__all__ = ["Template"]

_ROWS_TO_FILL: Final = 3
"""Empty rows of a table in a workbook; people insert more."""
_WIDTHS: Final = (38, 42, 60, 20)
_LONGEST_PROMPT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What an empty form shows beside its labels.

    Attributes:
        kind: Name of the form.
        table: Of its documents.
        remarks: Lines at the top.
        names: Label or heading to the same in another language.
        examples: Label or heading to an example; those of headings make an example row.
        choices: Label or heading to what may be chosen.
        notes: Label or heading to what is said of it instead of what the table says.
    """

    kind: str
    table: Table
    remarks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def write_csv(self) -> bytes:
        """Write the form as CSV."""
        return write_csv(self._list_rows(gap=0))

    def write_workbook(self) -> bytes:
        """Write the form as a workbook with lists to choose from, and a prompt in each cell."""
        rows = list(self._list_rows(gap=_ROWS_TO_FILL))
        strong = {number for number, row in enumerate(rows, start=1) if self._is_strong(row)}
        form = Sheet(
            name=FORM,
            rows=rows,
            widths=_WIDTHS,
            choices=tuple(self._list_choices(rows)),
            strong=frozenset(strong),
        )
        notes = {**dict(_list_notes(self.table.rows)), **self.notes}
        listed = [[name, self.names.get(name, ""), note] for name, note in notes.items()]
        return write_workbook([form, Sheet(name="Notes", rows=listed, widths=(38, 38, 90))])

    def _is_strong(self, row: list[str]) -> bool:
        tables = Layout(self.table.shape).tables
        return bool(row) and (row[0] in {FORM, END, *tables} or len(row) > len(_WIDTHS))

    def _list_rows(self, *, gap: int) -> Iterator[list[str]]:
        layout = Layout(self.table.shape)
        notes = {**dict(_list_notes(self.table.rows)), **self.notes}
        fixed = {row.national: row.text for row in self.table.rows if isinstance(row, Fixed)}
        for remark in self.remarks:
            yield [f"{REMARK} {remark}"]
        yield [FORM, self.kind]
        for label in layout.labels:
            yield [label, fixed.get(label, ""), f"{REMARK} {self._explain(label, notes)}"]
        for name, table in layout.tables.items():
            yield []
            yield [name, "", f"{REMARK} {self.names[name]}"] if name in self.names else [name]
            yield list(table.columns)
            if self.names:
                yield [f"{REMARK} {self.names.get(c, c)}" for c in table.columns]
            examples = [self.examples.get(column, "") for column in table.columns]
            if any(examples):
                yield [f"{REMARK} {examples[0]}", *examples[1:]]
            yield from ([] for _ in range(gap))
        yield []
        yield [END]

    def _explain(self, name: str, notes: Mapping[str, str]) -> str:
        note, example = notes.get(name, ""), self.examples.get(name)
        if name in self.choices:
            note = f"one of {', '.join(self.choices[name])}"
        elif example and "such as" not in note:
            note = f"{note}; for example {example}"
        parts = (self.names.get(name), note)
        return "; ".join(part for part in parts if part)

    def _list_choices(self, rows: list[list[str]]) -> Iterator[Choice]:
        layout = Layout(self.table.shape)
        notes = {**dict(_list_notes(self.table.rows)), **self.notes}
        labels = set(layout.labels)
        headings = {tuple(table.columns): table for table in layout.tables.values()}
        for number, row in enumerate(rows, start=1):
            if row and row[0] in labels and number < len(rows):
                yield self._choose(f"B{number}", row[0], notes)
            elif tuple(row) in headings:
                last = number + _ROWS_TO_FILL + 2
                for position, column in enumerate(row, start=1):
                    letter = name_column(position)
                    yield self._choose(f"{letter}{number + 1}:{letter}{last}", column, notes)

    def _choose(self, cells: str, name: str, notes: Mapping[str, str]) -> Choice:
        prompt = self._explain(name, notes)[:_LONGEST_PROMPT]
        return Choice(cells=cells, values=self.choices.get(name, ()), prompt=prompt)


def _list_notes(rows: tuple[AnyRow, ...]) -> Iterator[tuple[str, str]]:
    """List what a table says of each label and heading."""
    for row in rows:
        match row:
            case Group():
                yield from _list_notes(row.rows)
            case Row() | Texts():
                yield row.national, "; ".join(filter(None, (row.note, row.conversion.words)))
            case Tick():
                yield row.national, "; ".join(filter(None, (row.note, f"{row.yes} or {row.no}")))
            case Consent():
                yield row.national, f"{row.yes} or {row.no}"
            case Derived():
                yield row.national, row.note
            case Fixed():
                yield row.national, "leave as it is"
            case _:
                pass
