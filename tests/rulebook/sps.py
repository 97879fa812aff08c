"""Cases of sanitary and phytosanitary certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.rulebook import Place, Related
from tests.rulebook.case import Case
from tests.sps import make_sps, make_sps_values

if TYPE_CHECKING:
    from swb_schemas.documents.sps import SpsCertificate

__all__ = ["CASES", "FURTHER"]

ORIGINAL: Final = {"reference_number": "PC-MY-2026-000009", "type_code": "851"}
ELSEWHERE: Final = [{"code": "MY"}]


def sps(*findings: tuple[str, str], place: Place = Place.ISSUER, **changes: Any) -> Case:  # noqa: ANN401 - whatever a field takes
    """A changed plain certificate, and what is found in it."""
    codes = tuple((f"rule.{code}", path) for code, path in findings)
    return Case(document=make_sps(**changes), findings=codes, place=place)


def two_lines(**changes: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever a field takes
    """The plain certificate's line, and a second one like it, changed."""
    (line,) = make_sps_values()["items"]
    return [line, {**line, "sequence_number": 2, **changes}]


CASES: Final[dict[str, Case]] = {
    "a phytosanitary certificate of a day to come": sps(
        ("issued_in_future", "Issued/Day"), issued={"day": "2036-11-02"}
    ),
    "a measure of none": sps(
        ("sps_quantity_none", "Item[1]/NetWeight"),
        items__0__net_weight={"unit": "KGM", "value": "0"},
    ),
    "a line heavier net than gross": sps(
        ("net_above_gross", "Item[1]/NetWeight"),
        items__0__gross_weight={"unit": "KGM", "value": "5"},
    ),
    "a line as heavy net as gross": sps(
        items__0__net_weight={"unit": "KGM", "value": "5"},
        items__0__gross_weight={"unit": "KGM", "value": "5"},
    ),
    "an animal health certificate for plants": sps(
        ("sps_goods_of_another_kind", "Item[1]/Classification[1]/ClassCode"),
        model=AnimalHealthCertificate,
        type_code="853",
    ),
    "an animal health certificate for fish": sps(
        model=AnimalHealthCertificate,
        type_code="853",
        items__0__classifications__0__class_code="030110",
    ),
    "a phytosanitary certificate for fish": sps(
        ("sps_goods_of_another_kind", "Item[1]/Classification[1]/ClassCode"),
        items__0__classifications__0__class_code="030110",
    ),
    "a plain phytosanitary certificate": sps(),
    "a phytosanitary certificate of another kind's type": sps(
        ("sps_type_of_another_kind", "TypeCode"), type_code="853"
    ),
    "a plain animal health certificate": sps(
        model=AnimalHealthCertificate, type_code="853", items__0__classifications=[]
    ),
    "a plain food safety certificate names no plant": sps(
        model=FoodSafetyCertificate, type_code="852", items__0__scientific_names=[]
    ),
    "a food safety certificate of another kind's type": sps(
        ("sps_type_of_another_kind", "TypeCode"), model=FoodSafetyCertificate
    ),
    "a phytosanitary certificate that is only approved": sps(
        ("sps_not_issued", "Status"), status="APPROVED"
    ),
    "one only approved, where it is received": sps(place=Place.IMPORTER, status="APPROVED"),
    "a phytosanitary certificate without consignor": sps(
        ("sps_party_missing", "Consignor"), consignor=None
    ),
    "a consignee without address": sps(
        ("sps_party_missing", "Consignee"), consignee__address_lines=[]
    ),
    "a phytosanitary certificate for its own state": sps(
        ("sps_same_state", "ImportCountry/Code"), import_country__code="ID"
    ),
    "nobody signed": sps(("sps_signatory_missing", "Authentication"), authentication=None),
    "signed nowhere": sps(("sps_signatory_missing", "Authentication"), authentication__place=None),
    "no botanical name": sps(
        ("sps_botanical_name_missing", "Item[1]/ScientificName"), items__0__scientific_names=[]
    ),
    "a botanical name that is none": sps(
        ("sps_botanical_name_missing", "Item[1]/ScientificName"),
        items__0__scientific_names=[{"lang": "la", "value": "-"}],
    ),
    "a genus alone": sps(items__0__scientific_names=[{"lang": "la", "value": "Ribes"}]),
    "a line without origin": sps(("sps_origin_missing", "Item[1]/Origin"), items__0__origins=[]),
    "an origin in words alone": sps(
        ("sps_origin_missing", "Item[1]/Origin"), items__0__origins=[{"name": "Example"}]
    ),
    "a line without quantity": sps(
        ("sps_quantity_missing", "Item[1]"), items__0__net_weight=None, items__0__gross_weight=None
    ),
    "a quantity in a note": sps(
        items__0__net_weight=None,
        items__0__gross_weight=None,
        items__0__notes=[{"subject": "OQV", "content": {"lang": "und", "value": "33"}}],
    ),
    "a line without produce": sps(
        ("sps_produce_missing", "Item[1]/Description"),
        items__0__descriptions=[],
        items__0__common_names=[],
    ),
    "a line without packages": sps(
        ("sps_packages_missing", "Item[1]/Package"), items__0__packages=[]
    ),
    "packages in words": sps(
        items__0__packages=[],
        items__0__notes=[{"subject": "OPTND", "content": {"lang": "und", "value": "in bulk"}}],
    ),
    "no point of entry": sps(("sps_entry_missing", "PortOfEntry"), port_of_entry=None),
    "no conveyance": sps(("sps_conveyance_missing", "Carriage"), carriage=[]),
    "a treatment after the day of issue": sps(
        ("sps_treated_after_issue", "Item[1]/Treatment[1]"),
        items__0__treatments__0__ended={"day": "2026-11-03"},
    ),
    "a treatment on the day of issue": sps(
        items__0__treatments__0__ended={"day": "2026-11-02"},
    ),
    "re-export with its original": sps(
        type_code="657", references=[ORIGINAL], items__0__origins=ELSEWHERE
    ),
    "re-export without its original": sps(
        ("sps_reexport_without_original", "Reference"),
        type_code="657",
        items__0__origins=ELSEWHERE,
    ),
    "re-export of own goods": sps(
        ("sps_reexport_of_own_goods", "Item[1]/Origin"), type_code="657", references=[ORIGINAL]
    ),
    "what was withdrawn is not held to the rules": sps(
        status="WITHDRAWN", consignor=None, items__0__scientific_names=[], import_country__code="ID"
    ),
    "what was taken back before it was handed over": Case(
        document=make_sps(),
        findings=(("rule.sps_taken_back", "Status"),),
        place=Place.IMPORTER,
        related=Related(taken_back=True),
    ),
    "countries of a phytosanitary certificate that are none": sps(
        ("country_not_listed", "ImportCountry/Code"),
        ("country_not_listed", "TransitCountry[1]/Code"),
        ("country_not_listed", "Item[1]/Origin[1]/Code"),
        import_country__code="QQ",
        transit_countries=[{"code": "XX"}],
        items__0__origins=[{"code": "EU"}],
    ),
    "units and packages of a phytosanitary certificate that are none": sps(
        ("unit_not_listed", "Item[1]/NetWeight/@unit"),
        ("package_not_listed", "Item[1]/Package[1]/TypeCode"),
        items__0__net_weight={"unit": "KG", "value": "1"},
        items__0__packages=[{"type_code": "00", "count": "1"}],
    ),
}


