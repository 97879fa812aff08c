"""What is entered into the form of a Form D as a document, and a document as what is entered.

The fields are those of `boxes`, named by the canonical paths of their elements. Box 8 alone is
entered as the paper form spells it, ``CTH + 41.25%``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from swb.console.boxes import CRITERION, TICKS, count_parts, list_boxes, list_item_boxes
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import (
    OriginCriterion,
    format_criterion,
    parse_criterion,
)
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.xml.codec import findings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from swb.console.boxes import Box

__all__ = ["MOST_ITEMS", "add_part", "build_certificate", "flatten", "is_field", "remove_item"]

MOST_ITEMS: Final = 200
"""Items of a document that a person looks through as a form, and most parts of anything in it."""
_ROOT: Final = CertificateOfOrigin.__name__
_STEP: Final = re.compile(r"(@?[A-Za-z:]+)(?:\[([1-9][0-9]{0,3})\])?")
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_REPEATED: Final = frozenset(
    {
        "Item",
        "Package",
        "Invoice",
        "NationalName",
        "NationalAddress",
        "NationalDescription",
        "Original",
    }
)
_NUMBERS: Final = frozenset(
    {"Count", "Quantity", "GrossMeasure", "GrossVolume", "FobAmount", "SequenceNumber"}
)
_PLAIN: Final = re.compile(r"[0-9]{1,40}(?:\.[0-9]{0,40})?")
_CODES: Final = frozenset(
    {
        "@currency",
        "@unit",
        "Code",
        "CompanyCountry",
        "Country",
        "CountryOfProduction",
        "ImportingCountry",
        "IssuingCountry",
        "TypeCode",
    }
)
"""Elements whose codes have capital letters."""
_TICKED: Final = "ticked"
"""What a box of box 13 without data of its own holds when it is ticked."""


def add_part(fields: Mapping[str, str], path: str) -> dict[str, str]:
    """Begin one more of something: an item, a package or an invoice of one."""
    number = max(1, count_parts(fields, path)) + 1
    first = {"Item": "SequenceNumber", "Package": "Count", "Invoice": "Number"}
    last = path.rpartition("/")[2]
    value = str(number) if last == "Item" else ""
    return {**fields, f"{path}[{number}]/{first[last]}": value}


def remove_item(fields: Mapping[str, str], number: int) -> dict[str, str]:
    """Remove an item; those behind it move up."""
    left = {}
    for path, value in fields.items():
        match = re.match(r"Item\[(\d+)\]", path)
        at = int(match[1]) if match else 0
        if at == number:
            continue
        moved = f"Item[{at - 1}]{path[match.end() :]}" if match and at > number else path
        left[moved] = value
    return left


# --- what was entered as a document ------------------------------------------------------------


def build_certificate(
    fields: Mapping[str, str],
) -> tuple[CertificateOfOrigin | None, Sequence[Finding]]:
    """Make a certificate of what was entered.

    Returns:
        It, or None and what is wrong, each finding with the canonical path of its place.
    """
    tree: dict[str, Any] = {"Transport": {}}
    findings: list[Finding] = []
    agreement = fields.get("Agreement", "")
    fields = {path: text for path, text in fields.items() if is_field(path)}
    for box in _list_needed(fields):
        # So that a fault names the field, and not the group that it is missing in.
        _find_place(tree, box.path)
    for path, text in fields.items():
        value: object = _tidy(path, text)
        if value == "":
            continue
        if path.endswith(f"/{CRITERION}"):
            try:
                value = parse_criterion(text.strip(), agreement=agreement).model_dump(by_alias=True)
            except RefusedError as refusal:
                known = refusal.code != "agreement.unknown"
                findings.append(
                    _fault(refusal.code, path if known else "Agreement", refusal.message)
                )
                # In its place stands one that is well formed, so that nothing more is said of it.
                value = {"Basis": ["WO"]}
        _put(tree, path, value)
    try:
        certificate = CertificateOfOrigin.model_validate(tree)
    except ValidationError as error:
        findings += findings_of(error, root=_ROOT)
        certificate = None
    return (None if findings else certificate), list(dict.fromkeys(findings))


def _fault(code: str, path: str, message: str) -> Finding:
    return Finding(code=code, severity=Severity.REFUSE, path=f"{_ROOT}/{path}", message=message)


def _list_needed(fields: Mapping[str, str]) -> Iterator[Box]:
    boxes = [box for _, _, group in list_boxes(fields) for box in group]
    for number in range(1, max(1, count_parts(fields, "Item")) + 1):
        boxes += list_item_boxes(fields, number)
    return (box for box in boxes if box.needed)


def _tidy(path: str, text: str) -> object:
    """Take what a browser or a hand adds: other line ends, blanks, spellings of a number."""
    value = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    value = "\n".join(line.strip() for line in value.split("\n") if line.strip())
    last = path.rpartition("/")[2].partition("[")[0]
    if last in _NUMBERS and _PLAIN.fullmatch(value):
        number = Decimal(value)
        whole = last in {"Count", "SequenceNumber"} and number == number.to_integral_value()
        return str(int(number)) if whole else number
    return value.upper() if last in _CODES else value


def is_field(path: str) -> bool:
    """Whether a name is the path of an element that a form may have."""
    steps = [_STEP.fullmatch(step) for step in path.split("/")]
    return all(step and int(step[2] or 1) <= MOST_ITEMS for step in steps)


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    """Put a value where its path says."""
    place, (name, number) = _find_place(tree, path)
    if name.startswith("@"):
        place[_LANG if name == "@xml:lang" else name[1:]] = value
    elif path in TICKS:
        place[name] = {}
    elif name in _WITH_ATTRIBUTES:
        _descend(place, name, number)["Value"] = value
    else:
        place[name] = value


def _find_place(tree: dict[str, Any], path: str) -> tuple[dict[str, Any], tuple[str, str | None]]:
    """Find, and make, what a path leads to: the place of its last step, and that step."""
    steps = [_STEP.fullmatch(step) for step in path.split("/")]
    *before, last = [(match[1], match[2]) for match in steps if match]
    place = tree
    for name, number in before:
        place = _descend(place, name, number)
    return place, last


_WITH_ATTRIBUTES: Final = frozenset(
    {
        "CommodityCode",
        "FobAmount",
        "GrossMeasure",
        "GrossVolume",
        "NationalAddress",
        "NationalDescription",
        "NationalName",
        "Quantity",
    }
)
"""Elements whose value stands beside attributes."""


def _descend(place: dict[str, Any], name: str, number: str | None) -> dict[str, Any]:
    if name not in _REPEATED:
        found: dict[str, Any] = place.setdefault(name, {})
        return found
    parts: list[dict[str, Any]] = place.setdefault(name, [])
    while len(parts) < int(number or 1):
        parts.append({})
    return parts[int(number or 1) - 1]


# --- a document as what is entered -------------------------------------------------------------


def flatten(certificate: CertificateOfOrigin) -> dict[str, str]:
    """Bring a certificate into the fields that make it again."""
    return dict(_walk(certificate, "", certificate.agreement))


def _walk(model: BaseModel, path: str, agreement: str) -> Iterator[tuple[str, str]]:
    for name, information in type(model).model_fields.items():
        value = getattr(model, name)
        alias = information.alias or name
        if value is None or (not path and name in {"version", "lang", "extensions"}):
            continue
        if alias == "Value":
            yield path.removesuffix("/"), _spell(value)
        elif alias == _LANG or alias[0].islower():
            yield f"{path}@{'xml:lang' if alias == _LANG else alias}", _spell(value)
        elif isinstance(value, OriginCriterion):
            yield f"{path}{alias}", format_criterion(value, agreement=agreement)
        elif isinstance(value, BaseModel):
            ticked = not type(value).model_fields
            if ticked:
                yield f"{path}{alias}", _TICKED
            yield from _walk(value, f"{path}{alias}/", agreement)
        elif isinstance(value, tuple):
            for at, part in enumerate(value, 1):
                yield from _walk(part, f"{path}{alias}[{at}]/", agreement)
        else:
            yield f"{path}{alias}", _spell(value)


def _spell(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
