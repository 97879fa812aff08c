"""Form Ds that break no rule, over everything that a Form D may say.

Where `issuing` draws what traders usually ship, this draws the whole breadth: every member state,
every combination of the seven boxes of box 13, every criterion of the grammar, certified true
copies, dates before and after the procedures changed. Goods and criteria need not go together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Final

from swb.simulator.goods import GOODS
from swb_schemas.documents.certificate_of_origin import (
    BackToBack,
    CertificateOfOrigin,
    Certification,
    Empty,
    Exhibition,
    ExporterDeclaration,
    Invoice,
    Item,
    OriginalProof,
    Package,
    Port,
    SpecialCases,
    ThirdCountryInvoicing,
    Transport,
)
from swb_schemas.documents.elements import Amount, CommodityCode, Measure, TradeParty
from swb_schemas.documents.origin_criterion import PC, RVC, OriginCriterion
from swb_schemas.rulebook import NOTHING_KNOWN, KnownCertificate, Related
from swb_schemas.rulebook.goods import is_fob_asked
from swb_schemas.rulebook.periods import OCP_OF_2021, one_year_after
from swb_schemas.rulebook.state_table import load_state_table

__all__ = ["FLAGS", "DrawnFormD", "draw_form_d"]

FLAGS: Final = tuple(SpecialCases.model_fields)
"""Box 13; bit n of a serial ticks flag n."""

_PORTS: Final = {
    "BN": ("BNMUA", "MUARA"),
    "ID": ("IDTPP", "TANJUNG PRIOK"),
    "KH": ("KHKOS", "SIHANOUKVILLE"),
    "LA": ("LAVTE", "VIENTIANE"),
    "MM": ("MMRGN", "YANGON"),
    "MY": ("MYPKG", "PORT KLANG"),
    "PH": ("PHMNL", "MANILA"),
    "SG": ("SGSIN", "SINGAPORE"),
    "TH": ("THLCH", "LAEM CHABANG"),
    "VN": ("VNHPH", "HAI PHONG"),
}
_ROUTES: Final = tuple(permutations(_PORTS, 2))
_OUTSIDERS: Final = ("AU", "HK", "JP", "KR")
_SHIFTS: Final = ("CC", "CTH", "CTSH")
_WORDS: Final = (*_SHIFTS, "SP")
_BASES: Final = (
    ("WO",),
    (RVC,),
    *((word,) for word in _WORDS),
    *permutations(_WORDS, 2),
    *((word, RVC) for word in _WORDS),
)
"""Every criterion but partial cumulation, which goes with its box."""
_SHARES: Final = {
    True: ("40", "40.5", "62.25", "99.999999", "100"),
    False: ("35", "35.5", "47", "80.000001"),
}
"""Regional value content in per cent, alone or beside another criterion."""
_PARTIAL_SHARES: Final = ("20", "25", "33.3", "39.999999")
_FIRST_DAY: Final = date(2020, 1, 1)
"""All ten states were live at the end of 2019."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFormD:
    """A certificate, and what the register of its issuer knows beside it.

    Attributes:
        certificate: Breaks no rule, and warns of nothing, on its day of issue.
        related: Its originals, where it is a back-to-back one.
    """

    certificate: CertificateOfOrigin
    related: Related = NOTHING_KNOWN


def draw_form_d(serial: int, *, seed: int, until: date, items: int | None = None) -> DrawnFormD:
    """Draw one Form D; the same arguments always give the same one.

    Args:
        serial: Also its number; 128 serials in a row have every combination of box 13.
        seed: Of the whole run.
        until: Last day of issue.
        items: How many lines; drawn when not given.
    """
    random = Random(f"{seed}:form-d:{serial}")  # noqa: S311 - goods, not secrets
    exporting, importing = _ROUTES[random.randrange(len(_ROUTES))]
    issued = _FIRST_DAY + timedelta(days=random.randint(0, (until - _FIRST_DAY).days))
    copied = one_year_after(issued) if random.randrange(16) == 0 else issued
    count = items or random.choice((1, 1, 2, 3, 5, 8))
    ticked = {flag for bit, flag in enumerate(FLAGS) if serial >> bit & 1}
    if count == 1 and {"de_minimis", "partial_cumulation"} <= ticked:
        count = 2  # one item for each
    invoice = Invoice(number=f"INV-{serial}", date=issued - timedelta(days=random.randint(0, 30)))
    lines = _draw_items(random, count, ticked, invoice, whole=_rounds_shares(exporting))
    fob = is_fob_asked(issuing=exporting, importing=importing, on=issued)
    lines = tuple(_price(random, line, fob=fob) for line in lines)
    originals = tuple(
        _draw_original(random, number, exporting, issued, lines)
        for number in range(1, 1 + random.randint(1, 3) * ("back_to_back" in ticked))
    )
    certificate = CertificateOfOrigin(
        agreement="ATIGA",
        edition="2021" if issued >= OCP_OF_2021 else "2019",
        reference_number=f"{exporting}-{importing} {issued:%y}/{serial:07d}",
        issuing_country=exporting,
        issuing_office=f"SIM-{random.randint(1, 9)}",
        exporter=_trader("EXAMPLE EXPORTER LTD", exporting),
        consignee=_trader("EXAMPLE IMPORTER LTD", importing),
        transport=_draw_transport(
            random, (exporting, importing), issued, retroactive="issued_retroactively" in ticked
        ),
        items=lines,
        exporter_declaration=ExporterDeclaration(
            country_of_production=exporting,
            importing_country=importing,
            place=_PORTS[exporting][1],
            date=issued,
            signatory_name="EXPORT CLERK (SIMULATED)",
        ),
        certification=Certification(
            authority_name="SIMULATED ISSUING AUTHORITY",
            place=_PORTS[exporting][1],
            date=copied,
            signatory_name="OFFICER (SIMULATED)",
            original_issue_date=issued if copied != issued else None,
        ),
        special_cases=_tick(random, ticked, exporting, importing, originals),
    )
    known = tuple(KnownCertificate(certificate=original) for original in originals)
    return DrawnFormD(certificate=certificate, related=Related(originals=known))


