"""A goods declaration for exportation (CUSDEC, document name 830) as an extract of it.

Positions, qualifiers and lengths are those of the directory D.96B. What the directory leaves to the
partners are two things, and the README names them: the codes of nomenclatures, and the name by
which a supporting document is known.
"""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.edifact import NUMERIC, lined, within, wrapped
from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    LINE,
    NUMBER,
    AnyRow,
    Derived,
    Fixed,
    Group,
    Ignored,
    Lost,
    Row,
    Table,
    codes,
)
from swb_schemas.documents import DeclarationExtract

__all__ = ["DECLARATION", "NAME"]

NAME: Final = wrapped(35, 5)
"""C080: five components of 35 characters."""
_STREET: Final = lined(35, 4)
"""C059: four components of 35 characters."""
_NUMBER: Final = within(NUMERIC, 18)
_SHORT: Final = within(LINE, 17)
_PLACE: Final = within(LINE, 70)
_OFFICE: Final = within(CODE, 25)
_NOMENCLATURE: Final = codes(
    "nomenclature",
    {
        "HS-2022": "H22",
        "HS-2017": "H17",
        "HS-2012": "H12",
        "AHTN-2022": "A22",
        "AHTN-2017": "A17",
    },
)
_NO_LANGUAGE: Final = "NAD and FTX of the directory hold one language"


def _listed(*places: str) -> tuple[AnyRow, ...]:
    """Code list qualifier and agency after a code: which list it is from, partners agree."""
    why = "names the code list, or who keeps it"
    return tuple(Ignored(f"{place}.{component}", why) for place in places for component in (2, 3))


def _date(canonical: str, national: str) -> tuple[AnyRow, ...]:
    return (
        Row(canonical, f"{national}/1.2", COMPACT_DATE),
        Fixed(f"{national}/1.3", "102", "CCYYMMDD", beside=True),
    )


def _measure(canonical: str, national: str) -> tuple[AnyRow, ...]:
    return (
        Row(f"{canonical}/@unit", f"{national}/3.1", CODE),
        Row(canonical, f"{national}/3.2", _NUMBER),
    )


def _port(canonical: str, national: str) -> Group:
    rows = (Row("Code", "2.1", CODE), *_listed("2"), Row("Name", "2.4", _PLACE))
    return Group(canonical, national, *rows)


def _count_items(values: dict[str, object]) -> str:
    items = values.get("Item")
    return str(len(items)) if isinstance(items, list | tuple) else "0"


DECLARATION: Final = Table(
    DeclarationExtract,
    Row("ReferenceNumber", "BGM+830/2.1"),
    Fixed("BGM+830/3", "9", "original"),
    *_listed("BGM+830/1", "CST/2", "LOC+22/2", "LOC+35/2", "LOC+36/2"),
    Row("Procedure", "CST/2.1", within(CODE, 18)),
    Row("IssuingOffice", "LOC+22/2.1", _OFFICE, "customs office of clearance"),
    Row("IssuingCountry", "LOC+35/2.1", CODE, "country of exportation"),
    Row("ImportingCountry", "LOC+36/2.1", CODE, "country of ultimate destination"),
    Group(
        "Transport",
        "",
        _port("LoadingPort", "LOC+9"),
        _port("DischargePort", "LOC+11"),
        *_date("DepartureDate", "DTM+136"),
        Row("TransportDocument", "SG1.RFF+AAS/1.2"),
    ),
    *_date("AcceptanceDate", "DTM+148"),
    *_measure("GrossMeasure", "MEA+AAE+AAD"),
    Group(
        "Transport/Equipment[*]",
        "EQD+CN[*]",
        Row("Number", "2.1", _SHORT),
        Lost("Seal[*]", "SEL tells the seals of a message, not those of a container"),
    ),
    Row("Remarks", "FTX+AAI/4", lined(70, 495)),
    Row("TraderReference", "SG1.RFF+UCN/1.2"),
    Group(
        "Transport",
        "SG4.TDT+11",
        Row("JourneyNumber", "2", _SHORT),
        Row("Mode", "3.1", CODE),
        Row("MeansName", "8.4", within(LINE, 35)),
        note="at the border",
    ),
    Group(
        "SupportingDocument[*]",
        "SG5.DOC[*]",
        Ignored("1.1", "its code in the list of document names; the name is told in words"),
        *_listed("1"),
        Row("MessageType", "1.4", CODE),
        Row("ReferenceNumber", "2.1"),
        Row("IssuingCountry", "LOC+91/2.1", CODE, "place of document issue"),
        Row("IssuingOffice", "LOC+91/3.1", _OFFICE),
    ),
    Group(
        "Exporter",
        "SG6.NAD+EX",
        Row("Identifier", "2.1"),
        *_listed("2"),
        Row("Name", "4", NAME),
        Lost("NationalName[*]", _NO_LANGUAGE),
        Row("Address", "5", _STREET, "read are city, region, postcode as further lines"),
    ),
    Group(
        "Consignee",
        "SG6.NAD+CN",
        Row("Identifier", "2.1"),
        *_listed("2"),
        Row("Name", "4", NAME),
        Lost("NationalName[*]", _NO_LANGUAGE),
        Row("Address", "5", _STREET, "read are city, region, postcode as further lines"),
        Row("Country", "9", CODE),
    ),
    Group(
        "DeclaringAgent",
        "SG6.NAD+DT",
        Row("Identifier", "2.1"),
        *_listed("2"),
        Row("Name", "4", NAME),
    ),
    Group(
        "Item[*]",
        "SG30.CST[*]",
        Row("SequenceNumber", "1", within(NUMBER, 5)),
        Row("CommodityCode", "2.1", CODE),
        Row("CommodityCode/@nomenclature", "2.2", _NOMENCLATURE),
        Row("Description", "FTX+AAA/4", lined(70, 45)),
        Lost("NationalDescription[*]", _NO_LANGUAGE),
        Row("OriginCountry", "LOC+27/2.1", CODE),
        *_listed("LOC+27/2"),
        *_measure("GrossMeasure", "MEA+AAE+AAE"),
        *_measure("NetMeasure", "MEA+AAE+AAL"),
        *_measure("Quantity", "MEA+AAE+ACB"),
        Group(
            "Package[*]",
            "SG31.PAC[*]",
            Row("Count", "1", within(NUMBER, 8)),
            Row("TypeCode", "3.1", CODE),
            *_listed("3"),
            Lost("GrossMeasure", "PAC has no measurements"),
            Lost("GrossVolume", "PAC has no measurements"),
        ),
        Row("FobAmount", "SG33.MOA+63/1.2", _NUMBER),
        Row("FobAmount/@currency", "SG33.MOA+63/1.3", CODE),
        Group("Invoice[*]", "SG37.DOC+380[*]", Row("Number", "2.1"), *_date("Date", "DTM+137")),
    ),
    Derived("CNT+5/1.2", _count_items, "the number of items", checked=True),
)
