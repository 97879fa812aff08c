"""Cases of the code lists, of the agreement and of what the boxes say about each other."""

from __future__ import annotations

from typing import Final

from tests.rulebook.case import ORIGINAL, Case, case, plain, receipt, response

__all__ = ["CASES"]

COMPANY: Final = {"company_name": "Example KK", "company_country": "JP"}
ONLY_PC: Final = {"bases": ["PC"], "percentage": "25"}
IMPORTING: Final = "ExporterDeclaration/ImportingCountry"

CASES: Final[dict[str, Case]] = {
    "a plain certificate": case(),
    "every box with a country": case(
        special_cases__third_country_invoicing=COMPANY,
        special_cases__back_to_back={"originals": [ORIGINAL]},
    ),
    "an issuing country that is none": case(
        ("rule.country_not_listed", "IssuingCountry"),
        ("rule.state_not_a_party", "IssuingCountry"),
        issuing_country="XX",
    ),
    "a trader's country that is none": case(
        ("rule.country_not_listed", "Exporter/Country"),
        ("rule.country_not_listed", "Consignee/Country"),
        exporter__country="UK",
        consignee__country="ZZ",
    ),
    "declared countries that are none": case(
        ("rule.country_not_listed", "ExporterDeclaration/CountryOfProduction"),
        ("rule.country_not_listed", IMPORTING),
        ("rule.state_not_a_party", IMPORTING),
        ("rule.produced_elsewhere", "ExporterDeclaration/CountryOfProduction"),
        exporter_declaration__country_of_production="EU",
        exporter_declaration__importing_country="QQ",
        items__0__fob_amount=None,
        items__1__fob_amount=None,
    ),
    "countries of box 13 that are none": case(
        ("rule.country_not_listed", "SpecialCases/ThirdCountryInvoicing/CompanyCountry"),
        ("rule.country_not_listed", "SpecialCases/BackToBack/Original[2]/IssuingCountry"),
        ("rule.state_not_a_party", "SpecialCases/BackToBack/Original[2]/IssuingCountry"),
        special_cases__third_country_invoicing={**COMPANY, "company_country": "XX"},
        special_cases__back_to_back={
            "originals": [ORIGINAL, {**ORIGINAL, "issuing_country": "XX"}]
        },
    ),
    "a country that is no more": case(
        ("rule.country_not_listed", "Exporter/Country"), exporter__country="TP"
    ),
    "a country that still was on the day of issue": case(
        exporter__country="TP", certification__date="2002-01-31"
    ),
    "a currency that is none": case(
        ("rule.currency_not_listed", "Item[2]/FobAmount/@currency"),
        items__1__fob_amount__currency="RMB",
    ),
    "units that are none": case(
        ("rule.unit_not_listed", "Item[1]/Quantity/@unit"),
        ("rule.unit_not_listed", "Item[2]/GrossMeasure/@unit"),
        items__0__quantity__unit="KG",
        items__1__gross_measure__unit="XXX",
    ),
    "no quantity": case(items__0__quantity=None),
    "a package that is none": case(
        ("rule.package_not_listed", "Item[2]/Package[2]/TypeCode"),
        items__1__packages=[{"count": 1, "type_code": "CT"}, {"count": 1, "type_code": "00"}],
    ),
    "measures of packages in units that are none": case(
        ("rule.unit_not_listed", "Item[1]/Package[1]/GrossMeasure/@unit"),
        ("rule.unit_not_listed", "Item[1]/Package[1]/GrossVolume/@unit"),
        items__0__packages__0__gross_measure={"unit": "KG", "value": "1"},
        items__0__packages__0__gross_volume={"unit": "M3", "value": "1"},
    ),
    "places that are not known": case(
        ("rule.place_not_listed", "Transport/LoadingPort/Code"),
        ("rule.place_not_listed", "Transport/DischargePort/Code"),
        transport__loading_port__code="THXXX",
        transport__discharge_port__code="VNXXX",
    ),
    "places without codes": case(
        transport__loading_port={"name": "Bangkok"}, transport__discharge_port=None
    ),
    "an agreement that is not known": case(
        ("rule.agreement_not_known", "Agreement"), agreement="MARS"
    ),
    "PE, which ATIGA does not have": case(
        ("rule.criterion_not_of_agreement", "Item[2]/OriginCriterion"),
        items__1__origin_criterion={"bases": ["PE"]},
        items__1__fob_amount=None,
    ),
    "RVC without its share, which ATIGA's form cannot spell": case(
        ("rule.criterion_not_of_agreement", "Item[2]/OriginCriterion"),
        items__1__origin_criterion={"bases": ["RVC"]},
    ),
    "a combination that the form cannot spell": case(
        ("rule.criterion_not_of_agreement", "Item[1]/OriginCriterion"),
        items__0__origin_criterion={"bases": ["WO", "CTH"]},
        items__0__fob_amount=None,
    ),
    "criteria that differ between items": case(
        items__0__origin_criterion={"bases": ["WO"]}, items__0__fob_amount=None
    ),
    "issued by the importing country": case(
        ("rule.issuing_is_importing", IMPORTING),
        issuing_country="ID",
    ),
    "partial cumulation with its tick": case(
        items__0__origin_criterion=ONLY_PC, special_cases__partial_cumulation={}
    ),
    "partial cumulation without its tick": case(
        ("rule.partial_cumulation_not_ticked", "Item[2]/OriginCriterion"),
        items__1__origin_criterion=ONLY_PC,
    ),
    "the tick without partial cumulation": case(
        ("rule.partial_cumulation_not_ticked", "SpecialCases/PartialCumulation"),
        special_cases__partial_cumulation={},
    ),
    "a box that the agreement demands, empty": case(
        ("rule.box_missing", "Item[2]/MarksAndNumbers"), items__1__marks_and_numbers=None
    ),
    "no packages": case(("rule.box_missing", "Item[1]/Package"), items__0__packages=[]),
    "packages of no type": case(
        ("rule.box_missing", "Item[1]/Package[1]/TypeCode"), items__0__packages=[{"count": 2}]
    ),
    "no gross weight": case(
        ("rule.box_missing", "Item[1]/GrossMeasure"), items__0__gross_measure=None
    ),
    "no place of declaration": case(
        ("rule.box_missing", "ExporterDeclaration/Place"), exporter_declaration__place=None
    ),
    "no name of an authority": case(
        ("rule.box_missing", "Certification/AuthorityName"), certification__authority_name=None
    ),
    "a certificate under AANZFTA": case(
        agreement="AANZFTA",
        exporter_declaration__importing_country="AU",
        transport__discharge_port={"code": "AUMEL", "name": "Melbourne"},
    ),
    "a criterion of ATIGA's under AANZFTA": case(
        ("rule.criterion_not_of_agreement", "Item[1]/OriginCriterion"),
        agreement="AANZFTA",
        items__0__origin_criterion={"bases": ["SP"]},
    ),
    "issued by the importing country under AANZFTA": case(
        ("rule.issuing_is_importing", IMPORTING),
        agreement="AANZFTA",
        exporter_declaration__importing_country="TH",
    ),
    "no shipment date under AANZFTA": case(
        ("rule.box_missing", "Transport/DepartureDate"),
        agreement="AANZFTA",
        transport__departure_date=None,
    ),
    "Timor-Leste, which is no party yet": case(
        ("rule.state_not_a_party", IMPORTING),
        exporter_declaration__importing_country="TL",
        items__0__fob_amount=None,
        items__1__fob_amount=None,
    ),
    "Japan under AANZFTA": case(
        ("rule.state_not_a_party", IMPORTING),
        agreement="AANZFTA",
        exporter_declaration__importing_country="JP",
    ),
    "fifty items of Singapore": case(items=50, issuing_country="SG"),
    "fifty-one items of Singapore": case(
        ("rule.too_many_items", "Item[51]"), items=51, issuing_country="SG"
    ),
    "fifty-one items of another state": case(items=51),
    "a plain receipt": Case(document=receipt()),
    "a receipt for no country": Case(
        document=receipt(issuing_country="XX"),
        findings=(("rule.country_not_listed", "Subject/IssuingCountry"),),
    ),
    "a plain response": Case(document=response()),
    "a response for no country": Case(
        document=response(issuing_country="XX"),
        findings=(("rule.country_not_listed", "Subject/IssuingCountry"),),
    ),
    "a response in no unit": Case(
        document=response(unit="KG"),
        findings=(("rule.unit_not_listed", "Item[1]/UtilisedQuantity/@unit"),),
    ),
    "a code that came later": Case(
        document=plain(exporter__country="TL", certification__date="2002-05-19"),
        findings=(("rule.country_not_listed", "Exporter/Country"),),
    ),
}
