"""Form Ds that every national format is asked to carry: boxes, criteria, scripts, borders."""

from __future__ import annotations

from typing import Any, Final

from swb_schemas.documents import CertificateOfOrigin
from tests.certificates import make_certificate, make_values
from tests.rulebook.case import ORIGINAL, plain

__all__ = ["list_certificates"]

_STATES: Final[dict[str, tuple[str, str, str, str]]] = {
    "BN": ("ms", "Syarikat Contoh Sendirian Berhad", "BNMUA", "Muara"),
    "ID": ("id", "PT Contoh Ekspor Sejahtera", "IDTPP", "Tanjung Priok"),
    "KH": ("km", "ក្រុមហ៊ុន ឧទាហរណ៍ នាំចេញ", "KHKOS", "Sihanoukville"),
    "LA": ("lo", "ບໍລິສັດ ຕົວຢ່າງ ສົ່ງອອກ", "LAVTE", "Vientiane"),
    "MM": ("my", "ဥပမာ ပို့ကုန် ကုမ္ပဏီ", "MMRGN", "Yangon"),
    "MY": ("ms", "Syarikat Contoh Eksport Berhad", "MYPKG", "Port Klang"),
    "PH": ("fil", "Kompanyang Halimbawa ng Luwás", "PHMNL", "Manila"),
    "SG": ("zh", "新加坡示例出口私人有限公司", "SGSIN", "Singapore"),
    "TH": ("th", "บริษัท ตัวอย่างส่งออก จำกัด", "THLCH", "Laem Chabang"),
    "VN": ("vi", "Công ty Cổ phần Xuất khẩu Ví dụ", "VNHPH", "Hải Phòng"),
}
"""Language, a trader's name in it, and a port."""

_CRITERIA: Final[dict[str, dict[str, Any]]] = {
    "wholly obtained": {"bases": ["WO"]},
    "a regional value content of 40 per cent": {"bases": ["RVC"], "percentage": "40"},
    "a regional value content with decimals": {"bases": ["RVC"], "percentage": "46.75"},
    "a change of chapter": {"bases": ["CC"]},
    "a change of heading": {"bases": ["CTH"]},
    "a change of subheading": {"bases": ["CTSH"]},
    "a specific process": {"bases": ["SP"]},
    "a change of heading with a regional value content": {
        "bases": ["CTH", "RVC"],
        "percentage": "35",
    },
}

_FLAGS: Final[dict[str, dict[str, Any]]] = {
    "invoiced from a third country": {
        "third_country_invoicing": {"company_name": "Example KK", "company_country": "JP"}
    },
    "of goods shown at an exhibition": {
        "exhibition": {"name": "Example Fair", "address": "1 Fair Road\nSingapore"}
    },
    "with accumulation": {"accumulation": {}},
    "with de minimis": {"de_minimis": {}},
    "that rests upon an original": {"back_to_back": {"originals": [ORIGINAL]}},
    "that rests upon three originals": {
        "back_to_back": {
            "originals": [
                {**ORIGINAL, "reference_number": f"000{number}/KOX/2026"} for number in (1, 2, 3)
            ]
        }
    },
    "issued retroactively": {"issued_retroactively": {}},
}


def list_certificates() -> dict[str, CertificateOfOrigin]:
    """List them by what they are there for."""
    return {
        "a plain form d": plain(items=1),
        **_of_states(),
        **_of_criteria(),
        **_with_flags(),
        **_at_borders(),
    }


def _of_states() -> dict[str, CertificateOfOrigin]:
    found, states = {}, list(_STATES)
    for place, state in enumerate(states):
        language, name, port, port_name = _STATES[state]
        importing = states[(place + 3) % len(states)]
        other, other_name, other_port, other_port_name = _STATES[importing]
        found[f"a form d from {state} to {importing} with names in {language} and {other}"] = plain(
            items=2,
            reference_number=f"{state}-2026-0000001",
            issuing_country=state,
            exporter__country=state,
            exporter__national_names=[{"lang": language, "value": name}],
            consignee__country=importing,
            consignee__national_names=[{"lang": other, "value": other_name}],
            exporter_declaration__country_of_production=state,
            exporter_declaration__importing_country=importing,
            transport__loading_port={"code": port, "name": port_name},
            transport__discharge_port={"code": other_port, "name": other_port_name},
            items__0__national_descriptions=[{"lang": language, "value": name}],
        )
    return found


