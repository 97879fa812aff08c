"""The simulated trader and issuing authority: certificates drawn from a seed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

from swb.simulator.goods import STATES, Goods, StateVocabulary, list_goods
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
from swb_schemas.documents.elements import (
    Amount,
    CommodityCode,
    LocalText,
    Measure,
    TradeParty,
)
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.rulebook.goods import is_fob_asked
from swb_schemas.rulebook.origin import TARIFF_SHIFTS

if TYPE_CHECKING:
    from datetime import date

__all__ = ["draw_certificate"]

_THIRD_COUNTRIES: Final = (
    ("EXAMPLE TRADING HOUSE PTE LTD", "SG"),
    ("EXAMPLE BUYING OFFICE LTD", "HK"),
)


def draw_certificate(
    *, exporting: str, importing: str, serial: int, seed: int, on: date, items: int | None = None
) -> CertificateOfOrigin:
    """Draw one plausible Form D.

    The same arguments always give the same certificate.

    Args:
        exporting: State that issues it.
        importing: State that it is for.
        serial: Number within the year; the certificate's number is made of it.
        seed: Of the whole run.
        on: Day of issue.
        items: How many lines; drawn when not given.
    """
    random = Random(f"{seed}:{exporting}:{importing}:{serial}")  # noqa: S311 - goods, not secrets
    home, abroad = STATES[exporting], STATES[importing]
    departure = on + timedelta(days=random.randint(0, 5))
    special = _draw_special_cases(random, abroad, exporting, importing, on)
    if special.issued_retroactively is not None:
        departure = on - timedelta(days=random.randint(4, 40))
    invoice = Invoice(
        number=f"EX-{on:%y}{serial:06d}", date=on - timedelta(days=random.randint(1, 9))
    )
    count = items if items is not None else random.choices((1, 2, 3, 5, 8), (40, 25, 20, 10, 5))[0]
    office = random.randint(1, 20)
    partial = special.partial_cumulation is not None
    loading, discharge = random.choice(home.ports), random.choice(abroad.ports)
    fob = is_fob_asked(issuing=exporting, importing=importing, on=on)
    shipped = list_goods(exporting)
    lines = tuple(
        _draw_item(random, number, invoice, home, random.choice(shipped), partial=partial, fob=fob)
        for number in range(1, count + 1)
    )
    if special.de_minimis is not None and not any(_shifts(line) for line in lines):
        special = SpecialCases()  # what is wholly obtained has no share to be forgiven
    return CertificateOfOrigin(
        agreement="ATIGA",
        edition="2021",
        reference_number=f"{exporting}-{importing} {on:%y}/{office:02d}/{serial:05d}",
        issuing_country=exporting,
        issuing_office=home.office,
        exporter=_draw_trader(random, home, exporting, with_national_name=True),
        consignee=_draw_trader(random, abroad, importing, with_national_name=False),
        transport=Transport(
            departure_date=departure,
            mode="1",
            means_name=f"MV EXAMPLE {random.choice(('STAR', 'PEARL', 'HORIZON', 'LOTUS'))}",
            journey_number=f"{random.randint(1, 999):03d}E",
            loading_port=Port(code=loading[0], name=loading[1]),
            discharge_port=Port(code=discharge[0], name=discharge[1]),
            route=f"{loading[1]} TO {discharge[1]}, DIRECT",
        ),
        items=lines,
        exporter_declaration=ExporterDeclaration(
            country_of_production=exporting,
            importing_country=importing,
            place=home.city,
            date=on,
            signatory_name=f"EXPORT CLERK {random.randint(1, 40)} (SIMULATED)",
        ),
        certification=Certification(
            authority_name=home.authority,
            place=home.city,
            date=on,
            signatory_name=random.choice(home.signatories),
        ),
        special_cases=special,
    )


def _draw_trader(
    random: Random, words: StateVocabulary, state: str, *, with_national_name: bool
) -> TradeParty:
    english, national = random.choice(words.companies)
    names = (LocalText(lang=words.language, value=national),) if with_national_name else ()
    return TradeParty(
        identifier=f"{random.randint(10**12, 10**13 - 1)}",
        name=english,
        national_names=names,
        address=f"{random.choice(words.streets)}\n{words.city}",
        country=state,
    )


def _shifts(item: Item) -> bool:
    return not TARIFF_SHIFTS.isdisjoint(item.origin_criterion.bases)


def _draw_item(
    random: Random,
    number: int,
    invoice: Invoice,
    home: StateVocabulary,
    goods: Goods,
    *,
    partial: bool,
    fob: bool,
) -> Item:
    quantity = Decimal(random.randint(10, 5000))
    criterion = f"PC {random.randint(20, 39)}%" if partial else random.choice(goods.criteria)
    packages = max(1, int(quantity) // random.choice((10, 20, 25)))
    return Item(
        sequence_number=number,
        marks_and_numbers=random.choice(("N/M", f"EXAMPLE {number}/UP\nMADE IN {home.city}")),
        packages=(Package(count=packages, type_code=goods.package),),
        description=goods.description,
        quantity=Measure(unit=goods.unit, value=quantity),
        commodity_code=CommodityCode(nomenclature="AHTN-2022", value=goods.hs),
        manufacturer_name=random.choice((None, "EXAMPLE MANUFACTURING WORKS")),
        trademark_name=random.choice((None, "EXAMPLE BRAND")),
        origin_criterion=parse_criterion(criterion),
        gross_measure=Measure(
            unit="KGM", value=quantity * Decimal(random.randint(101, 140)) / Decimal(100)
        ),
        fob_amount=Amount(currency="USD", value=quantity * goods.price)
        if fob and "%" in criterion
        else None,
        invoices=(invoice,),
    )


def _draw_special_cases(
    random: Random, abroad: StateVocabulary, exporting: str, importing: str, on: date
) -> SpecialCases:
    """Tick a box of box 13 on about every third certificate, each of the seven as often."""
    company, country = random.choice(_THIRD_COUNTRIES)
    first = next(state for state in ("MY", "ID", "PH") if state not in {exporting, importing})
    original = OriginalProof(
        issuing_country=first,
        reference_number=f"{first}-EXAMPLE-{random.randint(1, 9999):04d}",
        issue_date=on - timedelta(days=random.randint(20, 120)),
    )
    fair = Exhibition(name="EXAMPLE TRADE FAIR", address=f"HALL 3\n{abroad.city}")
    invoicing = ThirdCountryInvoicing(company_name=company, company_country=country)
    ticked = (
        SpecialCases(third_country_invoicing=invoicing),
        SpecialCases(exhibition=fair),
        SpecialCases(accumulation=Empty()),
        SpecialCases(de_minimis=Empty()),
        SpecialCases(back_to_back=BackToBack(originals=(original,))),
        SpecialCases(issued_retroactively=Empty()),
        SpecialCases(partial_cumulation=Empty()),
    )
    drawn = random.randrange(3 * len(ticked))
    return ticked[drawn] if drawn < len(ticked) else SpecialCases()
