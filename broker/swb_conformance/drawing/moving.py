"""Vectors about rules, moved: to other days, quantities and names, and all that is known with them.

A rule asks how things stand to each other. Where document and register are moved together, what is
found stays; so each vector gives as many questions as anybody wants, and a recording of the one
answers none of the others. A move that would carry a document over the border of another rule, or
of an edition, is not made: this project's own rule book has to find in what was moved what the
vector says, or it is moved less.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from swb_conformance.carrying.altering import NUMBERS, REFERENCES, TEXTS
from swb_conformance.reference.checking import check
from swb_conformance.rule_cases import ExpectedFinding
from swb_schemas.catalogue import decode_document
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_conformance.rule_cases import RuleCase

__all__ = ["Move", "move", "move_together"]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z")
_MOMENTS: Final = (time(0), time(23, 59, 59, 999_000))
"""First and last of a day in UTC: in no other zone are both of that day."""
_SUBJECT: Final = "input/document.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """By how much.

    Attributes:
        days: All dates and instants.
        times: Quantities, weights and values, all of them alike.
        names: From which names and numbers of documents are made anew; empty leaves them.
        at: Time of day of the judgement, in UTC.
    """

    days: int
    times: int
    names: str
    at: time


def move_together(cases: Sequence[RuleCase], seed: str) -> Sequence[RuleCase]:
    """Move several vectors by the same, so that they differ afterwards in what they did before.

    Args:
        cases: What stands on the one side of a rule, and what on the other.
        seed: From which the move is drawn.
    """
    for each in _list_moves(Random(seed), seed):  # noqa: S311 - nothing secret
        moved = [move(case, each) for case in cases]
        if all(case is not None for case in moved):
            return [case for case in moved if case is not None]
    return cases


def move(case: RuleCase, by: Move) -> RuleCase | None:
    """Move one vector; None where what is found there would not stay.

    Args:
        case: The vector.
        by: How far.
    """
    try:
        files: dict[str, bytes] = {_SUBJECT: _move_document(case.subject, by)}
        known = [_move_known(each, case.files, files, by) for each in case.known]
    except (RefusedError, OverflowError):
        return None
    moved = replace(
        case,
        at=datetime.combine(case.at.date() + timedelta(days=by.days), by.at, tzinfo=case.at.tzinfo),
        subject_path=_SUBJECT,
        known=tuple(known),
        files=files,
    )
    return moved if _finds_the_same(moved) else None


def _list_moves(drawn: Random, seed: str) -> list[Move]:
    """Far ones first, then shorter ones; the last only tells another time of day."""
    moment = drawn.choice(_MOMENTS)
    moves = [
        Move(days=_draw_days(drawn, most), times=drawn.randrange(2, 8), names=seed, at=moment)
        for most in (400, 100, 40, 20, 10, 5, 3)
    ]
    moves += [replace(moves[-1], times=1), replace(moves[-1], days=0)]
    moves += [
        replace(moves[0], days=0, times=1),
        replace(moves[0], names=""),
        replace(moves[-1], times=1, days=0, names=""),
    ]
    return moves


def _draw_days(drawn: Random, most: int) -> int:
    return drawn.choice((-1, 1)) * drawn.randrange(1, most + 1)


def _move_known(
    known: Mapping[str, Any], old: Mapping[str, bytes], files: dict[str, bytes], by: Move
) -> dict[str, Any]:
    moved = dict(known)
    if "document" in moved:
        path = f"input/known-{len(files)}.xml"
        files[path] = _move_document(old[moved["document"]], by)
        moved["document"] = path
    if "beside" in moved:
        moved["beside"] = [_move_known(each, old, files, by) for each in moved["beside"]]
    for name in ("due_at", "came_at"):
        if moved.get(name):
            moved[name] = _move_instant(moved[name], by)
    return moved


def _move_document(octets: bytes, by: Move) -> bytes:
    root = parse_xml(octets)
    for element in root.iter():
        if len(element) or not element.text:
            continue
        name = etree.QName(element).localname
        element.text = _move_text(name, element.text, by)
    return encode(decode_document(root))


def _move_text(name: str, text: str, by: Move) -> str:
    if _DAY.fullmatch(text):
        return str(date.fromisoformat(text) + timedelta(days=by.days))
    if _INSTANT.fullmatch(text):
        return _move_instant(text, by)
    if name in NUMBERS:
        return f"{Decimal(text) * by.times:f}"
    if by.names and name in REFERENCES | TEXTS:
        drawn = sha256(f"{by.names}/{text}".encode()).hexdigest()[:8].upper()
        return f"X{drawn}" if name in REFERENCES else f"{text[:30].strip()} {drawn}"
    return text


def _move_instant(text: str, by: Move) -> str:
    return format_instant(datetime.fromisoformat(text) + timedelta(days=by.days))


def _finds_the_same(case: RuleCase) -> bool:
    request = {
        "input": base64.b64encode(case.subject).decode(),
        "at": format_instant(case.at),
        "place": case.place,
        "related": case.related,
    }
    try:
        told = check(request)
    except RefusedError:
        return False
    found = [
        ExpectedFinding(code=each["code"], severity=each["severity"], path=each["path"])
        for each in told["findings"]
    ]
    return Counter(found) == Counter(case.findings)
