"""An adapter of tables and layouts, whose refusals name lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.fixed_width.faults import add_further, add_lines
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
            explained = self._explain(raw, refusal)
            if explained is refusal:
                raise
            raise explained from refusal

    def _explain(self, raw: bytes, refusal: RefusedError) -> RefusedError:
        """Add the lines, and what else is wrong where the header alone did not let it be read."""
        places: dict[str, int] = {}
        further = refusal
        try:
            kind, message = self._fixed_width.take_apart(raw)
        except RefusedError:
            return refusal
        if kind not in self.tables:
            return refusal
        try:
            self.tables[kind].read(self._fixed_width.read_body(kind, message, places))
        except RefusedError as found:
            further = found
        if further.findings[:1] == refusal.findings[:1]:
            return add_lines(refusal, places)
        return add_further(refusal, add_lines(further, places))
