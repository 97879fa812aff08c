"""Codes of the simulated Thai format and what they mean in canonical documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.customs import Decision, ReceiptOutcome

__all__ = ["AGREEMENT", "COPIES", "FORM_TYPE", "LANGUAGE", "OFFSET", "RESULTS", "STATUSES"]

LANGUAGE: Final = "th"
"""The one national language that the format has room for."""
OFFSET: Final = timedelta(hours=7)
"""Indochina time, which has no summer time."""

FORM_TYPE: Final = "D"
AGREEMENT: Final = "ATIGA"
"""The only form that version 1 of the format has, and its agreement."""

COPIES: Final = {
    "1": CopyType.ORIGINAL,
    "2": CopyType.DUPLICATE,
    "3": CopyType.TRIPLICATE,
}
STATUSES: Final = {"ACCEPTED": ReceiptOutcome.REC, "ERROR": ReceiptOutcome.NOT}
RESULTS: Final = {"Y": Decision.GIVEN, "N": Decision.NOT_GIVEN, "P": Decision.PENDING}