def of_chapter(
    chapter: str,
    *findings: tuple[str, str],
    model: type[SpsCertificate] = PhytosanitaryCertificate,
) -> Case:
    """A certificate for goods of a chapter of the tariff."""
    types = {PhytosanitaryCertificate: "851", AnimalHealthCertificate: "853"}
    code = f"{chapter}0110"
    return sps(
        *findings,
        model=model,
        type_code=types[model],
        items__0__classifications__0__class_code=code,
    )


OTHER_KIND: Final = ("sps_goods_of_another_kind", "Item[1]/Classification[1]/ClassCode")

FURTHER: Final[dict[str, Case]] = {
    "the first chapter of animals, for plants": of_chapter("01", OTHER_KIND),
    "the last chapter of animals, for plants": of_chapter("05", OTHER_KIND),
    "the first chapter of plants": of_chapter("06"),
    "the last chapter of plants, for animals": of_chapter(
        "14", OTHER_KIND, model=AnimalHealthCertificate
    ),
    "the first chapter of plants, for animals": of_chapter(
        "06", OTHER_KIND, model=AnimalHealthCertificate
    ),
    "the last chapter of animals": of_chapter("05", model=AnimalHealthCertificate),
    "a chapter of both": of_chapter("15", model=AnimalHealthCertificate),
    "a line net in a greater unit than gross": sps(
        items__0__net_weight={"unit": "TNE", "value": "2"},
        items__0__gross_weight={"unit": "KGM", "value": "1"},
    ),
    "a second line of more net volume than gross": sps(
        ("net_above_gross", "Item[2]/NetVolume"),
        items=two_lines(
            net_volume={"unit": "MTQ", "value": "2.1"},
            gross_volume={"unit": "MTQ", "value": "2"},
        ),
    ),
    "a line of which the net weight alone is told": sps(items__0__gross_weight=None),
    "a line of which the gross weight alone is told": sps(items__0__net_weight=None),
    "a line net in another unit than gross": sps(
        items__0__gross_weight={"unit": "TNE", "value": "1.1"}
    ),
    "measures of none of a second line": sps(
        ("sps_quantity_none", "Item[2]/NetVolume"),
        ("sps_quantity_none", "Item[2]/GrossVolume"),
        items=two_lines(
            net_volume={"unit": "MTQ", "value": "0"},
            gross_volume={"unit": "MTQ", "value": "0"},
        ),
    ),
    "a line with a common name and no description": sps(items__0__descriptions=[]),
    "a line with a description and no common name": sps(items__0__common_names=[]),
    "packages in a note that says nothing": sps(
        ("sps_packages_missing", "Item[1]/Package"),
        items__0__packages=[],
        items__0__notes=[{"subject": "OPTND"}],
    ),
}
"""Cases that no vector shows."""
