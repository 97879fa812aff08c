"""One plain certificate, whole and valid, to be changed by each test where it needs to."""

from __future__ import annotations

import copy
from typing import Any, Final

from swb_schemas.documents import CertificateOfOrigin

__all__ = ["make_certificate", "make_values"]

_PARTS: Final[dict[str, Any]] = {
    "agreement": "ATIGA",
    "edition": "2020",
    "reference_number": "D2026-0000001",
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "copy_type": "ORIGINAL",
    "exporter": {
        "identifier": "0105500000001",
        "name": "Siam Example Export Co., Ltd.",
        "national_names": [{"lang": "th", "value": "บริษัท สยามตัวอย่าง จำกัด"}],
        "address": "99 Rama IV Road\nBangkok 10110",
        "country": "TH",
    },
    "consignee": {
        "name": "Saigon Example Import JSC",
        "national_names": [{"lang": "vi", "value": "Công ty Cổ phần Ví dụ Sài Gòn"}],
        "address": "1 Le Loi\nHo Chi Minh City",
        "country": "VN",
    },
    "transport": {
        "departure_date": "2026-11-03",
        "mode": "1",
        "means_name": "EXAMPLE STAR",
        "journey_number": "011E",
        "loading_port": {"code": "THLCH", "name": "Laem Chabang"},
        "discharge_port": {"code": "VNSGN", "name": "Ho Chi Minh City"},
    },
    "exporter_declaration": {
        "country_of_production": "TH",
        "importing_country": "VN",
        "place": "Nonthaburi",
        "date": "2026-11-01",
        "signatory_name": "A. Signatory",
    },
    "certification": {
        "authority_name": "Department of Example Trade",
        "place": "Bangkok",
        "date": "2026-11-02",
        "signatory_name": "B. Officer",
    },
}

_ITEM: Final[dict[str, Any]] = {
    "marks_and_numbers": "EXAMPLE\nC/NO 1-100",
    "packages": [{"count": 100, "type_code": "CT"}],
    "description": "Polypropylene woven bags\nsize 50 x 80 cm",
    "national_descriptions": [{"lang": "th", "value": "ถุงพลาสติกสาน"}],
    "quantity": {"unit": "KGM", "value": "1200.5"},
    "commodity_code": {"nomenclature": "AHTN-2022", "value": "63053310"},
    "manufacturer_name": "Siam Example Bags Co., Ltd.",
    "trademark_name": "EXAMPLE",
    "origin_criterion": {"bases": ["CTSH", "RVC"], "percentage": "35"},
    "gross_measure": {"unit": "KGM", "value": "1250"},
    "fob_amount": {"currency": "USD", "value": "15000.25"},
    "invoices": [{"number": "INV-2026/0001", "date": "2026-10-30"}],
}


def make_values(*, items: int = 1, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a field takes
    """What `make_certificate` builds from, as plain values.

    Args:
        items: How many items, all alike but for their number.
        changes: New values by field names joined with two underscores; a number is a position.
    """
    values = copy.deepcopy(_PARTS)
    values["items"] = [
        {"sequence_number": place, **copy.deepcopy(_ITEM)} for place in range(1, items + 1)
    ]
    for path, value in changes.items():
        target: Any = values
        *steps, last = path.split("__")
        for step in steps:
            target = target[int(step)] if step.isdigit() else target.setdefault(step, {})
        target[int(last) if last.isdigit() else last] = value
    return values


def make_certificate(*, items: int = 1, **changes: Any) -> CertificateOfOrigin:  # noqa: ANN401 - as above
    """Build a valid certificate from Thailand to Viet Nam, changed as asked.

    Example: ``make_certificate(exporter__country="SG", items__0__fob_amount=None)``.
    """
    return CertificateOfOrigin.model_validate(make_values(items=items, **changes))
