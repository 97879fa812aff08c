"""Extracts of export declarations: the 15 agreed parameters, and little more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from swb_conformance.live.leading.goods import GOODS, draw_consignee, draw_exporter
from swb_schemas.documents import DeclarationExtract
from swb_schemas.documents.certificate_of_origin import Port
from swb_schemas.documents.declaration_extract import (
    Agent,
    Consignee,
    DeclaredItem,
    DeclaredTransport,
    Exporter,
)
from swb_schemas.documents.elements import CommodityCode, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["break_rule", "draw", "list_boxes", "name_exporter"]


def draw(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> DeclarationExtract:
    """See `Drawn`."""
    exporter, consignee = draw_exporter(exporting), draw_consignee(importing)
    return DeclarationExtract(
        reference_number=number,
        issuing_country=exporting,
        issuing_office=f"{exporting}-TEST",
        importing_country=importing,
        acceptance_date=on,
        exporter=Exporter(identifier=exporter.identifier or "", name=exporter.name),
        consignee=Consignee(
            name=consignee.name, address=consignee.address, country=consignee.country
        ),
        declaring_agent=Agent(identifier="0105500000002", name="EXAMPLE FORWARDING AGENTS"),
        transport=DeclaredTransport(
            departure_date=on + timedelta(days=1),
            mode="1",
            discharge_port=Port(name="EXAMPLE PORT OF DISCHARGE"),
        ),
        items=tuple(_draw_item(at, exporting) for at in range(1, items + 1)),
    )


def break_rule(extract: DeclarationExtract) -> DeclarationExtract:
    """No goods of that quantity leave."""
    none = Measure(unit=extract.items[0].quantity.unit, value=Decimal(0))
    first = extract.items[0].model_copy(update={"quantity": none})
    return extract.model_copy(update={"items": (first, *extract.items[1:])})


def name_exporter(extract: DeclarationExtract, number: str) -> DeclarationExtract:
    """See `Kind.name_exporter`."""
    exporter = extract.exporter.model_copy(update={"identifier": number})
    return extract.model_copy(update={"exporter": exporter})


def list_boxes(extract: DeclarationExtract) -> Mapping[str, object]:
    """See `Kind.list_boxes`."""
    found: dict[str, object] = {
        "ReferenceNumber": extract.reference_number,
        "IssuingCountry": extract.issuing_country,
        "ImportingCountry": extract.importing_country,
        "Exporter/Identifier": extract.exporter.identifier,
        "Exporter/Name": extract.exporter.name,
        "Consignee/Name": extract.consignee.name,
        "DeclaringAgent/Identifier": extract.declaring_agent.identifier,
        "DepartureDate": extract.transport.departure_date,
        "items": len(extract.items),
    }
    for item in extract.items:
        at = f"Item[{item.sequence_number}]"
        found |= {
            f"{at}/CommodityCode": item.commodity_code.value,
            f"{at}/Quantity": (item.quantity.unit, item.quantity.value),
            f"{at}/OriginCountry": item.origin_country,
        }
    return found


def _draw_item(number: int, exporting: str) -> DeclaredItem:
    description, code, unit, _ = GOODS[number % len(GOODS)]
    return DeclaredItem(
        sequence_number=number,
        commodity_code=CommodityCode(nomenclature="AHTN-2022", value=code),
        quantity=Measure(unit=unit, value=Decimal("20.5")),
        origin_country=exporting,
        description=description,
    )
