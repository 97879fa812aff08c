"""The rows of a mapping table: which element of a document stands where in a national format.

A table is read as it stands, from top to bottom, in the order of the national format. Canonical
paths are those of findings, below the root: ``Exporter/Name``, ``Item[*]/FobAmount/@currency``;
``.`` is the text of an element that has attributes. National paths have the same spelling, whatever
the syntax is; ``[*]`` marks what repeats, and stands on both sides or on none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.mapping.conversions import LINE, Conversion

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AnyRow",
    "Composed",
    "Consent",
    "Derived",
    "Fixed",
    "Given",
    "Group",
    "Ignored",
    "Lost",
    "Position",
    "Presumed",
    "Row",
    "Texts",
    "Tick",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One element in one place.

    Attributes:
        canonical: The element; one that has further elements, or repeats, where the conversion
            takes it as a whole. Two rows may name the same element: then it is written twice, and
            both places must agree when read.
        national: The place.
        conversion: How it is spelled there.
        note: For the mapping page.
        demanded: Why the format cannot do without it, where the document can; empty otherwise.
        counted: Whether the position of an entry, counted from 1, is meant where a payload does
            not write it. Only among the rows of a repeated group.
        spare: Whether it is written only where the places before it have no room for the value.
        reads_only: Whether it is understood there and never written there.
    """

    canonical: str
    national: str
    conversion: Conversion = LINE
    note: str = ""
    demanded: str = ""
    counted: bool = False
    spare: bool = False
    reads_only: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A ticked box: an element that is there or not, and a mark in the other format.

    The rows of what the ticked element holds stand beside it. A mark that says one thing and data
    that say another are refused.
    """

    canonical: str
    national: str
    yes: str
    no: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """The text in one language, of a text that a document may hold in several."""

    canonical: str
    national: str
    language: str
    conversion: Conversion = LINE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What always stands in a place, and says nothing of the document.

    Attributes:
        national: The place.
        text: What stands there.
        note: For the mapping page.
        beside: Whether it stands there only where something else stands in the same node, as the
            code of a date's format does.
    """

    national: str
    text: str
    note: str = ""
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """What is worked out from the document, such as a number of lines.

    Attributes:
        national: The place.
        derive: From the values of the aggregate that the table, or the group, is about.
        note: How, in words.
        checked: Whether it is worked out again when read, and must be the same.
    """

    national: str
    derive: Callable[[dict[str, Any]], str]
    note: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """Elements that share places: a name and an address in one field, a code cut in two.

    Attributes:
        canonical: The elements, each of which is one value.
        national: The places. The n-th element is said to stand in the n-th place, further ones in
            the last.
        words: How, for the mapping page.
        read: What stands in the places, empty where nothing does, to the elements' values, None
            where there is none. Raises `RefusedError`.
        write: Values to what stands in the places, None where nothing does; its inverse.
    """

    canonical: tuple[str, ...]
    national: tuple[str, ...]
    words: str
    read: Callable[[tuple[str, ...]], tuple[Any, ...]]
    write: Callable[[tuple[Any, ...]], tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Given:
    """What the format means without saying it. A document that says otherwise is refused."""

    canonical: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Presumed:
    """What is meant where the payload is silent, such as the unit of all weights; always written.

    Attributes:
        canonical: An element or attribute of an aggregate that is there.
        value: What is meant.
        note: Who says so.
    """

    canonical: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """The position of an entry among those that repeat, counted from 1; not read."""

    national: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What the format has no place for, and why."""

    canonical: str
    why: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A place that names, routes or times a message and is no part of the document.

    Attributes:
        national: The place.
        why: It is no part.
        conversion: How it is spelled, where a payload that spells it otherwise is refused all the
            same; None where anything may stand there.
    """

    national: str
    why: str
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the exporter consents to the exchange; no part of the document, and never written."""

    national: str
    yes: str
    no: str


class Group:
    """Rows about one aggregate, which may repeat.

    Args:
        canonical: Path of the aggregate.
        national: Of what holds it; empty where its elements stand beside their parent's.
        rows: Their paths begin at the aggregate, and at what holds it. Of an element that repeats
            and is no aggregate, ``.`` is the element itself.
        most: How many the format has room for; 0 where it sets no limit of its own.
    """

    __slots__ = ("canonical", "most", "national", "note", "rows")

    def __init__(
        self, canonical: str, national: str, *rows: AnyRow, note: str = "", most: int = 0
    ) -> None:
        self.canonical = canonical
        self.national = national
        self.rows = rows
        self.note = note
        self.most = most


AnyRow = (
    Row
    | Tick
    | Texts
    | Fixed
    | Derived
    | Composed
    | Given
    | Presumed
    | Position
    | Lost
    | Ignored
    | Consent
    | Group
)
