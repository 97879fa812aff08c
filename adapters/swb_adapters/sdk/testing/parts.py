"""Strategies for the parts of canonical documents; needs ``hypothesis``.

Each is built once: hypothesis takes longer to build a strategy than to draw from it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from swb_schemas.documents import fold_text
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.documents.text import check_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

__all__ = [
    "codes",
    "countries",
    "counts",
    "dates",
    "extensions",
    "instants",
    "items",
    "lines",
    "local_texts",
    "maybe",
    "measures",
    "numbers",
    "offices",
    "ports",
    "reasons",
    "references",
    "same",
    "special_cases",
    "subjects",
    "texts",
    "traders",
    "transports",
]

# --- values ------------------------------------------------------------------------------------

_SCRIPTS: Final = (
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.sampled_from("ÀàĂăĐđƯưỐốỆệỹ ÇéñØ"),
    st.sampled_from("บริษัทเตาเผาสยามจำกัด๑๒๓"),
    st.sampled_from("ກຂຄ ລາວ ខ្មែរ မြန်မာ \u200b\u200c\u200d"),
    st.sampled_from("شركة چاڠكير سدين برحد ڬڽڤ"),  # Jawi
    st.sampled_from("தமிழ் நிறுவனம் ௧௨"),
    st.sampled_from("中文 한국 日本 🚢 \u00a0\u3000"),
    st.sampled_from("&<>\"'`]]>"),
)
_NAMES: Final = {
    "ms-Arab": "شركة سراميك چونتوه سنديرين برحد",
    "ta": "எடுத்துக்காட்டு பீங்கான் நிறுவனம்",
    "tl": "Kompanyang Halimbawa ng Seramika sa Dasmariñas",
    "pt": "Cerâmica Exemplo, Lda., São João",
    "tet": "Kompañia Ezemplu ba Serámika",
}
"""Invented names, by language: Malay in Jawi, Tamil, Tagalog, Portuguese and Tetum."""
_ALPHABET: Final = st.one_of(*_SCRIPTS)


def _is_canonical(text: str) -> bool:
    try:
        check_lines(text)
    except ValueError:
        return False
    return bool(text)


@cache
def texts(maximum: int = 60, *, longest: int = 0) -> SearchStrategy[str]:
    """One line of text, up to `maximum` characters, sometimes of exactly `longest`."""
    short = st.text(_ALPHABET, min_size=1, max_size=maximum)
    folded = short.map(lambda text: fold_text(text)[:maximum].strip() or "x").filter(_is_canonical)
    return st.one_of(folded, st.just("n" * longest)) if longest else folded


@cache
def lines() -> SearchStrategy[str]:
    """Text in up to four lines."""
    return st.lists(texts(), min_size=1, max_size=4).map("\n".join).filter(_is_canonical)


@cache
def references() -> SearchStrategy[str]:
    """Numbers of documents and registers."""
    spelled = st.sampled_from(["VN-TH 26/02/00006", "TH26-1", "D/2569/ก", "0105556012345"])
    return st.one_of(spelled, texts(35, longest=35))


@cache
def codes() -> SearchStrategy[str]:
    """Codes."""
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)


@cache
def offices() -> SearchStrategy[str]:
    """Codes of offices."""
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}", fullmatch=True)


@cache
def countries() -> SearchStrategy[str]:
    """Codes of countries."""
    return st.sampled_from(["TH", "VN", "ID", "MY", "SG", "KH", "LA", "MM", "PH", "BN", "TL", "HK"])


@cache
def numbers() -> SearchStrategy[Decimal]:
    """Numbers up to the ends of what may be written."""
    most = Decimal(999999999999999)
    whole = st.integers(0, 10**6).map(Decimal)
    ends = st.sampled_from([Decimal(0), Decimal("0.000001"), most, most - Decimal("0.000001")])
    return st.one_of(whole, ends, st.decimals(0, most, places=2), st.decimals(0, 10**6, places=6))


@cache
def dates() -> SearchStrategy[date]:
    """Days from 1950 to 2150."""
    leap = st.sampled_from([date(2024, 2, 29), date(2000, 2, 29)])
    return st.one_of(leap, st.dates(date(1950, 1, 1), date(2150, 12, 31)))


@cache
def instants() -> SearchStrategy[datetime]:
    """Moments in UTC, with and without fractions of a second."""
    exact = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - made aware below
    whole = exact.map(lambda moment: moment.replace(microsecond=0))
    return st.one_of(whole, exact).map(lambda moment: moment.replace(tzinfo=UTC))


@cache
def counts() -> SearchStrategy[int]:
    """Whole numbers from 1."""
    return st.one_of(st.integers(1, 100), st.just(999_999_999))


def same(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What there has to be."""
    return strategy


