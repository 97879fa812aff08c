"""Sanitary and phytosanitary certificates of simulated authorities, drawn from a seed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.sps import SpsCertificate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin, LeadingDocument

__all__ = ["draw_beside", "draw_phytosanitary", "withdraw"]

_PRODUCE: Final[Mapping[type[SpsCertificate], tuple[tuple[str, str, str, str], ...]]] = {
    PhytosanitaryCertificate: (
        ("Fresh mangosteens", "Mangosteen", "Garcinia mangostana", "080450"),
        ("Durian, whole", "Durian", "Durio zibethinus", "081060"),
        ("Orchid cuttings", "Dendrobium", "Dendrobium", "060210"),
        ("Green coffee beans", "Coffee", "Coffea canephora", "090111"),
        ("Milled rice", "Rice", "Oryza sativa", "100630"),
    ),
    AnimalHealthCertificate: (
        ("Frozen chicken cuts", "Chicken", "Gallus gallus domesticus", "020714"),
        ("Hatching eggs", "Duck", "Anas platyrhynchos domesticus", "040711"),
        ("Breeding cattle", "Cattle", "Bos taurus", "010221"),
    ),
    FoodSafetyCertificate: (
        ("Canned tuna in brine", "Skipjack tuna", "Katsuwonus pelamis", "160414"),
        ("Frozen shrimps, peeled", "Whiteleg shrimp", "Penaeus vannamei", "030617"),
        ("Coconut milk", "Coconut", "Cocos nucifera", "210690"),
    ),
}
"""By kind: description, common name, scientific name, heading."""
_NUMBERS: Final = {
    PhytosanitaryCertificate: ("PC", "851"),
    AnimalHealthCertificate: ("AH", "853"),
    FoodSafetyCertificate: ("FS", "852"),
}
"""By kind: what numbers begin with, and the type code."""
_PACKAGES: Final = ("CT", "BG", "BX")
_WITHDRAWN_SHARE: Final = 0.1
_TREATED_SHARE: Final = 0.4


def draw_phytosanitary(
    *,
    exporting: str,
    importing: str,
    serial: int,
    seed: int,
    on: date,
    kind: type[SpsCertificate] = PhytosanitaryCertificate,
) -> SpsCertificate:
    """Draw one plausible certificate; the same arguments, the same one.

    Args:
        exporting: State whose authority issues it.
        importing: State that it is for.
        serial: Makes its number.
        seed: Everything else is drawn from it.
        on: The day of issue.
        kind: Of certificate.
    """
    begins, type_code = _NUMBERS[kind]
    random = Random(f"{seed}:{begins}:{exporting}:{importing}:{serial}")  # noqa: S311 - goods
    produce = _PRODUCE[kind]
    lines = random.sample(produce, k=random.randint(1, min(3, len(produce))))
    return kind.model_validate(
        {
            "reference_number": f"{begins}-{exporting}-{on.year}-{serial:06d}",
            "type_code": type_code,
            "status": "ISSUED",
            "issued": {"day": on, "time": "09:00:00", "offset": "+07:00"},
            "issuer_name": f"Example Authority {exporting}",
            "notes": [_note("ADEDL", "The consignment was found free of Example pests.")],
            "authentication": {
                "signed": {"day": on},
                "place": f"Example City {exporting}",
                "signatory_name": f"Officer {random.randint(1, 40)}",
            },
            "consignor": {
                "name": f"Example Growers {random.randint(1, 500)}",
                "address_lines": [f"{random.randint(1, 99)} Example Road"],
            },
            "consignee": {
                "name": f"Sample Importers {random.randint(1, 500)}",
                "address_lines": [f"{random.randint(1, 99)} Sample Street"],
            },
            "export_country": {"code": exporting},
            "import_country": {"code": importing},
            "port_of_entry": {"name": f"Example Port {importing}"},
            "carriage": [{"mode": random.choice("134"), "means_name": "EXAMPLE STAR"}],
            "items": [
                _line(place, each, exporting, on, random) for place, each in enumerate(lines, 1)
            ],
        }
    )


def draw_beside(
    kind: type[SpsCertificate],
    certificate: CertificateOfOrigin,
    *,
    serial: int,
    seed: int,
    on: date,
) -> SpsCertificate:
    """Draw a certificate of a kind that goes the way of a certificate of origin."""
    return draw_phytosanitary(
        exporting=certificate.issuing_country,
        importing=certificate.destination,
        serial=serial,
        seed=seed,
        on=on,
        kind=kind,
    )


def withdraw(document: LeadingDocument, *, seed: int) -> SpsCertificate | None:
    """Draw whether an authority takes a certificate back: then the same with that status."""
    if not isinstance(document, SpsCertificate):
        return None
    # Of the serial number and not of the year: a seed tells the same every year.
    serial = document.reference_number.rpartition("-")[2]
    what = f"{seed}:withdrawn:{document.type_code}:{document.issuing_country}:{serial}"
    random = Random(what)  # noqa: S311 - no secret is drawn
    if random.random() >= _WITHDRAWN_SHARE:
        return None
    values = {**document.model_dump(), "status": "WITHDRAWN"}
    return type(document).model_validate(values)


def _note(subject: str, text: str) -> dict[str, Any]:
    return {"subject": subject, "content": {"lang": "en", "value": text}}


def _line(
    place: int, produce: tuple[str, str, str, str], exporting: str, on: date, random: Random
) -> dict[str, Any]:
    description, common, botanical, hs = produce
    net = Decimal(random.randint(100, 20_000))
    treatments = []
    if random.random() < _TREATED_SHARE:
        day = {"day": on - timedelta(days=random.randint(1, 5))}
        measure = {"unit": "CEL", "value": Decimal(random.randint(-20, 50))}
        figure = {"descriptions": [{"lang": "und", "value": "TTTM"}], "measure": measure}
        treatments = [{"started": day, "ended": day, "characteristics": [figure]}]
    return {
        "sequence_number": place,
        "consignment_item": 1,
        "descriptions": [{"lang": "en", "value": description}],
        "common_names": [{"lang": "en", "value": common}],
        "scientific_names": [{"lang": "la", "value": botanical}],
        "net_weight": {"unit": "KGM", "value": net},
        "gross_weight": {"unit": "KGM", "value": net + random.randint(1, 500)},
        "classifications": [{"system_name": "HS", "class_code": hs}],
        "packages": [
            {"type_code": random.choice(_PACKAGES), "count": Decimal(random.randint(1, 900))}
        ],
        "origins": [{"code": exporting}],
        "treatments": treatments,
    }
