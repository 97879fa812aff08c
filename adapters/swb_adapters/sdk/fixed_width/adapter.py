"""An adapter of tables and layouts, whose refusals name lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.fixed_width.faults import add_lines
from swb_adapters.sdk.mapping import TableAdapter
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_adapters.sdk.contract import Reading
    from swb_adapters.sdk.fixed_width.syntax import FixedWidthSyntax
    from swb_adapters.sdk.mapping import Table

__all__ = ["FixedWidthAdapter"]


class FixedWidthAdapter(TableAdapter):
    """Reads and writes by tables; see `TableAdapter`.

    Where a table refuses what it reads, the message is read once more, to tell the lines at which
    its records begin: a good message need not pay for that.
    """

    def __init__(
        self,
        syntax: FixedWidthSyntax,
        tables: Mapping[str, Table],
        **info: Any,  # noqa: ANN401 - as `TableAdapter` takes them
    ) -> None:
        super().__init__(syntax, tables, **info)
        self._fixed_width = syntax

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        try:
            return super().to_canonical(raw)
        except RefusedError as refusal:
            places = self._find_places(raw)
            if not places:
                raise
            raise add_lines(refusal, places) from refusal

    def _find_places(self, raw: bytes) -> dict[str, int]:
        """Find the lines of records by national path; none where the message is none at all."""
        places: dict[str, int] = {}
        try:
            kind, parsed = self._fixed_width.recognise(raw)
            if kind in self.tables:
                self._fixed_width.read_body(kind, parsed, places)
        except RefusedError:
            return {}
        return places
