"""UN/EDIFACT as the syntax of mapping tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.edifact.faults import SyntaxCode, refuse_fault, spell_place
from swb_adapters.sdk.edifact.interchange import Message, encode_interchange, parse_interchange
from swb_adapters.sdk.edifact.layout import Joined, Layout
from swb_adapters.sdk.edifact.reading import read_segments
from swb_adapters.sdk.edifact.texts import TextRule
from swb_adapters.sdk.edifact.writing import write_segments
from swb_schemas.recognition import quote_value, quote_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_adapters.sdk.edifact.structure import Structure
    from swb_adapters.sdk.mapping import Shape, Table, Tree

__all__ = ["EdifactSyntax", "Kind"]

_NEVER: Final = "200001010000"
"""When an interchange was prepared that tells no date; no document is without one."""


class Kind(NamedTuple):
    """One kind of message.

    Attributes:
        type: Message type, such as ``CUSDEC``.
        versions: Of the directory, such as ``D:96B:UN``; the first one is written.
        structure: Of the message.
        name: Document name code, 1001 in BGM, where a message type is of several kinds; empty
            where it is of one.
        association: Association assigned code; empty where any is read and none written.
        dates: National paths of the dates of which the first that is there dates the interchange.
        texts: Tags of segments with free text.
        joined: (tag, first, last) of data elements whose components are lines of one text.
        instead: Why no document is made of it, and what to send instead; empty where one is.
    """

    type: str
    versions: tuple[str, ...]
    structure: Structure
    name: str = ""
    association: str = ""
    dates: tuple[str, ...] = ()
    texts: tuple[tuple[str, TextRule], ...] = (("FTX", TextRule()),)
    joined: tuple[tuple[str, int, int], ...] = ()
    instead: str = ""


class EdifactSyntax:
    """Interchanges of one message each.

    Args:
        kinds: By the names that the tables have.
        tables: That are read and written; what they name must be in the structures.
        sender: Written as the sender, data element 0004.
        recipient: Written as the recipient, data element 0010.

    Raises:
        ValueError: A table names what its structure has no place for.
    """

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        tables: Mapping[str, Table],
        *,
        sender: str,
        recipient: str,
    ) -> None:
        self._kinds = dict(kinds)
        self._layouts = {
            name: Layout(
                kinds[name].structure,
                table.shape,
                dict(kinds[name].texts),
                tuple(Joined(*each) for each in kinds[name].joined),
            )
            for name, table in tables.items()
        }
        self._sender = sender
        self._recipient = recipient

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Read an interchange, and tell the kind of the message in it.

        Raises:
            RefusedError: ``adapter.too_large``, ``adapter.malformed``, ``adapter.inconsistent``,
                ``adapter.unsupported``.
        """
        messages = parse_interchange(raw).messages
        if len(messages) != 1:
            message = f"expected one message in an interchange, found {len(messages)}"
            raise refuse("adapter.unsupported", message, national_path="UNZ/1")
        name = self._find_kind(messages[0])
        kind = self._kinds[name]
        if kind.instead:
            read_segments(messages[0], Layout(kind.structure, None, {}))
            place = spell_place(1, "UNH", 2, 1)
            raise refuse("adapter.unsupported", kind.instead, national_path=place)
        return name, messages[0]

    def _find_kind(self, message: Message) -> str:
        of_type = {n: k for n, k in self._kinds.items() if k.type == message.type}
        if not of_type:
            known = " or ".join(dict.fromkeys(kind.type for kind in self._kinds.values()))
            text = f"expected a message {known}, found {quote_word(message.type)}"
            raise refuse("adapter.unsupported", text, national_path=spell_place(1, "UNH", 2, 1))
        of_version = {
            n: k
            for n, k in of_type.items()
            if message.version in k.versions and k.association in {"", message.association}
        }
        if not of_version:
            kinds = of_type.values()
            known = " or ".join(dict.fromkeys(":".join(_identify(kind)) for kind in kinds))
            found = f"{message.type}:{message.version}:{message.association}".rstrip(":")
            text = f"expected {known}, found {found[:35]}"
            raise refuse("adapter.unsupported", text, national_path=spell_place(1, "UNH", 2, 2))
        code = _find_name(message)
        for name, kind in of_version.items():
            if kind.name in {"", code}:
                return name
        known = ", ".join(kind.name for kind in of_version.values())
        text = f"expected a document name ({known}), found {quote_word(code)}"
        raise refuse("adapter.unsupported", text, national_path=spell_place(2, "BGM", 1, 1))

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of the segments between UNH and UNT."""
        del shape
        if not isinstance(parsed, Message):
            msg = f"expected a message, found {type(parsed).__name__}"
            raise TypeError(msg)
        return read_segments(parsed, self._layouts[kind])

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree as an interchange of one message."""
        del shape
        layout = self._layouts[kind]
        return encode_interchange(
            _identify(self._kinds[kind]),
            lambda pen: write_segments(tree, layout, pen),
            sender=self._sender,
            recipient=self._recipient,
            prepared=_find_date(tree, self._kinds[kind].dates),
        )


def _identify(kind: Kind) -> tuple[str, ...]:
    whole = (kind.type, *kind.versions[0].split(":"))
    return (*whole, kind.association) if kind.association else whole


def _find_name(message: Message) -> str:
    first = message.knife.split(message.rows[0]) if message.rows else [["UNT"]]
    if first[0][0] != "BGM":
        text = f"expected BGM after UNH, found {quote_value(first[0][0])}"
        place = spell_place(2, "BGM")
        raise refuse_fault(SyntaxCode.MISSING, place, text, code="adapter.schema")
    return first[1][0] if len(first) > 1 else ""


def _find_date(tree: Tree, paths: tuple[str, ...]) -> str:
    for path in paths:
        found: Any = tree
        for name in path.split("/"):
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, str):
            return found[:12].ljust(12, "0")
    return _NEVER
