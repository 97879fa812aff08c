"""An adapter that is tables and a syntax, and nothing else.

What tells one message from another is the syntax's matter: a root element, the code of an EDIFACT
message, a record type. It names the table, and the table does the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.contract import AdapterInfo, Provenance, Reading, Rendering
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_adapters.sdk.mapping.shape import Shape, Tree
    from swb_adapters.sdk.mapping.table import Table
    from swb_schemas.documents import Document

__all__ = ["Format", "TableAdapter"]


class Format(Protocol):
    """A syntax: octets to a tree and back."""

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Parse a payload as far as its kind can be told.

        Returns:
            The kind, and what was parsed.

        Raises:
            RefusedError: ``adapter.malformed``, ``adapter.too_large``, or ``xml.*``.
        """
        ...

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of what was parsed."""
        ...

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree as a payload."""
        ...


class TableAdapter:
    """Reads and writes by tables.

    Args:
        syntax: Of the payloads.
        tables: By kind of message, as the syntax names it.
        name: As of an `AdapterInfo`, like all further arguments.
    """

    def __init__(
        self,
        syntax: Format,
        tables: Mapping[str, Table],
        *,
        name: str,
        version: str,
        provenance: Provenance,
        system: str,
        media_type: str,
        file_suffix: str,
        state: str = "",
        root: str = "",
    ) -> None:
        self._syntax = syntax
        self._tables = dict(tables)
        self._kinds = {table.model: kind for kind, table in tables.items()}
        self._info = AdapterInfo(
            name=name,
            version=version,
            provenance=provenance,
            system=system,
            state=state,
            media_type=media_type,
            file_suffix=file_suffix,
            messages=tuple(table.support for table in tables.values()),
            root=root,
        )

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return self._info

    @property
    def tables(self) -> Mapping[str, Table]:
        """Its tables by kind of message."""
        return self._tables

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        kind, parsed = self._syntax.recognise(raw)
        table = self._tables.get(kind)
        if table is None:
            known = ", ".join(self._tables)
            message = f"expected one of {known}, found {quote_value(kind)}"
            raise refuse("adapter.unsupported", message)
        return table.read(self._syntax.read(kind, parsed, table.shape))

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        support = self._info.get_support(document)
        kind = self._kinds[type(document)]
        table = self._tables[kind]
        tree, losses = table.write(document)
        return Rendering(
            message_type=support.message_type,
            payload=self._syntax.write(kind, tree, table.shape),
            losses=losses,
            paths=table.paths,
        )
