"""Cases of extracts of export declarations, of inspection certificates and of what is demanded."""

from __future__ import annotations

import copy
from typing import Any, Final

from swb_schemas.documents import (
    CertificateOfConformity,
    CleanReportOfFindings,
    DeclarationExtract,
)
from swb_schemas.rulebook import (
    NOTHING_KNOWN,
    KnownCertificate,
    KnownDocument,
    KnownExtract,
    Place,
    Related,
)
from tests.rulebook.case import Case, plain

__all__ = ["CASES", "FURTHER", "conformity", "extract", "report"]

_EXTRACT: Final[dict[str, Any]] = {
    "reference_number": "TH-X-0001",
    "issuing_country": "TH",
    "issuing_office": "LCB",
    "importing_country": "ID",
    "acceptance_date": "2026-11-02",
    "exporter": {"identifier": "0105500000001", "name": "Siam Example Export Co., Ltd."},
    "consignee": {"name": "PT Example", "address": "Jakarta", "country": "ID"},
    "declaring_agent": {"identifier": "0105500000002", "name": "Example Agent"},
    "transport": {
        "departure_date": "2026-11-03",
        "mode": "1",
        "loading_port": {"code": "THLCH", "name": "Laem Chabang"},
        "discharge_port": {"code": "IDTPP", "name": "Tanjung Priok"},
    },
    "items": [
        {
            "sequence_number": 1,
            "commodity_code": {"nomenclature": "AHTN-2022", "value": "63053310"},
            "quantity": {"unit": "KGM", "value": "2401"},
            "origin_country": "TH",
            "packages": [{"count": 100, "type_code": "CT"}],
            "fob_amount": {"currency": "USD", "value": "15000.25"},
        }
    ],
}
_OF: Final = {
    "message_type": "CertificateOfConformity",
    "issuing_country": "TH",
    "issuing_office": "TISI",
    "reference_number": "COC-1",
}
_PARTY: Final = {"name": "Example", "address": "Bangkok", "country": "TH"}
_INSPECTED: Final[dict[str, Any]] = {
    "reference_number": "COC-1",
    "issuing_country": "TH",
    "issuing_office": "TISI",
    "importing_country": "KE",
    "issue_date": "2026-11-02",
    "inspection": {
        "body_name": "Example Inspection",
        "programme": "PVOC",
        "place": "Bangkok",
        "date": "2026-11-01",
    },
    "exporter": _PARTY,
    "importer": {**_PARTY, "country": "KE"},
}
_GOODS: Final = {
    "sequence_number": 1,
    "commodity_code": {"nomenclature": "HS-2022", "value": "851660"},
    "description": "Electric ovens",
}


