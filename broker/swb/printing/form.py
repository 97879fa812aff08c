"""What stands in which box of a Form D (ATIGA Annex 7), as text.

A paper form has boxes of a size; a document has not. What a box has no room for goes on in rows of
its own among the items, under the box's name, so that nothing is ever cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from swb.printing.text import Line, divide, to_lines
from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.origin_criterion import format_criterion
from swb_schemas.documents.values import format_decimal
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.documents.certificate_of_origin import Item, Port, SpecialCases
    from swb_schemas.documents.elements import Measure, TradeParty

__all__ = ["Boxes", "FormD", "Row", "read_form_d"]

AGREEMENT: Final = "ATIGA"
_PARTY_ROOM: Final = {"width": 330, "count": 9}
_TRANSPORT_ROOM: Final = {"width": 330, "count": 7}
_GOODS_ROOM: Final = {"width": 400, "count": 14}
_MARKS_ROOM: Final = {"width": 160, "count": 12}
_INVOICES_ROOM: Final = {"width": 160, "count": 12}
_NOTE_ROOM: Final = {"width": 900, "count": 14}

_MARKS: Final = {
    Environment.TEST: "TEST: NOT VALID",
    Environment.PARALLEL: "PARALLEL EXCHANGE: NOT BINDING",
}
_CASES: Final = (
    ("third_country_invoicing", "Third Country Invoicing"),
    ("exhibition", "Exhibition"),
    ("accumulation", "Accumulation"),
    ("de_minimis", "De Minimis"),
    ("back_to_back", "Back-to-Back CO"),
    ("issued_retroactively", "Issued Retroactively"),
    ("partial_cumulation", "Partial Cumulation"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of boxes 5 to 10: an item, the rest of one, or the rest of another box.

    Attributes:
        item: Position of the item that begins here, from 0; None where none does.
        number: Box 5.
        marks: Box 6.
        goods: Box 7.
        criterion: Box 8.
        measures: Box 9.
        invoices: Box 10.
        note: Name of the box that goes on here, in `goods`, over the whole width; else empty.
    """

    item: int | None = None
    number: str = ""
    marks: Sequence[Line] = ()
    goods: Sequence[Line] = ()
    criterion: str = ""
    measures: Sequence[Line] = ()
    invoices: Sequence[Line] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """The boxes of the first sheet that hold more than a word.

    Attributes:
        exporter: Box 1.
        consignee: Box 2.
        transport: Box 3.
        goods_produced_in: Box 11, country.
        exported_to: Box 11, importing country.
        declaration: Box 11, place, date and name.
        certification: Box 12, authority, place, date and name.
        cases: Box 13, each case and whether it is ticked.
    """

    exporter: Sequence[Line]
    consignee: Sequence[Line]
    transport: Sequence[Line]
    goods_produced_in: str
    exported_to: str
    declaration: Sequence[Line]
    certification: Sequence[Line]
    cases: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormD:
    """A Form D as it is drawn.

    Attributes:
        certificate: What is drawn.
        lang: Language of its own text.
        reference: Its number, as spelled.
        issued_in: Name of the issuing country.
        copy: ``Original``, ``Duplicate`` or ``Triplicate``.
        true_copy: The words of Rule 12, or empty.
        mark: What makes it no certificate, such as that it is a test; or empty.
        boxes: Of the first sheet.
        rows: Boxes 5 to 10, and what other boxes had no room for.
    """

    certificate: CertificateOfOrigin
    lang: str
    reference: str
    issued_in: str
    copy: str
    true_copy: str
    mark: str
    boxes: Boxes
    rows: Sequence[Row]


