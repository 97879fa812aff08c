"""One plain phytosanitary certificate, whole and valid, to be changed by each test as it needs."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import PhytosanitaryCertificate

if TYPE_CHECKING:
    from swb_schemas.documents.sps import SpsCertificate

__all__ = ["make_sps", "make_sps_values"]

_EN: Final = "en"

_PARTS: Final[dict[str, Any]] = {
    "reference_number": "PC-ID-2026-000001",
    "type_code": "851",
    "status": "ISSUED",
    "issued": {"day": "2026-11-02", "time": "09:30:00", "offset": "+07:00"},
    "issuer_name": "Example Plant Protection Organisation",
    "notes": [{"subject": "ADEDL", "content": {"lang": _EN, "value": "Free of Example pests."}}],
    "references": [],
    "authentication": {
        "signed": {"day": "2026-11-02"},
        "place": "Surabaya",
        "authority_name": "Example Plant Protection Organisation",
        "signatory_name": "C. Officer",
        "clauses": [{"number": 1, "content": "The plants described were inspected."}],
    },
    "consignor": {
        "name": "PT Contoh Buah Ekspor",
        "identifiers": [{"scheme": "NationalRegistrationNumber", "number": "0112233445"}],
        "address_lines": ["Jalan Contoh 1", "Surabaya"],
    },
    "consignee": {"name": "Sample Fruit Import Pte Ltd", "address_lines": ["1 Sample Road"]},
    "export_country": {"code": "ID"},
    "import_country": {"code": "SG"},
    "transit_countries": [{"code": "MY"}],
    "port_of_entry": {"code": "SGSIN", "name": "Singapore"},
    "examination_place": "Tanjung Perak",
    "carriage": [{"journey_number": "018W", "mode": "1", "means_name": "EXAMPLE STAR"}],
    "equipment": {"number": "EXMU1234567", "seal_number": "S-0001"},
    "items": [
        {
            "sequence_number": 1,
            "consignment_item": 1,
            "descriptions": [{"lang": _EN, "value": "Fresh mangosteens"}],
            "common_names": [{"lang": _EN, "value": "Mangosteen"}],
            "scientific_names": [{"lang": "la", "value": "Garcinia mangostana"}],
            "intended_uses": [{"lang": _EN, "value": "Consumption"}],
            "net_weight": {"unit": "KGM", "value": "1000.5"},
            "gross_weight": {"unit": "KGM", "value": "1100"},
            "notes": [{"subject": "DMTLIL", "content": {"lang": "und", "value": "Lot 7"}}],
            "classifications": [
                {"system_name": "HS", "class_code": "08045030"},
                {"system_name": "IPPCPCC", "class_names": [{"lang": _EN, "value": "Fresh"}]},
            ],
            "packages": [{"level_code": "1", "type_code": "CT", "count": "100"}],
            "origins": [{"code": "ID", "subdivision_name": "Jawa Timur", "subdivision_level": "0"}],
            "treatments": [
                {
                    "type_code": "ZZZ",
                    "started": {"day": "2026-10-30"},
                    "ended": {"day": "2026-10-31"},
                    "duration": {"unit": "HUR", "value": "24"},
                    "characteristics": [
                        {
                            "descriptions": [{"lang": "und", "value": "TTTM"}],
                            "measure": {"unit": "CEL", "value": "-0.5"},
                        }
                    ],
                }
            ],
        }
    ],
}


def make_sps_values(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a field takes
    """What `make_sps` builds from, as plain values; changes as of `make_certificate`."""
    values = copy.deepcopy(_PARTS)
    for path, value in changes.items():
        target: Any = values
        *steps, last = path.split("__")
        for step in steps:
            target = target[int(step)] if step.isdigit() else target[step]
        target[int(last) if last.isdigit() else last] = value
    return values


def make_sps(
    model: type[SpsCertificate] = PhytosanitaryCertificate,
    **changes: Any,  # noqa: ANN401 - as above
) -> SpsCertificate:
    """Build a valid certificate from Indonesia to Singapore, changed as asked."""
    return model.model_validate(make_sps_values(**changes))
