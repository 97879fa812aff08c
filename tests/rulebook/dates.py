"""Cases of dates: issue, departure, presentation, true copies, invoices.

The plain certificate is of 2026-11-02, departs on the 3rd, and has an invoice of 2026-10-30.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.rulebook import Place
from tests.rulebook.case import ORIGINAL, TODAY, Case, case, plain, response

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CASES"]

UNTICKED: Final = ("rule.retroactive_not_ticked", "SpecialCases/IssuedRetroactively")
WITHOUT_CAUSE: Final = ("rule.retroactive_without_cause", "SpecialCases/IssuedRetroactively")
TOO_LATE: Final = ("rule.retroactive_too_late", "Certification/Date")
TRUE_COPY: Final = ("rule.true_copy_too_late", "Certification/OriginalIssueDate")
LATE: Final = ("rule.presented_late", "Certification/Date")
INVOICE: Final = ("rule.invoice_after_submission", "Item[1]/Invoice[1]/Date")
ISSUED_IN_FUTURE: Final = ("rule.issued_in_future", "Certification/Date")
DECIDED_IN_FUTURE: Final = ("rule.decided_in_future", "DecidedAt")
RETROACTIVE: Final[Mapping[str, Any]] = {"special_cases__issued_retroactively": {}}


def presented(at: date, *findings: tuple[str, str], **changes: Any) -> Case:  # noqa: ANN401 - as `plain`
    """A certificate before the importing customs on a day."""
    return Case(document=plain(**changes), findings=findings, at=at, place=Place.IMPORTER)


def of_leap_day(at: date, *findings: tuple[str, str]) -> Case:
    """A certificate of 29 February 2024 before the importing customs on a day."""
    dates = {"certification__date": "2024-02-29", "transport__departure_date": "2024-02-29"}
    return presented(at, *findings, **dates)


def decided(at: date, *findings: tuple[str, str], place: Place = Place.ISSUER) -> Case:
    """A response of customs, decided on 2026-11-05, as somebody judges it on a day."""
    return Case(document=response(), findings=findings, at=at, place=place)


def of_2021(issued: str, departed: str, *findings: tuple[str, str], **changes: Any) -> Case:  # noqa: ANN401 - as `plain`
    """A certificate around the change of the procedures."""
    dates = {"certification__date": issued, "transport__departure_date": departed}
    return case(*findings, **dates, **changes)


CASES: Final[dict[str, Case]] = {
    "issued on the day of departure": case(transport__departure_date="2026-11-02"),
    "issued on the day after departure": case(UNTICKED, transport__departure_date="2026-11-01"),
    "issued after departure, and ticked": case(
        transport__departure_date="2026-11-01", **RETROACTIVE
    ),
    "no departure known": case(transport__departure_date=None),
    "no departure known, and ticked": case(transport__departure_date=None, **RETROACTIVE),
    "the last day of the three days of grace": of_2021("2021-09-07", "2021-09-04"),
    "after the three days of grace": of_2021("2021-09-07", "2021-09-03", UNTICKED),
    "three days after departure, grace being over": of_2021("2021-09-08", "2021-09-05", UNTICKED),
    "ticked, and issued on the day of departure": case(
        WITHOUT_CAUSE, transport__departure_date="2026-11-02", **RETROACTIVE
    ),
    "issued one year after departure": case(transport__departure_date="2025-11-02", **RETROACTIVE),
    "issued a year and a day after departure": case(
        TOO_LATE, transport__departure_date="2025-11-01", **RETROACTIVE
    ),
    "issued long after departure, and not ticked": case(
        UNTICKED, TOO_LATE, transport__departure_date="2025-01-01"
    ),
    "departed on 29 February, issued on the last day of a year": case(
        certification__date="2025-02-28", transport__departure_date="2024-02-29", **RETROACTIVE
    ),
    "departed on 29 February, issued a day after the last day of a year": case(
        TOO_LATE,
        certification__date="2025-03-01",
        transport__departure_date="2024-02-29",
        **RETROACTIVE,
    ),
    "issued on 29 February, presented on the last day": of_leap_day(date(2025, 2, 28)),
    "issued on 29 February, presented a day late": of_leap_day(date(2025, 3, 1), LATE),
    "a true copy, one year after its original": case(
        certification__original_issue_date="2025-11-02"
    ),
    "a true copy, a year and a day after its original": case(
        TRUE_COPY, certification__original_issue_date="2025-11-01"
    ),
    "a true copy before its original": case(
        TRUE_COPY,
        certification__original_issue_date="2026-11-03",
    ),
    "a true copy after departure, of an original before it": case(
        transport__departure_date="2026-10-10", certification__original_issue_date="2026-10-09"
    ),
    "a true copy of an original after departure": case(
        UNTICKED,
        transport__departure_date="2026-10-09",
        certification__original_issue_date="2026-10-10",
    ),
    "a true copy, made under the procedures of 2021, of an original with days of grace": of_2021(
        "2021-10-01", "2021-08-30", certification__original_issue_date="2021-09-01"
    ),
    "presented on the last day": presented(date(2027, 11, 2)),
    "presented a day late": presented(date(2027, 11, 3), LATE),
    "sealed a day late": replace(case(), at=date(2027, 11, 3)),
    "a true copy presented after its original has expired": presented(
        date(2027, 10, 10), LATE, certification__original_issue_date="2026-10-09"
    ),
    "a back-to-back certificate presented on its original's last day": presented(
        date(2027, 9, 1), special_cases__back_to_back={"originals": [ORIGINAL]}
    ),
    "a back-to-back certificate presented after its original has expired": presented(
        date(2027, 9, 2), LATE, special_cases__back_to_back={"originals": [ORIGINAL]}
    ),
    "presented after the earliest of the originals has expired": presented(
        date(2027, 1, 1),
        LATE,
        special_cases__back_to_back={
            "originals": [
                ORIGINAL,
                {**ORIGINAL, "reference_number": "2", "expiry_date": "2026-12-31"},
            ]
        },
    ),
    "an invoice of the day after submission, as east of UTC it may be": case(
        items__0__invoices__0__date=str(TODAY + timedelta(days=1))
    ),
    "an invoice after submission": case(
        INVOICE, items__0__invoices__0__date=str(TODAY + timedelta(days=2))
    ),
    "an invoice after submission to Singapore's authority": case(
        INVOICE,
        issuing_country="SG",
        items__0__invoices__0__date=str(TODAY + timedelta(days=2)),
    ),
    "an invoice before submission to Singapore's authority": case(issuing_country="SG"),
    "an invoice of later, when the certificate has arrived": presented(
        TODAY, items__0__invoices__0__date=str(TODAY + timedelta(days=2))
    ),
    "issued on the day after it is judged, as east of UTC it may be": replace(
        case(), at=date(2026, 11, 1)
    ),
    "issued two days after it is judged": replace(case(ISSUED_IN_FUTURE), at=date(2026, 10, 31)),
    "issued two days after it arrived": presented(date(2026, 10, 31), ISSUED_IN_FUTURE),
    "a true copy that is made two days after it is judged": presented(
        date(2026, 10, 31), ISSUED_IN_FUTURE, certification__original_issue_date="2026-10-30"
    ),
    "issued on the day after it is judged, under AANZFTA": replace(
        case(agreement="AANZFTA"), at=date(2026, 11, 1)
    ),
    "issued two days after it is judged, under AANZFTA": replace(
        case(ISSUED_IN_FUTURE, agreement="AANZFTA"), at=date(2026, 10, 31)
    ),
    "issued on the last day that there is": replace(
        case(certification__date="9999-12-31", transport__departure_date="9999-12-31"),
        at=date(9999, 12, 31),
    ),
    "decided on the day after it is judged": decided(date(2026, 11, 4)),
    "decided two days after it is judged": decided(date(2026, 11, 3), DECIDED_IN_FUTURE),
    "decided two days after it arrived": decided(
        date(2026, 11, 3), DECIDED_IN_FUTURE, place=Place.IMPORTER
    ),
}
