"""Named single faults of a Form D, each with exactly the rules that fire because of it.

A fault is made in certificates that were valid before: `needs` says in which ones it can be made
without breaking anything else, `make` changes the certificate's plain values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.rulebook import KnownCertificate, KnownExtract, Place, Related, get_place_of_issue
from swb_schemas.rulebook.periods import OCP_OF_2021, find_expiry
from tests.rulebook.case import Case
from tests.rulebook.extract import extract
from tests.rulebook.needs import (
    ALL_LIVE,
    BACK_TO_BACK,
    PLAIN_CRITERION,
    always,
    asks_no_fob,
    both,
    first_item,
    first_item_is_priced,
    is_no_copy,
    issued_from,
    of_singapore,
    ticked,
    without_rvc,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb.simulator.form_ds import DrawnFormD

__all__ = ["FAULTS", "Fault", "break_form_d"]

Values = dict[str, Any]
DAY: Final = timedelta(days=1)


def nothing(_: Values) -> None:
    """The certificate itself stays as it is."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        codes: Exactly the rules that fire.
        make: Makes it.
        needs: In which certificates it can be made.
        at: The day of judgement; the day of issue when not given.
        place: Who judges; whoever issues when not given.
        knowing: What the register knows then.
    """

    codes: frozenset[str]
    make: Callable[[Values], None] = nothing
    needs: Callable[[CertificateOfOrigin], bool] = always
    at: Callable[[CertificateOfOrigin], date] | None = None
    place: Place | None = None
    knowing: Callable[[CertificateOfOrigin, Related], Related] | None = None


def break_form_d(fault: Fault, drawn: DrawnFormD) -> Case:
    """Make a fault, and put the certificate before whoever is to find it."""
    values = drawn.certificate.model_dump()
    fault.make(values)
    broken = CertificateOfOrigin.model_validate(values)
    day = fault.at(broken) if fault.at else drawn.certificate.certification.date
    related = drawn.related
    return Case(
        document=broken,
        at=day,
        place=fault.place or get_place_of_issue(broken),
        related=fault.knowing(broken, related) if fault.knowing else related,
    )


def fires(*codes: str, **how: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    """One row of the table."""
    return Fault(codes=frozenset(f"rule.{code}" for code in codes), **how)


# --- changes -----------------------------------------------------------------------------------


def put(path: str, value: object) -> Callable[[Values], None]:
    """Change one value, by field names joined with dots; a number is a position."""
    *steps, last = path.split(".")

    def make(values: Values) -> None:
        target: Any = values
        for step in steps:
            target = target[int(step)] if step.isdigit() else target[step]
        target[last] = value

    return make


def issued(values: Values) -> date:
    """The first day of issue."""
    day = values["certification"]["original_issue_date"] or values["certification"]["date"]
    assert isinstance(day, date)
    return day


def depart(days: int) -> Callable[[Values], None]:
    """Let the goods leave so many days after issue."""

    def make(values: Values) -> None:
        values["transport"]["departure_date"] = issued(values) + days * DAY

    return make


def copied_after(days: int) -> Callable[[Values], None]:
    """Make it a true copy of an original that is so many days older."""

    def make(values: Values) -> None:
        values["transport"]["departure_date"] = None
        certification = values["certification"]
        certification["original_issue_date"] = certification["date"] - days * DAY

    return make


def rest_upon(days: int) -> Callable[[Values], None]:
    """Let the first original be issued so many days before."""

    def make(values: Values) -> None:
        original = values["special_cases"]["back_to_back"]["originals"][0]
        original["issue_date"] = issued(values) - days * DAY

    return make


def end_original_before(values: Values) -> None:
    """Let the first original say that it expired the day before."""
    original = values["special_cases"]["back_to_back"]["originals"][0]
    original["expiry_date"] = issued(values) - DAY


def invoice_after(days: int) -> Callable[[Values], None]:
    """Date the first invoice so many days after submission."""

    def make(values: Values) -> None:
        submitted = values["certification"]["date"]
        values["items"][0]["invoices"][0]["date"] = submitted + days * DAY

    return make


def share(value: str, item: int = 0) -> Callable[[Values], None]:
    """State another share of an item."""

    def make(values: Values) -> None:
        values["items"][item]["origin_criterion"]["percentage"] = Decimal(value)

    return make


def criterion(*bases: str) -> Callable[[Values], None]:
    """State another criterion of the first item."""
    return put("items.0.origin_criterion", {"bases": bases})


def no_shift(values: Values) -> None:
    """Let everything be wholly obtained."""
    for item in values["items"]:
        item["origin_criterion"] = {"bases": ("WO",)}
        item["fob_amount"] = None


def many(values: Values) -> None:
    """Let it have 51 items."""
    (first, *_) = values["items"]
    values["items"] = [{**first, "sequence_number": number} for number in range(1, 52)]


def invoice_from_importer(values: Values) -> None:
    """Let a company in the importing country invoice."""
    importing = values["exporter_declaration"]["importing_country"]
    values["special_cases"]["third_country_invoicing"]["company_country"] = importing


def import_at_home(values: Values) -> None:
    """Let the issuing country import."""
    values["exporter_declaration"]["importing_country"] = values["issuing_country"]


def name_twice(values: Values) -> None:
    """Name the first original again."""
    back_to_back = values["special_cases"]["back_to_back"]
    originals = back_to_back["originals"]
    back_to_back["originals"] = (*originals, originals[0])


def original_from_here(values: Values) -> None:
    """Let the issuing state have issued the first original."""
    original = values["special_cases"]["back_to_back"]["originals"][0]
    original["issuing_country"] = values["issuing_country"]


# --- what the register knows -------------------------------------------------------------------


def cancelled_originals(_: CertificateOfOrigin, related: Related) -> Related:
    """The originals were cancelled."""
    gone = tuple(replace(each, cancelled=True) for each in related.originals)
    return replace(related, originals=gone)


def same_number(certificate: CertificateOfOrigin, related: Related) -> Related:
    """Another certificate has the number."""
    day = certificate.issued_on - timedelta(days=1)
    certification = certificate.certification.model_copy(
        update={"date": day, "original_issue_date": None}
    )
    other = certificate.model_copy(update={"certification": certification})
    return replace(related, same_number=(KnownCertificate(certificate=other),))


def replaced_in_force(certificate: CertificateOfOrigin, related: Related) -> Related:
    """It takes the place of one that is in force."""
    old = certificate.model_copy(update={"reference_number": "OLD"})
    return replace(related, replaced=(KnownCertificate(certificate=old),))


def replaced_by_another(certificate: CertificateOfOrigin, related: Related) -> Related:
    """Another certificate in force takes the place of the same one."""
    other = certificate.model_copy(update={"reference_number": "ANOTHER-IN-ITS-PLACE"})
    return replace(related, replacements=(KnownCertificate(certificate=other),))


def originals_for_elsewhere(certificate: CertificateOfOrigin, related: Related) -> Related:
    """The goods of the first original went to where these go."""
    first, *rest = related.originals
    declaration = first.certificate.exporter_declaration.model_copy(
        update={"importing_country": certificate.exporter_declaration.importing_country}
    )
    moved = first.certificate.model_copy(update={"exporter_declaration": declaration})
    return replace(related, originals=(KnownCertificate(certificate=moved), *rest))


def all_drawn(certificate: CertificateOfOrigin, related: Related) -> Related:
    """Earlier ones took all that the originals have."""
    taken = tuple(
        KnownCertificate(
            certificate=certificate.model_copy(update={"reference_number": f"EARLIER {place}"})
        )
        for place, _ in enumerate(related.originals)
    )
    return replace(related, drawn_upon=taken)


def declared(
    *, part: Decimal = Decimal(1), **change: object
) -> Callable[[CertificateOfOrigin, Related], Related]:
    """An extract of the export declaration came first: such a part of each item, changed."""

    def known(certificate: CertificateOfOrigin, related: Related) -> Related:
        lines = [
            {
                "sequence_number": item.sequence_number,
                "commodity_code": item.commodity_code,
                "quantity": {"unit": item.quantity.unit, "value": item.quantity.value * part}
                if item.quantity
                else {"unit": "KGM", "value": 1},
                "origin_country": certificate.issuing_country,
                **change,
            }
            for item in certificate.items
        ]
        return replace(related, extracts=(KnownExtract(extract=extract(items=lines)),))

    return known


def after_expiry(certificate: CertificateOfOrigin) -> date:
    """The day after the last one."""
    return find_expiry(certificate) + DAY


LATE: Final[dict[str, Any]] = {"at": after_expiry, "place": Place.IMPORTER}
PC_ALONE: Final = both(ticked("partial_cumulation"), first_item("PC"))
AMOUNT: Final = {"currency": "USD", "value": Decimal(100)}

FAULTS: Final[dict[str, Fault]] = {
    # who
    "imported by the issuing country": fires(
        "issuing_is_importing", make=import_at_home, needs=without_rvc
    ),
    "imported by a state that is no party": fires(
        "state_not_a_party",
        make=put("exporter_declaration.importing_country", "TL"),
        needs=without_rvc,
    ),
    "issued by a country that is none": fires(
        "country_not_listed",
        "state_not_a_party",
        make=put("issuing_country", "XX"),
        needs=both(without_rvc, ticked(but=("back_to_back",))),
    ),
    "an exporter in a country that is none": fires(
        "country_not_listed", make=put("exporter.country", "UK")
    ),
    "produced in a country that is none": fires(
        "country_not_listed",
        "produced_elsewhere",
        make=put("exporter_declaration.country_of_production", "EU"),
    ),
    "an agreement that is not known": fires("agreement_not_known", make=put("agreement", "MARS")),
    "a number that was given before": fires("number_used", knowing=same_number, needs=is_no_copy),
    "in the place of a certificate that is in force": fires(
        "replaced_not_cancelled", knowing=replaced_in_force
    ),
    "in the place of a certificate that another one has replaced": fires(
        "replaced_twice", knowing=replaced_by_another
    ),
    # codes
    "a currency that is none": fires(
        "currency_not_listed",
        make=put("items.0.fob_amount.currency", "RMB"),
        needs=first_item_is_priced,
    ),
    "a quantity in no unit": fires(
        "unit_not_listed",
        make=put("items.0.quantity.unit", "KG"),
        needs=both(ticked(but=("back_to_back",)), first_item(quantity=True)),
    ),
    "a weight in no unit": fires("unit_not_listed", make=put("items.0.gross_measure.unit", "XXX")),
    "packages of no kind": fires(
        "package_not_listed", make=put("items.0.packages.0.type_code", "00")
    ),
    "a port that is none": fires(
        "place_not_listed", make=put("transport.loading_port.code", "THXXX")
    ),
    # boxes
    "no marks": fires("box_missing", make=put("items.0.marks_and_numbers", None)),
    "no packages": fires("box_missing", make=put("items.0.packages", ())),
    "no weight": fires("box_missing", make=put("items.0.gross_measure", None)),
    "no day of declaration": fires("box_missing", make=put("exporter_declaration.date", None)),
    "no name of who certified": fires(
        "box_missing", make=put("certification.signatory_name", None)
    ),
    "fifty-one items of Singapore": fires(
        "too_many_items",
        make=many,
        needs=both(of_singapore, ticked(but=("back_to_back", "partial_cumulation"))),
    ),
    # dates
    "issued the day after departure, and not ticked": fires(
        "retroactive_not_ticked",
        make=depart(-1),
        needs=both(ticked(but=("issued_retroactively",)), issued_from(OCP_OF_2021)),
    ),
    "issued four days after departure before 2021, and not ticked": fires(
        "retroactive_not_ticked",
        make=depart(-4),
        needs=both(ticked(but=("issued_retroactively",)), issued_from(date.min, date(2021, 9, 7))),
    ),
    "issued more than a year after departure": fires(
        "retroactive_too_late", make=depart(-367), needs=ticked("issued_retroactively")
    ),
    "ticked as retroactive, and issued on the day of departure": fires(
        "retroactive_without_cause", make=depart(0), needs=ticked("issued_retroactively")
    ),
    "a true copy after more than a year": fires(
        "true_copy_too_late",
        make=copied_after(367),
        needs=both(
            is_no_copy,
            issued_from(date(2023, 1, 1)),
            ticked(but=("issued_retroactively", "back_to_back")),
        ),
    ),
    "a true copy before its original": fires(
        "true_copy_too_late",
        make=copied_after(-1),
        needs=both(is_no_copy, issued_from(OCP_OF_2021), ticked(but=("back_to_back",))),
    ),
    "issued two days after it arrived": fires(
        "issued_in_future",
        at=lambda certificate: certificate.certification.date - 2 * DAY,
        place=Place.IMPORTER,
        needs=both(is_no_copy, issued_from(ALL_LIVE + 2 * DAY)),
    ),
    "presented after twelve months": fires(
        "presented_late", **LATE, needs=ticked(but=("back_to_back",))
    ),
    "presented after an original has expired": fires("presented_late", **LATE, needs=BACK_TO_BACK),
    "an invoice after submission to Singapore's authority": fires(
        "invoice_after_submission", make=invoice_after(2), needs=of_singapore
    ),
    "an invoice after submission to another authority": fires(
        "invoice_after_submission",
        make=invoice_after(2),
        needs=lambda certificate: not of_singapore(certificate),
    ),
    # origin
    "a criterion that ATIGA does not have": fires(
        "criterion_not_of_agreement", make=criterion("PE"), needs=PLAIN_CRITERION
    ),
    "a combination that the form cannot spell": fires(
        "criterion_not_of_agreement", make=criterion("WO", "CTH"), needs=PLAIN_CRITERION
    ),
    "partial cumulation that is not ticked": fires(
        "partial_cumulation_not_ticked",
        make=put("special_cases.partial_cumulation", None),
        needs=ticked("partial_cumulation"),
    ),
    "partial cumulation ticked for nothing": fires(
        "partial_cumulation_not_ticked",
        make=put("special_cases.partial_cumulation", {}),
        needs=ticked(but=("partial_cumulation",)),
    ),
    "less than 20 per cent of partial cumulation": fires(
        "partial_cumulation_share", make=share("19"), needs=PC_ALONE
    ),
    "40 per cent of partial cumulation": fires(
        "partial_cumulation_share", make=share("40"), needs=PC_ALONE
    ),
    "less than 40 per cent": fires(
        "share_below_threshold", make=share("39.99"), needs=first_item("RVC", alone=True)
    ),
    "less than 35 per cent in a combination": fires(
        "share_below_threshold",
        make=share("34.999999"),
        needs=lambda each: (
            len(each.items[0].origin_criterion.bases) > 1
            and "RVC" in each.items[0].origin_criterion.bases
        ),
    ),
    "de minimis without a shift": fires(
        "de_minimis_without_shift",
        make=no_shift,
        needs=ticked("de_minimis", but=("partial_cumulation",)),
    ),
    # goods
    "a tariff code of six digits": fires(
        "commodity_code_not_ahtn",
        make=put("items.0.commodity_code.value", "100630"),
        needs=ticked(but=("back_to_back",)),
    ),
    "a tariff code of another nomenclature": fires(
        "commodity_code_not_ahtn", make=put("items.0.commodity_code.nomenclature", "HS-2022")
    ),
    "a chapter that there is not": fires(
        "chapter_not_known",
        make=put("items.0.commodity_code.value", "77010000"),
        needs=ticked(but=("back_to_back",)),
    ),
    "a subheading that there is not": fires(
        "subheading_not_known",
        make=put("items.0.commodity_code.value", "63059910"),
        needs=ticked(but=("back_to_back",)),
    ),
    "no FOB price where it is asked for": fires(
        "fob_missing", make=put("items.0.fob_amount", None), needs=first_item_is_priced
    ),
    "a FOB price of nothing": fires(
        "fob_missing",
        make=put("items.0.fob_amount.value", Decimal(0)),
        needs=first_item_is_priced,
    ),
    "a FOB price that nobody asks for": fires(
        "fob_not_asked",
        make=put("items.0.fob_amount", AMOUNT),
        needs=both(asks_no_fob, first_item("RVC")),
    ),
    # states and language
    "produced in a state that is no party": fires(
        "produced_elsewhere", make=put("exporter_declaration.country_of_production", "CN")
    ),
    "a share of Singapore that was not rounded down": fires(
        "partial_share_not_whole",
        make=share("20.5", item=-1),
        needs=both(of_singapore, ticked("partial_cumulation")),
    ),
    "a description in Thai": fires(
        "description_not_english", make=put("items.0.description", "ถุงพลาสติกสาน")
    ),
    # box 13
    "invoiced from a country that is none": fires(
        "country_not_listed",
        make=put("special_cases.third_country_invoicing.company_country", "ZZ"),
        needs=ticked("third_country_invoicing"),
    ),
    "invoiced from the importing country": fires(
        "third_country_not_third",
        make=invoice_from_importer,
        needs=ticked("third_country_invoicing"),
    ),
    "an original that had expired": fires(
        "original_expired", make=rest_upon(367), needs=BACK_TO_BACK
    ),
    "an original that says that it had expired": fires(
        "original_expired", make=end_original_before, needs=BACK_TO_BACK
    ),
    "an original of a later day": fires(
        "original_not_issued_yet", make=rest_upon(-1), needs=BACK_TO_BACK
    ),
    "an original of a country that is none": fires(
        "country_not_listed",
        "state_not_a_party",
        make=put("special_cases.back_to_back.originals.0.issuing_country", "XX"),
        needs=BACK_TO_BACK,
    ),
    "an original that is named twice": fires(
        "original_named_twice", make=name_twice, needs=BACK_TO_BACK
    ),
    "an original of the intermediate state": fires(
        "original_of_intermediate", make=original_from_here, needs=BACK_TO_BACK
    ),
    "an original for goods that went elsewhere": fires(
        "original_for_another_state", knowing=originals_for_elsewhere, needs=BACK_TO_BACK
    ),
    "another unit than the originals have": fires(
        "original_unit_differs",
        make=put("items.0.quantity.unit", "CTM"),
        needs=both(BACK_TO_BACK, first_item(quantity=True)),
    ),
    "as much again as others re-exported": fires(
        "original_quantity_exceeded",
        knowing=all_drawn,
        needs=both(BACK_TO_BACK, first_item(quantity=True)),
    ),
    "originals that were cancelled": fires(
        "original_cancelled", knowing=cancelled_originals, needs=BACK_TO_BACK
    ),
    "more than the originals have": fires(
        "original_quantity_exceeded",
        make=put("items.0.quantity.value", Decimal(10**9)),
        needs=both(BACK_TO_BACK, first_item(quantity=True)),
    ),
    # beside the extract of the export declaration
    "goods that were not declared": fires(
        "extract_lacks_certified_goods",
        knowing=declared(commodity_code={"nomenclature": "HS-2022", "value": "970500"}),
        place=Place.IMPORTER,
        needs=is_no_copy,
    ),
    "more than was declared": fires(
        "extract_below_certified_quantity",
        knowing=declared(part=Decimal("0.5")),
        place=Place.IMPORTER,
        needs=both(is_no_copy, first_item(quantity=True)),
    ),
    "goods that the originals do not have": fires(
        "original_of_other_goods",
        make=put("items.0.commodity_code.value", "64041100"),
        needs=BACK_TO_BACK,
    ),
}
