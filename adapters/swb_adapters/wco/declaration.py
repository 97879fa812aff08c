"""A declaration of an export, and the extract of it: one table in the order of the published XSD.

Standard places come first. What the published schema leaves out or has too little room for stands
in statements (``AdditionalInformation``), whose codes the model leaves to the partners; ours begin
with ``SWB-``.
"""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    LINE,
    TEXT,
    AnyRow,
    Consent,
    Derived,
    Fixed,
    Group,
    Ignored,
    Position,
    Presumed,
    Row,
    Table,
    codes,
    line,
    number,
)
from swb_adapters.wco.syntax import PROCEDURE, STATEMENT
from swb_adapters.wco.values import (
    ADDRESS,
    AMOUNT,
    DAY,
    DOCUMENT,
    MASS,
    PROCEDURE_CODE,
    STATEMENTS,
    TEXT_IN_LINES,
)
from swb_schemas.documents import DeclarationExtract

__all__ = ["DECLARATION"]

_HEAD: Final = "Declaration"
_SHIPMENT: Final = "Declaration/GoodsShipment"
_MEANS: Final = "Declaration/BorderTransportMeans"
_DAY: Final = "p1:DateTimeString"
_NO_ROOM: Final = "where the place of its own has no room"
_TELLS: Final = "tells which of several it is"
_KILOGRAMS: Final = "customs declarations state weights in kilograms"


def _say(code: str) -> str:
    return f"{_HEAD}/{STATEMENT}(SWB-{code})"


def _count_items(values: dict[str, object]) -> str:
    items = values["Item"]
    return str(len(items)) if isinstance(items, list | tuple) else "0"


def _say_party(element: str, code: str) -> tuple[AnyRow, ...]:
    """Statements about a party."""
    return (
        Row(f"{element}/Identifier", _say(f"{code}-ID"), note=_NO_ROOM, spare=True),
        Row(f"{element}/Name", _say(f"{code}-NAME"), note=_NO_ROOM, spare=True),
        Row(
            f"{element}/Address",
            f"{_say(f'{code}-ADDRESS')}[*]",
            STATEMENTS,
            _NO_ROOM,
            spare=True,
        ),
        Group(
            f"{element}/NationalName[*]",
            f"{_say(f'{code}-LOCAL')}[*]",
            Row("@xml:lang", "@languageID", CODE),
            Row(".", TEXT, TEXT_IN_LINES),
        ),
    )


def _measure(element: str, place: str) -> tuple[AnyRow, ...]:
    return (
        Row(f"{element}/@unit", f"{place}/@unitCode", CODE),
        Row(element, place, MASS),
    )


