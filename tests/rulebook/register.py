"""Cases of box 13 and of the register: originals, numbers, replacement, answers of customs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_schemas.rulebook import KnownCertificate, Place, Related
from tests.rulebook.case import ORIGINAL, Case, case, plain, response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.documents import CertificateOfOrigin

__all__ = [
    "CASES",
    "FIRST",
    "FURTHER",
    "OTHER_BAGS",
    "back_to_back",
    "known_original",
    "resting_upon",
    "with_originals",
]

COMPANY: Final = "SpecialCases/ThirdCountryInvoicing/CompanyCountry"
FIRST: Final = "SpecialCases/BackToBack/Original[1]"


def invoiced_from(country: str, *findings: tuple[str, str]) -> Case:
    """Third-country invoicing by a company of some country."""
    company = {"company_name": "Example Trading", "company_country": country}
    return case(*findings, special_cases__third_country_invoicing=company)


def resting_upon(*originals: dict[str, str], **changes: Any) -> CertificateOfOrigin:  # noqa: ANN401 - as `plain`
    """A back-to-back certificate."""
    return plain(special_cases__back_to_back={"originals": list(originals)}, **changes)


def back_to_back(*findings: tuple[str, str], originals: Sequence[dict[str, str]]) -> Case:
    """A back-to-back certificate in the intermediate state, which knows no original."""
    document = resting_upon(*originals)
    return Case(document=document, findings=findings, place=Place.INTERMEDIATE_ISSUER)


def known_original(*, cancelled: bool = False, **changes: Any) -> KnownCertificate:  # noqa: ANN401 - as `plain`
    """`ORIGINAL`, as the register has it: two items of 1200.5 kg of polypropylene bags."""
    named = {
        "issuing_country": "MY",
        "reference_number": ORIGINAL["reference_number"],
        "certification__date": ORIGINAL["issue_date"],
        "exporter_declaration__importing_country": "TH",
    }
    document = plain(**{**named, **changes})
    return KnownCertificate(certificate=document, cancelled=cancelled)


def in_edition(year: int, *codes: str) -> dict[str, Any]:
    """Two items of such goods, by an edition of the AHTN."""
    return {
        f"items__{place}__commodity_code": {"nomenclature": f"AHTN-{year}", "value": code}
        for place, code in enumerate((*codes, *codes)[:2])
    }


def with_originals(
    *findings: tuple[str, str],
    known: Sequence[KnownCertificate],
    place: Place = Place.INTERMEDIATE_ISSUER,
    originals: Sequence[dict[str, str]] = (ORIGINAL,),
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """A back-to-back certificate where originals are known."""
    return Case(
        document=resting_upon(*originals, **changes),
        findings=findings,
        place=place,
        related=Related(originals=tuple(known)),
    )


def numbered_like(
    other: CertificateOfOrigin,
    *findings: tuple[str, str],
    place: Place = Place.ISSUER,
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """A plain certificate whose number the register holds already."""
    related = Related(same_number=(KnownCertificate(certificate=other),))
    return Case(document=plain(**changes), findings=findings, place=place, related=related)


def replacing(*findings: tuple[str, str], cancelled: bool) -> Case:
    """A plain certificate in the place of another."""
    old = KnownCertificate(certificate=plain(reference_number="OLD"), cancelled=cancelled)
    return Case(document=plain(), findings=findings, related=Related(replaced=(old,)))


def replacing_too(*findings: tuple[str, str]) -> Case:
    """A plain certificate in the place of one that another one has replaced."""
    old = KnownCertificate(certificate=plain(reference_number="OLD"), cancelled=True)
    other = KnownCertificate(certificate=plain(reference_number="OTHER"))
    related = Related(replaced=(old,), replacements=(other,))
    return Case(document=plain(), findings=findings, related=related)


def answering(
    decision: str,
    *findings: tuple[str, str],
    known: bool = True,
    items: int = 1,
    place: Place = Place.ISSUER,
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """A response of customs about the first item of a certificate, which may have more."""
    subject = KnownCertificate(certificate=plain(items=items, **changes)) if known else None
    document = response(decision=decision)
    related = Related(subject=subject)
    return Case(document=document, findings=findings, related=related, place=place)


COPIED: Final[dict[str, Any]] = {
    "certification__date": "2026-09-20",
    "certification__original_issue_date": ORIGINAL["issue_date"],
}
"""Makes a true copy of `ORIGINAL`."""
USED: Final = ("rule.number_used", "ReferenceNumber")
EXCEEDED: Final = ("rule.original_quantity_exceeded", "Item[1]/Quantity")
OTHER_GOODS: Final = ("rule.original_of_other_goods", "Item[2]/CommodityCode")
CANCELLED: Final = ("rule.original_cancelled", FIRST)
NOT_CANCELLED: Final = ("rule.replaced_not_cancelled", "")
EARNS_NOTHING: Final = ("rule.preference_for_partial_cumulation", "Item[1]/Decision")
BEYOND_ITEMS: Final = ("rule.preference_beyond_items", "Decision")
NOT_CERTIFIED: Final = ("rule.item_not_certified", "Item[1]/SequenceNumber")
PARTIAL: Final[dict[str, Any]] = {
    "items__0__origin_criterion": {"bases": ["PC"], "percentage": "25"},
    "special_cases__partial_cumulation": {},
}
OTHER_BAGS: Final = {"nomenclature": "AHTN-2022", "value": "63053210"}
SHOES: Final = {"nomenclature": "AHTN-2022", "value": "64041190"}

CASES: Final[dict[str, Case]] = {
    "invoiced from a third country": invoiced_from("SG"),
    "invoiced from the issuing country": invoiced_from(
        "TH", ("rule.third_country_not_third", COMPANY)
    ),
    "invoiced from the importing country": invoiced_from(
        "ID", ("rule.third_country_not_third", COMPANY)
    ),
    "an original that expires on the day of issue": back_to_back(
        originals=[{**ORIGINAL, "issue_date": "2025-11-02"}]
    ),
    "an original that expired the day before": back_to_back(
        ("rule.original_expired", FIRST), originals=[{**ORIGINAL, "issue_date": "2025-11-01"}]
    ),
    "an original that says when it expired": back_to_back(
        ("rule.original_expired", "SpecialCases/BackToBack/Original[2]"),
        originals=[
            ORIGINAL,
            {**ORIGINAL, "reference_number": "0002/KOX/2026", "expiry_date": "2026-11-01"},
        ],
    ),
    "a true copy after its original expired, of a certificate from before": Case(
        document=resting_upon(
            {**ORIGINAL, "issue_date": "2025-11-01"},
            certification__original_issue_date="2025-11-10",
            transport__departure_date="2025-11-10",
        ),
        place=Place.INTERMEDIATE_ISSUER,
    ),
    "an original of the same day": back_to_back(
        originals=[{**ORIGINAL, "issue_date": "2026-11-02"}]
    ),
    "an original of a later day": back_to_back(
        ("rule.original_not_issued_yet", f"{FIRST}/IssueDate"),
        originals=[{**ORIGINAL, "issue_date": "2026-11-03"}],
    ),
    "originals that are known and cover everything": with_originals(known=[known_original()]),
    "an original that was cancelled": with_originals(
        CANCELLED, known=[known_original(cancelled=True)]
    ),
    "an original that was cancelled, seen by the importer": with_originals(
        known=[known_original(cancelled=True)], place=Place.IMPORTER
    ),
    "another original that was cancelled": with_originals(
        known=[known_original(cancelled=True)],
        originals=[{**ORIGINAL, "issue_date": "2026-09-02"}],
    ),
    "more than the original has": with_originals(
        EXCEEDED, known=[known_original()], items__1__quantity__value="1200.6"
    ),
    "as much as two originals have": with_originals(
        known=[known_original(), known_original(reference_number="0002")],
        originals=[ORIGINAL, {**ORIGINAL, "reference_number": "0002"}],
        items__1__quantity__value="3601.5",
    ),
    "more than the original has, of which one is not known": with_originals(
        known=[known_original()],
        originals=[ORIGINAL, {**ORIGINAL, "reference_number": "0002"}],
        items__1__quantity__value="99999",
    ),
    "more than the original has, in a unit that it does not use": with_originals(
        ("rule.original_unit_differs", "Item[1]/Quantity/@unit"),
        known=[known_original()],
        items__0__quantity={"unit": "C62", "value": "99999"},
    ),
    "the heir of the original's code, in the next edition": with_originals(
        known=[known_original(**in_edition(2017, "03051000"))], **in_edition(2022, "03091000")
    ),
    "more than the original has, under the heir of its code": with_originals(
        EXCEEDED,
        known=[known_original(**in_edition(2017, "03051000"))],
        items__0__quantity__value="999999",
        **in_edition(2022, "03091000"),
    ),
    "more than the original has, under two heirs of its code together": with_originals(
        EXCEEDED,
        known=[known_original(**in_edition(2017, "02089010"))],
        items__1__quantity__value="1200.6",
        **in_edition(2022, "02089010", "04101000"),
    ),
    "as much as the original has, under two heirs of its code": with_originals(
        known=[known_original(**in_edition(2017, "02089010"))],
        **in_edition(2022, "02089010", "04101000"),
    ),
    "the digits of the original's code, which the next edition gave to other goods": with_originals(
        ("rule.original_of_other_goods", "Item[1]/CommodityCode"),
        OTHER_GOODS,
        known=[known_original(**in_edition(2017, "70191900"))],
        **in_edition(2022, "70191900"),
    ),
    "one original, named twice": with_originals(
        ("rule.original_named_twice", "SpecialCases/BackToBack/Original[2]"),
        EXCEEDED,
        known=[known_original()],
        originals=[ORIGINAL, ORIGINAL],
        items__1__quantity__value="1200.6",
    ),
    "an original and its true copy, both known": with_originals(
        EXCEEDED,
        known=[known_original(), known_original(**COPIED)],
        items__1__quantity__value="1200.6",
    ),
    "an original that is named by the day of its true copy": with_originals(
        EXCEEDED,
        known=[known_original(**COPIED)],
        originals=[{**ORIGINAL, "issue_date": "2026-09-20"}],
        items__1__quantity__value="1200.6",
    ),
    "no quantity, where the original has one": with_originals(
        known=[known_original()], items__0__quantity=None
    ),
    "more than the original has of one subheading, and less of another of its heading": (
        with_originals(
            EXCEEDED,
            known=[known_original(items__1__commodity_code=OTHER_BAGS)],
            items__0__quantity__value="1300",
            items__1__quantity__value="1000",
            items__1__commodity_code=OTHER_BAGS,
        )
    ),
    "as much as the original has of each of two subheadings": with_originals(
        known=[known_original(items__1__commodity_code=OTHER_BAGS)],
        items__1__commodity_code=OTHER_BAGS,
    ),
    "more than the original has, under other digits behind the sixth": with_originals(
        EXCEEDED,
        known=[known_original()],
        items__0__commodity_code__value="63053390",
        items__0__quantity__value="99999",
    ),
    "goods of the original's heading, of another subheading": with_originals(
        OTHER_GOODS, known=[known_original()], items__1__commodity_code=OTHER_BAGS
    ),
    "goods that the original does not have": with_originals(
        OTHER_GOODS, known=[known_original()], items__1__commodity_code=SHOES
    ),
    "goods that the original has under other digits behind the sixth": with_originals(
        known=[known_original()], items__1__commodity_code__value="63053390"
    ),
    "a number that was given before": numbered_like(plain(certification__date="2026-10-01"), USED),
    "a number that was given before, seen by the importer": numbered_like(
        plain(certification__date="2026-10-01"), USED, place=Place.IMPORTER
    ),
    "the number of the certificate that this is a true copy of": numbered_like(
        plain(certification__date="2026-10-01"), certification__original_issue_date="2026-10-01"
    ),
    "a second true copy, after the first": numbered_like(
        plain(
            certification__date="2026-10-20",
            certification__original_issue_date="2026-10-01",
        ),
        certification__original_issue_date="2026-10-01",
    ),
    "an original that comes after its true copy": numbered_like(
        plain(certification__original_issue_date="2026-11-02", certification__date="2026-11-20"),
        place=Place.IMPORTER,
    ),
    "a true copy of one certificate after that of another": numbered_like(
        plain(
            certification__date="2026-10-20",
            certification__original_issue_date="2026-10-02",
        ),
        USED,
        certification__original_issue_date="2026-10-01",
    ),
    "another certificate of the same day": numbered_like(plain(), USED),
    "a true copy with the number of another certificate": numbered_like(
        plain(certification__date="2026-10-02"),
        USED,
        certification__original_issue_date="2026-10-01",
    ),
    "the number of another certificate under AANZFTA": numbered_like(
        plain(agreement="AANZFTA", certification__date="2026-10-02"), USED, agreement="AANZFTA"
    ),
    "a number of its own under AANZFTA": case(agreement="AANZFTA"),
    "in the place of a certificate that was cancelled": replacing(cancelled=True),
    "in the place of a certificate that has been replaced": replacing_too(
        ("rule.replaced_twice", "")
    ),
    "in the place of a certificate that is in force": replacing(NOT_CANCELLED, cancelled=False),
    "preference for a plain item": answering("GIVEN"),
    "preference for partial cumulation": answering("GIVEN", EARNS_NOTHING, **PARTIAL),
    "preference for a certificate that is not known": answering("GIVEN", known=False, **PARTIAL),
    "preference for one item of two, and for the whole": answering("GIVEN", BEYOND_ITEMS, items=2),
    "preference for one item of two, and for the whole, seen by the exporter": answering(
        "GIVEN", BEYOND_ITEMS, items=2, place=Place.IMPORTER
    ),
    "no preference for one item of two, nothing of the other": answering("NOT_GIVEN", items=2),
    "nothing decided of one item of two, nothing said of the other": answering("PENDING", items=2),
    "an item that the certificate does not have": answering(
        "NOT_GIVEN", NOT_CERTIFIED, items__0__sequence_number=2
    ),
    "an item of another certificate, seen by the exporter": answering(
        "PENDING", NOT_CERTIFIED, items__0__sequence_number=2, place=Place.IMPORTER
    ),
    "no preference for partial cumulation": answering("NOT_GIVEN", **PARTIAL),
}

FURTHER: Final[dict[str, Case]] = {
    "the number of another certificate beside that of its own copy": Case(
        document=plain(certification__original_issue_date="2026-10-01"),
        findings=(USED,),
        related=Related(
            same_number=(
                KnownCertificate(certificate=plain(certification__date="2026-10-01")),
                KnownCertificate(certificate=plain(certification__date="2026-10-02")),
            )
        ),
    ),
}
"""Cases that no vector shows."""
