"""Segments, data elements and components: the service characters of ISO 9735, and their release.

A `Segment` is a list of data elements, each a list of components; the first one is the tag. What
stands after a release character is data, whatever it is. Line breaks may stand between segments,
where nearly everybody writes them, and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.edifact.faults import SyntaxCode, refuse_fault, spell_place
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ADVICE_3", "ADVICE_4", "PEN_3", "PEN_4", "Advice", "Knife", "Pen", "Segment"]

Segment = list[list[str]]
"""Data elements, each a list of components; the first is the tag."""

LONGEST: Final = 4096
"""Characters of a component at most; a canonical text has 4,000."""
_SHORT: Final = 99
"""Characters of a row in which nothing can be too long or too many."""
MOST_ELEMENTS: Final = 99
MOST_COMPONENTS: Final = 99
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_NUMBERS: Final = {"UNB": 0, "UNH": 1, "UNZ": 0}
_HIDDEN: Final = re.compile("[\x01-\x06]")


@dataclass(frozen=True, slots=True)
class Advice:
    """A service string advice, UNA: the six service characters.

    Attributes:
        component: Parts components.
        element: Parts data elements.
        decimal: Decimal mark.
        release: Makes the next character data; a space where there is none.
        repetition: Parts repetitions of a data element, in version 4; a space where there are none.
        terminator: Ends a segment.
    """

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = " "
    terminator: str = "'"

    @property
    def text(self) -> str:
        """The segment UNA."""
        return (
            f"UNA{self.component}{self.element}{self.decimal}{self.release}{self.repetition}"
            f"{self.terminator}"
        )

    @property
    def services(self) -> str:
        """What has to be released in data, in the order of the characters that hide it."""
        own = self.component + self.element + self.release + self.terminator + self.repetition
        return own.replace(" ", "")


ADVICE_3: Final = Advice()
"""What holds in versions up to 3 where there is no UNA."""
ADVICE_4: Final = Advice(repetition="*")
"""What holds in version 4 where there is no UNA."""


class Knife:
    """Splits a text into rows, one for each segment, and a row into its data elements.

    A message stays rows until it is read: a hundred thousand strings cost nothing, as many lists
    of lists cost more than all that is done with them.

    Args:
        advice: The service characters.
    """

    __slots__ = ("_advice", "_hidden", "_reveal", "_tag")

    def __init__(self, advice: Advice) -> None:
        self._advice = advice
        pairs = list(enumerate(advice.services, start=1))
        self._hidden = {each: chr(position) for position, each in pairs}
        self._reveal = dict(pairs)
        self._tag = re.compile(f"[A-Z][A-Z0-9]{{2}}(?:{re.escape(advice.element)}|$)")

    def parse(self, text: str) -> list[str]:
        """Split a text into rows, each without its terminator.

        Args:
            text: From UNB on, without control characters but line breaks.

        Raises:
            RefusedError: ``adapter.malformed``; the segment's number counts from the last UNH.
        """
        advice = self._advice
        if advice.release != " " and advice.release in text:
            text = self._hide(text)
        rows = text.split(advice.terminator)
        if rows.pop().strip("\r\n "):
            message = f"expected {advice.terminator} after the last segment, found the end"
            raise refuse_fault(SyntaxCode.SERVICE, "UNZ", message)
        if len(rows) > DEFAULT_LIMITS.elements:
            message = f"expected at most {DEFAULT_LIMITS.elements:,} segments, found {len(rows):,}"
            raise refuse_fault(SyntaxCode.UNSPECIFIED, "", message, code="adapter.too_large")
        rows = [row.lstrip("\r\n") for row in rows]
        number = 0
        for row in rows:
            number = _NUMBERS.get(row[:3], number + 1)
            if self._tag.match(row) is None:
                _refuse_tag(self.split(row), number)
            if len(row) > _SHORT or "\n" in row or "\r" in row:
                _check_sizes(self.split(row), number)
            if advice.repetition != " " and advice.repetition in row:
                _refuse_repetition(self.split(row), number, advice.repetition)
        return rows

    def _hide(self, text: str) -> str:
        """Put a control character in place of each released service character."""
        release = self._advice.release
        at = text.rstrip("\r\n ")
        if (len(at) - len(at.rstrip(release))) % 2:
            message = f"expected a character after {release}, found the end"
            raise refuse_fault(SyntaxCode.SERVICE, "UNZ", message)
        hidden = self._hidden
        return re.sub(
            f"{re.escape(release)}(.)",
            lambda found: hidden.get(found[1], found[1]),
            text,
            flags=re.DOTALL,
        )

    def split(self, row: str) -> Segment:
        """Split a row into data elements and components."""
        colon = self._advice.component
        segment = [e.split(colon) for e in row.split(self._advice.element)]
        if _HIDDEN.search(row):
            reveal = self._reveal
            return [[part.translate(reveal) for part in element] for element in segment]
        return segment


def _check_sizes(segment: Segment, number: int) -> None:
    tag = segment[0][0][:3]
    if len(segment) > MOST_ELEMENTS:
        message = f"expected at most {MOST_ELEMENTS} data elements, found {len(segment):,}"
        raise refuse_fault(SyntaxCode.CONSTITUENTS, spell_place(number, tag), message)
    for position, element in enumerate(segment):
        if len(element) > MOST_COMPONENTS:
            place = spell_place(number, tag, position)
            message = f"expected at most {MOST_COMPONENTS} components, found {len(element):,}"
            raise refuse_fault(SyntaxCode.CONSTITUENTS, place, message)
        for below, part in enumerate(element, start=1):
            place = spell_place(number, tag, position, below)
            if len(part) > LONGEST:
                message = f"expected at most {LONGEST:,} characters, found {len(part):,}"
                raise refuse_fault(SyntaxCode.LONG, place, message)
            if "\n" in part or "\r" in part:
                message = "expected no line break inside a segment, found one"
                raise refuse_fault(SyntaxCode.CHARACTER, place, message)


def _refuse_repetition(segment: Segment, number: int, mark: str) -> None:
    for position, element in enumerate(segment):
        if any(mark in part for part in element):
            place = spell_place(number, segment[0][0][:3], position)
            message = "expected the data element once, found it repeated"
            raise refuse_fault(SyntaxCode.REPETITIONS, place, message, code="adapter.schema")


def _refuse_tag(segment: Segment, number: int) -> None:
    tag = segment[0][0]
    if len(segment[0]) > 1 and _TAG.fullmatch(tag):
        place = spell_place(number, tag)
        message = "expected a tag without explicit nesting, found components after it"
        raise refuse_fault(SyntaxCode.NESTING, place, message)
    message = f"expected the tag of a segment, found {quote_value(tag)}"
    raise refuse_fault(SyntaxCode.POSITION, spell_place(number, "?"), message)


class Pen:
    """Writes segments, and releases what has to be released.

    Args:
        advice: The service characters.

    Attributes:
        advice: The same.
    """

    __slots__ = ("_released", "_special", "advice")

    def __init__(self, advice: Advice) -> None:
        self.advice = advice
        self._special = re.compile(f"[{re.escape(advice.services)}]")
        self._released = advice.release.replace("\\", "\\\\") + "\\g<0>"

    def write(self, tag: str, elements: Iterable[Sequence[str]]) -> str:
        """Write a segment with its terminator, without empty elements and components at the end.

        Args:
            tag: Of the segment.
            elements: Its data elements, each as its components.
        """
        plus, colon = self.advice.element, self.advice.component
        row, passed = tag, plus
        for element in elements:
            text = skipped = ""
            for part in element:
                if part:
                    text += skipped
                    text += part if part.isalnum() else self._special.sub(self._released, part)
                    skipped = ""
                skipped += colon
            if text:
                row += passed + text
                passed = ""
            passed += plus
        return row + self.advice.terminator


PEN_3: Final = Pen(ADVICE_3)
"""Writes syntax version 3."""
PEN_4: Final = Pen(ADVICE_4)
"""Writes syntax version 4."""
