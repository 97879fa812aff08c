"""What is wrong with what was entered, in words for an office: what its box takes, with an example.

A fault of shape is told by the kind of its field, in the reader's language. What the rule book
says of a form that has the right shape stays in its own words, with its clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.console.boxes import Kind
from swb.console.language import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from swb.console.boxes import Box
    from swb.console.language import Language
    from swb_schemas.findings import Finding

__all__ = ["EXPECTED", "Fault", "explain"]

_SHAPE: Final = frozenset({"document.invalid", "origin_criterion.malformed"})
"""Codes of what has not the shape that its element has."""
_FORM_D: Final = "ATIGA"
_NUMBER_OF_AN_ITEM: Final = re.compile(r"[1-9][0-9]{0,8}")

EXPECTED: Final[Mapping[Kind, str]] = {
    Kind.TEXT: marked(
        "Write one line of at most 512 characters, and no signs that cannot be seen."
    ),
    Kind.REFERENCE: marked(
        "Write one line of at most 35 characters, and no signs that cannot be seen."
    ),
    Kind.LINES: marked("Write at most 4000 characters, and no signs that cannot be seen."),
    Kind.DATE: marked("Write a day as year-month-day, for example {example}."),
    Kind.COUNT: marked("Write a whole number from 1 on, for example {example}."),
    Kind.ITEM_NUMBER: marked("Write a whole number from 1 on, for example {example}."),
    Kind.NUMBER: marked(
        "Write a number with a point before its decimals and nothing between its thousands, for "
        "example {example}; at most 6 digits behind the point."
    ),
    Kind.COUNTRY: marked("Choose a country, or write its two letters, for example {example}."),
    Kind.CURRENCY: marked("Choose a currency, or write its three letters, for example {example}."),
    Kind.LANGUAGE: marked("Choose a language, or write its two letters, for example {example}."),
    Kind.MODE: marked("Choose a mode of transport."),
    Kind.PORT: marked(
        "Write the five letters and digits of its UN/LOCODE, for example {example}, or leave it "
        "empty."
    ),
    Kind.UNIT: marked(
        "Choose a unit, or write its code of UN/ECE Recommendation 20, for example {example}."
    ),
    Kind.WEIGHT: marked(
        "Choose a unit, or write its code of UN/ECE Recommendation 20, for example {example}."
    ),
    Kind.PACKAGE: marked(
        "Choose a kind of package, or write its code of UN/ECE Recommendation 21, for example "
        "{example}."
    ),
    Kind.TARIFF_CODE: marked("Write 6, 8 or 10 digits and nothing else, for example {example}."),
    Kind.CRITERION: marked(
        "Choose a criterion, or write one as box 8 has it: WO, CC, CTH, CTSH or SP; a percentage "
        "such as 40%; two together such as {example}; PC 25% for partial cumulation."
    ),
    Kind.OFFICE: marked(
        "Write the code of the office, at most 32 letters, digits, points and hyphens, for example "
        "{example}."
    ),
    Kind.CODE: marked(
        "Write at most 35 letters, digits, points and hyphens, for example {example}."
    ),
}
"""What a field of each kind takes, to be translated; other kinds speak for themselves."""
_NEEDED: Final = marked("This is needed.")
_TWICE: Final = marked("This number stands at two items; each item has one of its own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One finding, as it is told at its field.

    Attributes:
        finding: What was found.
        field: Name of the field at which it stands; empty where it stands at none.
        box: That field.
        words: What the field takes, in the reader's language; empty where the finding's own words
            are told, which are English.
    """

    finding: Finding
    field: str
    box: Box | None
    words: str

    @property
    def item(self) -> str:
        """Place of the item that it is in; empty where it is in none."""
        found = re.match(r"Item\[([0-9]+)\]", self.field)
        return found[1] if found else ""


def explain(
    findings: Iterable[Finding],
    boxes: Mapping[str, Box],
    fields: Mapping[str, str],
    language: Language,
) -> list[Fault]:
    """Put findings to their fields, and those of shape into words.

    Args:
        findings: Of what was entered.
        boxes: All fields, by name.
        fields: What was entered.
        language: The reader's.
    """
    return [_explain(each, boxes, fields, language) for each in findings]


def _explain(
    finding: Finding, boxes: Mapping[str, Box], fields: Mapping[str, str], language: Language
) -> Fault:
    path = finding.path.partition("/")[2]
    field = _find_field(path, boxes)
    box = boxes.get(field)
    words = ""
    if box is not None and path == field and finding.code in _SHAPE:
        words = _word(box, fields, language)
    return Fault(finding=finding, field=field, box=box, words=words)


def _word(box: Box, fields: Mapping[str, str], language: Language) -> str:
    value = fields.get(box.path, "").strip()
    foreign = fields.get("Agreement", "").strip() != _FORM_D
    if box.kind is Kind.CRITERION and foreign and value:
        return ""
    if box.kind is Kind.ITEM_NUMBER and _NUMBER_OF_AN_ITEM.fullmatch(value):
        return language.say(_TWICE)
    expected = EXPECTED.get(box.kind, "")
    told = language.say(expected).format(example=box.example)
    if value:
        return told
    return f"{language.say(_NEEDED)} {told}" if box.example else language.say(_NEEDED)


def _find_field(path: str, boxes: Mapping[str, Box]) -> str:
    """Find the field at which a finding stands: of its path, or the first one below or above it."""
    if path in boxes:
        return path
    below = sorted(each for each in boxes if path and each.startswith((f"{path}/", f"{path}[")))
    if below:
        return below[0]
    above = path.rpartition("/")[0]
    return _find_field(above, boxes) if above else ""
