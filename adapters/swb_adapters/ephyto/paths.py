"""Where each element of a certificate stands in the SPSCertificate."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from swb_adapters.sdk import PathMap

__all__ = ["paths_of"]

_DOCUMENT: Final = "SPSCertificate/SPSExchangedDocument"
_GOODS: Final = "SPSCertificate/SPSConsignment"
_REFERENCE: Final = "ReferenceSPSReferencedDocument[*]"
_SIGNATURE: Final = "SignatorySPSAuthentication"
_DIVISION: Final = "SubordinateSPSCountrySubDivision"

_HEAD: Final = (
    ("Name", "Name"),
    ("ReferenceNumber", "ID"),
    ("TypeCode", "TypeCode"),
    ("Status", "StatusCode"),
    ("Issued", "IssueDateTime"),
    ("IssuerName", "IssuerSPSParty/Name"),
    ("Note[*]/Subject", "IncludedSPSNote[*]/Subject"),
    ("Note[*]/Content/@xml:lang", "IncludedSPSNote[*]/Content/@languageID"),
    ("Note[*]/Content", "IncludedSPSNote[*]/Content"),
    ("Note[*]", "IncludedSPSNote[*]"),
    ("Reference[*]/Issued", f"{_REFERENCE}/IssueDateTime"),
    ("Reference[*]/TypeCode", f"{_REFERENCE}/TypeCode"),
    ("Reference[*]/RelationshipCode", f"{_REFERENCE}/RelationshipTypeCode"),
    ("Reference[*]/ReferenceNumber", f"{_REFERENCE}/ID"),
    ("Reference[*]/Information", f"{_REFERENCE}/Information"),
    ("Reference[*]/Attachment/FileName", f"{_REFERENCE}/AttachmentBinaryObject/@filename"),
    ("Reference[*]/Attachment", f"{_REFERENCE}/AttachmentBinaryObject"),
    ("Reference[*]", _REFERENCE),
    ("Authentication/Signed", f"{_SIGNATURE}/ActualDateTime"),
    ("Authentication/Place", f"{_SIGNATURE}/IssueSPSLocation/Name"),
    ("Authentication/AuthorityName", f"{_SIGNATURE}/ProviderSPSParty/Name"),
    ("Authentication/SignatoryName", f"{_SIGNATURE}/ProviderSPSParty/SpecifiedSPSPerson/Name"),
    ("Authentication/Clause[*]/Number", f"{_SIGNATURE}/IncludedSPSClause[*]/ID"),
    ("Authentication/Clause[*]/Content", f"{_SIGNATURE}/IncludedSPSClause[*]/Content"),
    ("Authentication", _SIGNATURE),
)

_CONSIGNMENT: Final = (
    *(
        pair
        for ours, theirs in (("Consignor", "ConsignorSPSParty"), ("Consignee", "ConsigneeSPSParty"))
        for pair in (
            (f"{ours}/Name", f"{theirs}/Name"),
            (f"{ours}/Identifier[*]/Scheme", f"{theirs}/TypeCode[*]/@listName"),
            (f"{ours}/Identifier[*]", f"{theirs}/TypeCode[*]"),
            *(
                (f"{ours}/AddressLine[{place}]", f"{theirs}/SpecifiedSPSAddress/Line{name}")
                for place, name in enumerate(("One", "Two", "Three", "Four", "Five"), 1)
            ),
            (ours, theirs),
        )
    ),
    ("ExportCountry/Code", "ExportSPSCountry/ID"),
    ("ExportCountry/Name", "ExportSPSCountry/Name"),
    ("ExportCountry", "ExportSPSCountry"),
    ("ImportCountry/Code", "ImportSPSCountry/ID"),
    ("ImportCountry/Name", "ImportSPSCountry/Name"),
    ("ImportCountry", "ImportSPSCountry"),
    ("TransitCountry[*]/Code", "TransitSPSCountry[*]/ID"),
    ("TransitCountry[*]/Name", "TransitSPSCountry[*]/Name"),
    ("TransitCountry[*]", "TransitSPSCountry[*]"),
    ("PortOfEntry/Code", "UnloadingBaseportSPSLocation/ID"),
    ("PortOfEntry/Name", "UnloadingBaseportSPSLocation/Name"),
    ("PortOfEntry", "UnloadingBaseportSPSLocation"),
    ("ExaminationPlace", "ExaminationSPSEvent/OccurrenceSPSLocation/Name"),
    ("Carriage[*]/JourneyNumber", "MainCarriageSPSTransportMovement[*]/ID"),
    ("Carriage[*]/Mode", "MainCarriageSPSTransportMovement[*]/ModeCode"),
    ("Carriage[*]/MeansName", "MainCarriageSPSTransportMovement[*]/UsedSPSTransportMeans/Name"),
    ("Carriage[*]", "MainCarriageSPSTransportMovement[*]"),
    ("Equipment/Number", "UtilizedSPSTransportEquipment/ID"),
    ("Equipment/SealNumber", "UtilizedSPSTransportEquipment/AffixedSPSSeal/ID"),
    ("Equipment", "UtilizedSPSTransportEquipment"),
)

_TEXTS: Final = ("Description", "CommonName", "ScientificName", "IntendedUse")
_MEASURES: Final = ("NetWeight", "GrossWeight", "NetVolume", "GrossVolume")
_NOTE: Final = "AdditionalInformationSPSNote[*]"
_PROCESS: Final = "AppliedSPSProcess[*]"
_PERIOD: Final = f"{_PROCESS}/CompletionSPSPeriod"
_FIGURE: Final = f"{_PROCESS}/ApplicableSPSProcessCharacteristic[*]"

_LINE: Final = (
    ("SequenceNumber", "SequenceNumeric"),
    *(
        pair
        for name in _TEXTS
        for pair in (
            (f"{name}[*]/@xml:lang", f"{name}[*]/@languageID"),
            (f"{name}[*]", f"{name}[*]"),
        )
    ),
    *(
        pair
        for name in _MEASURES
        for pair in ((f"{name}/@unit", f"{name}Measure/@unitCode"), (name, f"{name}Measure"))
    ),
    ("Note[*]/Subject", f"{_NOTE}/Subject"),
    ("Note[*]/Content/@xml:lang", f"{_NOTE}/Content/@languageID"),
    ("Note[*]/Content", f"{_NOTE}/Content"),
    ("Note[*]", _NOTE),
    ("Classification[*]/SystemName", "ApplicableSPSClassification[*]/SystemName"),
    ("Classification[*]/ClassCode", "ApplicableSPSClassification[*]/ClassCode"),
    ("Classification[*]/ClassName[*]", "ApplicableSPSClassification[*]/ClassName[*]"),
    ("Classification[*]", "ApplicableSPSClassification[*]"),
    ("Package[*]/LevelCode", "PhysicalSPSPackage[*]/LevelCode"),
    ("Package[*]/TypeCode", "PhysicalSPSPackage[*]/TypeCode"),
    ("Package[*]/Count", "PhysicalSPSPackage[*]/ItemQuantity"),
    ("Package[*]", "PhysicalSPSPackage[*]"),
    ("Origin[*]/Code", "OriginSPSCountry[*]/ID"),
    ("Origin[*]/Name", "OriginSPSCountry[*]/Name"),
    ("Origin[*]/SubdivisionName", f"OriginSPSCountry[*]/{_DIVISION}/Name"),
    ("Origin[*]/SubdivisionLevel", f"OriginSPSCountry[*]/{_DIVISION}/HierarchicalLevelCode"),
    ("Origin[*]", "OriginSPSCountry[*]"),
    ("Treatment[*]/TypeCode", f"{_PROCESS}/TypeCode"),
    ("Treatment[*]/Started", f"{_PERIOD}/StartDateTime"),
    ("Treatment[*]/Ended", f"{_PERIOD}/EndDateTime"),
    ("Treatment[*]/Duration/@unit", f"{_PERIOD}/DurationMeasure/@unitCode"),
    ("Treatment[*]/Duration", f"{_PERIOD}/DurationMeasure"),
    ("Treatment[*]/Characteristic[*]/Description[*]", f"{_FIGURE}/Description[*]"),
    ("Treatment[*]/Characteristic[*]/Measure/@unit", f"{_FIGURE}/ValueMeasure/@unitCode"),
    ("Treatment[*]/Characteristic[*]/Measure", f"{_FIGURE}/ValueMeasure"),
    ("Treatment[*]/Characteristic[*]", _FIGURE),
    ("Treatment[*]", _PROCESS),
)


@lru_cache(maxsize=64)
def paths_of(root: str, counts: tuple[int, ...]) -> PathMap:
    """Get the table for a payload.

    Args:
        root: Name of the certificate's root element.
        counts: How many lines each consignment item has; positions on both sides follow from it.
    """
    pairs = [(f"{root}/{ours}", f"{_DOCUMENT}/{theirs}") for ours, theirs in _HEAD]
    pairs += [(f"{root}/{ours}", f"{_GOODS}/{theirs}") for ours, theirs in _CONSIGNMENT]
    if len(counts) <= 1:
        pairs += _lines(f"{root}/Item[*]", 1, "[*]")
    else:
        position = 0
        for number, count in enumerate(counts, 1):
            for line in range(1, count + 1):
                position += 1
                pairs += _lines(f"{root}/Item[{position}]", number, f"[{line}]")
    return PathMap([*pairs, (f"{root}/Item", _GOODS), (root, "SPSCertificate")])


def _lines(ours: str, number: int, place: str) -> list[tuple[str, str]]:
    item = f"{_GOODS}/IncludedSPSConsignmentItem[{number}]"
    line = f"{item}/IncludedSPSTradeLineItem{place}"
    pairs = [(f"{ours}/{one}", f"{line}/{other}") for one, other in _LINE]
    return [
        *pairs,
        (f"{ours}/ConsignmentItem", line),
        (f"{ours}/CargoTypeCode", line),
        (ours, line),
    ]
