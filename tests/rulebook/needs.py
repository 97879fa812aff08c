"""In which Form Ds a fault can be made without breaking anything else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from swb_schemas.rulebook.goods import is_fob_asked
from swb_schemas.rulebook.periods import OCP_OF_2021, find_first_issue

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_schemas.documents import CertificateOfOrigin

__all__ = [
    "ALL_LIVE",
    "BACK_TO_BACK",
    "PLAIN_CRITERION",
    "always",
    "asks_no_fob",
    "both",
    "first_item",
    "first_item_is_priced",
    "is_no_copy",
    "issued_from",
    "knows_its_departure",
    "of_singapore",
    "ticked",
    "without_rvc",
]


def always(_: CertificateOfOrigin) -> bool:
    """It can be made anywhere."""
    return True


def ticked(*flags: str, but: tuple[str, ...] = ()) -> Callable[[CertificateOfOrigin], bool]:
    """Certificates with some boxes of box 13 ticked, and others not."""

    def holds(certificate: CertificateOfOrigin) -> bool:
        cases = certificate.special_cases
        return all(getattr(cases, each) is not None for each in flags) and all(
            getattr(cases, each) is None for each in but
        )

    return holds


def both(*needs: Callable[[CertificateOfOrigin], bool]) -> Callable[[CertificateOfOrigin], bool]:
    """Certificates of which all of that holds."""
    return lambda certificate: all(each(certificate) for each in needs)


def without_rvc(certificate: CertificateOfOrigin) -> bool:
    """No item's FOB price depends on who trades."""
    return not any("RVC" in item.origin_criterion.bases for item in certificate.items)


ALL_LIVE: Final = date(2019, 12, 31)
"""The day from which all ten states were live; judged on an earlier one, some are not."""


def issued_from(first: date, until: date = date.max) -> Callable[[CertificateOfOrigin], bool]:
    """Certificates of a time."""
    return lambda certificate: first <= find_first_issue(certificate) <= until


def first_item(
    *bases: str, alone: bool = False, quantity: bool = False
) -> Callable[[CertificateOfOrigin], bool]:
    """Certificates whose first item has one of these criteria, perhaps alone, and a quantity."""

    def holds(certificate: CertificateOfOrigin) -> bool:
        item = certificate.items[0]
        found = item.origin_criterion.bases
        return (
            (not bases or any(each in found for each in bases))
            and (not alone or len(found) == 1)
            and (not quantity or item.quantity is not None)
        )

    return holds


def first_item_is_priced(certificate: CertificateOfOrigin) -> bool:
    """Its FOB price is shown, and was asked for."""
    item = certificate.items[0]
    return item.fob_amount is not None and "RVC" in item.origin_criterion.bases


def knows_its_departure(certificate: CertificateOfOrigin) -> bool:
    """Box 3 tells it."""
    return certificate.transport.departure_date is not None


def is_no_copy(certificate: CertificateOfOrigin) -> bool:
    """It is no certified true copy."""
    return certificate.certification.original_issue_date is None


def of_singapore(certificate: CertificateOfOrigin) -> bool:
    """Singapore's authority issued it."""
    return certificate.issuing_country == "SG"


def asks_no_fob(certificate: CertificateOfOrigin) -> bool:
    """Neither side asks for the FOB price, though it could."""
    return find_first_issue(certificate) >= OCP_OF_2021 and not is_fob_asked(
        issuing=certificate.issuing_country,
        importing=certificate.exporter_declaration.importing_country,
        on=find_first_issue(certificate),
    )


PLAIN_CRITERION: Final = both(
    ticked(but=("de_minimis", "partial_cumulation")), first_item("WO", alone=True)
)
BACK_TO_BACK: Final = both(ticked("back_to_back"), is_no_copy)
