"""Sanitary and phytosanitary certificates, and how one is taken back."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from swb_conformance.live.leading.goods import AUTHORITY, PLACE
from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.elements import LocalText, Measure
from swb_schemas.documents.sps import (
    Authentication,
    CertificateStatus,
    Classification,
    Country,
    Location,
    Moment,
    Movement,
    OriginCountry,
    SpsCertificate,
    SpsPackage,
    SpsParty,
    TradeLine,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from swb_schemas.documents import LeadingDocument

__all__ = ["DRAWS", "break_rule", "list_boxes", "take_back"]

S = TypeVar("S", bound=SpsCertificate)

_PRODUCE: Final[Mapping[type[SpsCertificate], tuple[str, str, str, str]]] = {
    PhytosanitaryCertificate: ("851", "Fresh durians", "Durio zibethinus", "081060"),
    AnimalHealthCertificate: ("853", "Hatching eggs", "Gallus gallus domesticus", "040711"),
    FoodSafetyCertificate: ("852", "Canned tuna in brine", "Katsuwonus pelamis", "160414"),
}
"""By kind: its type code; description, scientific name and heading of its goods."""


def _draw(
    kind: type[S], *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> S:
    type_code, *_ = _PRODUCE[kind]
    return kind(
        reference_number=number,
        type_code=type_code,
        status=CertificateStatus.ISSUED,
        issued=Moment(day=on, time="09:30:00", offset="+07:00"),
        issuer_name=AUTHORITY,
        authentication=Authentication(
            signed=Moment(day=on), place=PLACE, signatory_name="OFFICER (EXAMPLE)"
        ),
        consignor=SpsParty(name="EXAMPLE GROWERS LTD", address_lines=("99 EXAMPLE ROAD", PLACE)),
        consignee=SpsParty(name="EXAMPLE IMPORTS", address_lines=("1 EXAMPLE STREET", PLACE)),
        export_country=Country(code=exporting),
        import_country=Country(code=importing),
        port_of_entry=Location(name="EXAMPLE PORT OF DISCHARGE"),
        carriage=(Movement(mode="1", means_name="MV EXAMPLE"),),
        items=tuple(_draw_line(kind, at, exporting) for at in range(1, items + 1)),
    )


DRAWS: Final[Mapping[type[SpsCertificate], Any]] = {kind: partial(_draw, kind) for kind in _PRODUCE}
"""By kind: what draws one; see `Drawn`."""


def break_rule(certificate: S) -> S:
    """A certificate of no goods at all certifies nothing."""
    none = Measure(unit="KGM", value=Decimal(0))
    first = certificate.items[0].model_copy(update={"net_weight": none})
    return certificate.model_copy(update={"items": (first, *certificate.items[1:])})


def take_back(certificate: LeadingDocument) -> SpsCertificate:
    """The same certificate, once more with the status that takes it back.

    Raises:
        TypeError: It has no status.
    """
    if not isinstance(certificate, SpsCertificate):
        message = f"expected a certificate with a status, found {type(certificate).__name__}"
        raise TypeError(message)
    return certificate.model_copy(update={"status": CertificateStatus.WITHDRAWN})


def list_boxes(certificate: SpsCertificate) -> Mapping[str, object]:
    """See `Kind.list_boxes`."""
    found: dict[str, object] = {
        "ReferenceNumber": certificate.reference_number,
        "Status": certificate.status,
        "Issued/Day": certificate.issued.day,
        "ExportCountry": certificate.issuing_country,
        "ImportCountry": certificate.destination,
        "Consignor/Name": certificate.consignor and certificate.consignor.name,
        "Consignee/Name": certificate.consignee and certificate.consignee.name,
        "items": len(certificate.items),
    }
    for item in certificate.items:
        at = f"Item[{item.sequence_number}]"
        found |= {
            f"{at}/Description": tuple(each.value for each in item.descriptions),
            f"{at}/ScientificName": tuple(each.value for each in item.scientific_names),
            f"{at}/NetWeight": item.net_weight and (item.net_weight.unit, item.net_weight.value),
            f"{at}/Origin": tuple(each.code for each in item.origins),
        }
    return found


def _draw_line(kind: type[SpsCertificate], number: int, exporting: str) -> TradeLine:
    _, description, name, heading = _PRODUCE[kind]
    return TradeLine(
        sequence_number=number,
        consignment_item=1,
        descriptions=(LocalText(lang="en", value=f"{description}, lot {number}"),),
        scientific_names=(LocalText(lang="la", value=name),),
        net_weight=Measure(unit="KGM", value=Decimal("20.5")),
        gross_weight=Measure(unit="KGM", value=Decimal(22)),
        classifications=(Classification(system_name="HS", class_code=heading),),
        packages=(SpsPackage(type_code="CT", count=Decimal(10 * number)),),
        origins=(OriginCountry(code=exporting),),
    )
