"""Certificates of origin: a Form D under ATIGA, and what AANZFTA's form has of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from swb_conformance.live.leading.goods import (
    AUTHORITY,
    GOODS,
    PLACE,
    draw_consignee,
    draw_exporter,
    draw_invoice,
)
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.certificate_of_origin import (
    Certification,
    ExporterDeclaration,
    Invoice,
    Item,
    Package,
    Port,
    Transport,
)
from swb_schemas.documents.elements import CommodityCode, Measure
from swb_schemas.documents.origin_criterion import RVC, OriginCriterion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["break_aanzfta", "break_rule", "draw_aanzfta", "draw_form_d", "list_boxes"]


def draw_form_d(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> CertificateOfOrigin:
    """See `Drawn`."""
    invoice = draw_invoice(number, on)
    return CertificateOfOrigin(
        agreement="ATIGA",
        edition="2021",
        reference_number=number,
        issuing_country=exporting,
        issuing_office=f"{exporting}-TEST",
        exporter=draw_exporter(exporting),
        consignee=draw_consignee(importing),
        transport=Transport(
            departure_date=on + timedelta(days=1),
            mode="1",
            means_name="MV EXAMPLE",
            journey_number="026N",
            loading_port=Port(name="EXAMPLE PORT OF LOADING"),
            discharge_port=Port(name="EXAMPLE PORT OF DISCHARGE"),
        ),
        items=tuple(_draw_item(at, invoice) for at in range(1, items + 1)),
        exporter_declaration=ExporterDeclaration(
            country_of_production=exporting,
            importing_country=importing,
            place=PLACE,
            date=on,
            signatory_name="EXPORT CLERK (EXAMPLE)",
        ),
        certification=Certification(
            authority_name=AUTHORITY,
            place=PLACE,
            date=on,
            signatory_name="OFFICER (EXAMPLE)",
        ),
    )


def draw_aanzfta(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> CertificateOfOrigin:
    """See `Drawn`. The published form has fewer boxes, and names no office."""
    drawn = draw_form_d(exporting=exporting, importing=importing, number=number, on=on, items=items)
    transport = drawn.transport.model_copy(update={"mode": None})
    return drawn.model_copy(
        update={
            "agreement": "AANZFTA",
            "edition": "unstated",
            "issuing_office": "AANZFTA",
            "transport": transport,
            "items": tuple(_shorten(item) for item in drawn.items),
        }
    )


def break_rule(certificate: CertificateOfOrigin) -> CertificateOfOrigin:
    """A regional value content of ten per cent earns no preference."""
    criterion = OriginCriterion(bases=(RVC,), percentage=Decimal(10))
    first = certificate.items[0].model_copy(update={"origin_criterion": criterion})
    return certificate.model_copy(update={"items": (first, *certificate.items[1:])})


def break_aanzfta(certificate: CertificateOfOrigin) -> CertificateOfOrigin:
    """The tariff keeps chapter 77 for another day; of percentages AANZFTA has no rule here."""
    code = CommodityCode(nomenclature="HS-2022", value="770000")
    first = certificate.items[0].model_copy(update={"commodity_code": code})
    return certificate.model_copy(update={"items": (first, *certificate.items[1:])})


def list_boxes(certificate: CertificateOfOrigin) -> Mapping[str, object]:
    """See `Kind.list_boxes`."""
    found: dict[str, object] = {
        "ReferenceNumber": certificate.reference_number,
        "IssuingCountry": certificate.issuing_country,
        "ImportingCountry": certificate.destination,
        "Exporter/Name": certificate.exporter.name,
        "Consignee/Name": certificate.consignee.name,
        "DepartureDate": certificate.transport.departure_date,
        "Certification/Date": certificate.certification.date,
        "items": len(certificate.items),
    }
    for item in certificate.items:
        at = f"Item[{item.sequence_number}]"
        found |= {
            f"{at}/Description": item.description,
            f"{at}/CommodityCode": item.commodity_code.value,
            f"{at}/OriginCriterion": (
                item.origin_criterion.bases,
                item.origin_criterion.percentage,
            ),
            f"{at}/Quantity": item.quantity and (item.quantity.unit, item.quantity.value),
            f"{at}/GrossMeasure": item.gross_measure and item.gross_measure.value,
            f"{at}/Package": tuple(each.count for each in item.packages),
            f"{at}/Invoice": tuple((each.number, each.date) for each in item.invoices),
        }
    return found


def _draw_item(number: int, invoice: Invoice) -> Item:
    description, code, unit, package = GOODS[number % len(GOODS)]
    return Item(
        sequence_number=number,
        marks_and_numbers="N/M",
        packages=(Package(count=100 * number, type_code=package),),
        description=description,
        quantity=Measure(unit=unit, value=Decimal("20.5")),
        commodity_code=CommodityCode(nomenclature="AHTN-2022", value=code),
        origin_criterion=OriginCriterion(bases=("WO",)),
        gross_measure=Measure(unit="KGM", value=Decimal("2160.5")),
        invoices=(invoice,),
    )


def _shorten(item: Item) -> Item:
    code = CommodityCode(nomenclature="HS-2022", value=item.commodity_code.value[:6])
    package = Package(count=1, gross_measure=item.gross_measure)
    return item.model_copy(update={"commodity_code": code, "packages": (package,)})
