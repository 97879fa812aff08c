"""Plausible goods, traders and ports of invented companies; the vocabulary of the simulator.

HS codes are six digits of HS 2022 followed by an invented ``00``: national eighth digits are not
the simulator's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["GOODS", "STATES", "Goods", "StateVocabulary", "list_goods"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One kind of goods.

    Attributes:
        description: As box 7 says it, with room for the grade.
        hs: Eight digits.
        unit: UN/ECE Recommendation 20, for the quantity.
        package: UN/ECE Recommendation 21.
        criteria: What box 8 may say of it.
        price: Whole US dollars for a unit.
        states: Which of the simulated states ship it.
    """

    description: str
    hs: str
    unit: str
    package: str
    criteria: tuple[str, ...]
    price: int
    states: frozenset[str]


_TH_VN_ID: Final = frozenset({"TH", "VN", "ID"})
_SG: Final = frozenset({"SG"})
_AU: Final = frozenset({"AU"})

GOODS: Final = (
    Goods(
        description="MILLED RICE, LONG GRAIN, 5 PERCENT BROKEN",
        hs="10063000",
        unit="TNE",
        package="BG",
        criteria=("WO",),
        price=520,
        states=_TH_VN_ID,
    ),
    Goods(
        description="NATURAL RUBBER, TECHNICALLY SPECIFIED",
        hs="40012200",
        unit="TNE",
        package="PX",
        criteria=("WO",),
        price=1480,
        states=_TH_VN_ID,
    ),
    Goods(
        description="FROZEN SHRIMPS, PEELED AND DEVEINED",
        hs="03061700",
        unit="KGM",
        package="CT",
        criteria=("WO", "CC"),
        price=9,
        states=_TH_VN_ID,
    ),
    Goods(
        description="INSTANT NOODLES IN CUPS",
        hs="19023000",
        unit="KGM",
        package="CT",
        criteria=("CTH", "45%", "CTH + 40%"),
        price=11,
        states=_TH_VN_ID,
    ),
    Goods(
        description="MEN'S SHIRTS OF COTTON, WOVEN",
        hs="62052000",
        unit="C62",
        package="CT",
        criteria=("CC", "SP"),
        price=6,
        states=_TH_VN_ID,
    ),
    Goods(
        description="WOODEN BEDROOM FURNITURE, RUBBER WOOD",
        hs="94035000",
        unit="C62",
        package="CT",
        criteria=("CTH", "52.5%"),
        price=75,
        states=_TH_VN_ID,
    ),
    Goods(
        description="PNEUMATIC TYRES FOR MOTOR CARS, NEW",
        hs="40111000",
        unit="C62",
        package="PK",
        criteria=("CTH", "48%"),
        price=38,
        states=_TH_VN_ID,
    ),
    Goods(
        description="INSULATED WIRING SETS FOR VEHICLES",
        hs="85443000",
        unit="SET",
        package="BX",
        criteria=("CTSH", "41.25%", "CTSH + 35%"),
        price=64,
        states=_TH_VN_ID,
    ),
    Goods(
        description="GLAZED CERAMIC FLOOR TILES 60 X 60 CM",
        hs="69072100",
        unit="MTK",
        package="PX",
        criteria=("CTH", "60%"),
        price=7,
        states=_TH_VN_ID,
    ),
    Goods(
        description="ROASTED COFFEE, NOT DECAFFEINATED",
        hs="09012100",
        unit="KGM",
        package="BG",
        criteria=("WO", "CTSH"),
        price=5,
        states=_TH_VN_ID,
    ),
    Goods(
        description="INTEGRATED CIRCUITS, MEMORIES",
        hs="85423200",
        unit="C62",
        package="CT",
        criteria=("CTSH", "45%", "CTH"),
        price=4,
        states=_SG,
    ),
    Goods(
        description="SOLID-STATE STORAGE DEVICES, UNRECORDED",
        hs="85235100",
        unit="C62",
        package="CT",
        criteria=("CTSH", "42.5%", "CTSH + 35%"),
        price=58,
        states=_SG,
    ),
    Goods(
        description="POLYETHYLENE, SPECIFIC GRAVITY BELOW 0.94, IN GRANULES",
        hs="39011000",
        unit="TNE",
        package="BG",
        criteria=("CTH", "40%"),
        price=1150,
        states=_SG,
    ),
    Goods(
        description="LUBRICATING OIL ADDITIVES CONTAINING PETROLEUM OILS",
        hs="38112100",
        unit="KGM",
        package="DR",
        criteria=("CTH", "CTSH", "44%"),
        price=3,
        states=_SG,
    ),
    Goods(
        description="MEDICAMENTS IN DOSES FOR RETAIL SALE",
        hs="30049000",
        unit="KGM",
        package="CT",
        criteria=("CTH", "CTSH", "55%"),
        price=85,
        states=_SG,
    ),
    Goods(
        description="CENTRIFUGAL PUMPS FOR LIQUIDS",
        hs="84137000",
        unit="C62",
        package="CS",
        criteria=("CTSH", "47.5%", "CTH"),
        price=340,
        states=_SG,
    ),
    Goods(
        description="MIXTURES OF ODORIFEROUS SUBSTANCES FOR FOOD AND DRINK",
        hs="33021000",
        unit="KGM",
        package="DR",
        criteria=("CTH", "41%"),
        price=18,
        states=_SG,
    ),
    Goods(
        description="WINE OF FRESH GRAPES, IN BOTTLES OF 0.75 LITRES",
        hs="22042100",
        unit="LTR",
        package="CT",
        criteria=("WO", "CTH"),
        price=7,
        states=_AU,
    ),
    Goods(
        description="FROZEN BEEF, BONELESS",
        hs="02023000",
        unit="KGM",
        package="CT",
        criteria=("WO",),
        price=6,
        states=_AU,
    ),
    Goods(
        description="WHEAT, NOT DURUM, NOT FOR SOWING",
        hs="10019900",
        unit="TNE",
        package="BG",
        criteria=("WO",),
        price=310,
        states=_AU,
    ),
    Goods(
        description="CHEDDAR CHEESE IN BLOCKS",
        hs="04069000",
        unit="KGM",
        package="CT",
        criteria=("WO", "CTH"),
        price=5,
        states=_AU,
    ),
    Goods(
        description="SHORN WOOL, GREASY, NOT CARDED OR COMBED",
        hs="51011100",
        unit="KGM",
        package="BL",
        criteria=("WO",),
        price=9,
        states=_AU,
    ),
    Goods(
        description="BARLEY MALT, NOT ROASTED",
        hs="11071000",
        unit="TNE",
        package="BG",
        criteria=("WO", "CTH"),
        price=540,
        states=_AU,
    ),
)