def read_form_d(document: Document, environment: Environment | None) -> FormD:
    """Fill in the form.

    Args:
        document: Of which only a certificate under ATIGA has this form.
        environment: What it is worth; None where it is not sealed.

    Raises:
        RefusedError: ``render.no_form``: another type of document, or another agreement.
    """
    if not isinstance(document, CertificateOfOrigin) or document.agreement != AGREEMENT:
        found = getattr(document, "agreement", None) or type(document).__name__
        message = f"expected a certificate of origin under {AGREEMENT}, found {found}"
        raise RefusedError("render.no_form", message)
    names = _Names(document.certification.date)
    exporter, *more_exporter = divide(_party(document.exporter, names), **_PARTY_ROOM)
    consignee, *more_consignee = divide(_consignee(document, names), **_PARTY_ROOM)
    transport, *more_transport = divide(_transport(document, names), **_TRANSPORT_ROOM) or [()]
    rest = (
        ("Box 1, continued", more_exporter),
        ("Box 2, continued", more_consignee),
        ("Box 3, continued", more_transport),
    )
    rows = [row for at, item in enumerate(document.items) for row in _item_rows(at, item, names)]
    rows += [
        Row(note=name, goods=piece)
        for name, pieces in (*rest, *_special(document, names), *_remarks(document))
        for piece in pieces
    ]
    certified = document.certification
    return FormD(
        certificate=document,
        lang=document.lang,
        reference=document.reference_number,
        issued_in=names.country(document.issuing_country),
        copy=document.copy_type.value.capitalize(),
        true_copy=f"CERTIFIED TRUE COPY of the certificate issued on {document.issued_on}"
        if document.is_true_copy
        else "",
        mark=_MARKS.get(environment, "") if environment else "NOT SEALED: NOT VALID",
        boxes=Boxes(
            exporter=exporter,
            consignee=consignee,
            transport=transport,
            goods_produced_in=names.country(document.exporter_declaration.country_of_production),
            exported_to=names.country(document.exporter_declaration.importing_country),
            declaration=_signed(
                document.exporter_declaration.place,
                document.exporter_declaration.date,
                document.exporter_declaration.signatory_name,
            ),
            certification=(
                *to_lines(certified.authority_name),
                *_signed(certified.place, certified.date, certified.signatory_name),
            ),
            cases=tuple(
                (title, getattr(document.special_cases, name) is not None) for name, title in _CASES
            ),
        ),
        rows=rows,
    )


class _Names:
    """Names of codes as they were on the day of issue."""

    def __init__(self, day: date) -> None:
        self._day = day

    def country(self, code: str) -> str:
        return self._name(ListName.COUNTRIES, code) or code

    def measure(self, measure: Measure) -> str:
        return f"{format_decimal(measure.value)} {self.coded(ListName.UNITS, measure.unit)}"

    def coded(self, kind: ListName, code: str) -> str:
        name = self._name(kind, code)
        return f"{code} ({name})" if name else code

    def _name(self, kind: ListName, code: str) -> str:
        entry = load_code_list(kind).find(code, at=self._day)
        return entry.name if entry else ""


# --- the boxes of the first sheet --------------------------------------------------------------


def _party(party: TradeParty, names: _Names) -> list[Line]:
    lines = [Line(party.name)]
    lines += [Line(each.value, each.lang) for each in party.national_names]
    lines += to_lines(party.address)
    for each in party.national_addresses:
        lines += to_lines(each.value, each.lang)
    lines.append(Line(names.country(party.country)))
    if party.identifier:
        lines.append(Line(party.identifier, label="Identifier: "))
    return lines


def _consignee(document: CertificateOfOrigin, names: _Names) -> list[Line]:
    lines = _party(document.consignee, names)
    exhibition = document.special_cases.exhibition
    if exhibition:
        lines.append(Line(exhibition.name, label="Exhibition: "))
        lines += to_lines(exhibition.address)
    return lines


def _transport(document: CertificateOfOrigin, names: _Names) -> list[Line]:
    transport = document.transport
    means = " ".join(each for each in (transport.means_name, transport.journey_number) if each)
    mode = names.coded(ListName.MODES, transport.mode) if transport.mode else ""
    found = (
        ("Departure date: ", str(transport.departure_date or "")),
        ("Vessel's name / aircraft etc.: ", means),
        ("Mode of transport: ", mode),
        ("Port of loading: ", _port(transport.loading_port)),
        ("Port of discharge: ", _port(transport.discharge_port)),
    )
    lines = [Line(text, label=label) for label, text in found if text]
    route = to_lines(transport.route)
    lines += [Line(each.text, label="" if at else "Route: ") for at, each in enumerate(route)]
    return lines


