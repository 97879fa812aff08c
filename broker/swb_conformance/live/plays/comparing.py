"""What of a Form D must be the same at both ends, whatever format lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["find_differences"]


def find_differences(first: CertificateOfOrigin, second: CertificateOfOrigin) -> list[str]:
    """Name what differs; the boxes without which customs can decide nothing.

    A format may lose more, and has to declare it (``swb adapters losses``): the profile `adapter`
    is for that.
    """
    one, other = _boxes(first), _boxes(second)
    return [name for name in one if one[name] != other.get(name)]


def _boxes(certificate: CertificateOfOrigin) -> dict[str, object]:
    declaration = certificate.exporter_declaration
    found: dict[str, object] = {
        "ReferenceNumber": certificate.reference_number,
        "IssuingCountry": certificate.issuing_country,
        "ImportingCountry": declaration.importing_country,
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
            f"{at}/GrossMeasure": item.gross_measure and item.gross_measure.value,
            f"{at}/Package": tuple(each.count for each in item.packages),
            f"{at}/Invoice": tuple((each.number, each.date) for each in item.invoices),
        }
    return found
