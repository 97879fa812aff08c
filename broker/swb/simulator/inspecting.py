"""Simulated inspection bodies: certificates of inspection, drawn from a seed."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from swb_schemas.documents.elements import Amount, Measure
from swb_schemas.documents.inspection import (
    CertificateOfConformity,
    CleanReportOfFindings,
    ConformingItem,
    InspectedItem,
    Inspection,
)

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["draw_clean_report", "draw_conformity"]


def draw_conformity(
    certificate: CertificateOfOrigin, *, serial: int, seed: int, on: date
) -> CertificateOfConformity:
    """Draw the certificate of conformity for the goods of a certificate of origin."""
    standards = (f"SIM-STANDARD {certificate.destination} {serial % 97 + 1}:2024",)
    items = tuple(
        ConformingItem(
            sequence_number=item.sequence_number,
            commodity_code=item.commodity_code,
            description=item.description,
            quantity=item.quantity,
            brand=item.trademark_name,
            standards=standards,
        )
        for item in certificate.items
    )
    return CertificateOfConformity(
        items=items, **_head(certificate, "COC", serial=serial, seed=seed, on=on)
    )


def draw_clean_report(
    certificate: CertificateOfOrigin, *, serial: int, seed: int, on: date
) -> CleanReportOfFindings:
    """Draw the clean report of findings for the goods of a certificate of origin."""
    items = tuple(
        InspectedItem(
            sequence_number=item.sequence_number,
            commodity_code=item.commodity_code,
            description=item.description,
            quantity=item.quantity or Measure.model_validate({"unit": "KGM", "value": "100"}),
            assessed_value=item.fob_amount
            or Amount.model_validate({"currency": "USD", "value": "1000"}),
            origin_country=certificate.issuing_country,
        )
        for item in certificate.items
    )
    return CleanReportOfFindings(
        import_application=f"SIM-IMPORT-{serial:06d}",
        items=items,
        **_head(certificate, "CRF", serial=serial, seed=seed, on=on),
    )


def _head(
    certificate: CertificateOfOrigin, kind: str, *, serial: int, seed: int, on: date
) -> dict[str, Any]:
    random = Random(f"{seed}:{kind}:{certificate.key}")  # noqa: S311 - dates, not secrets
    return {
        "reference_number": f"{certificate.issuing_country}{kind}{on:%y}{serial:06d}",
        "issuing_country": certificate.issuing_country,
        "issuing_office": f"SIM-{kind}",
        "importing_country": certificate.destination,
        "issue_date": on,
        "inspection": Inspection(
            body_name="EXAMPLE INSPECTION BODY",
            programme="SIM",
            place=certificate.certification.place or certificate.issuing_country,
            date=on - timedelta(days=random.randint(1, 6)),
        ),
        "exporter": certificate.exporter,
        "importer": certificate.consignee,
        "invoices": certificate.items[0].invoices,
    }