def list_goods(state: str) -> tuple[Goods, ...]:
    """List what a simulated state ships; always in the same order."""
    return tuple(goods for goods in GOODS if state in goods.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateVocabulary:
    """What names sound like in one state.

    Attributes:
        language: Tag of the national language.
        office: Code of the simulated issuing office.
        authority: Name of the simulated issuing authority.
        customs: Name of the simulated customs office.
        companies: (English name, national name).
        streets: Lines of an address.
        city: Where documents are signed.
        ports: (UN/LOCODE, name).
        signatories: Invented names of officers.
    """

    language: str
    office: str
    authority: str
    customs: str
    companies: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    city: str
    ports: tuple[tuple[str, str], ...]
    signatories: tuple[str, ...]


STATES: Final = {
    "TH": StateVocabulary(
        language="th",
        office="SIM-BKK",
        authority="SIMULATED ISSUING AUTHORITY OF THAILAND",
        customs="Simulated Customs Office Laem Chabang",
        companies=(
            ("EXAMPLE CHAO PHRAYA FOODS CO., LTD.", "บริษัท ตัวอย่างเจ้าพระยาฟู้ดส์ จำกัด"),
            ("EXAMPLE ISAN RICE MILL CO., LTD.", "บริษัท ตัวอย่างโรงสีอีสาน จำกัด"),
            ("EXAMPLE ANDAMAN RUBBER PLC", "บริษัท ตัวอย่างยางอันดามัน จำกัด (มหาชน)"),
            ("EXAMPLE LANNA FURNITURE CO., LTD.", "บริษัท ตัวอย่างเฟอร์นิเจอร์ล้านนา จำกัด"),
        ),
        streets=("99/1 EXAMPLE ROAD", "12 SOI EXAMPLE 4", "7 MOO 3, EXAMPLE SUBDISTRICT"),
        city="BANGKOK",
        ports=(("THBKK", "BANGKOK"), ("THLCH", "LAEM CHABANG")),
        signatories=("OFFICER TH-01 (SIMULATED)", "OFFICER TH-02 (SIMULATED)"),
    ),
    "VN": StateVocabulary(
        language="vi",
        office="SIM-HAN",
        authority="SIMULATED ISSUING AUTHORITY OF VIET NAM",
        customs="Simulated Customs Office Hai Phong",
        companies=(
            ("EXAMPLE RED RIVER TRADING JSC", "Công ty Cổ phần Thương mại Ví dụ Sông Hồng"),
            ("EXAMPLE MEKONG SEAFOOD CO., LTD.", "Công ty TNHH Thủy sản Ví dụ Cửu Long"),
            ("EXAMPLE HIGHLAND COFFEE JSC", "Công ty Cổ phần Cà phê Ví dụ Tây Nguyên"),
            ("EXAMPLE HAI PHONG TILES CO., LTD.", "Công ty TNHH Gạch Ví dụ Hải Phòng"),
        ),
        streets=("15 EXAMPLE STREET", "LOT B2, EXAMPLE INDUSTRIAL PARK", "88 EXAMPLE AVENUE"),
        city="HA NOI",
        ports=(("VNHPH", "HAI PHONG"), ("VNSGN", "HO CHI MINH CITY")),
        signatories=("OFFICER VN-01 (SIMULATED)", "OFFICER VN-02 (SIMULATED)"),
    ),
    "ID": StateVocabulary(
        language="id",
        office="SIM-JKT",
        authority="SIMULATED ISSUING AUTHORITY OF INDONESIA",
        customs="Simulated Customs Office Tanjung Priok",
        companies=(
            ("PT EXAMPLE NUSANTARA PANGAN", "PT Contoh Nusantara Pangan"),
            ("PT EXAMPLE SUMATRA KARET", "PT Contoh Sumatra Karet"),
            ("PT EXAMPLE JAWA MEBEL", "PT Contoh Jawa Mebel"),
            ("PT EXAMPLE TORAJA KOPI", "PT Contoh Toraja Kopi"),
        ),
        streets=("JALAN CONTOH 17", "KAWASAN INDUSTRI CONTOH BLOK C4", "JALAN CONTOH RAYA 120"),
        city="JAKARTA",
        ports=(("IDJKT", "JAKARTA"), ("IDSUB", "SURABAYA")),
        signatories=("OFFICER ID-01 (SIMULATED)", "OFFICER ID-02 (SIMULATED)"),
    ),
    "SG": StateVocabulary(
        language="zh",
        office="SIM-SIN",
        authority="SIMULATED ISSUING AUTHORITY OF SINGAPORE",
        customs="Simulated Customs Office Singapore",
        companies=(
            ("EXAMPLE MARINA TRADING PTE LTD", "示例滨海贸易私人有限公司"),
            ("EXAMPLE STRAITS CHEMICALS PTE LTD", "示例海峡化工私人有限公司"),
            ("EXAMPLE LION ELECTRICS PTE LTD", "示例狮城电器私人有限公司"),
        ),
        streets=("10 EXAMPLE QUAY", "25 EXAMPLE LINK, UNIT 04", "3 EXAMPLE CRESCENT"),
        city="SINGAPORE",
        ports=(("SGSIN", "SINGAPORE"),),
        signatories=("OFFICER SG-01 (SIMULATED)", "OFFICER SG-02 (SIMULATED)"),
    ),
    "AU": StateVocabulary(
        language="en",
        office="SIM-CBR",
        authority="SIMULATED ISSUING BODY OF AUSTRALIA",
        customs="Simulated Customs Office Melbourne",
        companies=(
            ("EXAMPLE MURRAY WINES PTY LTD", "Example Murray Wines Pty Ltd"),
            ("EXAMPLE OUTBACK GRAINS PTY LTD", "Example Outback Grains Pty Ltd"),
            ("EXAMPLE TASMAN DAIRY PTY LTD", "Example Tasman Dairy Pty Ltd"),
        ),
        streets=("1 EXAMPLE TERRACE", "450 EXAMPLE ROAD", "SHED 7, EXAMPLE WHARF"),
        city="MELBOURNE",
        ports=(("AUMEL", "MELBOURNE"), ("AUSYD", "SYDNEY")),
        signatories=("OFFICER AU-01 (SIMULATED)", "OFFICER AU-02 (SIMULATED)"),
    ),
}
