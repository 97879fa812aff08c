"""Where each element of a canonical certificate stands in a PreferentialCoO."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import PathMap

__all__ = ["PATHS"]

_DOCUMENT: Final = "exchangedDocument"
_MORE: Final = f"{_DOCUMENT}.x-swb"
_CONSIGNMENT: Final = "specifiedConsignment[1]"
_MOVEMENT: Final = f"{_CONSIGNMENT}.mainCarriageLogisticsTransportMovement[1]"
_PROCEDURE: Final = f"{_CONSIGNMENT}.applicableCrossBorderRegulatoryProcedure[1]"
_ITEM: Final = f"{_CONSIGNMENT}.includedConsignmentItem[*]"
_PRODUCT: Final = f"{_ITEM}.includedTradeLineItem[1].specifiedTradeProduct[1]"


def _under(canonical: str, national: str, **names: str) -> list[tuple[str, str]]:
    """Children with other names, and their parents themselves."""
    pairs = [(f"{canonical}/{ours}", f"{national}.{theirs}") for ours, theirs in names.items()]
    return [*pairs, (canonical, national)]


def _amount(canonical: str, national: str, attribute: str, code: str) -> list[tuple[str, str]]:
    return [
        (canonical, f"{national}.value"),
        (canonical, national),
        (f"{canonical}/@{attribute}", f"{national}.{code}"),
    ]


def _party(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/Identifier", f"{national}.id[1].content"),
        (f"{canonical}/Identifier", f"{national}.id[1]"),
        *_under(canonical, f"{national}.x-swb", Name="name", Address="address", Country="country"),
        (canonical, national),
    ]


def _port(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/Code", f"{national}.id[1].content"),
        (f"{canonical}/Code", f"{national}.id[1]"),
        (f"{canonical}/Name", f"{national}.x-swb.name"),
        (canonical, national),
    ]


def _item(item: str) -> list[tuple[str, str]]:
    more = f"{_ITEM}.x-swb"
    packages = f"{more}.packages[*]"
    return [
        (f"{item}/SequenceNumber", f"{_ITEM}.id[1].content"),
        (f"{item}/SequenceNumber", f"{_ITEM}.id[1]"),
        (f"{item}/CommodityCode/@nomenclature", f"{more}.nomenclature"),
        (
            f"{item}/CommodityCode",
            f"{_PRODUCT}.designatedProductClassification[1].classCode.content",
        ),
        (f"{item}/CommodityCode", _PRODUCT),
        *_amount(f"{item}/Package[*]/GrossMeasure", f"{packages}.grossMeasure", "unit", "unitCode"),
        *_amount(f"{item}/Package[*]/GrossVolume", f"{packages}.grossVolume", "unit", "unitCode"),
        *_under(f"{item}/Package[*]", packages, Count="count", TypeCode="typeCode"),
        *_under(f"{item}/Invoice[*]", f"{more}.invoices[*]", Number="number", Date="date"),
        *_amount(f"{item}/Quantity", f"{more}.quantity", "unit", "unitCode"),
        *_amount(f"{item}/GrossMeasure", f"{more}.grossMeasure", "unit", "unitCode"),
        *_amount(f"{item}/FobAmount", f"{more}.fobAmount", "currency", "currencyCode"),
        *_under(
            item,
            more,
            MarksAndNumbers="marksAndNumbers",
            Description="description",
            ManufacturerName="manufacturerName",
            TrademarkName="trademarkName",
            OriginCriterion="originCriterion",
        ),
        (item, _ITEM),
    ]


def _special_cases(cases: str) -> list[tuple[str, str]]:
    more = f"{_MORE}.specialCases"
    return [
        *_under(
            f"{cases}/ThirdCountryInvoicing",
            f"{more}.thirdCountryInvoicing",
            CompanyName="name",
            CompanyCountry="country",
        ),
        *_under(f"{cases}/Exhibition", f"{more}.exhibition", Name="name", Address="address"),
        *_under(
            f"{cases}/BackToBack/Original[*]",
            f"{more}.backToBack[*]",
            IssuingCountry="issuingCountry",
            ReferenceNumber="referenceNumber",
            IssueDate="issueDate",
            ExpiryDate="expiryDate",
        ),
        *_under(
            cases,
            more,
            Accumulation="accumulation",
            DeMinimis="deMinimis",
            BackToBack="backToBack",
            IssuedRetroactively="issuedRetroactively",
            PartialCumulation="partialCumulation",
        ),
    ]


def _certificate(root: str) -> list[tuple[str, str]]:
    return [
        (
            f"{root}/Agreement",
            f"{_PROCEDURE}.freeTradeAgreementName.content",
        ),
        (f"{root}/ReferenceNumber", f"{_DOCUMENT}.id.content"),
        (f"{root}/IssuingOffice", f"{_DOCUMENT}.issuer.id[1].content"),
        (f"{root}/Certification/Date", f"{_DOCUMENT}.issueDateTime"),
        (f"{root}/Edition", f"{_MORE}.edition"),
        (f"{root}/CopyType", f"{_MORE}.copyType"),
        (f"{root}/IssuingCountry", f"{_MORE}.issuingCountry"),
        (f"{root}/Remarks", f"{_MORE}.remarks"),
        *_party(f"{root}/Exporter", f"{_CONSIGNMENT}.consignor"),
        *_party(f"{root}/Consignee", f"{_CONSIGNMENT}.consignee"),
        *_port(f"{root}/Transport/LoadingPort", f"{_CONSIGNMENT}.loadingLogisticsLocation"),
        *_port(f"{root}/Transport/DischargePort", f"{_CONSIGNMENT}.unloadingLogisticsLocation"),
        (f"{root}/Transport/DepartureDate", f"{_MOVEMENT}.x-swb.departureDate"),
        (f"{root}/Transport/Route", f"{_MOVEMENT}.x-swb.route"),
        (f"{root}/Transport/Mode", f"{_MOVEMENT}.modeCode.content"),
        (f"{root}/Transport/Mode", f"{_MOVEMENT}.x-swb.modeCode"),
        (f"{root}/Transport/MeansName", f"{_MOVEMENT}.usedLogisticsTransportMeans.name.content"),
        (f"{root}/Transport/JourneyNumber", f"{_MOVEMENT}.id.content"),
        (f"{root}/Transport", _MOVEMENT),
        *_item(f"{root}/Item[*]"),
        *_under(
            f"{root}/ExporterDeclaration",
            f"{_MORE}.exporterDeclaration",
            CountryOfProduction="countryOfProduction",
            ImportingCountry="importingCountry",
            Place="place",
            Date="date",
            SignatoryName="signatoryName",
        ),
        *_under(
            f"{root}/Certification",
            f"{_MORE}.certification",
            AuthorityName="authorityName",
            Place="place",
            SignatoryName="signatoryName",
            OriginalIssueDate="originalIssueDate",
        ),
        *_special_cases(f"{root}/SpecialCases"),
        (root, "$"),
    ]


PATHS: Final = PathMap(_certificate("CertificateOfOrigin"))
