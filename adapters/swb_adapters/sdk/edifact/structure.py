"""The structure of a message: its segments and segment groups, as a directory prints them.

A structure is data, in a short notation of the segment table: tag, status and the most
occurrences, groups with what is in them in brackets, the trigger segment first::

    BGM:M1 DTM:C15 SG6:C10(NAD:M1 RFF:C10) UNS+D:M1

A segment that always says the same is written with what it says, as ``UNS+D`` is. UNH and UNT are
left out: they belong to the interchange.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Member", "Structure", "parse_structure"]

_WORD: Final = re.compile(r"\s*(?:(SG\d+):([MC])(\d+)\(|([A-Z]{3})(\+[A-Z])?:([MC])(\d+)|(\)))")
NOWHERE: Final = -1


class Member:
    """A segment, or a group of segments.

    Attributes:
        tag: Of the segment, or of the group's trigger.
        says: What it always says; empty where it says various things.
        mandatory: Whether there is at least one.
        most: How many at most.
        name: Of the group, such as ``SG6``; empty for a segment.
        group: What is in the group after its trigger; None for a segment.
    """

    __slots__ = ("group", "mandatory", "most", "name", "says", "tag")

    def __init__(
        self,
        tag: str,
        *,
        mandatory: bool,
        most: int,
        says: str = "",
        name: str = "",
        group: Structure | None = None,
    ) -> None:
        self.tag = tag
        self.mandatory = mandatory
        self.most = most
        self.says = says
        self.name = name
        self.group = group

    @property
    def spelled(self) -> str:
        """As it is named in a path."""
        return f"{self.name}.{self.tag}" if self.name else self.tag


class Structure:
    """What stands in a message, or in a group after its trigger, in order.

    Attributes:
        members: Segments and groups.
    """

    __slots__ = ("_steps", "members")

    def __init__(self, members: tuple[Member, ...]) -> None:
        self.members = members
        self._steps = {
            (position, tag): self._look(position, tag)
            for position in range(NOWHERE, len(members))
            for tag in {member.tag for member in members}
        }

    def _look(self, position: int, tag: str) -> tuple[int, str]:
        lacks = ""
        for index in range(max(position, 0), len(self.members)):
            member = self.members[index]
            spent = index == position and member.most == 1 and self._stands_after(index, tag)
            if member.tag == tag and not spent:
                return index, lacks
            if member.mandatory and index > position and not lacks:
                lacks = member.tag
        return NOWHERE, ""

    def _stands_after(self, position: int, tag: str) -> bool:
        return any(member.tag == tag for member in self.members[position + 1 :])

    def find(self, position: int, tag: str) -> tuple[int, str]:
        """Find where a segment stands, at or after a position.

        Args:
            position: Of the segment before it; -1 at the beginning.
            tag: Of the segment.

        Returns:
            Its position, or -1 where it has none; and the tag of a mandatory member that is
            passed over, or nothing.
        """
        return self._steps.get((position, tag), (NOWHERE, ""))

    def find_lacking(self, position: int) -> str:
        """Find a mandatory member after a position; empty where there is none."""
        rest = self.members[position + 1 :]
        return next((member.tag for member in rest if member.mandatory), "")


def parse_structure(text: str) -> Structure:
    """Read a structure in the notation of this module.

    Raises:
        ValueError: It is not in that notation.
    """
    words = list(_list_words(text))
    members, rest = _parse_members(words, 0)
    if rest != len(words):
        msg = f"expected brackets in pairs, found another one after {len(members)} members"
        raise ValueError(msg)
    return Structure(tuple(members))


def _list_words(text: str) -> Iterator[re.Match[str]]:
    at = 0
    whole = text.rstrip()
    while at < len(whole):
        word = _WORD.match(whole, at)
        if word is None:
            msg = f"expected a segment or a group, found {whole[at : at + 20]!r}"
            raise ValueError(msg)
        yield word
        at = word.end()


def _parse_members(words: list[re.Match[str]], at: int) -> tuple[list[Member], int]:
    members: list[Member] = []
    while at < len(words) and not words[at][8]:
        word = words[at]
        at += 1
        if word[4]:
            says = (word[5] or "").removeprefix("+")
            status, most = word[6] == "M", int(word[7])
            members.append(Member(word[4], mandatory=status, most=most, says=says))
            continue
        inner, at = _parse_members(words, at)
        if at == len(words) or not inner or inner[0].group is not None:
            msg = f"expected a trigger segment and a closing bracket in {word[1]}"
            raise ValueError(msg)
        at += 1
        members.append(
            Member(
                inner[0].tag,
                mandatory=word[2] == "M",
                most=int(word[3]),
                name=word[1],
                group=Structure(tuple(inner[1:])),
            )
        )
    return members, at