@cache
def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What may be absent."""
    return st.one_of(st.none(), strategy)


# --- aggregates --------------------------------------------------------------------------------


@cache
def local_texts() -> SearchStrategy[list[dict[str, Any]]]:
    """One text in up to three languages."""
    languages = st.sampled_from(["th", "vi", "id", "lo", "km", "my", "ms", "zh-Hans", *_NAMES])
    text = st.fixed_dictionaries({"lang": languages, "value": lines()})
    named = st.sampled_from([{"lang": lang, "value": name} for lang, name in _NAMES.items()])
    return st.lists(st.one_of(text, named), max_size=3)


@cache
def measures() -> SearchStrategy[dict[str, Any]]:
    """Quantities in units."""
    units = st.sampled_from(["KGM", "TNE", "C62", "PR", "SET", "LTR"])
    return st.fixed_dictionaries({"unit": units, "value": numbers()})


@cache
def traders() -> SearchStrategy[dict[str, Any]]:
    """Exporters and consignees."""
    identifiers = st.one_of(st.from_regex(r"[0-9]{13}(-[0-9]{5})?", fullmatch=True), references())
    return st.fixed_dictionaries(
        {
            "identifier": maybe(identifiers),
            "name": texts(longest=512),
            "national_names": local_texts(),
            "address": lines(),
            "national_addresses": local_texts(),
            "country": countries(),
        }
    )


@cache
def ports() -> SearchStrategy[Any]:
    """Ports, or none."""
    codes = st.sampled_from(["THLCH", "VNSGN", "VNHPH", "SGSIN"])
    return maybe(st.fixed_dictionaries({"code": maybe(codes), "name": texts()}))


@cache
def transports() -> SearchStrategy[dict[str, Any]]:
    """Means and roads of transport."""
    return st.fixed_dictionaries(
        {
            "departure_date": maybe(dates()),
            "mode": maybe(st.sampled_from("123458")),
            "means_name": maybe(texts()),
            "journey_number": maybe(references()),
            "loading_port": ports(),
            "discharge_port": ports(),
            "route": maybe(lines()),
        }
    )


@cache
def _criteria_of_aanzfta() -> SearchStrategy[Any]:
    spelled = st.sampled_from(
        ["WO", "WP", "PE", "PSR", "CTC", "CC", "CTH", "CTSH", "RVC", "RVC 45.5%", "CTH + RVC 40%"]
    )
    return spelled.map(lambda text: parse_criterion(text, agreement="AANZFTA"))


@cache
def _criteria() -> SearchStrategy[Any]:
    shares = st.decimals(Decimal("0.01"), 99, places=2).map(lambda share: f"{share.normalize():f}")
    fixed = st.sampled_from(["WO", "CC", "CTH", "CTSH", "SP", "CTH + SP", "40%", "100%", "PC 25%"])
    spelled = st.one_of(
        fixed,
        shares.map(lambda share: f"{share}%"),
        shares.map(lambda share: f"PC {share}%"),
        shares.map(lambda share: f"CTSH + {share}%"),
    )
    return spelled.map(parse_criterion)


@cache
def items(agreement: str) -> SearchStrategy[dict[str, Any]]:
    """Items of certificates of one agreement."""
    open_boxes = agreement != "ATIGA"
    box: Callable[[SearchStrategy[Any]], SearchStrategy[Any]] = maybe if open_boxes else same
    types = st.sampled_from(["CT", "PK", "DR", "NE"])
    package = {"count": st.one_of(st.just(1), counts()), "type_code": box(types)}
    if open_boxes:
        package |= {"gross_measure": maybe(measures()), "gross_volume": maybe(measures())}
    packages = st.fixed_dictionaries(package)
    invoices = st.fixed_dictionaries({"number": references(), "date": dates()})
    tariff = st.fixed_dictionaries(
        {
            "nomenclature": st.sampled_from(["AHTN-2022", "AHTN-2017", "HS-2022"]),
            "value": st.from_regex(r"[0-9]{6}([0-9]{2}){0,2}", fullmatch=True),
        }
    )
    amounts = st.fixed_dictionaries(
        {"currency": st.sampled_from(["USD", "THB", "VND"]), "value": numbers()}
    )
    return st.fixed_dictionaries(
        {
            "marks_and_numbers": box(lines()),
            "packages": st.lists(packages, min_size=0 if open_boxes else 1, max_size=3),
            "description": st.one_of(lines(), st.just("d" * 4000)),
            "national_descriptions": local_texts(),
            "quantity": maybe(measures()),
            "commodity_code": tariff,
            "manufacturer_name": maybe(texts()),
            "trademark_name": maybe(texts()),
            "origin_criterion": _criteria_of_aanzfta() if open_boxes else _criteria(),
            "gross_measure": box(measures()),
            "fob_amount": maybe(amounts),
            "invoices": st.lists(invoices, min_size=1, max_size=3),
        }
    )


@cache
def special_cases() -> SearchStrategy[dict[str, Any]]:
    """The seven boxes, each ticked or not."""
    invoicing = st.fixed_dictionaries({"company_name": texts(), "company_country": countries()})
    exhibition = st.fixed_dictionaries({"name": texts(), "address": lines()})
    original = st.fixed_dictionaries(
        {
            "issuing_country": countries(),
            "reference_number": references(),
            "issue_date": dates(),
            "expiry_date": maybe(dates()),
        }
    )
    originals = st.lists(original, min_size=1, max_size=3)
    tick: SearchStrategy[dict[str, Any]] = st.just({})
    return st.fixed_dictionaries(
        {
            "third_country_invoicing": maybe(invoicing),
            "exhibition": maybe(exhibition),
            "accumulation": maybe(tick),
            "de_minimis": maybe(tick),
            "back_to_back": maybe(st.fixed_dictionaries({"originals": originals})),
            "issued_retroactively": maybe(tick),
            "partial_cumulation": maybe(tick),
        }
    )


@cache
def extensions() -> SearchStrategy[Any]:
    """Extensions, or none."""
    element = '<n:Note xmlns:n="urn:example:note">from elsewhere</n:Note>'
    note = {"must_understand": False, "element": element}
    return maybe(st.lists(st.just(note), min_size=1, max_size=2).map(lambda e: {"extensions": e}))


@cache
def subjects() -> SearchStrategy[dict[str, Any]]:
    """What names a document."""
    return st.fixed_dictionaries(
        {
            "issuing_country": countries(),
            "issuing_office": offices(),
            "reference_number": references(),
        }
    )


@cache
def reasons() -> SearchStrategy[dict[str, Any]]:
    """Reasons, with or without a code."""
    return st.fixed_dictionaries({"code": maybe(codes()), "text": lines()})
