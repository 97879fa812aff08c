"""Strategies that generate canonical documents; needs ``hypothesis``.

What they generate is what a national format can be expected to spell: version 1.0 in English,
dates from 1950 to 2150, one agreement's criteria, and of a Form D every box that ATIGA demands.
Within that they go to the ends: every optional element, several languages and scripts, largest
and smallest numbers, text of full length.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
    fold_text,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.customs import Decision, ReceiptOutcome, roll_up
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.documents.text import check_lines
from swb_schemas.documents.verification import (
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from swb_schemas.documents import Document

__all__ = [
    "certificates_of_origin",
    "customs_receipts",
    "customs_responses",
    "declaration_extracts",
    "documents",
    "documents_of",
    "instants",
    "traders",
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


def texts(maximum: int = 60, *, longest: int = 0) -> SearchStrategy[str]:
    """One line of text, up to `maximum` characters, sometimes of exactly `longest`."""
    short = st.text(_ALPHABET, min_size=1, max_size=maximum)
    folded = short.map(lambda text: fold_text(text)[:maximum].strip() or "x").filter(_is_canonical)
    return st.one_of(folded, st.just("n" * longest)) if longest else folded


def lines() -> SearchStrategy[str]:
    """Text in up to four lines."""
    return st.lists(texts(), min_size=1, max_size=4).map("\n".join).filter(_is_canonical)


def _references() -> SearchStrategy[str]:
    spelled = st.sampled_from(["VN-TH 26/02/00006", "TH26-1", "D/2569/ก", "0105556012345"])
    return st.one_of(spelled, texts(35, longest=35))


def _codes() -> SearchStrategy[str]:
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)


def _offices() -> SearchStrategy[str]:
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}", fullmatch=True)


def _countries() -> SearchStrategy[str]:
    return st.sampled_from(["TH", "VN", "ID", "MY", "SG", "KH", "LA", "MM", "PH", "BN", "TL", "HK"])


def _numbers() -> SearchStrategy[Decimal]:
    most = Decimal(999999999999999)
    whole = st.integers(0, 10**6).map(Decimal)
    ends = st.sampled_from([Decimal(0), Decimal("0.000001"), most, most - Decimal("0.000001")])
    return st.one_of(whole, ends, st.decimals(0, most, places=2), st.decimals(0, 10**6, places=6))


def _dates() -> SearchStrategy[date]:
    leap = st.sampled_from([date(2024, 2, 29), date(2000, 2, 29)])
    return st.one_of(leap, st.dates(date(1950, 1, 1), date(2150, 12, 31)))


def instants() -> SearchStrategy[datetime]:
    """Moments in UTC, with and without fractions of a second."""
    exact = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - made aware below
    whole = exact.map(lambda moment: moment.replace(microsecond=0))
    return st.one_of(whole, exact).map(lambda moment: moment.replace(tzinfo=UTC))


def _counts() -> SearchStrategy[int]:
    return st.one_of(st.integers(1, 100), st.just(999_999_999))


def _same(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return strategy


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


# --- aggregates --------------------------------------------------------------------------------


def _local_texts() -> SearchStrategy[list[dict[str, Any]]]:
    languages = st.sampled_from(["th", "vi", "id", "lo", "km", "my", "ms", "zh-Hans", *_NAMES])
    text = st.fixed_dictionaries({"lang": languages, "value": lines()})
    named = st.sampled_from([{"lang": lang, "value": name} for lang, name in _NAMES.items()])
    return st.lists(st.one_of(text, named), max_size=3)


def _measures() -> SearchStrategy[dict[str, Any]]:
    units = st.sampled_from(["KGM", "TNE", "C62", "PR", "SET", "LTR"])
    return st.fixed_dictionaries({"unit": units, "value": _numbers()})


def traders() -> SearchStrategy[dict[str, Any]]:
    """Exporters and consignees, by field."""
    identifiers = st.one_of(st.from_regex(r"[0-9]{13}(-[0-9]{5})?", fullmatch=True), _references())
    return st.fixed_dictionaries(
        {
            "identifier": _maybe(identifiers),
            "name": texts(longest=512),
            "national_names": _local_texts(),
            "address": lines(),
            "national_addresses": _local_texts(),
            "country": _countries(),
        }
    )


def _ports() -> SearchStrategy[Any]:
    codes = st.sampled_from(["THLCH", "VNSGN", "VNHPH", "SGSIN"])
    return _maybe(st.fixed_dictionaries({"code": _maybe(codes), "name": texts()}))


def _transports() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "departure_date": _maybe(_dates()),
            "mode": _maybe(st.sampled_from("123458")),
            "means_name": _maybe(texts()),
            "journey_number": _maybe(_references()),
            "loading_port": _ports(),
            "discharge_port": _ports(),
            "route": _maybe(lines()),
        }
    )


def _criteria_of_aanzfta() -> SearchStrategy[Any]:
    spelled = st.sampled_from(
        ["WO", "WP", "PE", "PSR", "CTC", "CC", "CTH", "CTSH", "RVC", "RVC 45.5%", "CTH + RVC 40%"]
    )
    return spelled.map(lambda text: parse_criterion(text, agreement="AANZFTA"))


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


def _items(agreement: str) -> SearchStrategy[dict[str, Any]]:
    open_boxes = agreement != "ATIGA"
    box: Callable[[SearchStrategy[Any]], SearchStrategy[Any]] = _maybe if open_boxes else _same
    types = st.sampled_from(["CT", "PK", "DR", "NE"])
    package = {"count": st.one_of(st.just(1), _counts()), "type_code": box(types)}
    if open_boxes:
        package |= {"gross_measure": _maybe(_measures()), "gross_volume": _maybe(_measures())}
    packages = st.fixed_dictionaries(package)
    invoices = st.fixed_dictionaries({"number": _references(), "date": _dates()})
    tariff = st.fixed_dictionaries(
        {
            "nomenclature": st.sampled_from(["AHTN-2022", "AHTN-2017", "HS-2022"]),
            "value": st.from_regex(r"[0-9]{6}([0-9]{2}){0,2}", fullmatch=True),
        }
    )
    amounts = st.fixed_dictionaries(
        {"currency": st.sampled_from(["USD", "THB", "VND"]), "value": _numbers()}
    )
    return st.fixed_dictionaries(
        {
            "marks_and_numbers": box(lines()),
            "packages": st.lists(packages, min_size=0 if open_boxes else 1, max_size=3),
            "description": st.one_of(lines(), st.just("d" * 4000)),
            "national_descriptions": _local_texts(),
            "quantity": _maybe(_measures()),
            "commodity_code": tariff,
            "manufacturer_name": _maybe(texts()),
            "trademark_name": _maybe(texts()),
            "origin_criterion": _criteria_of_aanzfta() if open_boxes else _criteria(),
            "gross_measure": box(_measures()),
            "fob_amount": _maybe(amounts),
            "invoices": st.lists(invoices, min_size=1, max_size=3),
        }
    )


def _special_cases() -> SearchStrategy[dict[str, Any]]:
    invoicing = st.fixed_dictionaries({"company_name": texts(), "company_country": _countries()})
    exhibition = st.fixed_dictionaries({"name": texts(), "address": lines()})
    original = st.fixed_dictionaries(
        {
            "issuing_country": _countries(),
            "reference_number": _references(),
            "issue_date": _dates(),
            "expiry_date": _maybe(_dates()),
        }
    )
    originals = st.lists(original, min_size=1, max_size=3)
    tick: SearchStrategy[dict[str, Any]] = st.just({})
    return st.fixed_dictionaries(
        {
            "third_country_invoicing": _maybe(invoicing),
            "exhibition": _maybe(exhibition),
            "accumulation": _maybe(tick),
            "de_minimis": _maybe(tick),
            "back_to_back": _maybe(st.fixed_dictionaries({"originals": originals})),
            "issued_retroactively": _maybe(tick),
            "partial_cumulation": _maybe(tick),
        }
    )


def _extensions() -> SearchStrategy[Any]:
    element = '<n:Note xmlns:n="urn:example:note">from elsewhere</n:Note>'
    note = {"must_understand": False, "element": element}
    return _maybe(st.lists(st.just(note), min_size=1, max_size=2).map(lambda e: {"extensions": e}))


def _numbered(entries: list[dict[str, Any]], numbers: list[int]) -> list[dict[str, Any]]:
    pairs = zip(entries, numbers, strict=True)
    return [{**entry, "sequence_number": number} for entry, number in pairs]


# --- documents ---------------------------------------------------------------------------------


@st.composite
def certificates_of_origin(
    draw: DrawFn, *, maximum_items: int = 3, agreement: str = "ATIGA"
) -> CertificateOfOrigin:
    """Certificates with any of the seven boxes ticked.

    Args:
        draw: Of hypothesis.
        maximum_items: How many items at most.
        agreement: ``ATIGA``, with every box that a Form D must have; ``AANZFTA``, with any of
            them empty.
    """
    box: Callable[[SearchStrategy[Any]], SearchStrategy[Any]]
    box = _same if agreement == "ATIGA" else _maybe
    items = draw(st.lists(_items(agreement), min_size=1, max_size=maximum_items))
    unique = st.lists(_counts(), min_size=len(items), max_size=len(items), unique=True)
    signed = {"place": box(texts()), "signatory_name": box(texts())}
    declaration = {
        "country_of_production": _countries(),
        "importing_country": _countries(),
        "date": box(_dates()),
    }
    certification = {
        "authority_name": box(texts()),
        "date": _dates(),
        "original_issue_date": _maybe(_dates()),
    }
    return CertificateOfOrigin.model_validate(
        {
            "agreement": agreement,
            "edition": draw(_codes()),
            "reference_number": draw(_references()),
            "issuing_country": draw(_countries()),
            "issuing_office": draw(_offices()),
            "copy_type": draw(st.sampled_from(CopyType)),
            "exporter": draw(traders()),
            "consignee": draw(traders()),
            "transport": draw(_transports()),
            "items": _numbered(items, draw(unique)),
            "exporter_declaration": draw(st.fixed_dictionaries({**declaration, **signed})),
            "certification": draw(st.fixed_dictionaries({**certification, **signed})),
            "special_cases": draw(_special_cases()),
            "remarks": draw(_maybe(lines())),
            "extensions": draw(_extensions()),
        }
    )


def _subjects() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "issuing_country": _countries(),
            "issuing_office": _offices(),
            "reference_number": _references(),
        }
    )


def _reasons() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"code": _maybe(_codes()), "text": lines()})


@st.composite
def customs_receipts(draw: DrawFn) -> CustomsReceipt:
    """RES, received and not received."""
    outcome = draw(st.sampled_from(ReceiptOutcome))
    needed = _reasons() if outcome is ReceiptOutcome.NOT else _maybe(_reasons())
    return CustomsReceipt.model_validate(
        {
            "subject": draw(_subjects()),
            "outcome": outcome,
            "at": draw(instants()),
            "office": draw(_maybe(texts())),
            "reason": draw(needed),
            "extensions": draw(_extensions()),
        }
    )


@st.composite
def _decisions(draw: DrawFn) -> dict[str, Any]:
    decision = draw(st.sampled_from(Decision))
    fewest = 1 if decision is Decision.NOT_GIVEN else 0
    return {
        "decision": decision,
        "utilised_quantity": draw(_maybe(_measures())),
        "reasons": draw(st.lists(_reasons(), min_size=fewest, max_size=2)),
    }


@st.composite
def customs_responses(draw: DrawFn, *, maximum_items: int = 4) -> CustomsResponse:
    """Box 4, per item and rolled up."""
    items = draw(st.lists(_decisions(), min_size=1, max_size=maximum_items))
    unique = st.lists(_counts(), min_size=len(items), max_size=len(items), unique=True)
    return CustomsResponse.model_validate(
        {
            "subject": draw(_subjects()),
            "response_number": draw(_counts()),
            "decision": roll_up(item["decision"] for item in items),
            "decided_at": draw(instants()),
            "office": draw(texts()),
            "officer_name": draw(_maybe(texts())),
            "declaration_number": draw(_maybe(_references())),
            "declaration_date": draw(_maybe(_dates())),
            "items": _numbered(items, draw(unique)),
            "remarks": draw(_maybe(lines())),
            "extensions": draw(_extensions()),
        }
    )


def documents() -> SearchStrategy[CertificateOfOrigin | CustomsReceipt | CustomsResponse]:
    """Any document that a national format carries."""
    return st.one_of(certificates_of_origin(), customs_receipts(), customs_responses())


# --- other documents ---------------------------------------------------------------------------


@st.composite
def declaration_extracts(draw: DrawFn, *, maximum_items: int = 3) -> DeclarationExtract:
    """Extracts of export declarations."""
    measure = _maybe(_measures())
    packages = st.fixed_dictionaries(
        {"count": _counts(), "type_code": _maybe(st.sampled_from(["CT", "PK"]))}
    )
    invoices = st.fixed_dictionaries({"number": _references(), "date": _dates()})
    tariff = st.fixed_dictionaries(
        {
            "nomenclature": st.sampled_from(["AHTN-2022", "HS-2022"]),
            "value": st.from_regex(r"[0-9]{6}([0-9]{2}){0,2}", fullmatch=True),
        }
    )
    amounts = st.fixed_dictionaries(
        {"currency": st.sampled_from(["USD", "THB"]), "value": _numbers()}
    )
    item = st.fixed_dictionaries(
        {
            "commodity_code": tariff,
            "quantity": _measures(),
            "origin_country": _countries(),
            "description": _maybe(lines()),
            "national_descriptions": _local_texts(),
            "packages": st.lists(packages, max_size=2),
            "gross_measure": measure,
            "net_measure": measure,
            "fob_amount": _maybe(amounts),
            "invoices": st.lists(invoices, max_size=2),
        }
    )
    items = draw(st.lists(item, min_size=1, max_size=maximum_items))
    unique = st.lists(_counts(), min_size=len(items), max_size=len(items), unique=True)
    equipment = st.fixed_dictionaries(
        {"number": _references(), "seals": st.lists(_references(), max_size=2)}
    )
    port = {"code": _maybe(st.sampled_from(["THLCH", "VNSGN"])), "name": texts()}
    transport = {
        "departure_date": _dates(),
        "mode": st.sampled_from("123458"),
        "means_name": _maybe(texts()),
        "journey_number": _maybe(_references()),
        "transport_document": _maybe(_references()),
        "loading_port": _ports(),
        "discharge_port": st.fixed_dictionaries(port),
        "equipment": st.lists(equipment, max_size=2),
    }
    exporter = {
        "identifier": _references(),
        "name": texts(),
        "national_names": _local_texts(),
        "address": _maybe(lines()),
    }
    consignee = {**exporter, "identifier": _maybe(_references()), "address": lines()}
    supporting = st.fixed_dictionaries(
        {
            "message_type": st.just("CertificateIssue"),
            "issuing_country": _countries(),
            "issuing_office": _offices(),
            "reference_number": _references(),
        }
    )
    issuing, importing = draw(st.lists(_countries(), min_size=2, max_size=2, unique=True))
    return DeclarationExtract.model_validate(
        {
            "reference_number": draw(_references()),
            "issuing_country": issuing,
            "issuing_office": draw(_offices()),
            "importing_country": importing,
            "acceptance_date": draw(_maybe(_dates())),
            "procedure": draw(_maybe(_codes())),
            "trader_reference": draw(_maybe(_references())),
            "exporter": draw(st.fixed_dictionaries(exporter)),
            "consignee": draw(
                st.fixed_dictionaries({**consignee, "country": _maybe(_countries())})
            ),
            "declaring_agent": draw(
                st.fixed_dictionaries({"identifier": _references(), "name": texts()})
            ),
            "transport": draw(st.fixed_dictionaries(transport)),
            "gross_measure": draw(measure),
            "items": _numbered(items, draw(unique)),
            "supporting_documents": draw(st.lists(supporting, max_size=2)),
            "remarks": draw(_maybe(lines())),
            "extensions": draw(_extensions()),
        }
    )


def _answers(number: str, moment: str) -> dict[str, SearchStrategy[Any]]:
    return {
        "subject": _subjects(),
        number: _counts(),
        moment: instants(),
        "office": texts(),
        "officer_name": _maybe(texts()),
        "extensions": _extensions(),
    }


def _cancellations() -> SearchStrategy[Cancellation]:
    own = _answers("cancellation_number", "requested_at")
    fields = {**own, "reason": _reasons(), "replacement": _maybe(_subjects())}
    built = st.fixed_dictionaries(fields).filter(lambda v: v["replacement"] != v["subject"])
    return built.map(Cancellation.model_validate)


def _withdrawals() -> SearchStrategy[DeclarationWithdrawal]:
    own = _answers("cancellation_number", "requested_at")
    built = st.fixed_dictionaries({**own, "reason": _reasons()})
    return built.map(DeclarationWithdrawal.model_validate)


@st.composite
def _cancellation_replies(draw: DrawFn) -> CancellationReply:
    outcome = draw(st.sampled_from(CancellationOutcome))
    utilised = outcome is CancellationOutcome.UTILISED
    fields = {
        **_answers("cancellation_number", "replied_at"),
        "declaration_number": _maybe(_references()) if utilised else st.none(),
        "reason": _maybe(_reasons()),
    }
    values = draw(st.fixed_dictionaries(fields))
    return CancellationReply.model_validate({**values, "outcome": outcome})


@st.composite
def _verification_requests(draw: DrawFn) -> VerificationRequest:
    ground = draw(st.sampled_from(VerificationGround))
    doubt = st.fixed_dictionaries(
        {"sequence_number": _maybe(_counts()), "code": _maybe(_codes()), "text": lines()}
    )
    fewest = 1 if ground is VerificationGround.DOUBT else 0
    fields = {
        **_answers("request_number", "requested_at"),
        "suspends": st.booleans(),
        "doubts": st.lists(doubt, min_size=fewest, max_size=3),
    }
    values = draw(st.fixed_dictionaries(fields))
    return VerificationRequest.model_validate({**values, "ground": ground})


def _verification_replies() -> SearchStrategy[VerificationReply]:
    own = _answers("request_number", "replied_at")
    fields = {**own, "finding": st.sampled_from(VerificationFinding), "explanation": lines()}
    return st.fixed_dictionaries(fields).map(VerificationReply.model_validate)


@st.composite
def _verification_outcomes(draw: DrawFn) -> VerificationOutcome:
    result = draw(st.sampled_from(VerificationResult))
    fewest = 1 if result is VerificationResult.DENIED else 0
    fields = {
        **_answers("request_number", "concluded_at"),
        "reasons": st.lists(_reasons(), min_size=fewest, max_size=2),
    }
    values = draw(st.fixed_dictionaries(fields))
    return VerificationOutcome.model_validate({**values, "result": result})


def documents_of(model: type[Document], *, agreement: str = "ATIGA") -> SearchStrategy[Any]:
    """Documents of one type.

    Args:
        model: The type.
        agreement: Of certificates of origin.

    Raises:
        KeyError: Nothing generates that type.
    """
    if model is CertificateOfOrigin:
        return certificates_of_origin(agreement=agreement)
    return _OF_TYPE[model]()


_OF_TYPE: Final[dict[type[Document], Callable[[], SearchStrategy[Any]]]] = {
    DeclarationExtract: declaration_extracts,
    CustomsReceipt: customs_receipts,
    CustomsResponse: customs_responses,
    Cancellation: _cancellations,
    CancellationReply: _cancellation_replies,
    DeclarationWithdrawal: _withdrawals,
    VerificationRequest: _verification_requests,
    VerificationReply: _verification_replies,
    VerificationOutcome: _verification_outcomes,
}
