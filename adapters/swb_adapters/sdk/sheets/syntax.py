"""Sheets as a syntax of tables: CSV, and workbooks of spreadsheet programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.sheets.cells import is_remark
from swb_adapters.sdk.sheets.form_reading import FormRows, read_form
from swb_adapters.sdk.sheets.layout import FORM, Layout, fold_label
from swb_adapters.sdk.sheets.rows import (
    DEFAULT_SHEET_LIMITS,
    SheetLimits,
    read_csv,
    write_csv,
)
from swb_adapters.sdk.sheets.workbook import read_workbook
from swb_schemas.recognition import quote_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from swb_adapters.sdk.mapping.shape import Shape, Tree

__all__ = ["SheetSyntax"]

_ZIP: Final = b"PK"


class SheetSyntax:
    """Sheets that begin with ``Form`` and the kind of form.

    Read are CSV and .xlsx, told by their first octets; written is CSV.

    Args:
        kinds: Names of forms, as people read them.
        aliases: Label, heading or title to the same in another language, which is read as well.
        limits: Of a sheet.
    """

    def __init__(
        self,
        kinds: Iterable[str],
        *,
        aliases: Mapping[str, str] | None = None,
        limits: SheetLimits = DEFAULT_SHEET_LIMITS,
    ) -> None:
        self._kinds = {fold_label(kind): kind for kind in kinds}
        self._aliases = dict(aliases or {})
        self._limits = limits
        self._layouts: dict[str, Layout] = {}

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Read the rows, and tell the kind by the first of them."""
        if len(raw) > self._limits.octets:
            message = f"expected at most {self._limits.octets:,} octets, found {len(raw):,}"
            raise refuse("adapter.too_large", message)
        quoted = not raw.startswith(_ZIP)
        if quoted:
            rows = read_csv(raw, heading=FORM, limits=self._limits)
        else:
            rows = read_workbook(raw, sheet=FORM, limits=self._limits)
        for position, (number, cells) in enumerate(rows):
            if not any(cells) or is_remark(cells[0]):
                continue
            kind = cells[1] if len(cells) > 1 else ""
            if fold_label(cells[0]) != fold_label(FORM):
                message = f"expected {FORM!r} in the first cell, found something else"
                raise refuse("adapter.malformed", message, national_path=f"row {number}")
            return self._find_kind(kind, number), FormRows(rows[position + 1 :], quoted=quoted)
        message = f"expected a row that begins with {FORM!r}, found none"
        raise refuse("adapter.malformed", message, national_path="row 1")

    def _find_kind(self, kind: str, number: int) -> str:
        found = self._kinds.get(fold_label(kind))
        if found is None:
            known = ", ".join(self._kinds.values())
            message = f"expected one of {known}, found {quote_word(kind)}"
            place = f'row {number}, column "B"'
            raise refuse("adapter.unsupported", message, national_path=place)
        return found

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of the rows below the first."""
        if not isinstance(parsed, FormRows):
            msg = f"expected rows, found {type(parsed).__name__}"
            raise TypeError(msg)
        return read_form(self.lay_out(kind, shape), parsed)

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree as CSV."""
        return write_csv(self.lay_out(kind, shape).write(kind, tree))

    def lay_out(self, kind: str, shape: Shape) -> Layout:
        """Get the layout of one kind of form."""
        layout = self._layouts.get(kind)
        if layout is None:
            layout = self._layouts[kind] = Layout(shape, self._aliases)
        return layout