_PACKAGE: Final = (
    Position("SequenceNumeric"),
    Row("Count", "QuantityQuantity", number(most=8)),
    Row("TypeCode", "TypeCode", CODE),
    *_measure("GrossVolume", "VolumeMeasure"),
)
_INVOICE: Final = (
    Fixed("CategoryCode", "N"),
    Row("Date", f"EffectiveDateTime/{_DAY}", DAY),
    Row("Number", "ID"),
    Ignored("TypeCode", _TELLS),
)
_ITEM: Final = (
    Row("SequenceNumber", "SequenceNumeric", number(most=5)),
    Row("FobAmount/@currency", "StatisticalValueAmount/@currencyID", CODE),
    Row("FobAmount", "StatisticalValueAmount", AMOUNT),
    Group("Invoice[*]", "AdditionalDocument(380)[*]", *_INVOICE, note="commercial invoice"),
    Row("Description", f"{STATEMENT}(SWB-GOODS)[*]", STATEMENTS, _NO_ROOM, spare=True),
    Group(
        "NationalDescription[*]",
        f"{STATEMENT}(SWB-GOODS-LOCAL)[*]",
        Row("@xml:lang", "@languageID", CODE),
        Row(".", TEXT, TEXT_IN_LINES),
    ),
    Row("Description", "Commodity/Description", TEXT_IN_LINES),
    Row("CommodityCode/@nomenclature", "Commodity/Classification(HS)/ID/@schemeID", CODE),
    Row("CommodityCode", "Commodity/Classification(HS)/ID", CODE, note="parameter 8"),
    Ignored("Commodity/Classification(HS)/IdentificationTypeCode", _TELLS),
    Row("CommodityCode", "Commodity/Classification(TSP)/ID", CODE, reads_only=True),
    Row(
        "CommodityCode/@nomenclature",
        "Commodity/Classification(TSP)/IdentificationTypeCode",
        codes("nomenclature", {"CN": "TSP"}),
        "combined nomenclature",
        reads_only=True,
    ),
    *_measure("GrossMeasure", "Commodity/GoodsMeasure/GrossMassMeasure"),
    Presumed("GrossMeasure/@unit", "KGM", _KILOGRAMS),
    *_measure("NetMeasure", "Commodity/GoodsMeasure/NetNetWeightMeasure"),
    Presumed("NetMeasure/@unit", "KGM", _KILOGRAMS),
    Row("Quantity/@unit", "Commodity/GoodsMeasure/TariffQuantity/@unitCode", CODE, "parameter 10"),
    Row("Quantity", "Commodity/GoodsMeasure/TariffQuantity", MASS, "parameter 9"),
    Ignored("GovernmentProcedure/CurrentCode", "taken out where all items state it"),
    Ignored("GovernmentProcedure/PreviousCode", "taken out where all items state it"),
    Row("OriginCountry", "Origin(1)/CountryCode", CODE, note="parameter 11"),
    Ignored("Origin(1)/TypeCode", _TELLS),
    Group("Package[*]", "Packaging[*]", *_PACKAGE),
)