def _port(port: Port | None) -> str:
    return "" if port is None else port.name + (f" ({port.code})" if port.code else "")


def _signed(place: str | None, day: date | None, name: str | None) -> tuple[Line, ...]:
    when = ", ".join(each for each in (place, str(day) if day else None) if each)
    return tuple(Line(each) for each in (when, name) if each)


# --- boxes 5 to 10 -----------------------------------------------------------------------------


def _item_rows(at: int, item: Item, names: _Names) -> Iterator[Row]:
    marks = divide(to_lines(item.marks_and_numbers), **_MARKS_ROOM)
    goods = divide(list(_goods(item, names)), **_GOODS_ROOM)
    invoices = [
        part for each in item.invoices for part in (Line(each.number), Line(str(each.date)))
    ]
    columns = zip_longest(marks, goods, divide(invoices, **_INVOICES_ROOM), fillvalue=())
    for place, (mark, good, invoice) in enumerate(columns):
        first = place == 0
        yield Row(
            item=at if first else None,
            number=str(item.sequence_number) if first else f"{item.sequence_number} (cont.)",
            marks=mark,
            goods=good,
            criterion=format_criterion(item.origin_criterion, agreement=AGREEMENT) if first else "",
            measures=tuple(_measures(item, names)) if first else (),
            invoices=invoice,
        )


def _goods(item: Item, names: _Names) -> Iterator[Line]:
    for package in item.packages:
        kind = package.type_code
        coded = names.coded(ListName.PACKAGES, kind) if kind else "package(s)"
        yield Line(f"{package.count} {coded}")
    yield from to_lines(item.description)
    for each in item.national_descriptions:
        yield from to_lines(each.value, each.lang)
    if item.quantity:
        yield Line(names.measure(item.quantity), label="Quantity: ")
    code = item.commodity_code
    yield Line(f"{code.value} ({code.nomenclature})", label="HS: ")
    if item.manufacturer_name:
        yield Line(item.manufacturer_name, label="Manufacturer: ")
    if item.trademark_name:
        yield Line(item.trademark_name, label="Trade mark: ")


def _measures(item: Item, names: _Names) -> Iterator[Line]:
    if item.gross_measure:
        yield Line(names.measure(item.gross_measure), label="Gross: ")
    for package in item.packages:
        for measure in (package.gross_measure, package.gross_volume):
            if measure:
                yield Line(names.measure(measure), label="Packages: ")
    if item.fob_amount:
        amount = item.fob_amount
        yield Line(f"{amount.currency} {format_decimal(amount.value)}", label="FOB: ")


# --- what has no box of its own size -----------------------------------------------------------


def _special(
    document: CertificateOfOrigin, names: _Names
) -> Iterator[tuple[str, list[tuple[Line, ...]]]]:
    cases: SpecialCases = document.special_cases
    invoicing = cases.third_country_invoicing
    if invoicing:
        text = f"{invoicing.company_name}, {names.country(invoicing.company_country)}"
        yield "Box 7, third country invoicing", divide([Line(text)], **_NOTE_ROOM)
    if cases.back_to_back:
        lines = [
            Line(
                f"{each.reference_number}, issued on {each.issue_date} in "
                f"{names.country(each.issuing_country)}"
                + (f", valid until {each.expiry_date}" if each.expiry_date else "")
            )
            for each in cases.back_to_back.originals
        ]
        yield "Box 7, original proofs of origin", divide(lines, **_NOTE_ROOM)


def _remarks(document: CertificateOfOrigin) -> Iterator[tuple[str, list[tuple[Line, ...]]]]:
    if document.remarks:
        yield "Remarks", divide(to_lines(document.remarks), **_NOTE_ROOM)
    if document.extensions:
        count = len(document.extensions.extensions)
        text = f"{count} of the electronic original, which a print cannot show"
        yield "Extensions", [(Line(text),)]
