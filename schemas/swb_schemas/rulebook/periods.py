"""Periods of the Operational Certification Procedures (ATIGA Annex 8), and its dated texts.

A period of months or years ends on the day of the same number, and where the month has none, on
its last. Whether the first day counts is not said by the Rules; the rule book gives the trader
the doubtful day, so a certificate of 15 January is refused or warned of from 16 January on.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import OriginalProof

__all__ = [
    "EDITIONS",
    "LAST_DAY_BEFORE_OCP_OF_2021",
    "OCP_OF_2021",
    "find_expiry",
    "find_expiry_of_original",
    "find_first_issue",
    "one_year_after",
]


OCP_OF_2021: Final = date(2021, 9, 8)
"""The amended procedures, as endorsed by the 35th AFTA Council."""
LAST_DAY_BEFORE_OCP_OF_2021: Final = date(2021, 9, 7)


class DatedText(NamedTuple):
    """One text of the agreement's procedures, and the days of issue for which it holds.

    Attributes:
        name: What people call it.
        valid_from: First day; None as far back as the rule book looks, or while it is not known.
        valid_until: Last day; None without end.
        in_force: Whether it has a first day at all.
    """

    name: str
    valid_from: date | None
    valid_until: date | None
    in_force: bool = True


EDITIONS: Final = (
    DatedText("Annex 8, older text", None, LAST_DAY_BEFORE_OCP_OF_2021),
    DatedText("Annex 8 as of the 35th AFTA Council", OCP_OF_2021, None),
    DatedText("ATIGA Upgrade (Second Protocol)", None, None, in_force=False),
)
"""Texts of the procedures. The upgraded agreement was signed on 25 October 2025 and enters into
force eighteen months after all have signed; its text of the procedures is not public, so it has a
place here and no rules."""

_LAST_YEAR: Final = date.max.year


def one_year_after(day: date) -> date:
    """The last day of a year, or of twelve months, that begins on a day."""
    if day.year == _LAST_YEAR:
        return date.max
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def find_first_issue(certificate: CertificateOfOrigin) -> date:
    """The day that periods run from: of a certified true copy, the original's (Rule 12)."""
    return certificate.issued_on


def find_expiry_of_original(original: OriginalProof) -> date:
    """Last day of an original: as stated, else twelve months after its issue (Rule 14(a))."""
    return original.expiry_date or one_year_after(original.issue_date)


def find_expiry(certificate: CertificateOfOrigin) -> date:
    """Last day on which a certificate may be presented.

    Twelve months after issue (Rule 14(a)); a back-to-back one not after its first original expires
    (Rule 11(1)(c), (e)).
    """
    own = one_year_after(find_first_issue(certificate))
    back_to_back = certificate.special_cases.back_to_back
    if back_to_back is None:
        return own
    return min(own, *(find_expiry_of_original(each) for each in back_to_back.originals))