def _of_criteria() -> dict[str, CertificateOfOrigin]:
    found = {
        f"a form d of goods by {what}": plain(items=1, items__0__origin_criterion=criterion)
        for what, criterion in _CRITERIA.items()
    }
    every = list(_CRITERIA.values())
    changes: dict[str, Any] = {
        f"items__{place}__origin_criterion": criterion for place, criterion in enumerate(every)
    }
    found["a form d whose items have all criteria"] = plain(items=len(every), **changes)
    found["a form d with partial cumulation"] = plain(
        items=1,
        items__0__origin_criterion={"bases": ["PC"], "percentage": "25"},
        special_cases__partial_cumulation={},
    )
    return found


def _with_flags() -> dict[str, CertificateOfOrigin]:
    found = {
        f"a form d {what}": plain(items=1, special_cases=flags) for what, flags in _FLAGS.items()
    }
    every: dict[str, Any] = {}
    for flags in _FLAGS.values():
        every |= flags
    found["a form d with every box ticked"] = plain(
        items=1,
        items__0__origin_criterion={"bases": ["PC"], "percentage": "20"},
        special_cases={**every, "partial_cumulation": {}},
    )
    return found


def _at_borders() -> dict[str, CertificateOfOrigin]:
    return {
        "a form d of fifty items": plain(items=50),
        "a form d with signs that xml has for itself": plain(
            items=1,
            exporter__name="A < B & \"C\" > 'D' ]]> E",
            items__0__description="<item> & 5 % > 3 %",
        ),
        "a form d with lines in its boxes": plain(
            items=1,
            exporter__address="1 Example Road\nFloor 2\nBangkok 10110",
            items__0__marks_and_numbers="EXAMPLE\nC/NO 1-100\nMADE IN THAILAND",
        ),
        "a form d with names of several languages": plain(
            items=1,
            exporter__national_names=[
                {"lang": language, "value": name} for language, name, _, _ in _STATES.values()
            ][:8],
        ),
        "a form d with joiners inside words": plain(
            items=1,
            items__0__national_descriptions=[{"lang": "km", "value": "ទំនិញ\u200bឧទាហរណ៍"}],
        ),
        "a form d of great and of small measures": plain(
            items=2,
            items__0__quantity={"unit": "KGM", "value": "999999999.999"},
            items__0__gross_measure={"unit": "KGM", "value": "1000000000"},
            items__1__quantity={"unit": "KGM", "value": "0.001"},
            items__1__gross_measure={"unit": "KGM", "value": "0.01"},
            items__1__fob_amount={"currency": "USD", "value": "0.01"},
        ),
        "a form d of several packages and invoices": plain(
            items=1,
            items__0__packages=[{"count": 3, "type_code": "CT"}, {"count": 1, "type_code": "PX"}],
            items__0__invoices=[
                {"number": "INV-1", "date": "2026-10-29"},
                {"number": "INV-2", "date": "2026-10-30"},
            ],
        ),
        "a form d that leaves every box empty that may be": _smallest(),
        "a form d issued on a leap day": plain(
            items=1,
            transport__departure_date="2028-02-29",
            exporter_declaration__date="2028-02-28",
            certification__date="2028-02-29",
        ),
        "a certified true copy": plain(items=1, certification__original_issue_date="2026-10-20"),
        "a certificate under aanzfta": make_certificate(
            agreement="AANZFTA",
            exporter_declaration__importing_country="AU",
            transport__discharge_port={"code": "AUMEL", "name": "Melbourne"},
            items__0__origin_criterion={"bases": ["PE"]},
        ),
    }


def _smallest() -> CertificateOfOrigin:
    """Nothing but what the schema demands."""
    whole = make_values()
    item = whole["items"][0]
    kept = ("sequence_number", "description", "commodity_code", "origin_criterion", "invoices")
    declared = whole["exporter_declaration"]
    names = ("agreement", "edition", "reference_number", "issuing_country", "issuing_office")
    return CertificateOfOrigin.model_validate(
        {
            **{name: whole[name] for name in names},
            "exporter": {"name": "Example", "address": "Bangkok", "country": "TH"},
            "consignee": {"name": "Example", "address": "Ha Noi", "country": "VN"},
            "transport": {},
            "items": [{name: item[name] for name in kept}],
            "exporter_declaration": {
                name: declared[name] for name in ("country_of_production", "importing_country")
            },
            "certification": {"date": "2026-11-02"},
        }
    )