def _trader(name: str, country: str) -> TradeParty:
    return TradeParty(name=name, address="1 EXAMPLE ROAD", country=country)


def _draw_transport(
    random: Random, route: tuple[str, str], issued: date, *, retroactive: bool
) -> Transport:
    """Departure as box 13 says it; before 2021 three days late needed no tick."""
    grace = 0 if issued >= OCP_OF_2021 else 3
    days = -random.randint(1, 365) if retroactive else random.randint(-grace, 60)
    told = retroactive or random.randrange(8) > 0
    loading, discharge = (Port(code=_PORTS[each][0], name=_PORTS[each][1]) for each in route)
    return Transport(
        departure_date=issued + timedelta(days=days) if told else None,
        mode="1",
        means_name="MV EXAMPLE",
        loading_port=loading,
        discharge_port=discharge,
    )


def _rounds_shares(exporting: str) -> bool:
    return load_state_table().states[exporting].whole_partial_shares is not None


def _draw_items(
    random: Random, count: int, ticked: set[str], invoice: Invoice, *, whole: bool
) -> tuple[Item, ...]:
    criteria = [_draw_criterion(random) for _ in range(count)]
    if "de_minimis" in ticked:
        criteria[0] = OriginCriterion(bases=(random.choice(_SHIFTS),))
    if "partial_cumulation" in ticked:
        share = Decimal(random.choice(_PARTIAL_SHARES))
        if whole:
            share = Decimal(int(share))
        criteria[-1] = OriginCriterion(bases=(PC,), percentage=share)
    return tuple(
        _draw_item(random, number, criterion, invoice)
        for number, criterion in enumerate(criteria, 1)
    )


def _draw_criterion(random: Random) -> OriginCriterion:
    bases = random.choice(_BASES)
    if RVC not in bases:
        return OriginCriterion(bases=bases)
    share = random.choice(_SHARES[bases == (RVC,)])
    return OriginCriterion(bases=bases, percentage=Decimal(share))


def _draw_item(random: Random, number: int, criterion: OriginCriterion, invoice: Invoice) -> Item:
    goods = random.choice(GOODS)
    quantity = Decimal(random.randint(1, 10_000))
    return Item(
        sequence_number=number,
        marks_and_numbers="N/M",
        packages=(Package(count=random.randint(1, 500), type_code=goods.package),),
        description=goods.description,
        quantity=Measure(unit=goods.unit, value=quantity) if random.randrange(8) else None,
        commodity_code=CommodityCode(nomenclature="AHTN-2022", value=goods.hs),
        origin_criterion=criterion,
        gross_measure=Measure(unit="KGM", value=quantity * 2),
        invoices=(invoice,),
    )


def _price(random: Random, item: Item, *, fob: bool) -> Item:
    bases = item.origin_criterion.bases
    shown = (fob and RVC in bases) or (PC in bases and random.randrange(2))
    if not shown:
        return item
    amount = Amount(currency=random.choice(("USD", "SGD", "THB")), value=Decimal("1000.5"))
    return item.model_copy(update={"fob_amount": amount})


# --- box 13 ------------------------------------------------------------------------------------


def _tick(
    random: Random,
    ticked: set[str],
    exporting: str,
    importing: str,
    originals: tuple[CertificateOfOrigin, ...],
) -> SpecialCases:
    third = [each for each in (*_PORTS, *_OUTSIDERS) if each not in {exporting, importing}]
    company = ThirdCountryInvoicing(
        company_name="EXAMPLE TRADING HOUSE LTD", company_country=random.choice(third)
    )
    proofs = tuple(
        OriginalProof(
            issuing_country=each.issuing_country,
            reference_number=each.reference_number,
            issue_date=each.certification.date,
        )
        for each in originals
    )
    data = {
        "third_country_invoicing": company,
        "exhibition": Exhibition(name="EXAMPLE TRADE FAIR", address="HALL 3"),
        "back_to_back": BackToBack(originals=proofs) if proofs else None,
    }
    return SpecialCases.model_validate(
        {flag: data.get(flag, Empty()) for flag in FLAGS if flag in ticked}
    )


def _draw_original(
    random: Random, number: int, intermediate: str, issued: date, items: tuple[Item, ...]
) -> CertificateOfOrigin:
    """An original that is in force on the day, and has at least what the other one has."""
    first = random.choice([state for state in _PORTS if state != intermediate])
    day = issued - timedelta(days=random.randint(0, 180))
    return CertificateOfOrigin(
        agreement="ATIGA",
        edition="2021",
        reference_number=f"{first}-ORIGINAL {number}",
        issuing_country=first,
        issuing_office="SIM-1",
        exporter=_trader("EXAMPLE FIRST EXPORTER LTD", first),
        consignee=_trader("EXAMPLE EXPORTER LTD", intermediate),
        transport=Transport(),
        items=items,
        exporter_declaration=ExporterDeclaration(
            country_of_production=first, importing_country=intermediate
        ),
        certification=Certification(date=day),
    )
