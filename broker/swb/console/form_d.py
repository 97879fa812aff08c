"""The Form D as a form of the web: its boxes, and what is entered as a document and back.

A field's name is the canonical path of its element, below the root (``Item[2]/FobAmount``,
``Item[2]/FobAmount/@currency``), which is how findings name their places: so a finding stands at
its field. Box 8 alone is entered as the paper form spells it, ``CTH + 41.25%``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from swb.console.language import marked
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

__all__ = [
    "MOST_ITEMS",
    "Box",
    "add_part",
    "build_certificate",
    "count_parts",
    "flatten",
    "is_field",
    "list_boxes",
    "list_item_boxes",
    "remove_item",
]

MOST_ITEMS: Final = 200
"""Items of a document that a person looks through as a form, and most parts of anything in it."""
_ROOT: Final = CertificateOfOrigin.__name__
_STEP: Final = re.compile(r"(@?[A-Za-z:]+)(?:\[([1-9][0-9]{0,3})\])?")
_CRITERION: Final = "OriginCriterion"
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
_MISSING: Final = "Field required"
"""What the model says where there is nothing."""
_TICKED: Final = "ticked"
"""What a box of box 13 without data of its own holds when it is ticked."""


@dataclass(frozen=True, slots=True)
class Box:
    """One field.

    Attributes:
        path: Canonical path below the root; the field's name.
        name: What it is called, to be translated.
        kind: ``text``, ``lines``, ``date``, ``country``, ``tick`` or ``code``.
        hint: What a value looks like.
        needed: Whether no certificate is without it.
    """

    path: str
    name: str
    kind: str = "text"
    hint: str = ""
    needed: bool = False


_HEAD: Final = (
    Box("Agreement", marked("Agreement"), "code", "ATIGA", needed=True),
    Box("Edition", marked("Edition of the form"), "code", "2021", needed=True),
    Box("ReferenceNumber", marked("Reference number"), needed=True),
    Box("IssuingCountry", marked("Issuing country"), "country", needed=True),
    Box("IssuingOffice", marked("Issuing office"), "code", needed=True),
)
_TRANSPORT: Final = (
    Box("Transport/DepartureDate", marked("Departure date"), "date"),
    Box("Transport/Mode", marked("Mode (1 sea, 2 rail, 3 road, 4 air)"), "code", "1"),
    Box("Transport/MeansName", marked("Vessel, aircraft, vehicle")),
    Box("Transport/JourneyNumber", marked("Voyage or flight")),
    Box("Transport/LoadingPort/Name", marked("Port of loading")),
    Box("Transport/LoadingPort/Code", marked("Its UN/LOCODE"), "code", "THLCH"),
    Box("Transport/DischargePort/Name", marked("Port of discharge")),
    Box("Transport/DischargePort/Code", marked("Its UN/LOCODE"), "code", "VNSGN"),
    Box("Transport/Route", marked("Route"), "lines"),
)
_DECLARATION: Final = (
    Box(
        "ExporterDeclaration/CountryOfProduction",
        marked("Country of production"),
        "country",
        needed=True,
    ),
    Box(
        "ExporterDeclaration/ImportingCountry", marked("Importing country"), "country", needed=True
    ),
    Box("ExporterDeclaration/Place", marked("Place")),
    Box("ExporterDeclaration/Date", marked("Date"), "date"),
    Box("ExporterDeclaration/SignatoryName", marked("Signed by")),
)
_CERTIFICATION: Final = (
    Box("Certification/AuthorityName", marked("Issuing authority")),
    Box("Certification/Place", marked("Place")),
    Box("Certification/Date", marked("Date of issue"), "date", needed=True),
    Box("Certification/SignatoryName", marked("Signed by")),
    Box("Certification/OriginalIssueDate", marked("Certified true copy of one issued on"), "date"),
)
_CASES: Final = (
    Box("SpecialCases/IssuedRetroactively", marked("Issued retroactively"), "tick"),
    Box("SpecialCases/Accumulation", marked("Accumulation"), "tick"),
    Box("SpecialCases/PartialCumulation", marked("Partial cumulation"), "tick"),
    Box("SpecialCases/DeMinimis", marked("De minimis"), "tick"),
    Box(
        "SpecialCases/ThirdCountryInvoicing/CompanyName", marked("Third country invoicing: company")
    ),
    Box(
        "SpecialCases/ThirdCountryInvoicing/CompanyCountry",
        marked("Third country invoicing: country"),
        "country",
    ),
    Box("SpecialCases/Exhibition/Name", marked("Exhibition: name")),
    Box("SpecialCases/Exhibition/Address", marked("Exhibition: address"), "lines"),
    Box(
        "SpecialCases/BackToBack/Original[1]/IssuingCountry",
        marked("Back-to-back: original issued in"),
        "country",
    ),
    Box(
        "SpecialCases/BackToBack/Original[1]/ReferenceNumber",
        marked("Back-to-back: number of the original"),
    ),
    Box(
        "SpecialCases/BackToBack/Original[1]/IssueDate",
        marked("Back-to-back: original issued on"),
        "date",
    ),
    Box("Remarks", marked("Remarks"), "lines"),
)


_TICKS: Final = frozenset(box.path for box in _CASES if box.kind == "tick")


def _trader(path: str) -> tuple[Box, ...]:
    return (
        Box(f"{path}/Name", marked("Name"), needed=True),
        Box(f"{path}/Identifier", marked("Tax or registration number")),
        Box(f"{path}/NationalName[1]", marked("Name in another language")),
        Box(f"{path}/NationalName[1]/@xml:lang", marked("Language of that name"), "code", "th"),
        Box(f"{path}/Address", marked("Address"), "lines", needed=True),
        Box(f"{path}/Country", marked("Country"), "country", needed=True),
    )


def list_boxes(fields: Mapping[str, str]) -> Sequence[tuple[str, str, Sequence[Box]]]:
    """List the boxes of a certificate but its items: id, title and fields of each group.

    Args:
        fields: What was entered; what has no field of its own gets one at the end.
    """
    groups = [
        ("Head", marked("Head"), _HEAD),
        ("Exporter", marked("Box 1: exporter"), _trader("Exporter")),
        ("Consignee", marked("Box 2: consignee"), _trader("Consignee")),
        ("Transport", marked("Box 3: transport"), _TRANSPORT),
        ("ExporterDeclaration", marked("Box 11: declaration by the exporter"), _DECLARATION),
        ("Certification", marked("Box 12: certification"), _CERTIFICATION),
        ("SpecialCases", marked("Box 13: special cases"), _CASES),
    ]
    known = {box.path for _, _, boxes in groups for box in boxes}
    further = [
        Box(path, path) for path in fields if not path.startswith("Item[") and path not in known
    ]
    if further:
        groups.append(("Further", marked("Further elements"), tuple(further)))
    return groups


def list_item_boxes(fields: Mapping[str, str], number: int) -> Sequence[Box]:
    """List the boxes of an item.

    Args:
        fields: What was entered.
        number: Its place, from 1.
    """
    item = f"Item[{number}]"
    boxes = [
        Box(f"{item}/SequenceNumber", marked("Item number"), "code", str(number), needed=True),
        Box(f"{item}/MarksAndNumbers", marked("Marks and numbers"), "lines"),
        Box(f"{item}/Description", marked("Description of goods"), "lines", needed=True),
        Box(f"{item}/NationalDescription[1]", marked("Description in another language"), "lines"),
        Box(f"{item}/NationalDescription[1]/@xml:lang", marked("Its language"), "code", "vi"),
        Box(f"{item}/CommodityCode", marked("Tariff code"), "code", "69120000", needed=True),
        Box(
            f"{item}/CommodityCode/@nomenclature",
            marked("Nomenclature"),
            "code",
            "AHTN-2022",
            needed=True,
        ),
        Box(
            f"{item}/{_CRITERION}", marked("Origin criterion"), "code", "CTH + 41.25%", needed=True
        ),
        Box(f"{item}/Quantity", marked("Quantity"), "code", "3840"),
        Box(f"{item}/Quantity/@unit", marked("Unit"), "code", "C62"),
        Box(f"{item}/GrossMeasure", marked("Gross weight"), "code", "640.5"),
        Box(f"{item}/GrossMeasure/@unit", marked("Unit of weight"), "code", "KGM"),
        Box(f"{item}/FobAmount", marked("FOB value"), "code", "8400"),
        Box(f"{item}/FobAmount/@currency", marked("Currency"), "code", "USD"),
        Box(f"{item}/ManufacturerName", marked("Manufacturer")),
        Box(f"{item}/TrademarkName", marked("Trademark")),
    ]
    for at in range(1, max(1, count_parts(fields, f"{item}/Package")) + 1):
        boxes += [
            Box(f"{item}/Package[{at}]/Count", marked("Number of packages"), "code", "80"),
            Box(f"{item}/Package[{at}]/TypeCode", marked("Type of package"), "code", "CT"),
        ]
    for at in range(1, max(1, count_parts(fields, f"{item}/Invoice")) + 1):
        boxes += [
            Box(f"{item}/Invoice[{at}]/Number", marked("Invoice number"), needed=True),
            Box(f"{item}/Invoice[{at}]/Date", marked("Invoice date"), "date", needed=True),
        ]
    known = {box.path for box in boxes}
    boxes += [
        Box(path, path) for path in fields if path.startswith(f"{item}/") and path not in known
    ]
    return boxes


def count_parts(fields: Mapping[str, str], path: str) -> int:
    """Count how many of something were begun, for example ``Item``."""
    start = f"{path}["
    numbers = (
        int(name[len(start) :].partition("]")[0]) for name in fields if name.startswith(start)
    )
    return max(numbers, default=0)


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
        if path.endswith(f"/{_CRITERION}"):
            try:
                value = parse_criterion(text.strip(), agreement=agreement).model_dump(by_alias=True)
            except RefusedError as refusal:
                findings.append(_fault(refusal.code, path, refusal.message))
                # In its place stands one that is well formed, so that nothing more is said of it.
                value = {"Basis": ["WO"]}
        _put(tree, path, value)
    try:
        certificate = CertificateOfOrigin.model_validate(tree)
    except ValidationError as error:
        findings += map(_reword, findings_of(error, root=_ROOT))
        certificate = None
    return (None if findings else certificate), findings


def _fault(code: str, path: str, message: str) -> Finding:
    return Finding(code=code, severity=Severity.REFUSE, path=f"{_ROOT}/{path}", message=message)


def _reword(finding: Finding) -> Finding:
    if finding.message != _MISSING:
        return finding
    return replace(finding, message="expected a value, found none")


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
    if last in _NUMBERS:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        whole = last in {"Count", "SequenceNumber"} and number == number.to_integral_value()
        return str(int(number)) if whole and number.is_finite() else number
    return value


def is_field(path: str) -> bool:
    """Whether a name is the path of an element that a form may have."""
    steps = [_STEP.fullmatch(step) for step in path.split("/")]
    return all(step and int(step[2] or 1) <= MOST_ITEMS for step in steps)


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    """Put a value where its path says."""
    place, (name, number) = _find_place(tree, path)
    if name.startswith("@"):
        place[_LANG if name == "@xml:lang" else name[1:]] = value
    elif path in _TICKS:
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