DECLARATION: Final = Table(
    DeclarationExtract,
    Fixed("md:WCODataModelVersionCode", "3.6"),
    Fixed("md:WCOTypeName", "DEC"),
    Row("IssuingCountry", "md:ResponsibleCountryCode", CODE),
    Ignored("md:ResponsibleAgencyName", "names the sender"),
    Ignored("md:AgencyAssignedCustomizationCode", "names the sender's own version"),
    Ignored("md:AgencyAssignedCustomizationVersionCode", "names the sender's own version"),
    Row("AcceptanceDate", f"{_HEAD}/AcceptanceDateTime/{_DAY}", DAY),
    Fixed(f"{_HEAD}/FunctionCode", "9", "a declaration as first made"),
    Ignored(f"{_HEAD}/FunctionalReferenceID", "names the message"),
    Row("ReferenceNumber", f"{_HEAD}/ID", note="parameter 15"),
    Ignored(f"{_HEAD}/IssueDateTime", "when the message was made"),
    Derived(f"{_HEAD}/TypeCode", lambda _: "830", "goods declaration for exportation"),
    Derived(f"{_HEAD}/GoodsItemQuantity", _count_items, "the number of items", checked=True),
    Row("IssuingOffice", f"{_HEAD}/DeclarationOfficeID", line(17)),
    *_measure("GrossMeasure", f"{_HEAD}/TotalGrossMassMeasure"),
    Presumed("GrossMeasure/@unit", "KGM", _KILOGRAMS),
    Row("Transport/TransportDocument", f"{_HEAD}/AdditionalDocument(701)/ID"),
    Ignored(f"{_HEAD}/AdditionalDocument(701)/TypeCode", _TELLS),
    Group(
        "SupportingDocument[*]",
        f"{_HEAD}/AdditionalDocument(certificate)[*]",
        Row("IssuingCountry", "ID/@schemeID", CODE),
        Row("IssuingOffice", "ID/@schemeAgencyName", CODE),
        Row("ReferenceNumber", "ID"),
        Row("MessageType", "TypeCode", DOCUMENT),
    ),
    *_say_party("Exporter", "EXP"),
    *_say_party("Consignee", "CNE"),
    Row("DeclaringAgent/Identifier", _say("DEC-ID"), note=_NO_ROOM, spare=True),
    Row("DeclaringAgent/Name", _say("DEC-NAME"), note=_NO_ROOM, spare=True),
    Row("Transport/MeansName", _say("MEANS"), note=_NO_ROOM, spare=True),
    Row("Transport/JourneyNumber", _say("JOURNEY"), note="the published schema has no JourneyID"),
    Row("Transport/DischargePort/Code", _say("UNLOAD-CODE"), CODE),
    Row(
        "Transport/DischargePort/Name",
        _say("UNLOAD-NAME"),
        note="parameter 13; the published schema has no UnloadingLocation",
    ),
    Row("Remarks", f"{_say('REMARKS')}[*]", STATEMENTS),
    Consent(_say("CONSENT"), "Y", "N"),
    Row("Transport/MeansName", f"{_MEANS}/Name", line(35)),
    Row("Transport/JourneyNumber", f"{_MEANS}/JourneyID", reads_only=True),
    Row("Transport/Mode", f"{_MEANS}/ModeCode", CODE, note="parameter 12"),
    Row("DeclaringAgent/Name", f"{_HEAD}/Declarant/Name", line(70), note="parameter 6"),
    Row("DeclaringAgent/Identifier", f"{_HEAD}/Declarant/ID", line(17), note="parameter 5"),
    Row("Exporter/Name", f"{_HEAD}/Exporter/Name", line(70), note="parameter 2"),
    Row("Exporter/Identifier", f"{_HEAD}/Exporter/ID", line(17), note="parameter 1"),
    Ignored(f"{_HEAD}/Exporter/Address/CityName", "a line of the address"),
    Row("Exporter/Address", f"{_HEAD}/Exporter/Address/Line[*]", ADDRESS),
    Ignored(f"{_HEAD}/Exporter/Address/PostcodeID", "a line of the address"),
    Row("Transport/DepartureDate", f"{_SHIPMENT}/ExitDateTime/{_DAY}", DAY, "parameter 7"),
    Row("Consignee/Name", f"{_SHIPMENT}/Consignee/Name", line(70), note="parameter 3"),
    Row("Consignee/Identifier", f"{_SHIPMENT}/Consignee/ID", line(17)),
    Ignored(f"{_SHIPMENT}/Consignee/Address/CityName", "a line of the address"),
    Row("Consignee/Country", f"{_SHIPMENT}/Consignee/Address/CountryCode", CODE),
    Row("Consignee/Address", f"{_SHIPMENT}/Consignee/Address/Line[*]", ADDRESS, "parameter 4"),
    Ignored(f"{_SHIPMENT}/Consignee/Address/PostcodeID", "a line of the address"),
    Row("Transport/LoadingPort/Name", f"{_SHIPMENT}/Consignment/LoadingLocation/Name", line(256)),
    Row("Transport/LoadingPort/Code", f"{_SHIPMENT}/Consignment/LoadingLocation/ID", CODE),
    Row(
        "Transport/DischargePort/Name",
        f"{_SHIPMENT}/Consignment/UnloadingLocation/Name",
        LINE,
        "of the whole model",
        reads_only=True,
    ),
    Row(
        "Transport/DischargePort/Code",
        f"{_SHIPMENT}/Consignment/UnloadingLocation/ID",
        CODE,
        "of the whole model",
        reads_only=True,
    ),
    Group(
        "Transport/Equipment[*]",
        f"{_SHIPMENT}/Consignment/TransportEquipment[*]",
        Position("SequenceNumeric"),
        Row("Number", "ID", line(17)),
        Group("Seal[*]", "Seal[*]", Position("SequenceNumeric"), Row(".", "ID")),
    ),
    Row("ImportingCountry", f"{_SHIPMENT}/Destination/CountryCode", CODE),
    Row("Procedure", f"{_SHIPMENT}/{PROCEDURE}", PROCEDURE_CODE),
    Group("Item[*]", f"{_SHIPMENT}/GovernmentAgencyGoodsItem[*]", *_ITEM, most=999),
    Row("TraderReference", f"{_SHIPMENT}/UCR/TraderAssignedReferenceID"),
)
