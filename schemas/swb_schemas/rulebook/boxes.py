"""Which boxes an agreement's form must have filled (``docs/adr/agreements-are-profiles.md``).

The document leaves open what only some agreements ask for; what each of them does ask for is one
line here. Box 3 of the Form D asks "as far as known", so nothing in it is demanded of ATIGA.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.rulebook.rule import Context

__all__ = ["BOXES", "RULES", "Box"]


class Box(NamedTuple):
    """One element that a form must have.

    Attributes:
        name: The box, as people call it.
        clause: What demands it.
        empty: Canonical paths, below the root, of the places where it is missing.
    """

    name: str
    clause: str
    empty: Callable[[CertificateOfOrigin], Iterator[str]]


def _of_item(
    tag: str, missing: Callable[[Item], bool]
) -> Callable[[CertificateOfOrigin], Iterator[str]]:
    """Look at one element of every item."""

    def empty(certificate: CertificateOfOrigin) -> Iterator[str]:
        for place, item in enumerate(certificate.items, 1):
            if missing(item):
                yield f"Item[{place}]/{tag}"

    return empty


def _package_types(certificate: CertificateOfOrigin) -> Iterator[str]:
    for place, item in enumerate(certificate.items, 1):
        for number, package in enumerate(item.packages, 1):
            if package.type_code is None:
                yield f"Item[{place}]/Package[{number}]/TypeCode"


def _declaration(certificate: CertificateOfOrigin) -> Iterator[str]:
    declaration = certificate.exporter_declaration
    if declaration.place is None:
        yield "ExporterDeclaration/Place"
    if declaration.date is None:
        yield "ExporterDeclaration/Date"
    if declaration.signatory_name is None:
        yield "ExporterDeclaration/SignatoryName"


def _certification(certificate: CertificateOfOrigin) -> Iterator[str]:
    certification = certificate.certification
    if certification.authority_name is None:
        yield "Certification/AuthorityName"
    if certification.place is None:
        yield "Certification/Place"
    if certification.signatory_name is None:
        yield "Certification/SignatoryName"


def _departure(certificate: CertificateOfOrigin) -> Iterator[str]:
    if certificate.transport.departure_date is None:
        yield "Transport/DepartureDate"


BOXES: Final[dict[str, tuple[Box, ...]]] = {
    "ATIGA": (
        Box(
            "6, marks and numbers on packages",
            "ATIGA Annex 7, box 6; Annex 8 Rule 6(d)",
            _of_item("MarksAndNumbers", lambda item: item.marks_and_numbers is None),
        ),
        Box(
            "7, number and type of packages",
            "ATIGA Annex 7, box 7; Annex 8 Rule 6(d)",
            _of_item("Package", lambda item: not item.packages),
        ),
        Box(
            "7, type of packages",
            "ATIGA Annex 7, box 7; Annex 8 Rule 6(d)",
            _package_types,
        ),
        Box(
            "9, gross weight or other quantity",
            "ATIGA Annex 7, box 9; Annex 8 Rule 6(d)",
            _of_item("GrossMeasure", lambda item: item.gross_measure is None),
        ),
        Box(
            "11, declaration by the exporter", "ATIGA Annex 7, box 11; Annex 8 Rule 7", _declaration
        ),
        Box("12, certification", "ATIGA Annex 7, box 12; Annex 8 Rule 7", _certification),
    ),
    "AANZFTA": (
        Box(
            "3, shipment date",
            "AANZFTA certificate of origin, box 3 (published JSON schema: departureDateTime)",
            _departure,
        ),
    ),
}
"""Agreement to what its form must have; an agreement that is not here is judged by no box."""


def _is_filled(box: Box) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        for path in box.empty(certificate):
            yield Fault(path, f"expected box {box.name} to be filled, found it empty")

    return check


def _is_in_english(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    """A machine can tell the script alone; national names and descriptions stand beside."""
    for place, item in enumerate(certificate.items, 1):
        text = item.description
        if not text.isascii() and any(_is_of_another_script(each) for each in text):
            yield Fault(
                f"Item[{place}]/Description",
                "expected a description in English, found letters of another script",
            )


def _is_of_another_script(letter: str) -> bool:
    return letter.isalpha() and "LATIN" not in unicodedata.name(letter, "")


_FILLED: Final = tuple(
    Rule(
        code="rule.box_missing",
        name=f"{agreement}-{box.name.replace(', ', '-').replace(' ', '-')}",
        severity=Severity.REFUSE,
        clause=box.clause,
        model=CertificateOfOrigin,
        check=_is_filled(box),
        agreements=frozenset({agreement}),
    )
    for agreement, boxes in BOXES.items()
    for box in boxes
)

RULES: Final = (
    *_FILLED,
    Rule(
        code="rule.description_not_english",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 7(1)",
        model=CertificateOfOrigin,
        check=_is_in_english,
        agreements=frozenset({"ATIGA"}),
    ),
)