def _change(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    values = copy.deepcopy(values)
    for path, value in changes.items():
        target: Any = values
        *steps, last = path.split("__")
        for step in steps:
            target = target[int(step)] if step.isdigit() else target.setdefault(step, {})
        target[last] = value
    return values


def extract(**changes: Any) -> DeclarationExtract:  # noqa: ANN401 - whatever a field takes
    """An extract that no rule has a word about, changed."""
    return DeclarationExtract.model_validate(_change(_EXTRACT, changes))


def conformity(**changes: Any) -> CertificateOfConformity:  # noqa: ANN401 - as above
    """A certificate of conformity that no rule has a word about, changed."""
    item = {**_GOODS, "standards": ["KS IEC 60335-2-6"]}
    return CertificateOfConformity.model_validate(_change({**_INSPECTED, "items": [item]}, changes))


def report(**changes: Any) -> CleanReportOfFindings:  # noqa: ANN401 - as above
    """A clean report of findings that no rule has a word about, changed."""
    item = {
        **_GOODS,
        "quantity": {"unit": "C62", "value": "10"},
        "assessed_value": {"currency": "USD", "value": "100"},
        "origin_country": "TH",
    }
    return CleanReportOfFindings.model_validate(_change({**_INSPECTED, "items": [item]}, changes))


def case(*findings: tuple[str, str], **changes: Any) -> Case:  # noqa: ANN401 - as above
    """A changed extract where it is issued."""
    return Case(document=extract(**changes), findings=findings)


def inspected(
    *findings: tuple[str, str],
    document: CertificateOfConformity | CleanReportOfFindings | None = None,
    related: Related = NOTHING_KNOWN,
    **changes: Any,  # noqa: ANN401 - as above
) -> Case:
    """A changed clean report of findings, or another document, where it is issued."""
    return Case(document=document or report(**changes), findings=findings, related=related)


def beside(*findings: tuple[str, str], place: Place = Place.IMPORTER, **changes: Any) -> Case:  # noqa: ANN401 - as above
    """An extract of 2401 kg where the certificate that it names is at hand."""
    known = KnownCertificate(certificate=plain(**changes))
    return Case(
        document=extract(), findings=findings, place=place, related=Related(certificates=(known,))
    )


def after(
    *findings: tuple[str, str],
    place: Place = Place.IMPORTER,
    named: tuple[KnownCertificate, ...] = (),
    goods: str = "63053310",
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """A certificate that comes after an extract of 2401 kg, which names others beside it."""
    declared = extract(items__0__commodity_code__value=goods)
    return Case(
        document=plain(**changes),
        findings=findings,
        place=place,
        related=Related(extracts=(KnownExtract(extract=declared, beside=named),)),
    )


def another(quantity: str, *, cancelled: bool = False) -> KnownCertificate:
    """One more certificate of the consignment."""
    certificate = plain(items=1, items__0__quantity__value=quantity, reference_number="ANOTHER")
    return KnownCertificate(certificate=certificate, cancelled=cancelled)


def to(
    destination: str,
    hs: str,
    *findings: tuple[str, str],
    held: CertificateOfConformity | None = None,
    named: bool = False,
    taken_back: bool = False,
) -> Case:
    """An extract of goods for a destination that may demand something."""
    changes = {
        "importing_country": destination,
        "consignee__country": destination,
        "items__0__commodity_code__value": hs,
    }
    supporting = {"supporting_documents": [_OF]} if named else {}
    known = [
        KnownDocument(message_type=_OF["message_type"], document=each, taken_back=taken_back)
        for each in (held,)
        if each is not None
    ]
    return Case(
        document=extract(**changes, **supporting),
        findings=findings,
        related=Related(supporting=tuple(known)),
    )


MISSING: Final = ("rule.demanded_document_missing", "Item[1]/CommodityCode")

CASES: Final[dict[str, Case]] = {
    "a plain clean report of findings": inspected(),
    "an inspection certificate's number that was given before": inspected(
        ("rule.number_used", "ReferenceNumber"), related=Related(same_key=("another",))
    ),
    "an inspection certificate for its own state": inspected(
        ("rule.inspection_stays_home", "ImportingCountry"),
        document=conformity(importing_country="TH"),
    ),
    "an inspection certificate between countries that are none": inspected(
        ("rule.country_not_listed", "ImportingCountry"),
        ("rule.country_not_listed", "Exporter/Country"),
        ("rule.country_not_listed", "Importer/Country"),
        ("rule.country_not_listed", "Item[1]/OriginCountry"),
        importing_country="ZZ",
        exporter__country="XX",
        importer__country="ZZ",
        items__0__origin_country="UK",
    ),
    "a value in a currency that is none": inspected(
        ("rule.currency_not_listed", "Item[1]/AssessedValue/@currency"),
        items__0__assessed_value__currency="QQQ",
    ),
    "a unit that is none, and nothing of it": inspected(
        ("rule.unit_not_listed", "Item[1]/Quantity/@unit"),
        ("rule.inspection_quantity_none", "Item[1]/Quantity"),
        items__0__quantity={"unit": "XXX", "value": "0"},
    ),
    "goods of no chapter, inspected": inspected(
        ("rule.chapter_not_known", "Item[1]/CommodityCode"),
        document=conformity(items__0__commodity_code__value="99063000", items__0__quantity=None),
    ),
    "an inspection certificate of a day to come": inspected(
        ("rule.issued_in_future", "IssueDate"), issue_date="2036-11-02"
    ),
    "an extract accepted on a day to come": case(
        ("rule.issued_in_future", "AcceptanceDate"),
        acceptance_date="2056-11-02",
        transport__departure_date="2056-11-03",
    ),
    "a net weight above the extract's gross": case(
        ("rule.net_above_gross", "Item[1]/NetMeasure"),
        gross_measure={"unit": "KGM", "value": "2500"},
        items__0__net_measure={"unit": "KGM", "value": "99999"},
    ),
    "a net weight above the item's gross": case(
        ("rule.net_above_gross", "Item[1]/NetMeasure"),
        gross_measure={"unit": "KGM", "value": "2500"},
        items__0__gross_measure={"unit": "KGM", "value": "10"},
        items__0__net_measure={"unit": "KGM", "value": "10.001"},
    ),
    "a net weight as much as the gross": case(
        gross_measure={"unit": "KGM", "value": "2500"},
        items__0__net_measure={"unit": "KGM", "value": "2500"},
    ),
    "a net weight in another unit than the gross": case(
        gross_measure={"unit": "TNE", "value": "2.5"},
        items__0__net_measure={"unit": "KGM", "value": "2500"},
    ),
    "a plain extract": case(),
    "a plain certificate of conformity": Case(document=conformity(expiry_date="2026-11-02")),
    "a plain report of findings": Case(document=report(expiry_date="2027-01-01")),
    "an extract's countries that are none": case(
        ("rule.country_not_listed", "ImportingCountry"),
        ("rule.country_not_listed", "Consignee/Country"),
        ("rule.country_not_listed", "Item[1]/OriginCountry"),
        ("rule.country_not_listed", "SupportingDocument[1]/IssuingCountry"),
        importing_country="QQ",
        consignee__country="QQ",
        items__0__origin_country="QQ",
        supporting_documents=[{**_OF, "issuing_country": "QQ"}],
    ),
    "an extract's currency that is none": case(
        ("rule.currency_not_listed", "Item[1]/FobAmount/@currency"),
        items__0__fob_amount__currency="RMB",
    ),
    "an extract's units that are none": case(
        ("rule.unit_not_listed", "GrossMeasure/@unit"),
        ("rule.unit_not_listed", "Item[1]/Quantity/@unit"),
        ("rule.unit_not_listed", "Item[1]/GrossMeasure/@unit"),
        ("rule.unit_not_listed", "Item[1]/NetMeasure/@unit"),
        ("rule.unit_not_listed", "Item[1]/Package[1]/GrossMeasure/@unit"),
        gross_measure={"unit": "ZZ9", "value": "1"},
        items__0__quantity__unit="ZZ9",
        items__0__gross_measure={"unit": "ZZ9", "value": "1"},
        items__0__net_measure={"unit": "ZZ9", "value": "1"},
        items__0__packages=[
            {"count": 1, "type_code": "CT", "gross_measure": {"unit": "ZZ9", "value": "1"}}
        ],
    ),
    "an extract's package that is none": case(
        ("rule.package_not_listed", "Item[1]/Package[1]/TypeCode"),
        items__0__packages=[{"count": 1, "type_code": "00"}],
    ),
    "an extract's ports that are none": case(
        ("rule.place_not_listed", "Transport/LoadingPort/Code"),
        ("rule.place_not_listed", "Transport/DischargePort/Code"),
        transport__loading_port__code="THQQQ",
        transport__discharge_port__code="IDQQQ",
    ),
    "an extract's number that was given before": Case(
        document=extract(),
        findings=(("rule.number_used", "ReferenceNumber"),),
        related=Related(same_key=("0193-other",)),
    ),
    "an extract for the customs at home": case(
        ("rule.extract_stays_home", "ImportingCountry"), importing_country="TH"
    ),
    "a departure before the acceptance": case(
        ("rule.extract_departs_before_acceptance", "Transport/DepartureDate"),
        transport__departure_date="2026-11-01",
    ),
    "a departure on the day of acceptance": case(transport__departure_date="2026-11-02"),
    "a departure where no acceptance is told": case(
        acceptance_date=None, transport__departure_date="2026-01-01"
    ),
    "an extract's chapter that is none": case(
        ("rule.chapter_not_known", "Item[1]/CommodityCode"),
        items__0__commodity_code__value="77010000",
    ),
    "an extract's subheading that is none": case(
        ("rule.subheading_not_known", "Item[1]/CommodityCode"),
        items__0__commodity_code__value="63059910",
    ),
    "a quantity of none": case(
        ("rule.extract_quantity_none", "Item[1]/Quantity"), items__0__quantity__value="0"
    ),
    "an extract beside its certificate": beside(),
    "a certificate of goods that are not declared": beside(
        ("rule.extract_lacks_certified_goods", "Item"),
        items__1__commodity_code__value="10063040",
    ),
    "the same goods with other national digits": beside(items__1__commodity_code__value="63053399"),
    "a certificate of more than is declared": beside(
        ("rule.extract_below_certified_quantity", "Item[1]/Quantity"),
        items__1__quantity__value="1200.6",
    ),
    "a certificate that counts in another unit": beside(
        items__0__quantity__unit="C62", items__1__quantity={"unit": "C62", "value": "9000"}
    ),
    "an extract beside its certificate where it is issued": beside(
        place=Place.ISSUER, items__1__commodity_code__value="10063040"
    ),
    "a certificate after its extract": after(),
    "a certificate after an extract of other goods": after(
        ("rule.extract_lacks_certified_goods", "Item[1]/CommodityCode"),
        ("rule.extract_lacks_certified_goods", "Item[2]/CommodityCode"),
        goods="10063040",
    ),
    "a certificate after an extract with other national digits": after(goods="63053399"),
    "a certificate of more than its extract declared": after(
        ("rule.extract_below_certified_quantity", "Item[1]/Quantity"),
        items__0__quantity__value="1200.6",
    ),
    "certificates of together as much as their extract declared": after(
        named=(another("1200.5"),), items=1
    ),
    "certificates of together more than their extract declared": after(
        ("rule.extract_below_certified_quantity", "Item[1]/Quantity"),
        named=(another("1200.51"),),
        items=1,
    ),
    "a certificate whose neighbour was cancelled": after(
        named=(another("1200.51", cancelled=True),), items=1
    ),
    "a certificate after its extract in another unit": after(
        items__0__quantity={"unit": "C62", "value": "9000"}
    ),
    "a certificate after an extract of other goods where it is issued": after(
        place=Place.ISSUER, goods="10063040"
    ),
    "electric ovens for Kenya without a certificate of conformity": to("KE", "851660", MISSING),
    "electric ovens for Kenya with one that is only named": to("KE", "851660", MISSING, named=True),
    "electric ovens for Kenya with one that is only held": to(
        "KE", "851660", MISSING, held=conformity()
    ),
    "electric ovens for Kenya with one": to("KE", "851660", named=True, held=conformity()),
    "electric ovens for Kenya with one that expires on the day": to(
        "KE", "851660", named=True, held=conformity(expiry_date="2026-11-02")
    ),
    "electric ovens for Kenya with one that expired the day before": to(
        "KE", "851660", MISSING, named=True, held=conformity(expiry_date="2026-11-01")
    ),
    "electric ovens for Kenya with one for Uganda": to(
        "KE", "851660", MISSING, named=True, held=conformity(importing_country="UG")
    ),
    "electric ovens for Kenya with one for tea": to(
        "KE",
        "851660",
        MISSING,
        named=True,
        held=conformity(items__0__commodity_code__value="090240"),
    ),
    "electric ovens for Kenya with one that was taken back": to(
        "KE", "851660", MISSING, named=True, held=conformity(), taken_back=True
    ),
    "furniture for Kenya, of which others report": to("KE", "940360", MISSING),
    "furniture for Kenya with one": to(
        "KE",
        "940360",
        named=True,
        held=conformity(items__0__commodity_code__value="940360"),
    ),
    "rice for Kenya, for which the table demands nothing": to("KE", "100630"),
    "an inspection after the issue": Case(
        document=conformity(inspection__date="2026-11-03"),
        findings=(("rule.inspected_after_issue", "Inspection/Date"),),
    ),
    "an inspection of a report after its issue": Case(
        document=report(inspection__date="2026-11-03"),
        findings=(("rule.inspected_after_issue", "Inspection/Date"),),
    ),
    "a certificate of conformity that had expired": Case(
        document=conformity(expiry_date="2026-11-01"),
        findings=(("rule.inspection_expired_at_issue", "ExpiryDate"),),
    ),
    "a report of findings that had expired": Case(
        document=report(expiry_date="2026-11-01"),
        findings=(("rule.inspection_expired_at_issue", "ExpiryDate"),),
    ),
}

FURTHER: Final[dict[str, Case]] = {
    "a net weight above the gross, behind an item that tells none": case(
        ("rule.net_above_gross", "Item[2]/NetMeasure"),
        gross_measure={"unit": "KGM", "value": "2500"},
        items=[
            *_EXTRACT["items"],
            {
                **_EXTRACT["items"][0],
                "sequence_number": 2,
                "net_measure": {"unit": "KGM", "value": "2501"},
            },
        ],
    ),
    "a net weight where no gross weight is told": case(
        items__0__net_measure={"unit": "KGM", "value": "2500"}
    ),
}
"""Cases that no vector shows."""
