"""Certificates of inspection: conformity, and clean reports of findings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from swb_conformance.live.leading.goods import (
    GOODS,
    PLACE,
    draw_consignee,
    draw_exporter,
    draw_invoice,
)
from swb_schemas.documents import CertificateOfConformity, CleanReportOfFindings
from swb_schemas.documents.elements import Amount, CommodityCode, Measure
from swb_schemas.documents.inspection import (
    ConformingItem,
    InspectedItem,
    Inspection,
    InspectionCertificate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["break_rule", "draw_clean_report", "draw_conformity", "list_boxes"]

C = TypeVar("C", bound=InspectionCertificate)


def draw_conformity(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> CertificateOfConformity:
    """See `Drawn`."""
    return CertificateOfConformity(
        **_draw_head(exporting, importing, number, on),
        items=tuple(
            ConformingItem(**_draw_item(at), standards=(f"EXAMPLE STANDARD {importing} 1:2024",))
            for at in range(1, items + 1)
        ),
    )


def draw_clean_report(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> CleanReportOfFindings:
    """See `Drawn`."""
    return CleanReportOfFindings(
        **_draw_head(exporting, importing, number, on),
        items=tuple(
            InspectedItem(
                **_draw_item(at),
                assessed_value=Amount(currency="USD", value=Decimal("1500.25")),
                origin_country=exporting,
            )
            for at in range(1, items + 1)
        ),
    )


def break_rule(certificate: C) -> C:
    """The tariff keeps chapter 77 for another day."""
    code = CommodityCode(nomenclature="HS-2022", value="770000")
    first = certificate.items[0].model_copy(update={"commodity_code": code})
    return certificate.model_copy(update={"items": (first, *certificate.items[1:])})


def list_boxes(certificate: InspectionCertificate) -> Mapping[str, object]:
    """See `Kind.list_boxes`."""
    found: dict[str, object] = {
        "ReferenceNumber": certificate.reference_number,
        "IssuingCountry": certificate.issuing_country,
        "ImportingCountry": certificate.importing_country,
        "IssueDate": certificate.issue_date,
        "Exporter/Name": certificate.exporter.name,
        "Importer/Name": certificate.importer.name,
        "items": len(certificate.items),
    }
    for item in certificate.items:
        at = f"Item[{item.sequence_number}]"
        found |= {
            f"{at}/CommodityCode": item.commodity_code.value,
            f"{at}/Description": item.description,
            f"{at}/Quantity": item.quantity and (item.quantity.unit, item.quantity.value),
        }
    return found


def _draw_head(exporting: str, importing: str, number: str, on: date) -> dict[str, Any]:
    return {
        "reference_number": number,
        "issuing_country": exporting,
        "issuing_office": f"{exporting}-TEST",
        "importing_country": importing,
        "issue_date": on,
        "inspection": Inspection(
            body_name="EXAMPLE INSPECTION BODY",
            programme="EXAMPLE",
            place=PLACE,
            date=on - timedelta(days=1),
        ),
        "exporter": draw_exporter(exporting),
        "importer": draw_consignee(importing),
        "invoices": (draw_invoice(number, on),),
    }


def _draw_item(number: int) -> dict[str, Any]:
    description, code, unit, _ = GOODS[number % len(GOODS)]
    return {
        "sequence_number": number,
        "commodity_code": CommodityCode(nomenclature="HS-2022", value=code[:6]),
        "description": description,
        "quantity": Measure(unit=unit, value=Decimal("20.5")),
    }
