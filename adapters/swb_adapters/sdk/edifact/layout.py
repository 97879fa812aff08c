"""What a table knows of a message: which segment is which name of its tree.

A name of the tree is a segment with what tells it from others of its tag: ``DTM+137``,
``MEA+AAE+G``, in a group with the group's name before it: ``SG6.NAD+EX``. Further data elements
are names below it by position, ``1`` or ``2.1``; the segments of a group are names below its
trigger. A table that names what the structure has no place for is refused when it is made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_adapters.sdk.mapping import TEXT

if TYPE_CHECKING:
    from swb_adapters.sdk.edifact.segments import Segment
    from swb_adapters.sdk.edifact.structure import Member, Structure
    from swb_adapters.sdk.edifact.texts import TextRule
    from swb_adapters.sdk.mapping import Shape

__all__ = ["Joined", "Layout", "Slot"]

_NAME: Final = re.compile(r"(?:(SG\d+)\.)?([A-Z]{3})((?:\+.*)?)")
_POSITION: Final = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?")


class Joined(NamedTuple):
    """Data elements whose components are the lines of one text.

    Attributes:
        tag: Of the segment.
        first: The data element that is written, and that a table names.
        last: The last one that is read into the same text.
    """

    tag: str
    first: int
    last: int


class Slot:
    """A segment that a table names.

    Attributes:
        name: In the tree.
        tag: Of the segment.
        says: (element, component, text) that tell it from others, from 1.
        repeated: Whether the table takes several.
        said: (element, component) of those.
        passed: Data elements that are read by a rule of their own.
        joined: Those whose components are lines.
        names: By (element, component): the name below it.
        plan: For each data element, (text that it says, name of what it holds) of its components.
        text: How it holds free text; None where it does not.
        value: (element, component) of the one value that it is, where the table names no data
            element of it; None elsewhere.
        below: What the table knows of its group; None where it begins none.
    """

    __slots__ = (
        "below",
        "joined",
        "name",
        "names",
        "passed",
        "plan",
        "repeated",
        "said",
        "says",
        "tag",
        "text",
        "value",
    )

    def __init__(
        self,
        name: str,
        shape: Shape,
        member: Member,
        texts: dict[str, TextRule],
        joined: tuple[Joined, ...],
    ) -> None:
        match = _NAME.fullmatch(name)
        if match is None:
            msg = f"expected a segment, found {name!r}"
            raise ValueError(msg)
        self.name = name
        self.tag = match[2]
        self.says = tuple(
            (element, component, text)
            for element, spelled in enumerate(match[3].split("+")[1:], start=1)
            for component, text in enumerate(spelled.split(":"), start=1)
            if text
        )
        self.said = frozenset((element, component) for element, component, _ in self.says)
        self.repeated = shape.repeated
        self.text = texts.get(self.tag)
        self.joined = tuple(
            each for each in joined if each.tag == self.tag and str(each.first) in shape.children
        )
        self.passed = {n for each in self.joined for n in range(each.first, each.last + 1)}
        if self.text:
            self.passed |= {self.text.element, self.text.coded}
        self.names: dict[tuple[int, int], str] = {}
        for child in shape.children:
            position = _POSITION.fullmatch(child)
            if position is None:
                if member.group is None:
                    msg = f"expected a data element of {name}, found {child!r}"
                    raise ValueError(msg)
                continue
            element, component = int(position[1]), int(position[2] or 0)
            self.names[element, component or 1] = child
        group = member.group
        self.value: tuple[int, int] | None = None
        if not shape.children:
            last = self.says[-1] if self.says else (1, 0, "")
            self.value = (last[0], last[1] + 1)
            self.names[self.value] = TEXT
        self.plan = self._make_plan()
        self.below = None if group is None else Layout(group, shape, texts, joined, at=name)

    def _make_plan(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        said = {(element, component): (text, "") for element, component, text in self.says}
        held = {place: ("", name) for place, name in self.names.items() if name}
        both = {**held, **said}
        last = max((element for element, _ in both), default=0)
        plan = []
        for element in range(1, last + 1):
            most = max((c for e, c in both if e == element), default=0)
            plan.append(tuple(both.get((element, c), ("", "")) for c in range(1, most + 1)))
        return tuple(plan)

    def fits(self, segment: Segment) -> bool:
        """Tell whether a segment is the one that the table names."""
        for element, component, text in self.says:
            if len(segment) <= element or len(segment[element]) < component:
                return False
            if segment[element][component - 1] != text:
                return False
        return True


class Layout:
    """What a table knows of a message, or of a group in it.

    Attributes:
        structure: The message's, or the group's after its trigger.
        slots: For each member of the structure, those that are told apart by most first.
        ordered: The same in the order of the table, for writing.
    """

    __slots__ = ("ordered", "slots", "structure")

    def __init__(
        self,
        structure: Structure,
        shape: Shape | None,
        texts: dict[str, TextRule],
        joined: tuple[Joined, ...] = (),
        *,
        at: str = "the message",
    ) -> None:
        self.structure = structure
        found: list[list[Slot]] = [[] for _ in structure.members]
        for name, below in (shape.children if shape else {}).items():
            if _POSITION.fullmatch(name) and at != "the message":
                continue
            position = self._find(name)
            if position is None:
                msg = f"expected a segment of {at}, found {name!r}"
                raise ValueError(msg)
            found[position].append(Slot(name, below, structure.members[position], texts, joined))
        self.ordered = tuple(tuple(slots) for slots in found)
        self.slots = tuple(
            tuple(sorted(slots, key=lambda slot: -len(slot.says))) for slots in found
        )

    def _find(self, name: str) -> int | None:
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        for position, member in enumerate(self.structure.members):
            if member.tag == match[2] and member.name == (match[1] or ""):
                return position
        return None
